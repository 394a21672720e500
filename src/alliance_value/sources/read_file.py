"""A file with a table -> its cells as they stand, and how it was read."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pandas as pd
import pyarrow.lib
from pandas.api.types import infer_dtype, is_datetime64_any_dtype

from alliance_value.contracts.access import no_file
from alliance_value.contracts.problems import (
    Problem,
    UserError,
    clip,
    gathered,
    raise_if,
)
from alliance_value.contracts.rejects import Rejects, collect, rejects
from alliance_value.contracts.storage import empty
from alliance_value.sources.csv_file import (
    DELIMITERS,
    csv_records,
    delimited,
    fixed_records,
    repeated_names,
)
from alliance_value.sources.date_formats import date_formats
from alliance_value.sources.record import Reading
from alliance_value.sources.text_file import (
    ZIP,
    compression,
    decode,
    guesses,
    other_kind,
    unpacked,
    unreadable,
)
from alliance_value.sources.workbook import read_sheet, sheet_lines
from alliance_value.study.spec import TableFile

__all__ = ["DELIMITERS", "RawTable", "decisions_of", "decode"]
__all__ += ["in_their_files", "read_as_one"]
__all__ += ["read_file", "read_files", "readings_of", "unreadable"]

PLAIN = TableFile(entity="", file="")  # of which the study says nothing
TEXT = ("csv", "fixed")
ENDINGS = {".parquet": "parquet", ".dta": "stata", ".sas7bdat": "sas"} | {
    ".xpt": "xport",
    ".xlsx": "excel",
    ".xlsm": "excel",
}
STARTS = (
    (b"PAR1", "parquet"),
    (b"<stata_dta>", "stata"),
    (bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", "sas"),
    (b"HEADER RECORD*******LIB", "xport"),
)
STATA_BEFORE_117 = re.compile(rb"[\x69\x6c\x6e\x6f\x71-\x73][\x01\x02]\x01")
EXACT = 2.0**53  # beyond it, not every whole number is a float
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
    layout
        How the study says that it is written.
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
    layout: TableFile = PLAIN


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
        layout=layout,
    )


def in_their_files(rejected: pd.DataFrame, raw: RawTable) -> pd.DataFrame:
    """Return the rejects of `read_as_one`'s table with each row's own file."""
    if not raw.parts:
        return rejected
    names = [table.file for table in raw.parts]
    own = [names[place] for place in rejected.row // BILLION]
    return rejected.assign(file=own, row=rejected.row % BILLION)


def read_file(path: str | Path, layout: TableFile) -> RawTable:
    """Read a file of any kind without interpreting its cells.

    Read are text between delimiters or in columns of fixed width, Parquet, Stata, SAS
    and Excel files, each also within gzip or zip. What a file is is told by what it
    holds, not by its name.

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
    kind = layout.format if layout.format != "auto" else kind_of(path)
    if kind not in TEXT:
        return read_typed(path, kind, layout)
    try:
        return read_text(path, kind, layout)
    except UserError as error:
        named = kind_by_name(path)
        with unpacked(path) as stream:
            known = other_kind(stream.read(1000))
        if layout.format != "auto" or named in TEXT or known:
            raise
        raise no_such_kind(path, named, error) from None


def kind_of(path: Path) -> str:
    """Return what a file holds: csv, fixed, parquet, stata, sas, xport or excel."""
    with unpacked(path) as stream:
        head = stream.read(1000)
    if head.startswith(ZIP):
        return "excel"
    for start, kind in STARTS:
        if head.startswith(start):
            return kind
    if STATA_BEFORE_117.match(head) and b"\x00" in head:
        return "stata"
    text = b"\x00" not in head or guesses(head) != ["utf-8-sig"]
    return "csv" if text or other_kind(head) else kind_by_name(path)


def kind_by_name(path: Path) -> str:
    """Return what a file's name says that it holds."""
    suffixes = [s for s in path.suffixes if s.lower() not in (".gz", ".zip")]
    return ENDINGS.get(suffixes[-1].lower() if suffixes else "", "csv")


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
        held: Path | BytesIO = path
        if kind == "excel" or compression(path) != "none":
            with unpacked(path) as stream:
                held = BytesIO(stream.read())
        sheet = None
        if kind == "excel":
            sheet = read_sheet(path, held, layout.sheet, layout.missing)
        cells = sheet.cells if sheet else TYPED[kind](held)
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
        (f"read as {kind}", *(sheet.decisions if sheet else ()), *stated(layout)),
        Reading(
            file=path.name,
            format=kind,
            rows=len(cells),
            columns=cells.shape[1],
            compression=compression(path),
            header_row=sheet.header_row if sheet else None,
            dates=dates_of_columns(cells),
        ),
        layout=layout,
    )


def stated(layout: TableFile) -> Iterator[str]:
    """Yield what the study says of days and moments, in words."""
    if layout.dates != "auto":
        yield f"dates as told: {layout.dates.replace('_', ' ')}"
    if layout.timezone:
        yield f"moments with a zone are turned to the clock of {layout.timezone}"


def no_such_kind(path: Path, kind: str, error: BaseException) -> UserError:
    """Return the error for a damaged file, or one whose ending belies what it holds."""
    with path.open("rb") as stream:
        head = stream.read(1000)
    if head.isascii() and b"\x00" not in head:
        return unreadable(
            path,
            f"is no readable {kind} file but holds text",
            "set format: csv, or take format out",
        )
    words = str(error).replace(str(path), path.name).splitlines() or [""]
    first = clip(words[0].partition(". ")[0], 100)
    again = "save it as .xlsx or CSV" if kind == "excel" else "fetch or export it again"
    return unreadable(path, f"is no readable {kind} file", f"{again} ({first})")


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


def read_stata(path: Path | BytesIO) -> pd.DataFrame:
    """Read a Stata file with value labels, or with codes where labels repeat."""
    try:
        return pd.read_stata(path)
    except ValueError as error:
        if "not unique" not in str(error):
            raise
        if isinstance(path, BytesIO):
            path.seek(0)
        return pd.read_stata(path, convert_categoricals=False)


def read_sas(path: Path | BytesIO) -> pd.DataFrame:
    """Read a SAS data set; blank text is missing, as SAS knows no other."""
    return pd.read_sas(path, format="sas7bdat", encoding="infer")


def read_transport(path: Path | BytesIO) -> pd.DataFrame:
    """Read a SAS transport file."""
    return pd.read_sas(path, format="xport", encoding="latin-1")


TYPED: dict[str, Callable[[Path | BytesIO], pd.DataFrame]] = {
    "parquet": pd.read_parquet,
    "stata": read_stata,
    "sas": read_sas,
    "xport": read_transport,
}


def read_text(path: Path, kind: str, layout: TableFile) -> RawTable:
    """Read cells between delimiters, or in columns of fixed width, as text."""
    text, encoding = decode(path, layout.encoding)
    found = None
    if layout.delimiter == "auto" and (
        kind == "fixed" or not delimited(text, layout.quote)
    ):
        found = fixed_records(path, text)
    found = found or csv_records(path, text, layout.delimiter, layout.quote)
    cells = pd.DataFrame(found.body, columns=found.header, dtype="str")
    decisions = (
        f"encoding {encoding}",
        f"delimiter {found.delimiter!r}" if found.delimiter else "fixed width",
        *found.decisions,
        *stated(layout),
    )
    reading = Reading(
        file=path.name,
        format="csv" if found.delimiter else "fixed",
        rows=len(cells),
        columns=cells.shape[1],
        compression=compression(path),
        encoding=encoding,
        delimiter=found.delimiter,
        quote=layout.quote if found.delimiter else "",
        decimal=layout.decimal,
        thousands=layout.thousands,
        header_row=found.header_row,
        dates=dates_of_columns(cells),
    )
    left_out = [
        rejects(
            file=path.name,
            row=pd.Series([*lines], dtype="int64"),
            column=None,
            value=pd.Series([*lines.values()], dtype="string"),
            rule=rule,
            action="rejected",
        )
        for rule, lines in (
            ("header_repeated", dict.fromkeys(found.repeated_headers)),
            ("line_around_the_table", found.around),
        )
    ]
    return RawTable(
        cells,
        pd.Series(found.numbers, dtype="int64"),
        path.name,
        False,
        decisions,
        reading,
        collect(left_out),
        layout=layout,
    )


def plain_text(cells: pd.Series) -> pd.Series:
    """Return cells as stripped text; a column of whole numbers has no decimal point."""
    if pd.api.types.is_float_dtype(cells):
        known = cells.dropna()
        if ((known % 1 == 0) & (known.abs() < EXACT)).all():
            cells = cells.astype("Int64")
    return cells.astype("string").str.strip()


def printed_grid(path: Path, layout: TableFile) -> list[list[str]] | None:
    """Return all lines of a file that stores types as text; none of a text file.

    For readers that look for the head of their table themselves.
    """
    kind = layout.format if layout.format != "auto" else kind_of(path)
    if kind in TEXT:
        return None
    if kind == "excel":
        with unpacked(path) as stream:
            held = BytesIO(stream.read())
        try:
            return sheet_lines(path, held, layout.sheet)
        except UNREADABLE as error:
            raise no_such_kind(path, kind, error) from None
    cells = read_typed(path, kind, layout).cells
    for name in cells.columns[[is_datetime64_any_dtype(t) for t in cells.dtypes]]:
        cells[name] = cells[name].dt.strftime("%Y-%m-%d %H:%M:%S")
    texts = cells.apply(plain_text).fillna("")
    return [list(texts.columns), *texts.to_numpy().tolist()]
