"""Entity and time columns as written -> the key of a firm-year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.study.spec import TableFile

FIRST_CALENDAR_MONTH_OF_OWN_YEAR = 6
PLAUSIBLE_YEARS = (1800, 2200)
PERIODS = {"year": "Y", "quarter": "Q", "month": "M"}


def integer_time(cells: pd.Series) -> pd.Series:
    """Return whole-number periods as Int64; anything else is missing."""
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    whole = np.isfinite(numbers) & (numbers % 1 == 0) & (numbers.abs() < 1e9)
    return numbers.where(whole).astype("Int64")


def dated_time(cells: pd.Series, time_format: str) -> pd.Series:
    """Return the year, or the running number of the quarter or month, of dates.

    Quarters and months are counted from year 0, so that consecutive periods differ by
    one: year * 4 + quarter - 1, year * 12 + month - 1.
    """
    text = cells.astype("string").str.strip()
    quarterly = text.str.extract(r"^(\d{4})[-\s:]?[Qq]([1-4])$")
    monthly = text.str.extract(r"^(\d{4})[-/:mM]?(0[1-9]|1[0-2])$")
    dates = pd.to_datetime(
        cells.where(quarterly[0].isna()), errors="coerce", format="mixed"
    )
    year = dates.dt.year.astype("Int64")
    month = dates.dt.month.astype("Int64")
    bare = integer_time(cells).where(lambda y: y.between(*PLAUSIBLE_YEARS))
    year = (
        bare.fillna(quarterly[0].astype("Int64"))
        .fillna(monthly[0].astype("Int64"))
        .fillna(year)
    )
    if time_format == "year":
        return year
    month = (
        (quarterly[1].astype("Int64") * 3)
        .fillna(monthly[1].astype("Int64"))
        .fillna(month)
    )
    month = month.mask(bare.notna())
    if time_format == "quarter":
        return year * 4 + (month - 1) // 3
    return year * 12 + month - 1


def time_key(cells: pd.Series, layout: TableFile) -> pd.Series:
    """Return the time key as Int64, missing where it cannot be read."""
    if layout.time_format == "integer":
        if pd.api.types.is_datetime64_any_dtype(cells):
            return dated_time(cells, "year")
        return integer_time(cells)
    return dated_time(cells, layout.time_format)


def fiscal_year_of(period_end: pd.Series) -> pd.Series:
    """Return the fiscal year of a period's last day, as Int64.

    A fiscal year that ends in January to May belongs to the calendar year before, as
    in Compustat's ``fyear``. A 52/53-week year that ends in the first week of a month
    is taken to end in the month before.
    """
    dates = pd.to_datetime(period_end, errors="coerce", format="mixed")
    dates = dates - pd.Timedelta(days=7)
    year = dates.dt.year.astype("Int64")
    early = dates.dt.month < FIRST_CALENDAR_MONTH_OF_OWN_YEAR
    return year.where(~early, year - 1)
