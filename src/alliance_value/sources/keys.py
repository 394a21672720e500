"""Entity and time columns as written -> the key of a firm-year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem
from alliance_value.sources.dated_columns import stated_order, undecided
from alliance_value.sources.printed_dates import Order, dates, moments
from alliance_value.sources.raw_table import RawTable, plain_text
from alliance_value.study.spec import TableFile

FIRST_CALENDAR_MONTH_OF_OWN_YEAR = 6
PLAUSIBLE_YEARS = (1800, 2200)
FIRST_DAY = 18_000_101  # of the plausible years, as a number
MOSTLY = 0.5


def integer_time(cells: pd.Series) -> pd.Series:
    """Return whole-number periods as Int64; anything else is missing."""
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    whole = np.isfinite(numbers) & (numbers % 1 == 0) & (numbers.abs() < 1e9)
    return numbers.where(whole).astype("Int64")


def dated_time(cells: pd.Series, time_format: str, order: Order = "") -> pd.Series:
    """Return the year, or the running number of the quarter or month, of dates.

    Quarters and months are counted from year 0, so that consecutive periods differ by
    one: year * 4 + quarter - 1, year * 12 + month - 1.
    """
    text = plain_text(cells)
    quarterly = text.str.extract(r"^(\d{4})(?:[-\s:]?[Qq]0?)?([1-4])$")
    if time_format == "quarter" and two_digit_quarters(text):
        quarterly = text.str.extract(r"^(\d{4})0([1-4])$")
    monthly = text.str.extract(r"^(\d{4})[-/:mM]?(0[1-9]|1[0-2])$")
    days = dates(cells, order)
    year = days.dt.year.astype("Int64")
    month = days.dt.month.astype("Int64")
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


def looks_like(numbers: pd.Series) -> str:
    """Return which period the whole numbers of a column spell, empty if none.

    20131 to 20134 are quarters, 201301 to 201312 months, 20130131 days; they must all
    be, over more than one year.
    """
    known = numbers.dropna()
    for period, unit, last in (("quarter", 10, 4), ("month", 100, 12)):
        year, part = known // unit, known % unit
        fits = year.between(*PLAUSIBLE_YEARS) & part.between(1, last)
        if len(known) and bool(fits.all()) and year.min() < year.max():
            return period
    if not len(known) or known.min() < FIRST_DAY:
        return ""
    days = dates(known)
    return "day" if days.notna().all() and days.min() < days.max() else ""


def period_problems(raw: RawTable, layout: TableFile) -> list[Problem]:
    """Return a problem where periods would lose their neighbours, or cannot be told.

    One less than 20141 is no quarter, so that lags over a year's end would be lost.
    """
    cells = raw.cells[layout.time]
    if pd.api.types.is_datetime64_any_dtype(cells):
        return []
    if layout.time_format in ("quarter", "month"):
        text = plain_text(cells)
        unclear = moments(text, stated_order(layout)).order == "undecided"
        return [undecided(raw, layout.time, text)] if unclear else []
    if layout.time_format != "auto":
        return []
    numbers = integer_time(cells)
    period = looks_like(numbers) if not layout.period_end else ""
    if not period:
        return []
    format_ = "year, quarter or month" if period == "day" else period
    return [
        Problem(
            rule=f"the times look like {period}s; as plain numbers, every lag over the "
            f"end of a {'month' if period == 'day' else 'year'} would be lost",
            remedy=f"set time_format: {format_} (or integer, if they are numbers)",
            where=raw.file,
            row=int(raw.rows[numbers.first_valid_index()]),
            column=layout.time,
            value=str(numbers.dropna().iloc[0]),
        )
    ]


def two_digit_quarters(text: pd.Series) -> bool:
    """Return whether 201301 to 201304 are a column's quarters, not months.

    Months of quarters end in 03 to 12 or begin in 01 to 10; none has 02 and 03 alone.
    """
    parts = set(text.str.extract(r"^\d{4}(\d\d)$")[0].dropna())
    return bool(parts) and parts <= {"01", "02", "03", "04"} and len(parts) > 1


def time_key(cells: pd.Series, layout: TableFile) -> pd.Series:
    """Return the time key as Int64, missing where it cannot be read.

    Among whole numbers that are years, as most of them tell, others are unreadable.
    """
    if layout.time_format in ("auto", "integer"):
        if pd.api.types.is_datetime64_any_dtype(cells):
            return dated_time(cells, "year")
        numbers = integer_time(cells)
        years = numbers.between(*PLAUSIBLE_YEARS).fillna(False).astype(bool)
        mostly = years.sum() > MOSTLY * numbers.notna().sum()
        # a period's end tells which years are implausible, and repairs them
        return numbers.where(years) if mostly and not layout.period_end else numbers
    return dated_time(cells, layout.time_format, stated_order(layout))


def fiscal_year_of(period_end: pd.Series) -> pd.Series:
    """Return the fiscal year of a period's last day, as Int64.

    A fiscal year that ends in January to May belongs to the calendar year before, as
    in Compustat's ``fyear``. A 52/53-week year that ends in the first week of a month
    is taken to end in the month before.
    """
    days = dates(period_end) - pd.Timedelta(days=7)
    year = days.dt.year.astype("Int64")
    early = days.dt.month < FIRST_CALENDAR_MONTH_OF_OWN_YEAR
    return year.where(~early, year - 1)
