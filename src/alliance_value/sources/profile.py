"""A source file's cells as they stand -> what its columns hold, before any rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import polars.selectors as cs

from alliance_value.contracts.problems import UserError
from alliance_value.sources.archives import members
from alliance_value.sources.daily_containers import head_of
from alliance_value.sources.file_kind import kind_of
from alliance_value.sources.many_files import own_layout
from alliance_value.sources.read_file import read_file
from alliance_value.sources.text_file import compression
from alliance_value.study.spec import TableFile

# Files that are not read whole: their distinct values are estimated.
LARGE = 20_000_000
DATES = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%d%b%Y", "%Y%m%d", "%Y%m")
# what a cell of each format must look like: only such cells are parsed
SHAPES = {"%d%b%Y": r"^\d+\s*[A-Za-z]", "%Y%m%d": r"^.{8}$", "%Y%m": r"^.{6}$"}
SHAPES |= {"%Y-%m-%d": "-", "%m/%d/%Y": "/", "%m/%d/%y": "/"}
# whole numbers that may be such days
WHOLE = {"%Y%m%d": (19000101, 22991231), "%Y%m": (190001, 229912)}
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
Records = Callable[[Path, TableFile], tuple[pd.DataFrame, pd.Series]]
PLACES = ("file", "row")
# Columns that name a record of a vendor's file, in lower case; the first set that a
# file has counts.
KEYS = (
    ("deal number",),
    ("gvkey", "fyear", "unit_name", "coder"),
    ("gvkey", "datadate", "stype", "sid", "srcdate"),
    ("gvkey", "lpermno", "linkdt"),
    ("permno", "namedt"),
    ("permno", "date"),
    ("permno", "dlycaldt"),
    ("permno", "dlstdt"),
    ("gvkey", "datadate", "indfmt", "datafmt", "popsrc", "consol"),
)


@dataclass(frozen=True)
class Cells:
    """A file's cells for counting.

    Parameters
    ----------
    frame
        Lazy frame of text columns, and numbers and days of files that store types.
    large
        Whether to estimate what would need all distinct values in memory.
    begins
        Which rows begin a record, where some are further lines of one.
    """

    frame: Any
    large: bool
    begins: pl.Series | None = None


def profile_files(
    path: str, layout: TableFile, records: Records | None = None
) -> Iterator[dict[str, Any]]:
    """Yield what a source file holds, or each member of an archive (`profile_file`)."""
    for name, file in members(Path(path), layout.member):
        held = profile_file(str(file), own_layout(name, layout), records)
        yield held | {"file": name}


def profile_file(
    path: str, layout: TableFile, records: Records | None = None
) -> dict[str, Any]:
    """Count what a source file holds.

    Parameters
    ----------
    path
        The file.
    layout
        How the file is written, and its key where the study gives one.
    records
        Reads a file that is no plain table: its cells, and which rows begin a record,
        of which others may be further lines.

    Returns
    -------
    dict
        file, rows, columns (records of `profile`), repeated_rows (rows that repeat
        another in full; None where the file is too large to say), key (columns),
        repeated_keys. A file that cannot be read so has rows None and ``not_read``,
        why.
    """
    file = Path(path)
    try:
        cells = text_cells(file, layout, records)
    except UserError as error:
        rules = "; ".join(problem.rule for problem in error.problems[:3])
        return {"file": file.name, "rows": None, "columns": [], "not_read": rules}
    columns = profile(cells, layout.missing)
    names = [c["column"] for c in columns]
    rows = cells.frame.select(pl.len()).collect(engine="streaming").item()
    key = key_of(names, [n for n in (layout.entity, layout.time) if n])
    held: dict[str, Any] = {
        "file": file.name,
        "rows": rows,
        "columns": columns,
        "key": key,
        "repeated_rows": None,
        "repeated_keys": None,
    }
    if not cells.large:
        # a record's further lines may repeat its number, and each other
        frame = cells.frame
        if cells.begins is not None:
            frame = frame.filter(cells.begins)
        held["repeated_rows"] = repeats(frame, names)
        if key:
            held["repeated_keys"] = repeats(frame, key)
    return held


def text_cells(file: Path, layout: TableFile, records: Records | None) -> Cells:
    """Return a file's cells as text, lazily where the file is large."""
    if records is not None:
        cells, begins = records(file, layout)
        cells = cells.drop(columns=list(PLACES), errors="ignore").astype("str")
        return Cells(pl.from_pandas(cells).lazy(), False, pl.Series(begins))
    if file.stat().st_size > LARGE and compression(file) == "none":
        kind = layout.format if layout.format != "auto" else kind_of(file)
        if kind == "parquet":
            return Cells(plainly_typed(pl.scan_parquet(file)), True)
        top, mark = head_of(file, file, layout) if kind == "csv" else (0, None)
        if mark is not None:
            lazy = pl.scan_csv(
                file,
                infer_schema=False,
                separator=mark,
                quote_char=layout.quote,
                skip_lines=top,
                encoding="utf8-lossy",
                truncate_ragged_lines=True,
            )
            return Cells(lazy, True)
    raw = read_file(file, layout)
    return Cells(plainly_typed(pl.from_pandas(raw.cells).lazy()), False)


def plainly_typed(frame: Any) -> Any:
    """Return numbers and days as they are, times as their day, all else as text."""
    known = frame.with_columns(cs.by_dtype(pl.Float64).fill_nan(None))
    kept = cs.by_dtype(pl.Date, pl.Datetime, pl.Float64) | cs.integer()
    return as_text(known, ~kept)


def as_text(frame: Any, columns: Any = None) -> Any:
    """Return typed columns as text, times as the day; text stays as it is."""
    columns = pl.all() if columns is None else columns
    days = frame.with_columns(pl.col(pl.Datetime).cast(pl.Date))
    return days.with_columns(columns.cast(pl.String, strict=False))


def profile(cells: Cells, missing: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Describe each column: number, date or text, missing, distinct, smallest, largest.

    A column is of numbers or dates where at least half of its filled cells read as
    such. Dates are tried in a fixed order of formats; smallest and largest are by
    value or time, over the cells that read so. Markers of missing values count as
    such.

    Returns
    -------
    list of dict
        column, kind, format (of dates), other (filled cells that do not read so),
        missing, distinct (counts), min, max (text as in the file, dates as ISO; None
        where no cell is filled).
    """
    schema = cells.frame.collect_schema()
    markers = pl.Series([*missing], dtype=pl.String).implode()
    plans = []
    for n, (name, dtype) in enumerate(schema.items()):
        cell = pl.col(name)
        if dtype == pl.String:
            text = cell.str.strip_chars()
            cell = pl.when((text != "") & ~text.is_in(markers)).then(text)
        elif any(character.isdigit() for marker in missing for character in marker):
            cell = pl.when(~cell.cast(pl.String).is_in(markers)).then(cell)
        seen = cell.drop_nulls()
        if cells.large:  # as text: a number's estimate is the same in every format
            distinct = seen.cast(pl.String).approx_n_unique()
        else:
            distinct = seen.n_unique()
        plans += [
            cell.is_null().sum().alias(f"{n}.missing"),
            distinct.fill_null(0).alias(f"{n}.distinct"),
            *ranges(cell, f"{n}.text"),
        ]
        for kind, values in readings(cell, dtype).items():
            plans += ranges(values, f"{n}.{kind}")
    counted = cells.frame.select(plans).collect(engine="streaming").row(0, named=True)
    return [described_column(counted, n, name) for n, name in enumerate(schema)]


def readings(cell: Any, dtype: Any) -> dict[str, Any]:
    """Return a column's cells by each way in which they can be read."""
    if dtype == pl.Date:
        return {"%Y-%m-%d": sane(cell)}
    if dtype == pl.Float64:
        return {"number": pl.when(cell.is_finite()).then(cell)}
    if dtype.is_integer():
        read = {"number": cell.cast(pl.Float64)}
        for form, (low, high) in WHOLE.items():
            likely = pl.when(cell.is_between(low, high)).then(cell).cast(pl.String)
            read[form] = day_of(likely, form)
        return read
    number = pl.when(cell.str.contains(NUMBER)).then(cell)
    read = {form: day_of(cell, form) for form in DATES}
    return {**read, "number": number.cast(pl.Float64, strict=False)}


def day_of(text: Any, form: str) -> Any:
    """Return the days of texts in a format, null where they do not read so."""
    likely: pl.Expr = pl.when(text.str.contains(SHAPES[form])).then(text)
    if form == "%Y%m":  # of the month's first day
        likely, form = likely + "01", "%Y%m%d"
    return sane(likely.str.to_date(form, strict=False))


def sane(day: Any) -> Any:
    """Return days of years that a study may speak of."""
    return pl.when(day.dt.year().is_between(1900, 2299)).then(day)


def ranges(values: Any, name: str) -> list[Any]:
    """Return how many cells read so, the smallest and the largest of them."""
    return [
        values.is_not_null().sum().alias(f"{name}.n"),
        values.min().alias(f"{name}.min"),
        values.max().alias(f"{name}.max"),
    ]


def described_column(counted: dict[str, Any], n: int, name: str) -> dict[str, Any]:
    """Choose what a column is from the counts of each reading of its cells."""
    filled = counted[f"{n}.text.n"]
    kind, form, prefix, other = "", "", f"{n}.text", 0
    if filled:
        read = {f: counted.get(f"{n}.{f}.n", 0) for f in (*DATES, "number")}
        # the first of those by which most cells can be read
        best = max(read, key=lambda f: read[f])
        if 2 * read[best] >= filled:
            kind, form = ("number", "") if best == "number" else ("date", best)
            prefix, other = f"{n}.{best}", filled - read[best]
        else:
            kind = "text"
    low, high = counted[f"{prefix}.min"], counted[f"{prefix}.max"]
    return {
        "column": name,
        "kind": kind,
        "format": form,
        "other": other,
        "missing": counted[f"{n}.missing"],
        "distinct": counted[f"{n}.distinct"],
        "min": shown(low),
        "max": shown(high),
    }


def shown(value: Any) -> str | None:
    """Write a smallest or largest value; None where there is none."""
    if value is None:
        return None
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def key_of(names: Sequence[str], stated: Sequence[str]) -> list[str]:
    """Return the columns that name a record, as the file writes them."""
    written = {name.lower(): name for name in names}
    for key in KEYS:
        if all(part in written for part in key):
            return [written[part] for part in key]
    return [name for name in stated if name in names]


def repeats(frame: Any, names: Sequence[str]) -> int:
    """Return how many rows repeat an earlier one in these columns."""
    distinct = pl.struct(list(names)).n_unique()
    rows, different = frame.select(pl.len(), distinct.alias("n")).collect().row(0)
    return int(rows - different)
