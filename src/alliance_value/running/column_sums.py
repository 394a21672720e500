"""A table in text -> per column what tells a last digit from another number.

Of each column stay the digest of its text and two sums of its numbers.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from alliance_value.running.provenance import digest_of

# Mean difference of a column's numbers: relative, absolute for those below SMALL.
TOLERANCE = 1e-8
SMALL = 1e-2
TABLES = (".csv", ".txt")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
DECIMAL = re.compile(r"\d\.\d|\d[eE][-+]?\d")


@dataclass(frozen=True)
class Column:
    """The cells of one column.

    Parameters
    ----------
    text
        Digest of the cells; of those of a column with decimals without their numbers.
    numbers
        How many numbers stand in it where there are decimals among them, else 0.
    total, weighted
        Sums of the inverse hyperbolic sine of the numbers over ``SMALL``, plain and
        with weights between 0.5 and 1.5: it is logarithmic, so that each number counts
        by its relative difference, and linear around zero.
    """

    text: str
    numbers: int
    total: float
    weighted: float


def columns_of(name: str, content: bytes) -> dict[str, Column]:
    """Return the columns of a table, or of a text; none of what shows their numbers."""
    if not name.endswith(TABLES):
        return {}
    text = content.decode("utf-8")
    if name.endswith(".txt"):
        return {"text": column_of(text.splitlines())}
    head, *rows = [*csv.reader(StringIO(text))] or [[]]
    return {
        # two columns may have one title
        title if title not in head[:i] else f"{title} ({i})": column_of(
            [row[i] if i < len(row) else "" for row in rows]
        )
        for i, title in enumerate(head)
    }


def column_of(cells: Sequence[str]) -> Column:
    """Return the text and the sums of a column."""
    numbers: list[float] = []
    if any(map(DECIMAL.search, cells)):
        texts = [text for cell in cells for text in NUMBER.findall(cell)]
        numbers = [math.asinh(float(text) / SMALL) for text in texts]
        cells = [NUMBER.sub("#", cell) for cell in cells]
    # multiples of the golden ratio spread evenly and never repeat
    weights = (0.5 + i * 2654435769 % 2**32 / 2**32 for i in range(len(numbers)))
    return Column(
        text=digest_of([*cells])[:16],
        numbers=len(numbers),
        total=math.fsum(numbers),
        weighted=math.fsum(n * w for n, w in zip(numbers, weights, strict=True)),
    )


def alike(old: Column | None, new: Column | None) -> bool:
    """Whether two columns are the same but for the last digits of numbers."""
    if old is None or new is None:
        return False
    room = TOLERANCE * old.numbers
    return (
        (old.text, old.numbers) == (new.text, new.numbers)
        and abs(old.total - new.total) <= room
        and abs(old.weighted - new.weighted) <= room
    )


def dumps_column(column: Column) -> str:
    """Write a column as its text's digest, and its numbers where it has any."""
    sums = f" {column.numbers} {column.total:.12g} {column.weighted:.12g}"
    return column.text + (sums if column.numbers else "")


def loads_column(words: str) -> Column:
    """Read a column as it is written."""
    text, *sums = words.split()
    numbers, total, weighted = sums or ("0", "0", "0")
    return Column(text, int(numbers), float(total), float(weighted))
