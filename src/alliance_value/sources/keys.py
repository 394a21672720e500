"""Entity and time columns as written -> the key of a firm-year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.sources.cells import plain_text
from alliance_value.sources.printed_dates import day_first
from alliance_value.study.spec import TableFile

FIRST_CALENDAR_MONTH_OF_OWN_YEAR = 6
PLAUSIBLE_YEARS = (1800, 2200)
MOSTLY = 0.5


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
    text = plain_text(cells)
    quarterly = text.str.extract(r"^(\d{4})[-\s:]?[Qq]([1-4])$")
    monthly = text.str.extract(r"^(\d{4})[-/:mM]?(0[1-9]|1[0-2])$")
    dates = dates_of(cells)
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


def dates_of(cells: pd.Series) -> pd.Series:
    """Return dates, by their calendar day; missing where there is none.

    Text needs a year of four digits: pandas completes anything less from the clock.
    In a column like 31/12/1998 the day comes first where the column's own cells say so
    (`day_first`), and always where points stand between.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        naive: pd.Series = cells.dt.tz_localize(None)
        return naive
    text = plain_text(cells).str.replace(r"[T ]\d{1,2}:\d{2}.*$", "", regex=True)
    dated = text.str.contains(r"\d{4}") & ~text.str.contains("[qQ]")
    text = text.where(dated.fillna(False).astype(bool))
    numeric = text.str.extract(r"^(\d{1,2})([-/. ])(\d{1,2})\2\d{4}$")
    first, second = numeric[0].astype("Int64"), numeric[2].astype("Int64")
    dotted = numeric[1].eq(".").fillna(False).astype(bool)
    order = day_first(first.mask(dotted), second.mask(dotted))
    order = order.mask(dotted, True)
    text = text.mask(order.isna() & first.notna())
    last = order.fillna(False).astype(bool)
    parts = [
        pd.to_datetime(text.where(rows), errors="coerce", format="mixed", dayfirst=day)
        for rows, day in ((~last, False), (last, True))
    ]
    return parts[0].fillna(parts[1])


def time_key(cells: pd.Series, layout: TableFile) -> pd.Series:
    """Return the time key as Int64, missing where it cannot be read.

    Among whole numbers that are years, as most of them tell, others are unreadable.
    """
    if layout.time_format == "integer":
        if pd.api.types.is_datetime64_any_dtype(cells):
            return dated_time(cells, "year")
        numbers = integer_time(cells)
        years = numbers.between(*PLAUSIBLE_YEARS).fillna(False).astype(bool)
        mostly = years.sum() > MOSTLY * numbers.notna().sum()
        # a period's end tells which years are implausible, and repairs them
        return numbers.where(years) if mostly and not layout.period_end else numbers
    return dated_time(cells, layout.time_format)


def fiscal_year_of(period_end: pd.Series) -> pd.Series:
    """Return the fiscal year of a period's last day, as Int64.

    A fiscal year that ends in January to May belongs to the calendar year before, as
    in Compustat's ``fyear``. A 52/53-week year that ends in the first week of a month
    is taken to end in the month before.
    """
    dates = dates_of(period_end) - pd.Timedelta(days=7)
    year = dates.dt.year.astype("Int64")
    early = dates.dt.month < FIRST_CALENDAR_MONTH_OF_OWN_YEAR
    return year.where(~early, year - 1)
