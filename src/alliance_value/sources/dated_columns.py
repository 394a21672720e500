"""A column of a file, typed, printed or serial -> its days or moments, or why not.

A moment is what the exchange's clock showed: printed without a zone it is taken as it
stands, with one it keeps its own clock unless the study names the exchange's zone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.sources.printed_dates import (
    LAST,
    NEVER,
    Moments,
    Order,
    moments,
    order_of_others,
    own_clock,
)
from alliance_value.sources.raw_table import RawTable
from alliance_value.study.spec import TableFile

DAY = pd.Timedelta(1, "D")
# days, seconds and milliseconds are told by their size: 1e6 days are 2,700 years
SECONDS, MILLISECONDS = 1e6, 1e11
EPOCHS = {"excel": "1899-12-30", "sas": "1960-01-01", "stata": "1960-01-01"}
EPOCHS |= {"unix": "1970-01-01"}
CONTAINERS = {"excel": "excel", "sas": "sas", "xport": "sas", "stata": "stata"}
PLAUSIBLE = pd.Timestamp("1900-01-01"), pd.Timestamp("2100-01-01")
COMMON = 0.5  # a column of which more cells have a time is one of moments


def days(
    raw: RawTable, column: str, problems: list[Problem], usual: Order = ""
) -> pd.Series:
    """Return a column's days as datetime64[ns] without times.

    Parameters
    ----------
    raw, column
        Text cells, typed days or serial numbers.
    problems
        Grows where the column's form cannot be told.
    usual
        What a vendor prints first, where no column of the file can tell.
    """
    read = read_column(raw, column, problems, usual)
    known = read.wall.notna()
    in_utc = (read.offset == pd.Timedelta(0)) & read.clock
    if not raw.layout.timezone and in_utc.sum() > COMMON * known.sum():
        problems.append(elsewhere(raw, column, read, "a day may begin before or after"))
    return pd.Series(read.wall.dt.normalize())


def vendor_days(raw: RawTable, column: str) -> pd.Series:
    """Return a column's days, the month first where no column of the file can tell.

    So do the American vendors print it whose files have columns of fixed names. Raises
    as `days_or_stop`.
    """
    return days_or_stop(raw, column, "month_first")


def days_or_stop(raw: RawTable, column: str, usual: Order = "") -> pd.Series:
    """Return a column's days as `days` does.

    Raises
    ------
    UserError
        The column's form cannot be told.
    """
    problems: list[Problem] = []
    read = days(raw, column, problems, usual)
    raise_if(problems, f"reading {raw.file}")
    return read


def no_day(raw: RawTable, column: str, read: pd.Series) -> list[Problem]:
    """Return a problem where no cell of a column was read as a day.

    Parameters
    ----------
    raw, column
        The cells.
    read
        Their days.
    """
    text = raw.cells[column].astype("string").str.strip()
    filled = text[text.ne("") & ~text.isin(raw.layout.missing)].dropna()
    if read.notna().any() or filled.empty:
        return []
    return [
        Problem(
            rule="no cell of the column can be read as a day",
            remedy="name the column of days, or write them as 2004-12-31",
            where=raw.file,
            row=int(raw.rows[filled.index[0]]),
            column=column,
            value=str(filled.iloc[0]),
        )
    ]


def clock_moments(raw: RawTable, column: str, problems: list[Problem]) -> pd.Series:
    """Return a column's moments as datetime64[ns] by the exchange's clock.

    Parameters
    ----------
    raw, column, problems
        As `days` has them.
    """
    read = read_column(raw, column, problems)
    if not raw.layout.timezone and bool(
        ((read.offset == pd.Timedelta(0)) & read.clock).any()
    ):
        problems.append(elsewhere(raw, column, read, "the exchange may be closed at"))
    return read.wall


def elsewhere(raw: RawTable, column: str, read: Moments, why: str) -> Problem:
    """Return the problem of times in UTC where the exchange's zone is not told."""
    row = read.clock[read.clock].index[0]
    return Problem(
        rule=f"the times are in UTC, and {why} {read.wall[row]:%H:%M} UTC",
        remedy="set timezone for this source to that of the exchange, such as "
        "America/New_York (or UTC, to take the times as they are)",
        where=raw.file,
        row=int(raw.rows[row]),
        column=column,
        value=str(raw.cells[column][row]),
    )


def read_column(
    raw: RawTable, column: str, problems: list[Problem], usual: Order = ""
) -> Moments:
    """Read a column by its type, its container and what the study says."""
    cells = raw.cells[column]
    if pd.api.types.is_datetime64_any_dtype(cells):
        return in_zone(typed(cells), raw.layout.timezone)
    text = cells.astype("string").str.strip()
    text = text.mask(text.eq("") | text.isin(raw.layout.missing))
    text = text.mask(text.str.fullmatch(NEVER).fillna(False).astype(bool))
    plain = text.str.replace(raw.layout.decimal, ".")
    numbers = pd.to_numeric(plain, errors="coerce").astype("float64")
    read = moments(text, stated_order(raw.layout))
    filled = text.str.contains(r"\d").fillna(False).astype(bool)  # but for E, B
    if filled.any() and numbers[filled].notna().all() and not read.wall.notna().any():
        counted = serial(raw, column, numbers, problems)
        return in_zone(counted, raw.layout.timezone)
    own = moments(text).order if stated_order(raw.layout) else read.order
    if own == "undecided" and own == read.order:
        order = order_of_others(raw.cells, column) or usual
        if order:
            return in_zone(moments(text, order), raw.layout.timezone)
        problems.append(undecided(raw, column, text))
    if {own, read.order} == {"day_first", "month_first"}:
        problems.append(
            Problem(
                rule=f"the study says {read.order.replace('_', ' ')}, but the column "
                f"has numbers above 12 that make it {own.replace('_', ' ')}",
                remedy="take dates out of this source, or correct it",
                where=raw.file,
                column=column,
            )
        )
    return in_zone(read, raw.layout.timezone)


def stated_order(layout: TableFile) -> Order:
    """Return the order of day and month that the study states."""
    if layout.dates == "day_first" or layout.dates == "month_first":
        return layout.dates
    return ""


def typed(cells: pd.Series) -> Moments:
    """Return typed days or moments; a zoned column keeps its own clock."""
    wall = own_clock(cells)
    clock = (wall.notna() & wall.ne(wall.dt.normalize())).astype(bool)
    ahead = pd.Series(pd.NaT, cells.index, dtype="timedelta64[ns]")
    if cells.dt.tz is not None:
        ahead = wall - own_clock(cells.dt.tz_convert("UTC"))
        ahead = ahead.astype("timedelta64[ns]")
    return Moments(wall, clock, ahead, "")


def in_zone(read: Moments, timezone: str) -> Moments:
    """Turn zoned moments to the clock of a zone; others are on it already."""
    zoned = read.offset.notna()
    if not timezone or not zoned.any():
        return read
    instants = (read.wall - read.offset)[zoned].dt.tz_localize("UTC")
    there = instants.dt.tz_convert(timezone).dt.tz_localize(None)
    wall = read.wall.copy()
    wall[zoned] = there.astype("datetime64[ns]")
    clock = read.clock.where(~zoned, wall.ne(wall.dt.normalize()))
    blank = pd.Series(pd.NaT, wall.index, dtype="timedelta64[ns]")
    return Moments(wall, clock.astype(bool), blank, read.order)


def serial(
    raw: RawTable, column: str, numbers: pd.Series, problems: list[Problem]
) -> Moments:
    """Read serial numbers by the study's word or by the container's own count.

    A text file or Parquet does not say since when its numbers count.
    """
    container = raw.reading.format if raw.reading else ""
    form = raw.layout.dates if raw.layout.dates in EPOCHS else CONTAINERS.get(container)
    blank = pd.Series(pd.NaT, numbers.index, dtype="timedelta64[ns]")
    if form:
        wall = since(numbers, form)
        clock = (wall.notna() & wall.ne(wall.dt.normalize())).astype(bool)
        if form == "unix" and clock.any():
            blank = blank.mask(wall.notna(), pd.Timedelta(0))
        return Moments(wall, clock, blank, "")
    row = numbers.dropna().index[0]
    one = numbers.loc[[row]]
    shown = {form: since(one, form).iloc[0] for form in EPOCHS}
    likely = {f: day for f, day in shown.items() if PLAUSIBLE[0] < day < PLAUSIBLE[1]}
    if likely:
        words = ", ".join(
            f"{day:%Y-%m-%d} as {form} counts" for form, day in likely.items()
        )
        problems.append(
            Problem(
                rule=f"is a serial number of a day: {words}",
                remedy=f"set dates for this source to {', '.join(likely)}",
                where=raw.file,
                row=int(raw.rows[row]),
                column=column,
                value=str(raw.cells[column][row]),
            )
        )
    empty = pd.Series(pd.NaT, numbers.index, dtype="datetime64[ns]")
    return Moments(empty, empty.notna(), blank, "")


def since(numbers: pd.Series, form: str) -> pd.Series:
    """Return the moments of serial numbers: days, seconds or milliseconds.

    The number of 9999-12-31, an open end, is the last day that can be held.
    """
    origin = np.datetime64(EPOCHS[form], "D")
    never = numbers.eq(float((np.datetime64("9999-12-31", "D") - origin).astype(int)))
    largest = numbers.mask(never).abs().max()
    unit = 1.0 if largest < SECONDS else 1 / 86_400
    unit = unit if largest < MILLISECONDS else unit / 1_000
    seconds = (numbers * unit * 86_400).round()
    good = seconds.between(-8e9, 8e9)
    after = pd.to_timedelta(seconds.where(good), unit="s")
    day = (pd.Timestamp(EPOCHS[form]) + after).astype("datetime64[ns]")
    return day.mask(never, LAST.normalize() - DAY)


def undecided(raw: RawTable, column: str, text: pd.Series) -> Problem:
    """Return the problem of a column in which no number can only be a day."""
    by_day, by_month = (
        moments(text, order).wall for order in ("day_first", "month_first")
    )
    row = by_day[by_day.ne(by_month) & by_day.notna()].index[0]
    return Problem(
        rule="day or month first cannot be told from the column: this is "
        f"{by_day[row]:%Y-%m-%d} with the day first, {by_month[row]:%Y-%m-%d} with the "
        "month first",
        remedy="set dates for this source: day_first or month_first",
        where=raw.file,
        row=int(raw.rows[row]),
        column=column,
        value=str(text[row]),
    )
