"""Two dates -> the New York trading days between them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

CLOSED = [date(2001, 9, d) for d in (11, 12, 13, 14)] + [
    date(2004, 6, 11),
    date(2007, 1, 2),
    date(2012, 10, 29),
    date(2012, 10, 30),
]


def easter(year: int) -> date:
    """Return Easter Sunday by the anonymous Gregorian computus."""
    century = year // 100
    golden = year % 19
    skipped = century - century // 4 - (8 * century + 13) // 25
    epact = (skipped + 19 * golden + 15) % 30
    epact -= epact // 28 * (1 - 29 // (epact + 1) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    offset = epact - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """Return the n-th weekday (0 is Monday) of a month; n = -1 is the last."""
    if n > 0:
        first = date(year, month, 1)
        return first + timedelta((weekday - first.weekday()) % 7 + 7 * (n - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
    return last - timedelta((last.weekday() - weekday) % 7)


def holidays(year: int) -> list[date]:
    """Return the exchange's holidays of a year as observed."""
    days = [
        nth_weekday(year, 2, 0, 3),
        easter(year) - timedelta(2),
        nth_weekday(year, 5, 0, -1),
        nth_weekday(year, 9, 0, 1),
        nth_weekday(year, 11, 3, 4),
    ]
    if year >= 1998:
        days.append(nth_weekday(year, 1, 0, 3))
    for fixed in (date(year, 1, 1), date(year, 7, 4), date(year, 12, 25)):
        if fixed.weekday() == 6:
            days.append(fixed + timedelta(1))
        elif fixed.weekday() == 5 and fixed.month != 1:
            days.append(fixed - timedelta(1))
        elif fixed.weekday() < 5:
            days.append(fixed)
    return days


def trading_days(first: str, last: str) -> np.ndarray:
    """Return the trading days from first to last, both included.

    Parameters
    ----------
    first, last : str
        ISO dates.

    Returns
    -------
    ndarray of datetime64[D], shape (T,)
    """
    years = range(int(first[:4]), int(last[:4]) + 1)
    closed = np.array(
        [*CLOSED, *(day for year in years for day in holidays(year))], "datetime64[D]"
    )
    days = np.arange(np.datetime64(first), np.datetime64(last) + np.timedelta64(1, "D"))
    return days[np.is_busday(days, holidays=closed)]
