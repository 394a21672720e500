"""Columns of dates -> days as NumPy sees them, and the days years before."""

from __future__ import annotations

import numpy as np
import pandas as pd

DAYS_PER_YEAR = 365.25


def days(dates: pd.Series) -> np.ndarray:
    """Return dates as datetime64[D], shape (n,); the time of day is cut off.

    Comparisons with a missing day are false, which every rule on dates here rests on.
    """
    stamps = pd.to_datetime(dates).to_numpy("datetime64[ns]")
    return stamps.astype("datetime64[D]")


def years_before(ends: np.ndarray, years: int) -> np.ndarray:
    """Return the days ``years`` before; the last day of a month stays the last one.

    Fiscal years end with a month, so a life of five years is sixty whole months even
    where it starts or ends with a February.

    Parameters
    ----------
    ends
        datetime64[D], shape (n,).
    years
        Whole years.
    """
    month = ends.astype("datetime64[M]")
    earlier = month - np.timedelta64(12 * years, "M")
    last = last_day(earlier)
    same = np.minimum(earlier.astype("datetime64[D]") + (ends - first_day(month)), last)
    shifted: np.ndarray = np.where(ends == last_day(month), last, same)
    return shifted


def first_day(month: np.ndarray) -> np.ndarray:
    """Return the first day of months, datetime64[D]."""
    return month.astype("datetime64[D]")


def last_day(month: np.ndarray) -> np.ndarray:
    """Return the last day of months, datetime64[D]."""
    last: np.ndarray = first_day(month + np.timedelta64(1, "M")) - np.timedelta64(
        1, "D"
    )
    return last


def years_between(earlier: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Return years from one day to the other as float64, NaN where one is missing."""
    gap = later - earlier
    count = gap.astype("float64")
    years: np.ndarray = np.where(np.isnat(gap), np.nan, count) / DAYS_PER_YEAR
    return years
