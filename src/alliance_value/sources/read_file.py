"""A file with a table -> its cells as they stand, and how it was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype

from alliance_value.contracts.access import no_file
from alliance_value.contracts.problems import Problem, UserError, gathered, raise_if
from alliance_value.sources.archives import members, named, renamed
from alliance_value.sources.csv_file import csv_records, delimited, fixed_records
from alliance_value.sources.file_kind import TEXT, kind_by_name, kind_of
from alliance_value.sources.raw_table import (
    BILLION,
    RawTable,
    in_their_files,
    left_out,
    own_files,
    plain_text,
)
from alliance_value.sources.record import Reading
from alliance_value.sources.text_file import (
    compression,
    decode,
    other_kind,
    unpacked,
)
from alliance_value.sources.typed_file import (
    UNREADABLE,
    dates_of_columns,
    no_such_kind,
    read_typed,
    stated,
)
from alliance_value.sources.workbook import sheet_lines
from alliance_value.study.spec import TableFile


def read_files(paths: Sequence[str | Path], layout: TableFile) -> list[RawTable]:
    """Read several files, and each member of an archive of several.

    Raises
    ------
    UserError
        With the problems of all files.
    """
    tables: list[RawTable] = []
    problems: list[Problem] = []
    for path in map(Path, paths):
        with gathered(problems):
            for name, file in members(path):
                with gathered(problems), named(path, file, name):
                    tables.append(renamed(read_file(file, layout), name))
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
    formats = {table.reading.format for table in tables if table.reading}
    parts = [(table, BILLION * n) for n, table in enumerate(tables)]
    return RawTable(
        cells=pd.concat([table.cells for table in tables], ignore_index=True),
        rows=pd.concat([t.rows + begin for t, begin in parts], ignore_index=True),
        file=names,
        typed=all(table.typed for table in tables),
        decisions=(),
        reading=first.reading if len(formats) == 1 else None,
        rejects=pd.concat(
            [t.rejects.assign(row=t.rejects.row + begin) for t, begin in parts]
        ),
        parts=tuple(tables),
        layout=layout,
    )


def rows_of(
    read: Callable[[RawTable], tuple[pd.DataFrame, pd.DataFrame]],
    paths: Sequence[str | Path],
    layout: TableFile,
) -> tuple[pd.DataFrame, pd.DataFrame, RawTable]:
    """Read files as one table by a reader of rows and rejects.

    Returns
    -------
    rows, rejects
        What the reader returns; rejects name each row's own file.
    raw
        The table that it was given.

    Raises
    ------
    UserError
        The files' problems or the reader's, each with its own file.
    """
    raw = read_as_one(paths, layout)
    with own_files(raw):
        rows, rejected = read(raw)
    return rows, in_their_files(rejected, raw), raw


def read_file(path: str | Path, layout: TableFile) -> RawTable:
    """Read a file of any kind without interpreting its cells.

    Read are text between delimiters or in columns of fixed width, Parquet, Stata, SAS
    and Excel files, each also within gzip or zip. What a file is is told by what it
    holds, not by its name.

    Parameters
    ----------
    path
        The file.
    layout
        What the study says of how it is written.

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


def read_text(path: Path, kind: str, layout: TableFile) -> RawTable:
    """Read cells between delimiters, or in columns of fixed width, as text."""
    text, encoding = decode(path, layout.encoding)
    records = None
    if layout.delimiter == "auto" and (
        kind == "fixed" or not delimited(text, layout.quote)
    ):
        records = fixed_records(path, text)
    records = records or csv_records(path, text, layout.delimiter, layout.quote)
    cells = pd.DataFrame(records.body, columns=records.header, dtype="str")
    decisions = (
        f"encoding {encoding}",
        f"delimiter {records.delimiter!r}" if records.delimiter else "fixed width",
        *records.decisions,
        *stated(layout),
    )
    reading = Reading(
        file=path.name,
        format="csv" if records.delimiter else "fixed",
        rows=len(cells),
        columns=cells.shape[1],
        compression=compression(path),
        encoding=encoding,
        delimiter=records.delimiter,
        quote=layout.quote if records.delimiter else "",
        decimal=layout.decimal,
        thousands=layout.thousands,
        header_row=records.header_row,
        dates=dates_of_columns(cells),
    )
    return RawTable(
        cells,
        pd.Series(records.numbers, dtype="int64"),
        path.name,
        False,
        decisions,
        reading,
        left_out(path.name, records.repeated_headers, records.around),
        layout=layout,
    )


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
