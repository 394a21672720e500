"""A file with a table -> its cells as they stand, and how it was read."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.lib
from pandas.api.types import infer_dtype

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.study.spec import TableFile

DELIMITERS = ",;\t|"
ENDINGS = {".parquet": "parquet", ".dta": "stata", ".csv": "csv", ".tsv": "csv"} | {
    ".sas7bdat": "sas",
    ".xlsx": "excel",
}
ROW_NUMBER = "row_number"
END = "\x00"  # a text file holds none
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
        Row in the file of each record, shape (rows,): a spreadsheet's row in a CSV
        file (the header is row 1), the record's number elsewhere.
    file
        The file's name for messages and rejects, without its folder.
    typed
        Whether the file itself stores types.
    decisions
        What was decided on the way, in words.
    """

    cells: pd.DataFrame
    rows: pd.Series
    file: str
    typed: bool
    decisions: tuple[str, ...]


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
    if not path.is_file():
        problem = Problem("the file is not there", "check the path", str(path))
        raise UserError([problem], subject)
    if path.stat().st_size == 0:
        problem = Problem("the file is empty", "export it again", path.name)
        raise UserError([problem], subject)
    kind = layout.format
    if kind == "auto":
        suffixes = [s for s in path.suffixes if s != ".gz"]
        kind = ENDINGS.get(suffixes[-1].lower() if suffixes else "", "csv")
    if kind == "csv":
        return read_csv(path, layout)
    return read_typed(path, kind)


def read_typed(path: Path, kind: str) -> RawTable:
    """Read a file that stores types; categories become labels, periods dates."""
    try:
        cells = TYPED[kind](path)
    except ImportError:
        raise unreadable(
            path,
            f"needs a package to be read as {kind}, which is not installed",
            "install openpyxl, or save the sheet as CSV",
        ) from None
    except UNREADABLE as error:
        raise unreadable(path, f"is no readable {kind} file", str(error)) from None
    if not isinstance(cells.index, pd.RangeIndex):
        cells = pd.concat([index_columns(cells), cells.reset_index(drop=True)], axis=1)
    cells.columns = [str(c) for c in cells.columns]
    for name in cells.columns:
        if isinstance(cells[name].dtype, pd.CategoricalDtype):
            cells[name] = cells[name].astype(cells[name].cat.categories.dtype)
        if isinstance(cells[name].dtype, pd.PeriodDtype):
            cells[name] = cells[name].dt.to_timestamp()
        elif infer_dtype(cells[name], skipna=True) == "date":
            cells[name] = pd.to_datetime(cells[name])
    no_records(path, len(cells))
    rows = pd.Series(range(1, len(cells) + 1), dtype="int64")
    return RawTable(
        cells.reset_index(drop=True), rows, path.name, True, (f"read as {kind}",)
    )


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


def read_excel(path: Path) -> pd.DataFrame:
    """Read the first sheet; text that looks like a number stays text."""
    cells = pd.read_excel(path, sheet_name=0, engine="openpyxl", dtype=object)
    return cells.infer_objects()


TYPED: dict[str, Callable[[Path], pd.DataFrame]] = {
    "parquet": pd.read_parquet,
    "stata": read_stata,
    "sas": read_sas,
    "excel": read_excel,
}


def read_csv(path: Path, layout: TableFile) -> RawTable:
    """Read a CSV file as text cells, with every row checked against the header."""
    text, encoding = decode(path, layout.encoding)
    csv.field_size_limit(2**31 - 1)
    delimiter = layout.delimiter
    if delimiter == "auto":
        header_line = text.strip("\r\n").splitlines()[:1]
        widths = {
            d: len(next(csv.reader(header_line, delimiter=d), "")) for d in DELIMITERS
        }
        delimiter = max(widths, key=lambda d: widths[d])
    records: list[list[str]] = []
    numbers: list[int] = []
    try:
        reader = csv.reader(
            itertools.chain(io.StringIO(text, newline=""), ("\n", END)),
            delimiter="\t" if delimiter == "\\t" else delimiter,
            strict=False,
        )
        record: list[str] = []
        for number, record in enumerate(reader, start=1):
            if record and (len(record) > 1 or record[0].strip()):
                records.append(record)
                numbers.append(number)
        if record != [END]:
            raise open_quote(path, numbers[-1])
        del records[-1], numbers[-1]
    except (csv.Error, TypeError) as error:
        raise unreadable(path, "is no readable CSV file", str(error)) from None
    if not records:
        raise unreadable(path, "has no header", "export it again with column names")
    header, body = [h.strip() for h in records[0]], records[1:]
    no_records(path, len(body))
    decisions = [f"encoding {encoding}", f"delimiter {delimiter!r}"]
    long = {len(record) for record in body} == {len(header) + 1}
    if long and not any(record[-1].strip() for record in body):
        body = [record[:-1] for record in body]
        decisions.append("delimiter at the end of each row: left out")
    elif long:
        header = [ROW_NUMBER, *header]
        decisions.append("first column has no name: taken for row numbers")
    check_header(path, header)
    check_widths(path, header, body, numbers[1:])
    header = [h or f"unnamed_{i}" for i, h in enumerate(header, start=1)]
    cells = pd.DataFrame(body, columns=header, dtype="str")
    rows = pd.Series(numbers[1:], dtype="int64")
    return RawTable(cells, rows, path.name, False, tuple(decisions))


def decode(path: Path, encoding: str) -> tuple[str, str]:
    """Return a file's text and the encoding that it was read in."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise unreadable(
            path, "cannot be opened", f"check it and its rights ({error.strerror})"
        ) from None
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, OSError, zlib.error) as error:
            raise unreadable(
                path, "is a damaged gzip file", f"fetch it again ({error})"
            ) from None
    if not raw.strip():
        raise unreadable(path, "is empty", "export it again")
    if encoding != "auto":
        candidates = [encoding]
    elif raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "cp1252"]
    for candidate in candidates:
        try:
            text = raw.decode(candidate)
        except (ValueError, LookupError):
            continue
        text = text.removeprefix("\ufeff")
        if "\x00" in text:
            raise unreadable(path, "is no text file", "give its format in the study")
        return text, candidate.removesuffix("-sig")
    raise unreadable(
        path,
        f"cannot be decoded as {' or '.join(candidates)}",
        "give the right encoding in the study file",
    )


def open_quote(path: Path, number: int) -> UserError:
    """Return the error for a quotation mark that swallows the rest of a file."""
    problem = Problem(
        rule='a quotation mark (") opens in this row and never closes',
        remedy="close it, or double it where it belongs to the text",
        where=path.name,
        row=number,
    )
    return UserError([problem], f"reading {path.name}")


def check_header(path: Path, header: Sequence[str]) -> None:
    """Raise when two columns share a name."""
    twice = sorted({h for h in header if h and list(header).count(h) > 1})
    if twice:
        raise UserError(
            [
                Problem(
                    rule=f"the column name '{name}' stands {header.count(name)} times",
                    remedy="give each column its own name in the file",
                    where=path.name,
                    row=1,
                )
                for name in twice
            ],
            f"reading {path.name}",
        )


def check_widths(
    path: Path,
    header: Sequence[str],
    body: Sequence[Sequence[str]],
    numbers: Sequence[int],
) -> None:
    """Raise when rows have more or fewer cells than the header."""
    broken = [
        Problem(
            rule=f"the row has {len(record)} cells, the header has {len(header)}",
            remedy="mend the row, or give the right delimiter in the study file",
            where=path.name,
            row=number,
        )
        for number, record in zip(numbers, body, strict=True)
        if len(record) != len(header)
    ]
    if broken:
        raise UserError(broken, f"reading {path.name}")


def no_records(path: Path, count: int) -> None:
    """Raise when a file has a header and nothing under it."""
    if count == 0:
        raise unreadable(path, "has a header but no rows", "export it again")


def unreadable(path: Path, rule: str, remedy: str) -> UserError:
    """Return the error for a file that cannot be read at all."""
    first = (remedy.splitlines() or [""])[0][:200]
    return UserError(
        [Problem(rule=f"the file {rule}", remedy=first, where=path.name)],
        f"reading {path.name}",
    )
