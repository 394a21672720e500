"""Tables as people hand them over -> days without zones, and decimals.

Columns of text, whole numbers and zoned moments are read as those of files are; columns
that are typed already stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_dtype, is_numeric_dtype

from alliance_value.contracts.events import Events
from alliance_value.contracts.problems import Problem
from alliance_value.events.matrix import FACTORS, is_long, with_date
from alliance_value.sources.cells import numeric_column
from alliance_value.sources.daily_calendar import frequency_problems
from alliance_value.sources.dated_columns import clock_moments, days
from alliance_value.sources.raw_table import RawTable

LEAST_RETURN = -1.01
NUMBERS = ("ret", "market_value", "volume", "shares", "turnover")
AS_MOMENTS = (
    "make datetimes of them first: pandas.to_datetime with a format, and tz_convert to "
    "the exchange's zone where they have one"
)


def dated_events(events: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    """Return events whose announcements are moments by the exchange's clock.

    Parameters
    ----------
    events
        As for `study.event_study`; a zoned moment keeps its own clock.
    problems
        Grows where a column's form cannot be told, or a cell is none.
    """
    moments = with_moments(events, Events.announced, "events", problems, clock=True)
    return with_numbers(moments, ("market_value",), "events", problems)


def dated_returns(returns: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    """Return long or wide returns with days and decimals.

    Parameters
    ----------
    returns
        As for `study.event_study`; wide ones may have their days as column ``date``.
    problems
        Grows where cells are no days or numbers, or returns below -1.
    """
    if is_long(returns):
        table = with_moments(returns, "date", "returns", problems)
        table = with_numbers(table, NUMBERS, "returns", problems)
        values = table["ret"]
    else:
        table = returns.set_index("date") if "date" in returns.columns else returns
        if not is_datetime64_dtype(table.index.dtype):
            index = table.index.to_series(name="date").reset_index(drop=True)
            read = with_moments(index.to_frame(), "date", "returns", problems)
            if is_datetime64_dtype(read["date"]):
                table = table.set_axis(pd.DatetimeIndex(read["date"]))
        table = with_numbers(table, table.columns, "returns", problems)
        values = table.min(numeric_only=True)
    least = values.min() if is_numeric_dtype(values) else 0.0
    if least < LEAST_RETURN:
        problems.append(
            Problem(
                "a simple return is below -1, the loss of all",
                "give returns as decimals, 0.01 for 1 %, and missing ones as NaN",
                "returns",
                value=f"{least:g}",
            )
        )
    return table


def dated_factors(factors: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    """Return daily factors with days and decimals.

    Parameters
    ----------
    factors
        As for `study.event_study`, the days in the index, in ``date`` or in the first
        column.
    problems
        Grows where cells are no days or numbers, or the days lie apart.
    """
    table = with_moments(with_date(factors), "date", "factors", problems)
    table = with_numbers(table, FACTORS, "factors", problems)
    if is_datetime64_dtype(table["date"]):
        problems += frequency_problems(table["date"], "factors")
    return table


def with_moments(
    table: pd.DataFrame,
    column: str,
    where: str,
    problems: list[Problem],
    *,
    clock: bool = False,
) -> pd.DataFrame:
    """Return a table with a column of days, or of moments where ``clock``."""
    if column not in table.columns or is_datetime64_dtype(table[column]):
        return table
    raw = as_file(table[[column]], where)
    own: list[Problem] = []
    read = (clock_moments if clock else days)(raw, column, own)
    text = raw.cells[column].astype("string").str.strip()
    unread = read.isna() & text.notna() & text.ne("")
    if unread.any() and not own:
        own = [
            Problem(
                f"{int(unread.sum()):,} cells are no {'moments' if clock else 'days'}",
                AS_MOMENTS,
                where,
                column=column,
                value=str(text[unread].iloc[0]),
            )
        ]
    problems += [replace(problem, remedy=AS_MOMENTS, row=None) for problem in own]
    return table.assign(**{column: read.to_numpy()})


def with_numbers(
    table: pd.DataFrame, names: Iterable[str], where: str, problems: list[Problem]
) -> pd.DataFrame:
    """Return a table whose columns of these names hold float64."""
    changed = {}
    for name in names:
        if name not in table.columns:
            continue
        cells = table[name]
        if is_numeric_dtype(cells) and not is_bool_dtype(cells):
            continue
        raw = as_file(cells.to_frame(name), where)
        values, wrong = numeric_column(raw, name, raw.layout)
        text = raw.cells[name].astype("string")
        if wrong.any():
            problems.append(
                Problem(
                    f"{int(wrong.sum()):,} cells are no numbers",
                    "give decimals with a point, and NaN for what is missing",
                    where,
                    column=str(name),
                    value=str(text[wrong].iloc[0]),
                )
            )
        changed[name] = values.to_numpy()
    return table.assign(**changed) if changed else table


def as_file(cells: pd.DataFrame, where: str) -> RawTable:
    """Return columns as the readers of files take them."""
    plain = cells.reset_index(drop=True)
    rows = pd.Series(range(1, len(plain) + 1), dtype="int64")
    return RawTable(plain, rows, where, typed=True, decisions=())
