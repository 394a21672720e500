"""The date column of a daily file -> an expression of its day, decided once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import polars as pl

from alliance_value.contracts.problems import Problem
from alliance_value.sources.daily_calendar import frequency_problems
from alliance_value.sources.date_formats import date_formats
from alliance_value.sources.dated_columns import days, no_day
from alliance_value.sources.printed_dates import Order
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.record import Reading
from alliance_value.study.spec import TableFile

LOOKED_AT = 1000


def dated(
    lazy: pl.LazyFrame,
    name: str,
    schema: Mapping[str, pl.DataType],
    path: Path,
    kind: str,
    layout: TableFile,
    problems: list[Problem],
    usual: Order = "",
) -> tuple[pl.Expr, str]:
    """Return the expression of a date column, and its format in words.

    Typed days stay on their own wall clock unless the study names a zone. Of all others
    the distinct cells are read as in any other source, and looked up.
    """
    dtype, column = schema[name], pl.col(name)
    if dtype == pl.Date:
        return column, "dates are typed"
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
        return column.cast(pl.Date), "dates are typed"
    printed = lazy.select(column.unique()).collect(engine="streaming")[name]
    cells = printed.drop_nulls().to_pandas().rename(name)
    raw = RawTable(
        pd.DataFrame({name: cells}).reset_index(drop=True),
        pd.Series(range(len(cells)), dtype="int64"),
        path.name,
        True,
        (),
        Reading(path.name, kind, len(cells), 1),
        layout=layout,
    )
    before = len(problems)
    read = days(raw, name, problems, usual)
    if len(problems) == before:
        problems += no_day(raw, name, read)
    if isinstance(dtype, pl.Datetime):
        zone = layout.timezone or str(dtype.time_zone)
        return column.dt.convert_time_zone(
            zone
        ).dt.date(), f"dates are typed, in {zone}"
    text = raw.cells[name].astype("string").str.replace(r"\.0$", "", regex=True)
    forms = date_formats(text.astype("str")) or {"serial numbers": len(text)}
    known = read.notna().to_numpy()
    days_read = pl.Series(read[known].dt.date.to_list(), dtype=pl.Date)
    keys = pl.Series(raw.cells[name][known].to_list(), dtype=dtype)
    looked_up = column.replace_strict(
        keys, days_read, default=None, return_dtype=pl.Date
    )
    return looked_up, f"dates as {', '.join(forms)}"


def frequency(lazy: pl.LazyFrame, day: pl.Expr, path: Path) -> list[Problem]:
    """Return a problem where the first rows lie apart as no trading days do."""
    head = lazy.head(LOOKED_AT).select(day.alias("day")).collect()
    return frequency_problems(head["day"].drop_nulls().to_list(), path.name)
