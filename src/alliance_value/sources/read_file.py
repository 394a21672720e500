"""A file with a table -> its cells as they stand, and how it was read."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow.lib
from pandas.api.types import infer_dtype

from alliance_value.contracts.access import no_file
from alliance_value.contracts.problems import (
    Problem,
    UserError,
    clip,
    gathered,
    raise_if,
)
from alliance_value.contracts.rejects import Rejects, rejects
from alliance_value.contracts.storage import empty
from alliance_value.sources.csv_file import DELIMITERS, csv_records, repeated_names
from alliance_value.sources.date_formats import date_formats
from alliance_value.sources.record import Reading
from alliance_value.sources.text_file import decode, is_gzip, unreadable
from alliance_value.sources.workbook import read_sheet
from alliance_value.study.spec import TableFile

__all__ = ["DELIMITERS", "RawTable", "decisions_of", "decode"]
__all__ += ["in_their_files", "read_as_one"]
__all__ += ["read_file", "read_files", "readings_of", "unreadable"]

ENDINGS = {".parquet": "parquet", ".dta": "stata", ".csv": "csv", ".tsv": "csv"} | {
    ".sas7bdat": "sas",
    ".xlsx": "excel",
}
BILLION = 10**9  # more rows than any file read here has
# what the parsers of binary formats raise on damaged files
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    OSError,
    TypeError,
    ValueError,
    RuntimeWarning,
    UnicodeWarning,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    pyarrow.lib.ArrowException,
)


@dataclass(frozen=True)
class RawTable:
    """The cells of one file.

    Parameters
    ----------
    cells
        Text cells of a CSV file exactly as written, or typed columns of a Parquet or
        Stata file; shape (rows, columns).
    rows
        Row in the file of each record, shape (rows,): a spreadsheet's row in a CSV or
        Excel file (the header is row 1), the record's number elsewhere.
    file
        The file's name for messages and rejects, without its folder.
    typed
        Whether the file itself stores types.
    decisions
        What was decided on the way, in words.
    reading
        The same in fields, for the file's record.
    rejects
        Rows that were no records, such as a header that stands again.
    cautions
        What a reader of the results should know of the file, in words.
    parts
        The tables of several files that are read as one.
    """

    cells: pd.DataFrame
    rows: pd.Series
    file: str
    typed: bool
    decisions: tuple[str, ...]
    reading: Reading | None = None
    rejects: pd.DataFrame = field(default_factory=lambda: empty(Rejects))
    cautions: tuple[str, ...] = ()
    parts: tuple[RawTable, ...] = ()


def read_files(paths: Sequence[str | Path], layout: TableFile) -> list[RawTable]:
    """Read several files.

    Raises
    ------
    UserError
        With the problems of all files.
    """
    tables: list[RawTable] = []
    problems: list[Problem] = []
    for path in paths:
        with gathered(problems):
            tables.append(read_file(path, layout))
    names = ", ".join(Path(path).name for path in paths)
    raise_if(problems, f"reading {names}")
    return tables


def read_as_one(paths: Sequence[str | Path], layout: TableFile) -> RawTable:
    """Read files with the same columns as one table.

    Its rows carry their file's place among the paths until `in_their_files` takes it
    out of the rejects.

    Raises
    ------
    UserError
        With the problems of all files; or their columns differ.
    """
    tables = read_files(paths, layout)
    first = tables[0]
    if len(tables) == 1:
        return first
    problems = [
        Problem(
            rule=f"its columns are not those of {first.file}",
            remedy=f"export both with the same columns; they differ in: {differ}",
            where=table.file,
            row=1,
        )
        for table in tables
        for differ in [", ".join(sorted({*first.cells} ^ {*table.cells}))]
        if differ
    ]
    names = ", ".join(table.file for table in tables)
    raise_if(problems, f"reading {names}")
    parts = [(table, BILLION * n) for n, table in enumerate(tables)]
    return RawTable(
        cells=pd.concat([table.cells for table in tables], ignore_index=True),
        rows=pd.concat([t.rows + begin for t, begin in parts], ignore_index=True),
        file=names,
        typed=all(table.typed for table in tables),
        decisions=(),
        rejects=pd.concat(
            [t.rejects.assign(row=t.rejects.row + begin) for t, begin in parts]
        ),
        parts=tuple(tables),
    )


def in_their_files(rejected: pd.DataFrame, raw: RawTable) -> pd.DataFrame:
    """Return the rejects of `read_as_one`'s table with each row's own file."""
    if not raw.parts:
        return rejected
    names = [table.file for table in raw.parts]
    own = [names[place] for place in rejected.row // BILLION]
    return rejected.assign(file=own, row=rejected.row % BILLION)


def read_file(path: str | Path, layout: TableFile) -> RawTable:
    """Read a CSV, Parquet, Stata, SAS or Excel file without interpreting its cells.

    Of a workbook the first sheet is read; Excel needs the package openpyxl.

    Raises
    ------
    UserError
        The file is not there, is empty, is damaged, or its rows do not fit its header.
    """
    path = Path(path)
    subject = f"reading {path.name}"
    absent = no_file(path)
    if absent is not None:
        raise UserError([absent], subject)
    if path.stat().st_size == 0:
        problem = Problem("the file is empty", "export it again", path.name)
        raise UserError([problem], subject)
    kind = layout.format
    if kind == "auto":
        suffixes = [s for s in path.suffixes if s != ".gz"]
        kind = ENDINGS.get(suffixes[-1].lower() if suffixes else "", "csv")
    if kind == "csv":
        return read_csv(path, layout)
    return read_typed(path, kind, layout)


def readings_of(tables: Sequence[RawTable]) -> tuple[Reading, ...]:
    """Return how each table was read, for the record."""
    single = [part for table in tables for part in (table.parts or (table,))]
    return tuple(table.reading for table in single if table.reading is not None)


def decisions_of(raw: RawTable) -> list[str]:
    """Return what was decided in reading each file, with the file's name."""
    return [f"{t.file}: {word}" for t in (raw.parts or (raw,)) for word in t.decisions]


def read_typed(path: Path, kind: str, layout: TableFile) -> RawTable:
    """Read a file that stores types; categories become labels, periods dates."""
    try:
        sheet = read_sheet(path, layout.missing) if kind == "excel" else None
        cells = sheet.cells if sheet else TYPED[kind](path)
    except ImportError:
        raise unreadable(
            path,
            f"needs a package to be read as {kind}, which is not installed",
            "install openpyxl, or save the sheet as CSV",
        ) from None
    except UNREADABLE as error:
        raise no_such_kind(path, kind, error) from None
    if not isinstance(cells.index, pd.RangeIndex):
        cells = pd.concat([index_columns(cells), cells.reset_index(drop=True)], axis=1)
    cells.columns = [str(c) for c in cells.columns]
    raise_if([*repeated_names(path, list(cells.columns), 1)], f"reading {path.name}")
    for name in cells.columns:
        if isinstance(cells[name].dtype, pd.CategoricalDtype):
            cells[name] = cells[name].astype(cells[name].cat.categories.dtype)
        if isinstance(cells[name].dtype, pd.PeriodDtype):
            cells[name] = cells[name].dt.to_timestamp()
        elif infer_dtype(cells[name], skipna=True) == "date":
            cells[name] = pd.to_datetime(cells[name])
    if not len(cells):
        raise unreadable(path, "has a header but no rows", "export it again")
    numbers = sheet.rows if sheet else range(1, len(cells) + 1)
    cells = cells.reset_index(drop=True)
    return RawTable(
        cells,
        pd.Series(numbers, dtype="int64"),
        path.name,
        True,
        (f"read as {kind}", *(sheet.decisions if sheet else ())),
        Reading(
            file=path.name,
            format=kind,
            rows=len(cells),
            columns=cells.shape[1],
            header_row=sheet.header_row if sheet else None,
            dates=dates_of_columns(cells),
        ),
    )


def no_such_kind(path: Path, kind: str, error: BaseException) -> UserError:
    """Return the error for a damaged file, or one whose ending belies what it holds."""
    with path.open("rb") as stream:
        head = stream.read(1000)
    if head.isascii() and b"\x00" not in head:
        return unreadable(
            path,
            f"is no readable {kind} file but holds text",
            "name it .csv, or set format: csv",
        )
    words = str(error).replace(str(path), path.name).splitlines() or [""]
    first = clip(words[0].partition(". ")[0], 100)
    return unreadable(
        path, f"is no readable {kind} file", f"fetch or export it again ({first})"
    )


def dates_of_columns(cells: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return the date formats of the columns that hold dates."""
    found = {str(name): date_formats(cells[name]) for name in cells.columns}
    return {name: formats for name, formats in found.items() if formats}


def index_columns(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the levels of an index as columns, but for those that are columns too."""
    return pd.DataFrame(
        {
            name: cells.index.get_level_values(level)
            for level, name in enumerate(cells.index.names)
            if name is not None and name not in cells.columns
        }
    )


def read_stata(path: Path) -> pd.DataFrame:
    """Read a Stata file with value labels, or with codes where labels repeat."""
    try:
        return pd.read_stata(path)
    except ValueError as error:
        if "not unique" not in str(error):
            raise
        return pd.read_stata(path, convert_categoricals=False)


def read_sas(path: Path) -> pd.DataFrame:
    """Read a SAS data set; blank text is missing, as SAS knows no other."""
    return pd.read_sas(path, format="sas7bdat", encoding="infer")


TYPED: dict[str, Callable[[Path], pd.DataFrame]] = {
    "parquet": pd.read_parquet,
    "stata": read_stata,
    "sas": read_sas,
}


def read_csv(path: Path, layout: TableFile) -> RawTable:
    """Read a CSV file as text cells."""
    text, encoding = decode(path, layout.encoding)
    found = csv_records(path, text, layout.delimiter)
    cells = pd.DataFrame(found.body, columns=found.header, dtype="str")
    decisions = (
        f"encoding {encoding}",
        f"delimiter {found.delimiter!r}",
        *found.decisions,
    )
    reading = Reading(
        file=path.name,
        format="csv",
        rows=len(cells),
        columns=cells.shape[1],
        compression="gzip" if is_gzip(path) else "none",
        encoding=encoding,
        delimiter=found.delimiter,
        quote='"',
        decimal=layout.decimal,
        thousands=layout.thousands,
        header_row=found.header_row,
        dates=dates_of_columns(cells),
    )
    again = rejects(
        file=path.name,
        row=pd.Series(found.repeated_headers, dtype="int64"),
        column=None,
        value=None,
        rule="header_repeated",
        action="rejected",
    )
    rows = pd.Series(found.numbers, dtype="int64")
    return RawTable(cells, rows, path.name, False, decisions, reading, again)
