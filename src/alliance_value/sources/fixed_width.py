"""Lines of a report in columns of fixed width -> records of cells."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

import numpy as np

HEAD = re.compile(r"\S+(?: \S+)*")  # one blank within a head, two between heads
RULER = re.compile(r"\s*-{2,}(?:\s+-{2,})+\s*")
# lines of heads that may stand above each other
STACKED = 4
# lines above a head on a page, such as its title
PAGE_LINES = 12


def fixed_width(
    lines: Sequence[str], key: str, trailer: str
) -> tuple[int, list[list[str] | None], list[int]] | None:
    """Cut lines at the columns that their head line shows.

    A line of dashes under the heads, which may be stacked, tells where columns begin.
    Without one a column begins at the blank place, common to all lines, that is next to
    its head. From a form feed to the head that follows it is page furniture.

    Parameters
    ----------
    lines
        The file.
    key
        The head of a column that every such report has.
    trailer
        What opens the last lines, which are no records.

    Returns
    -------
    head : int
        The head's line, from 0.
    records : list
        Cells of each line from the head on; missing where it is furniture.
    crossing : list of int
        Lines, from 0, in which a cell runs into the next column.
    None
        If no line holds the head between others.
    """
    heads = [n for n, line in enumerate(lines) if key in spans(line).values()]
    heads = [n for n in heads if len(spans(lines[n])) > 1]
    if not heads:
        return None
    end = next(
        (n for n, line in enumerate(lines) if line.strip(" \f").startswith(trailer)),
        len(lines),
    )
    first = heads[0]
    below = range(first + 1, min(first + STACKED, len(lines)))
    ruler = next((n for n in below if RULER.fullmatch(lines[n])), None)
    stack = [first]
    if ruler is not None:
        near = range(max(0, ruler - STACKED), ruler)
        ends = [n for n in near if not lines[n].strip() or lines[n].startswith("\f")]
        stack = [n for n in near if n > max(ends, default=-1)]
    titles = {lines[n].strip() for n in stack}
    begin = (first if ruler is None else ruler) + 1
    furniture = {n for n in range(begin, end) if skipped(lines, n, heads, titles)}
    body = [n for n in range(begin, end) if n not in furniture]
    if ruler is not None:
        cuts = [0, *[m.start() for m in re.finditer(r"-+", lines[ruler])][1:]]
    else:
        cuts = gutters(lines[first], [lines[n] for n in body])
    parts = [cut(lines[n], cuts) for n in stack]
    names = [" ".join(filter(None, cells)) for cells in zip(*parts, strict=True)]
    records: list[list[str] | None] = [names, *([None] * (begin - first - 1))]
    crossing = []
    for n in range(begin, end):
        cells = cut(lines[n], cuts)
        across = crosses(lines[n], cuts)
        paged = lines[n].startswith("\f") and (across or sum(map(bool, cells)) < 2)
        records.append(None if n in furniture or paged else cells)
        if records[-1] is not None and across:
            crossing.append(n)
    return first, records, crossing


def spans(line: str) -> dict[int, str]:
    """Return the heads of a line by where they begin."""
    return {m.start(): m.group() for m in HEAD.finditer(line.replace("\f", " "))}


def skipped(
    lines: Sequence[str], n: int, heads: Sequence[int], titles: set[str]
) -> bool:
    """Return whether a line is a head, a ruler, blank, or between a form feed and one.

    The line of a form feed itself is skipped where a head follows on the same page.
    """
    line = lines[n]
    if n in heads or RULER.fullmatch(line) or line.strip() in {"", *titles}:
        return True
    above = range(n, max(-1, n - PAGE_LINES), -1)
    feed = next((k for k in above if lines[k].startswith("\f")), None)
    if feed is None:
        return False
    head = next((h for h in heads if h >= feed), None)
    return head is not None and n < head <= feed + PAGE_LINES


def gutters(head: str, body: Sequence[str]) -> list[int]:
    """Return where columns begin: blank places in all lines, next to the heads."""
    width = max(map(len, [head, *body]))
    inked = np.zeros(width + 1, dtype=bool)
    for line in body:
        text = np.frombuffer(line.encode("utf-32-le"), dtype="uint32")
        inked[: len(text)] |= (text != ord(" ")) & (text != ord("\f"))
    heads = {
        start: name
        for begin, words in spans(head).items()
        for start, name in apart(begin, words, body, inked)
    }
    starts = list(heads)
    cuts = [0]
    for before, start in itertools.pairwise(starts):
        stop = before + len(heads[before])
        blank = [p for p in range(start - 1, stop - 1, -1) if not inked[p]]
        cuts.append(blank[0] + 1 if blank else start)
    return cuts


def apart(
    begin: int, words: str, body: Sequence[str], inked: np.ndarray
) -> Iterator[tuple[int, str]]:
    """Yield the heads that a single blank parts, where it parts all cells below too."""
    end = begin + len(words)
    for blank in range(begin, end):
        sides = (slice(begin, blank), slice(blank + 1, end))
        parts = words[blank - begin] == " " and not inked[blank]
        if parts and all(line[side].strip() for line in body for side in sides):
            yield begin, words[: blank - begin]
            begin, words = blank + 1, words[blank - begin + 1 :]
    yield begin, words


def cut(line: str, cuts: Sequence[int]) -> list[str]:
    """Return a line's cells without the blanks around them."""
    ends = [*cuts[1:], None]
    return [line[a:b].strip(" \f\r\t") for a, b in zip(cuts, ends, strict=True)]


def crosses(line: str, cuts: Sequence[int]) -> bool:
    """Return whether letters stand on both sides of a cut."""
    return any(
        len(line) > c and line[c - 1 : c + 1].strip(" ") == line[c - 1 : c + 1]
        for c in cuts[1:]
    )
