"""A CSV file -> its cells as they stand, every row checked against the header."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from alliance_value.contracts.problems import Problem, UserError, clip, raise_if
from alliance_value.sources.fixed_width import fixed_width, spans
from alliance_value.sources.text_file import LARGEST_CELL, unreadable

DELIMITERS = ",;\t|"
ROW_NUMBER = "row_number"
END = NO_TRAILER = "\x00"  # a text file holds none
LOOKED_AT = 200
NUMBERED = re.compile(r"\s*[-+]?[.,]?\d")
MARKERS = frozenset("NA N/A n/a #N/A <NA> NaN nan . NULL null None".split())
RULE = re.compile(r"^\s*[-=_]{3,}\s*$")  # drawn under a head, with no gaps


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
        Where the header stands, and what stands between cells; nothing in columns of
        fixed width.
    around
        Lines above and below the table, left out, by their rows.
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
    around: Mapping[int, str] = field(default_factory=dict)


def csv_records(path: Path, text: str, delimiter: str, quote: str = '"') -> Records:
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
        delimiter = likely_delimiter(text, quote)
    delimiter = "\t" if delimiter == "\\t" else delimiter
    records, numbers = nonblank(path, text, delimiter, quote)
    return table_of(path, records, numbers, delimiter)


def fixed_records(path: Path, text: str) -> Records | None:
    """Read a text in columns of fixed width, or with blanks between cells.

    None where its lines have no common columns.
    """
    lines = [RULE.sub("", line) for line in text.splitlines()]
    head = next((spans(line) for line in lines if len(spans(line)) > 1), {})
    cut = (
        fixed_width(lines, next(iter(head.values()), ""), NO_TRAILER) if head else None
    )
    numbered: list[tuple[int, list[str]]]
    if cut is not None and not cut[2]:
        begin, printed, _ = cut
        numbered = [(n, cells or []) for n, cells in enumerate(printed, begin + 1)]
    else:
        apart = ((n, line.split()) for n, line in enumerate(lines, start=1))
        numbered = [(n, cells) for n, cells in apart if cells]
        if len({len(cells) for _, cells in numbered}) != 1:
            return None
    kept = [(n, cells) for n, cells in numbered if any(cells)]
    if not kept or len(kept[0][1]) < 2:
        return None
    table = table_of(path, [cells for _, cells in kept], [n for n, _ in kept], "")
    above = {
        n: line for n, line in enumerate(lines, 1) if n < kept[0][0] if line.strip()
    }
    return replace(table, around=above | dict(table.around))


def table_of(
    path: Path, records: list[list[str]], numbers: list[int], delimiter: str
) -> Records:
    """Find the header and the rows of a table among a file's records."""
    if not records:
        raise unreadable(path, "has no header", "export it again with column names")
    top, end = bounds(records)
    outside = [*range(top), *range(end, len(records))]
    around = {numbers[n]: delimiter.join(records[n]).strip() for n in outside}
    records, numbers = records[top:end], numbers[top:end]
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
    if around:
        decisions.append(f"{len(around)} lines around the table left out")
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
        around=around,
    )


def bounds(records: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return where a table begins among records, and where it ends.

    Its width is that of most records. A title above it fills one cell, or less than
    half as many as the table has columns; so does a note below, which is as narrow.
    """
    widths = Counter(len(record) for record in records if len(record) > 1)
    if not widths:
        return 0, len(records)
    wide = widths.most_common(1)[0][0]

    def beside(record: Sequence[str]) -> bool:
        filled = sum(map(bool, map(str.strip, record)))
        narrow = filled < 2 or 2 * max(filled, len(record)) < wide
        return narrow and len(record) < wide - (filled > 1)

    top = next((n for n, r in enumerate(records) if not beside(r)), 0)
    narrow = sum(1 for _ in itertools.takewhile(lambda r: len(r) < wide, records[top:]))
    if narrow and narrow < len(records) - top - 1:
        top += narrow * begins_a_table(*records[top + narrow : top + narrow + 2])
    titles = sum(1 for _ in itertools.takewhile(is_prose, records[top:]))
    if titles and titles < len(records) - top - 1:
        top += titles * begins_a_table(*records[top + titles : top + titles + 2])
    end = len(records)
    while end > top + 1 and beside(records[end - 1]):
        end -= 1
    return top, end


def is_prose(record: Sequence[str]) -> bool:
    """Return whether a blank follows a comma of a record, as in a title."""
    return any(cell[:1].isspace() and cell.strip() for cell in record[1:])


def begins_a_table(header: Sequence[str], first: Sequence[str]) -> bool:
    """Return whether a record names each column in words and numbers begin below it."""
    numbered = [NUMBERED.match(cell) is not None for cell in header]
    named = all(map(str.strip, header)) and not {*map(str.strip, header)} & MARKERS
    below = any(NUMBERED.match(cell) for cell in first)
    return named and below and not any(numbered) and len(header) == len(first)


def delimited(text: str, quote: str = '"') -> bool:
    """Return whether a delimiter cuts most of a text's lines into as many cells."""
    mark = likely_delimiter(text, quote)
    run, _, lines = longest_run(text, mark, quote)
    head = next((n for n in text.splitlines()[:LOOKED_AT] if len(spans(n)) > 1), mark)
    return 0 < lines <= 2 * run and mark in head


def likely_delimiter(text: str, quote: str = '"') -> str:
    """Return the delimiter that cuts most lines in a row into as many cells."""
    return max(DELIMITERS, key=lambda mark: longest_run(text, mark, quote))


def longest_run(text: str, delimiter: str, quote: str) -> tuple[int, int, int]:
    """Return how many lines in a row are cut into as many cells, and into how many.

    Looked at are the first lines that are not blank, whose number comes last; a line of
    one cell is not cut.
    """
    reader = csv.reader(lines_of(text), delimiter=delimiter, quotechar=quote)
    filled = (len(r) for r in reader if r != [END] and any(c.strip() for c in r))
    widths: list[int] = []
    try:
        widths += itertools.islice(filled, LOOKED_AT)
    except csv.Error:
        return 0, 0, 0
    runs = ((len([*run]), wide) for wide, run in itertools.groupby(widths) if wide > 1)
    return *max(runs, default=(0, 1)), len(widths)


def repeats(record: Sequence[str], header: Sequence[str]) -> bool:
    """Return whether a record is the header again."""
    if record[0].strip() != header[0]:
        return False
    return [cell.strip() for cell in record] == header


def lines_of(text: str) -> Iterator[str]:
    """Yield a text's lines, and a last one that no file holds."""
    csv.field_size_limit(LARGEST_CELL)
    return itertools.chain(io.StringIO(text, newline=""), ("\n", END))


def nonblank(
    path: Path, text: str, delimiter: str, quote: str
) -> tuple[list[list[str]], list[int]]:
    """Return the records that are not blank, and their rows."""
    records: list[list[str]] = []
    numbers: list[int] = []
    record: list[str] = []
    number = 0
    try:
        reader = csv.reader(lines_of(text), delimiter=delimiter, quotechar=quote)
        for number, record in enumerate(reader, start=1):
            if record and (len(record) > 1 or record[0].strip()):
                records.append(record)
                numbers.append(number)
    except csv.Error as error:
        if "field larger" not in str(error):
            raise unreadable(path, "is no readable CSV file", str(error)) from None
        problem = Problem(
            f"a cell holds more than {LARGEST_CELL:,} characters",
            f"shorten it, or close the quotation mark ({quote}) that opens there or "
            "above",
            path.name,
            number + 1,
        )
        raise UserError([problem], f"reading {path.name}") from None
    except TypeError as error:
        raise unreadable(path, "is no readable CSV file", str(error)) from None
    if record != [END]:
        problem = Problem(
            rule=f"a quotation mark ({quote}) opens in this row and never closes",
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
