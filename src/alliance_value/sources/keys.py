"""Entity and time columns as written -> the key of a firm-year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem
from alliance_value.sources.dated_columns import stated_order, undecided
from alliance_value.sources.printed_dates import (
    MONTH,
    MONTHS,
    Order,
    dates,
    moments,
)
from alliance_value.sources.raw_table import RawTable, plain_text
from alliance_value.study.spec import TableFile

FIRST_CALENDAR_MONTH_OF_OWN_YEAR = 6
PLAUSIBLE_YEARS = (1800, 2200)
FIRST_DAY = 18_000_101  # of the plausible years, as a number
MOSTLY = 0.5
TWO_DIGITS = r"^(\d{4})0([1-4])$"
BEFORE = r"[-\s./,']*(?P<y>\d{4})"
QUARTERS = (
    r"(?P<y>\d{4})(?:[-\s:/.]?Q0?)?(?P<p>[1-4])",
    rf"Q0?(?P<p>[1-4]){BEFORE}",
    rf"(?P<p>[1-4])Q{BEFORE}",
)
MONTHLY = (
    r"(?P<y>\d{4})[-/:m]?(?P<p>0[1-9]|1[0-2])",
    r"(?P<y>\d{4})[-\s/:m](?P<p>[1-9])",
    r"(?P<p>0?[1-9]|1[0-2])[-\s/.](?P<y>\d{4})",
    rf"{MONTH}{BEFORE}",
    rf"(?P<y>\d{{4}})[-\s./]*{MONTH}",
)
# what is a quarter in one study and a month in another
PARTED, BARE = r"(?P<y>\d{4})[-\s:/](?P<p>[1-4])", r"(?P<y>\d{4})(?P<p>[1-9])"
LATE_MONTH = r"\d{4}1[0-2]"
ONLY_MONTHS = r"\d{4}[-\s:/](?:[5-9]|1[0-2])"
# quarters as parts of a year: 2004, 2004.25, 2004.5, 2004.75
PARTS = {"": 1, "0": 1, "00": 1, "25": 2, "5": 3, "50": 3, "75": 4}
PART_OF_YEAR = r"^(?P<y>\d{4})(?:\.(?P<p>00?|25|50?|75))?$"


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
    spelled = [(3, QUARTERS), (1, MONTHLY)]
    if time_format == "month":
        bare_months = (BARE,) if text.str.fullmatch(LATE_MONTH).any() else ()
        spelled = [(1, (*MONTHLY, *bare_months)), (3, QUARTERS)]
    elif time_format == "quarter" and two_digit_quarters(text):
        spelled = [(3, (r"(?P<y>\d{4})0(?P<p>[1-4])",)), *spelled]
    elif time_format == "quarter" and not text.str.fullmatch(ONLY_MONTHS).any():
        spelled = [(3, (*QUARTERS, PARTED)), (1, MONTHLY)]
    bare = integer_time(cells).where(lambda y: y.between(*PLAUSIBLE_YEARS))
    year, month = bare, pd.Series(pd.NA, cells.index, dtype="Int64")
    for months, forms in spelled:
        read = of_periods(text, forms)
        year, month = year.fillna(read.y), month.fillna(read.p * months)
    days = dates(cells, order)
    year = year.fillna(days.dt.year.astype("Int64"))
    if time_format == "year":
        return year
    month = month.fillna(days.dt.month.astype("Int64")).mask(bare.notna())
    if time_format == "quarter":
        parts = text.str.extract(PART_OF_YEAR)
        if parts.p.isin(["25", "75"]).any():
            year = year.fillna(parts.y.astype("Int64"))
            quarter = parts.p.fillna("").map(PARTS).astype("Int64")
            month = month.fillna(quarter.where(parts.y.notna()) * 3)
    if time_format == "quarter":
        return year * 4 + (month - 1) // 3
    return year * 12 + month - 1


def of_periods(text: pd.Series, forms: Sequence[str]) -> pd.DataFrame:
    """Return the year (y) and the number of the part of it (p) that cells spell.

    Parameters
    ----------
    text
        Printed periods, shape (n,).
    forms
        Patterns with the groups y and p, or m where a month has a name.
    """
    blank = pd.Series(pd.NA, text.index, dtype="string")
    out = pd.DataFrame({"y": blank, "p": blank})
    for form in forms:
        parts = text.str.extract(rf"^{form}$", flags=re.IGNORECASE)
        if "m" in parts:
            parts["p"] = parts.m.str.lower().str[:3].map(MONTHS)
        out = out.fillna(parts[["y", "p"]].astype("string"))
    return out.astype("Int64")


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


def period_problems(
    tables: Sequence[tuple[RawTable, TableFile]],
) -> list[Problem]:
    """Return a problem where periods would lose their neighbours, or cannot be told.

    One less than 20141 is no quarter, so that lags over a year's end would be lost.
    Files of one period each tell it together.
    """
    problems: list[Problem] = []
    plain: list[tuple[RawTable, TableFile, pd.Series]] = []
    for raw, layout in tables:
        cells = raw.cells[layout.time]
        if pd.api.types.is_datetime64_any_dtype(cells):
            continue
        if layout.time_format in ("quarter", "month"):
            text = plain_text(cells)
            if moments(text, stated_order(layout)).order == "undecided":
                problems.append(undecided(raw, layout.time, text))
        elif layout.time_format == "auto" and not layout.period_end:
            plain.append((raw, layout, integer_time(cells)))
    together = looks_like(pd.concat([n for *_, n in plain])) if plain else ""
    for raw, layout, numbers in plain:
        period = together or looks_like(numbers)
        if not period or not numbers.notna().any():
            continue
        format_ = "year, quarter or month" if period == "day" else period
        problems.append(
            Problem(
                rule=f"the times look like {period}s; as plain numbers, every lag over "
                f"the end of a {'month' if period == 'day' else 'year'} would be lost",
                remedy=f"set time_format: {format_} (or integer, if they are numbers)",
                where=raw.file,
                row=int(raw.rows[numbers.first_valid_index()]),
                column=layout.time,
                value=str(numbers.dropna().iloc[0]),
            )
        )
        if together:
            break
    return problems


def with_quarters(
    tables: Sequence[tuple[RawTable, TableFile]],
) -> list[tuple[RawTable, TableFile]]:
    """Write 201302 as 2013Q2 where the files together tell that it is no month."""
    of_quarters = [
        (raw, plain_text(raw.cells[layout.time]))
        if layout.time_format == "quarter"
        and not pd.api.types.is_datetime64_any_dtype(raw.cells[layout.time])
        else None
        for raw, layout in tables
    ]
    texts = [each[1] for each in of_quarters if each]
    if not texts or not two_digit_quarters(pd.concat(texts)):
        return list(tables)
    out = []
    for (raw, layout), each in zip(tables, of_quarters, strict=True):
        if each is not None:
            written = each[1].str.replace(TWO_DIGITS, r"\1Q\2", regex=True)
            raw = replace(raw, cells=raw.cells.assign(**{layout.time: written}))
        out.append((raw, layout))
    return out


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
