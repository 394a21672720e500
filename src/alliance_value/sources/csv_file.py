"""A CSV file -> its cells as they stand, every row checked against the header."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alliance_value.contracts.problems import Problem, UserError, clip, raise_if
from alliance_value.sources.text_file import LARGEST_CELL, unreadable

DELIMITERS = ",;\t|"
ROW_NUMBER = "row_number"
END = "\x00"  # a text file holds none


@dataclass(frozen=True)
class Records:
    """The records of a CSV file.

    Parameters
    ----------
    header
        Names of the columns, each once.
    body
        Cells of the records, as wide as the header.
    numbers
        Row of each record as a spreadsheet counts it.
    repeated_headers
        Rows that hold the header again, left out.
    header_row, delimiter
        Where the header stands, and what stands between cells.
    decisions
        What was decided on the way, in words.
    """

    header: list[str]
    body: list[list[str]]
    numbers: list[int]
    repeated_headers: list[int]
    header_row: int
    delimiter: str
    decisions: tuple[str, ...]


def csv_records(path: Path, text: str, delimiter: str) -> Records:
    """Read a CSV file's text.

    A header that stands again below, as where chunks of a download were put together,
    is left out. A column of row numbers without a name gets one.

    Raises
    ------
    UserError
        No header, no rows, one column only, a quotation mark that never closes, columns
        that share a name, or rows that do not fit the header; the last two at once.
    """
    if delimiter == "auto":
        widths = {d: width(text, d) for d in DELIMITERS}
        delimiter = max(widths, key=lambda d: widths[d])
    delimiter = "\t" if delimiter == "\\t" else delimiter
    records, numbers = nonblank(path, text, delimiter)
    if not records:
        raise unreadable(path, "has no header", "export it again with column names")
    header = [h.strip() for h in records[0]]
    if len(header) == 1:
        problem = Problem(
            "the file has one column",
            "give the right delimiter in the study file, or export it again",
            path.name,
            numbers[0],
            value=header[0],
        )
        raise UserError([problem], f"reading {path.name}")
    body, rows = records[1:], numbers[1:]
    again = [n for n, record in enumerate(body) if repeats(record, header)]
    if again:
        left = sorted(set(range(len(body))) - set(again))
        repeated = [rows[n] for n in again]
        body, rows = [body[n] for n in left], [rows[n] for n in left]
    if not body:
        raise unreadable(path, "has a header but no rows", "export it again")
    decisions = []
    if again:
        decisions.append(f"the header stands again in {len(again)} rows: left out")
    long = {len(record) for record in body} == {len(header) + 1}
    if long and not any(record[-1].strip() for record in body):
        body = [record[:-1] for record in body]
        decisions.append("delimiter at the end of each row: left out")
    elif long:
        header = [ROW_NUMBER, *header]
        decisions.append("first column has no name: taken for row numbers")
    problems = [*repeated_names(path, header, numbers[0])]
    problems += [*wrong_widths(path, header, body, rows)]
    raise_if(problems, f"reading {path.name}")
    return Records(
        header=[h or f"unnamed_{i}" for i, h in enumerate(header, start=1)],
        body=body,
        numbers=rows,
        repeated_headers=repeated if again else [],
        header_row=numbers[0],
        delimiter=delimiter,
        decisions=tuple(decisions),
    )


def repeats(record: Sequence[str], header: Sequence[str]) -> bool:
    """Return whether a record is the header again."""
    if record[0].strip() != header[0]:
        return False
    return [cell.strip() for cell in record] == header


def lines_of(text: str) -> Iterator[str]:
    """Yield a text's lines, and a last one that no file holds."""
    csv.field_size_limit(LARGEST_CELL)
    return itertools.chain(io.StringIO(text, newline=""), ("\n", END))


def width(text: str, delimiter: str) -> int:
    """Return into how many cells a delimiter cuts the first line that is not blank."""
    try:
        records = csv.reader(lines_of(text), delimiter=delimiter)
        return len(next((r for r in records if any(c.strip() for c in r)), []))
    except csv.Error:
        return 0


def nonblank(
    path: Path, text: str, delimiter: str
) -> tuple[list[list[str]], list[int]]:
    """Return the records that are not blank, and their rows."""
    records: list[list[str]] = []
    numbers: list[int] = []
    record: list[str] = []
    number = 0
    try:
        reader = csv.reader(lines_of(text), delimiter=delimiter)
        for number, record in enumerate(reader, start=1):
            if record and (len(record) > 1 or record[0].strip()):
                records.append(record)
                numbers.append(number)
    except csv.Error as error:
        if "field larger" not in str(error):
            raise unreadable(path, "is no readable CSV file", str(error)) from None
        problem = Problem(
            f"a cell holds more than {LARGEST_CELL:,} characters",
            'shorten it, or close the quotation mark (") that opens there or above',
            path.name,
            number + 1,
        )
        raise UserError([problem], f"reading {path.name}") from None
    except TypeError as error:
        raise unreadable(path, "is no readable CSV file", str(error)) from None
    if record != [END]:
        problem = Problem(
            rule='a quotation mark (") opens in this row and never closes',
            remedy="close it, or double it where it belongs to the text",
            where=path.name,
            row=numbers[-1],
        )
        raise UserError([problem], f"reading {path.name}")
    return records[:-1], numbers[:-1]


def repeated_names(path: Path, header: Sequence[str], row: int) -> Iterator[Problem]:
    """Yield column names that stand more than once."""
    counts = Counter(header)
    for name in sorted(n for n, count in counts.items() if n and count > 1):
        yield Problem(
            rule=f"the column name '{clip(name)}' stands {counts[name]} times",
            remedy="give each column its own name in the file",
            where=path.name,
            row=row,
        )


def wrong_widths(
    path: Path,
    header: Sequence[str],
    body: Sequence[Sequence[str]],
    numbers: Sequence[int],
) -> Iterator[Problem]:
    """Yield rows that have more or fewer cells than the header."""
    for number, record in zip(numbers, body, strict=True):
        if len(record) != len(header):
            yield Problem(
                rule=f"the row has {len(record)} cells, the header has {len(header)}",
                remedy="mend the row, or give the right delimiter in the study file",
                where=path.name,
                row=number,
            )
