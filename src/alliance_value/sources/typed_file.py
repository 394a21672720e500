"""A file that stores types -> its cells as they stand, and how it was read."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.lib
from pandas.api.types import infer_dtype, is_numeric_dtype

from alliance_value.contracts.problems import UserError, clip, raise_if
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import empty, read_parquet
from alliance_value.sources.csv_file import repeated_names
from alliance_value.sources.date_formats import date_formats
from alliance_value.sources.raw_table import RawTable, left_out
from alliance_value.sources.record import Reading
from alliance_value.sources.text_file import compression, unpacked, unreadable
from alliance_value.sources.workbook import read_sheet
from alliance_value.study.spec import TableFile

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


# a transport file is of cards of 80 characters; a member's begins a data set
CARD, MEMBER = 80, b"HEADER RECORD*******MEMBER"
VERSION_8 = b"HEADER RECORD*******LIBV8"
# what pandas makes of the zero of IBM's floats
ZERO = 16.0**-65


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
        elif not plain_values(cells[name]) and infer_dtype(cells[name]) == "date":
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
        left_out(path.name, sheet.repeated_headers, sheet.around)
        if sheet
        else empty(Rejects),
        layout=layout,
    )


def plain_values(cells: pd.Series) -> bool:
    """Return whether the type alone tells that a column is of numbers or text."""
    return is_numeric_dtype(cells) or isinstance(cells.dtype, pd.StringDtype)


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


def stated(layout: TableFile) -> Iterator[str]:
    """Yield what the study says of days and moments, in words."""
    if layout.dates != "auto":
        yield f"dates as told: {layout.dates.replace('_', ' ')}"
    if layout.timezone:
        yield f"moments with a zone are turned to the clock of {layout.timezone}"


def dates_of_columns(cells: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return the date formats of the columns that hold dates."""
    every = {str(name): date_formats(cells[name], cells) for name in cells.columns}
    return {name: formats for name, formats in every.items() if formats}


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
    """Read a SAS transport file; blanks that fill its last card are no rows.

    pandas takes blank cells of the last rows for such filling, and loses as many rows.
    """
    content = path.read_bytes() if isinstance(path, Path) else path.getvalue()
    if content.startswith(VERSION_8):
        raise ValueError("it is of version 8, export it in version 5 or as CSV")
    reader: Any = pd.read_sas(
        BytesIO(content), format="xport", encoding="latin-1", iterator=True
    )
    body, wide = content[reader.record_start :], reader.record_length
    if any(body[k : k + len(MEMBER)] == MEMBER for k in range(0, len(body), CARD)):
        raise ValueError("it holds several data sets, export one alone")
    rows = len(body) // wide
    while rows and len(body) - (rows - 1) * wide < CARD:
        if body[(rows - 1) * wide : rows * wide].strip(b" "):
            break
        rows -= 1
    reader.nobs = rows
    cells = reader.read() if rows else pd.DataFrame(columns=reader.columns)
    return cells.mask(cells.eq(ZERO), 0.0)


TYPED: dict[str, Callable[[Path | BytesIO], pd.DataFrame]] = {
    "parquet": read_parquet,
    "stata": read_stata,
    "sas": read_sas,
    "xport": read_transport,
}
