"""A file that was looked at -> the columns that tell entity and time of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from alliance_value.contracts.problems import Problem, UserError, nearest
from alliance_value.sources.keys import (
    PLAUSIBLE_YEARS,
    dated_time,
    fiscal_year_of,
    looks_like,
)
from alliance_value.starting.look import MOSTLY, Column, Look

TIMES = re.compile(r"(.*_)?(f?year|fyear|yr|time|period|quarter|qtr|month|wave|week|t)")
ENTITIES = re.compile(
    r"gvkey|cik|permno|permco|lpermno|cusip|isin|tic|ticker.*|(firm|company|plant|bank)"
    r".*|id|.*_?id|idcode|nr|country.*|iso.*|state|county|region|person|entity|unit"
)
# rows that may share their key where another pair of columns has none that do
SHARED = 0.02
# periods that an entity has on average
PERIODS = 1.5


@dataclass(frozen=True)
class Key:
    """What identifies the rows of a panel.

    Parameters
    ----------
    entity, time
        The columns.
    time_format
        As ``sources.firm_years`` takes it.
    period_end
        A column of days that tells the year where ``time`` does not.
    periods
        Int64, shape (n,): the time of each row, missing where it cannot be told.
    """

    entity: Column
    time: Column
    time_format: str
    period_end: Column | None
    periods: pd.Series

    @cached_property
    def repeated(self) -> int:
        """The number of rows that repeat the key of an earlier one."""
        keys = pd.DataFrame({"entity": self.entity.values, "time": self.periods})
        return int(keys.dropna().duplicated().sum())


def key_of(look: Look, entity: str = "", time: str = "") -> Key:
    """Return the columns that identify the rows best.

    Parameters
    ----------
    look
        The file.
    entity, time
        Columns that the user names; empty to look for them.

    Raises
    ------
    UserError
        No column is of that name, or none can be the key.
    """
    times = [named(look, time)] if time else list(times_of(look))
    best: tuple[tuple[object, ...], Key] | None = None
    for when in times:
        formats = formats_of(look, when)
        for who in [named(look, entity)] if entity else entities_of(look, when):
            keys = (Key(who, when, *one) for one in formats)
            key = min(keys, key=lambda key: key.repeated)
            periods = look.rows / max(who.distinct, 1)
            rank = (
                key.repeated > SHARED * look.rows,
                periods < PERIODS,
                not look.named(TIMES, [when]),
                not look.named(ENTITIES, [who]),
                key.repeated,
                look.columns.index(who),
                look.columns.index(when),
            )
            if best is None or rank < best[0]:
                best = rank, key
    if best is None:
        raise UserError([no_key(look, "entity" if times else "time")], look.raw.file)
    return best[1]


def named(look: Look, name: str) -> Column:
    """Return the column that the user names."""
    for column in look.columns:
        if column.name == name:
            return column
    names = [column.name for column in look.columns]
    problem = Problem(f"there is no column '{name}'", nearest(name, names))
    raise UserError([problem], look.raw.file)


def no_key(look: Look, which: str) -> Problem:
    """Return the problem of a file in which no column can be half of a key."""
    names = ", ".join(f"'{column.name}'" for column in look.columns[:12])
    return Problem(
        rule=f"no column tells the {which} of a row",
        remedy=f"a panel has several rows per entity, one for each time; if it is one, "
        f"say {which.upper()}=column. Columns: {names}",
        where=look.raw.file,
    )


def times_of(look: Look) -> Iterator[Column]:
    """Yield columns that may tell the time: years, spelled periods, waves, days."""
    for column in look.of("number"):
        if not column.whole or not 1 < column.distinct <= look.rows / PERIODS:
            continue
        known = column.values.dropna()
        years = known.between(*PLAUSIBLE_YEARS).mean() >= MOSTLY
        waves = look.named(TIMES, [column]) and known.abs().max() < PLAUSIBLE_YEARS[0]
        if years or waves or looks_like(column.values):
            yield column
    for column in look.of("text"):
        if spelled(column) and column.distinct > 1:
            yield column
    for column in look.of("day"):
        if column.distinct > 1:
            yield column


def spelled(column: Column) -> bool:
    """Return whether texts spell quarters or months, as 2013Q1."""
    some = column.values.dropna().iloc[:500]
    return bool(dated_time(some, "quarter").notna().mean() >= MOSTLY)


def entities_of(look: Look, time: Column) -> Iterator[Column]:
    """Yield columns of texts or whole numbers that have several rows per value."""
    for column in look.columns:
        coded = column.kind == "text" or column.whole
        if coded and column is not time and 1 < column.distinct < look.rows:
            yield column


def formats_of(look: Look, time: Column) -> list[tuple[str, Column | None, pd.Series]]:
    """Return how a column's periods may be told, the coarsest first.

    Returns
    -------
    list
        time_format, period_end and periods of a `Key`.
    """
    if time.kind == "number":
        period = looks_like(time.values)
        formats = [period] if period in ("quarter", "month") else ["auto"]
    elif time.kind == "text":
        formats = ["quarter", "month"]
    else:
        formats = ["year", "quarter", "month"]
    ends = period_end_of(look, time) if formats == ["auto"] else None
    return [(form, ends, periods_of(time, form, ends)) for form in formats]


def periods_of(time: Column, form: str, ends: Column | None) -> pd.Series:
    """Return the period of each row, missing where it cannot be told."""
    if ends is not None:
        return fiscal_year_of(ends.values).fillna(time.values.astype("Int64"))
    if form == "auto":
        return time.values.astype("Int64")
    cells = time.values
    return dated_time(cells if time.kind != "number" else cells.astype("Int64"), form)


def period_end_of(look: Look, time: Column) -> Column | None:
    """Return the days by which years that are missing or odd can be told."""
    years = time.values.between(*PLAUSIBLE_YEARS)
    if years.all() or years.mean() < 1 - MOSTLY:
        return None
    for column in look.of("day"):
        implied = fiscal_year_of(column.values)
        agree = (implied - time.values).abs().le(1)
        if column.other == 0 and agree[years].mean() >= MOSTLY:
            return column
    return None
