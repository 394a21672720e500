"""The cells of a file as they stand, of one file or several read as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pandas as pd

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.contracts.rejects import Rejects, collect, rejects
from alliance_value.contracts.storage import empty
from alliance_value.sources.record import Reading
from alliance_value.study.spec import TableFile

PLAIN = TableFile(entity="", file="")  # of which the study says nothing
EXACT = 2.0**53  # beyond it, not every whole number is a float
BILLION = 10**9  # more rows than any file read here has


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
    before
        How many rows the file had, and their firms, where a condition left rows out.
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
    before: tuple[int, pd.Series] | None = None

    @property
    def numbers(self) -> pd.Series:
        """A number per row of seven digits or more, that of its row where one file is.

        Rows of several files are counted from the first one on.
        """
        rows = pd.RangeIndex(1, len(self.rows) + 1) if self.parts else self.rows
        numbers = pd.Series(rows.to_numpy(), self.cells.index)
        return numbers.astype("string").str.zfill(7)

    @property
    def rows_in_file(self) -> int:
        """How many rows the file has."""
        return len(self.cells) if self.before is None else self.before[0]


@dataclass(frozen=True)
class Opened:
    """What a reader makes that opens its files itself.

    Parameters
    ----------
    tables
        Rows by a standard, a table per file.
    rejects
        What it left out or noted.
    funnel
        Branches of its own.
    """

    tables: tuple[RawTable, ...]
    rejects: list[pd.DataFrame]
    funnel: pd.DataFrame


def left_out(
    file: str, headers: Iterable[int], around: Mapping[int, str]
) -> pd.DataFrame:
    """Return the rejects of lines that are no records.

    Parameters
    ----------
    file
        Its name.
    headers
        Rows in which the header stands again.
    around
        Lines above and below the table, by their rows.
    """
    return collect(
        [
            rejects(
                file=file,
                row=pd.Series([*lines], dtype="int64"),
                column=None,
                value=pd.Series([*lines.values()], dtype="string"),
                rule=rule,
                action="rejected",
            )
            for rule, lines in (
                ("header_repeated", dict.fromkeys(headers)),
                ("line_around_the_table", around),
            )
        ]
    )


def in_their_files(rejected: pd.DataFrame, raw: RawTable) -> pd.DataFrame:
    """Return the rejects of `read_as_one`'s table with each row's own file."""
    if not raw.parts:
        return rejected
    names = [table.file for table in raw.parts]
    own = [names[place] for place in rejected.row // BILLION]
    return rejected.assign(file=own, row=rejected.row % BILLION)


@contextmanager
def own_files(raw: RawTable) -> Iterator[None]:
    """Tell problems of `read_as_one`'s table by each row's own file."""
    try:
        yield
    except UserError as error:
        raise UserError(in_places(error.problems, raw), error.subject) from None


def in_places(problems: Sequence[Problem], raw: RawTable) -> list[Problem]:
    """Return the problems of `read_as_one`'s table with each row's own file."""
    return [
        replace(p, where=raw.parts[p.row // BILLION].file, row=p.row % BILLION)
        if raw.parts and p.where == raw.file and p.row is not None
        else p
        for p in problems
    ]


def readings_of(tables: Sequence[RawTable]) -> tuple[Reading, ...]:
    """Return how each table was read, for the record."""
    single = [part for table in tables for part in (table.parts or (table,))]
    return tuple(table.reading for table in single if table.reading is not None)


def decisions_of(raw: RawTable) -> list[str]:
    """Return what was decided in reading each file, with the file's name."""
    return [f"{t.file}: {word}" for t in (raw.parts or (raw,)) for word in t.decisions]


def plain_text(cells: pd.Series) -> pd.Series:
    """Return cells as stripped text; a column of whole numbers has no decimal point."""
    if pd.api.types.is_float_dtype(cells):
        known = cells.dropna()
        if ((known % 1 == 0) & (known.abs() < EXACT)).all():
            cells = cells.astype("Int64")
    return cells.astype("string").str.strip()
