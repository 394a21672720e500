"""Announcements -> their place on the trading calendar; windows in trading days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alliance_value.contracts.events import Events

Window = tuple[int, int]

WINDOWS: tuple[Window, ...] = ((0, 0), (-1, 0), (0, 1), (-1, 1), (-2, 2), (-5, 5))
# Most days by which a model looks at factors before or after a return.
SHIFT = 1
CLOSE = pd.Timedelta(hours=16)
# Longer than any closure of the exchange since 1933 (four trading days, 2001).
LONGEST_CLOSURE = np.timedelta64(7, "D")


# US exchanges close at 13:00 on July 3, December 24 and the day after Thanksgiving.
EARLY_CLOSE = pd.Timedelta(hours=13)


def after_early_close(announced: pd.Series, close: pd.Timedelta = CLOSE) -> pd.Series:
    """Return which announcements came after US exchanges had closed early.

    Parameters
    ----------
    announced
        Dates or times, shape (n,).
    close
        The usual closing time.

    Returns
    -------
    pandas.Series
        bool, shape (n,): times from 13:00 to ``close`` on a half-day.

    References
    ----------
    NYSE Rule 7.2, since 1993; which of the first two days is one differs by year.
    """
    day, weekday = announced.dt.day, announced.dt.day_of_week
    eve = announced.dt.month.eq(7) & day.eq(3) & weekday.lt(4)
    eve |= announced.dt.month.eq(12) & day.eq(24) & weekday.lt(5)
    friday = announced.dt.month.eq(11) & weekday.eq(4) & day.between(23, 29)
    time = announced - announced.dt.normalize()
    late: pd.Series = (eve | friday) & time.ge(EARLY_CLOSE) & time.lt(close)
    return late


def span(windows: Sequence[Window]) -> Window:
    """Return the shortest window that holds all windows and the event day."""
    days = [0, *(day for window in windows for day in window)]
    return min(days), max(days)


def reach_of(estimation: Window | None, days: Window) -> tuple[int, int]:
    """Return how many days before and after the event day are looked at.

    Models for thin trading look a day further.
    """
    first, last = span([days, *([estimation] if estimation else [])])
    return SHIFT - first, SHIFT + last


def event_positions(
    announced: pd.Series,
    days: np.ndarray,
    after_hours: pd.Series | None = None,
    close: pd.Timedelta = CLOSE,
) -> np.ndarray:
    """Place each announcement on the first day on which investors could trade on it.

    Parameters
    ----------
    announced
        Dates or times of the announcement, shape (n,). A time of day at or after
        ``close`` is after hours; midnight is a date without a time.
    days
        datetime64[D], shape (T,), ascending: the trading days.
    after_hours
        True where the announcement came after the close, shape (n,).
    close
        The close of trading as a time of day.

    Returns
    -------
    numpy.ndarray
        int64, shape (n,): position in ``days`` of the announcement's day, or of the
        next trading day where that day is none or the announcement is after hours;
        -1 where the calendar has no such day within a week.
    """
    moment = pd.to_datetime(announced)
    known = moment.notna().to_numpy()
    late = (moment - moment.dt.normalize() >= close).to_numpy()
    if after_hours is not None:
        late = late | after_hours.fillna(False).astype(bool).to_numpy()
    day = moment.fillna(pd.Timestamp("1900-01-01")).to_numpy().astype("datetime64[D]")
    place = np.searchsorted(days, day + late.astype("timedelta64[D]"), side="left")
    covered = known & (place < len(days))
    place = np.where(covered, place, 0)
    near = days[place] - day <= LONGEST_CLOSURE if len(days) else covered
    result: np.ndarray = np.where(covered & near, place, -1).astype("int64")
    return result


def calendar_windows(
    events: pd.DataFrame, days: Sequence[Window], path: Window = (0, 0)
) -> pd.DataFrame:
    """Return the days that each event's security is needed on, in calendar days.

    Seven calendar days stand for five trading days, and four weeks are added for
    holidays, thin-trading lags and days that move.

    Parameters
    ----------
    events
        security, announced.
    days
        Event windows and the estimation window, where there is one.
    path
        Days of the average path; two weeks and a day in twenty are added to these.

    Returns
    -------
    pandas.DataFrame
        security, first, last; sorted, without events that have no date.
    """
    first, last = span(days)
    known = events.dropna(subset=["security", Events.announced])
    day = pd.to_datetime(known[Events.announced]).dt.normalize()
    reach = [
        pd.Timedelta(
            days=max(7 * abs(d) // 5 + 28, 7 * abs(p) // 5 + 14 + abs(p) // 20)
        )
        for d, p in zip((first, last), span([path]), strict=True)
    ]
    table = pd.DataFrame(
        {
            "security": known["security"].astype("string"),
            "first": day - reach[0],
            "last": day + reach[1],
        }
    )
    return table.drop_duplicates().sort_values(["security", "first"], ignore_index=True)
