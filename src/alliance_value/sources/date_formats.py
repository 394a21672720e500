"""A column of printed or typed dates -> how many cells have each format."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import pandas as pd

from alliance_value.sources.printed_dates import (
    CLOCK,
    MONTH,
    Order,
    moments,
    order_of_others,
)

UNSLASHED = {
    "YYYY-MM-DD": ("%Y-%m-%d", r"\d{4}-\d{1,2}-\d{1,2}"),
    "YYYYMMDD": ("%Y%m%d", r"(?:1[6-9]|2[0-2])\d\d(?:0[1-9]|1[0-2])[0-3]\d"),
    "DDMONYYYY": ("%d%b%Y", r"\d{1,2}[A-Za-z]{3}\d{4}"),
    "DD.MM.YYYY": ("%d.%m.%Y", r"\d{1,2}\.\d{1,2}\.\d{4}"),
    "YYYY/MM/DD": ("%Y/%m/%d", r"\d{4}[/. ]\d{1,2}[/. ]\d{1,2}"),
    "DD MON YYYY": (
        "%d %b %Y",
        rf"(?i:\d{{1,2}}[-\s./]+{MONTH}[-\s./,]*(?:\d\d){{1,2}})",
    ),
    "MON DD, YYYY": ("%b %d, %Y", rf"(?i:{MONTH}\s*\d{{1,2}},?\s*(?:\d\d){{1,2}})"),
    "DD.MM.YY": ("%d.%m.%y", r"\d{1,2}\.\d{1,2}\.\d\d"),
}
ORDERED = r"\d{1,2}([-/ ])\d{1,2}\1\d{2,4}"
MONTH_FIRST, DAY_FIRST = "MM{s}DD{s}{y}", "DD{s}MM{s}{y}"
YEAR_FIRST = "{y}{s}MM{s}DD"
EITHER, UNREADABLE, AND_TIME = "day or month first, {y}", "unreadable", " and time"
MIDNIGHT = r"[T ]00:00:00(?:\.0+)?$"
# a text column holds dates where this share of its first cells looks like them
DATED, LOOKED_AT, FIRST_ROWS = 0.5, 200, 10_000


def unnamed(pattern: str) -> str:
    """Return a pattern without the names of its groups."""
    return re.sub(r"\?P<\w+>", "?:", pattern)


SHAPES = {name: re.compile(unnamed(shape)) for name, (_, shape) in UNSLASHED.items()}
TIMED = re.compile(rf"(.*?)(?:{unnamed(CLOCK)})")
DATELIKE = re.compile(
    "(?:{})(?:{})?".format(
        "|".join(f"(?:{shape.pattern})" for shape in SHAPES.values()) + f"|{ORDERED}",
        unnamed(CLOCK),
    )
)
PAIRED = {
    (mark, width): re.compile(rf"\d{{1,2}}{mark}\d{{1,2}}{mark}\d{{{width}}}")
    for width in (4, 2)
    for mark in "/- "
}


def date_formats(cells: pd.Series, table: pd.DataFrame | None = None) -> dict[str, int]:
    """Return how many cells of a column have each date format; none if it has none.

    Looked at are the first cells that are not blank; dates of two numbers are told by
    the order that they are read in, that of the table's other columns where their own
    cannot tell. ``and time`` stands where clock times are printed.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        return {"typed": int(cells.notna().sum())}
    if not pd.api.types.is_string_dtype(cells):
        return {}
    first = itertools.islice(cells, FIRST_ROWS)
    filled = (c.strip() for c in first if isinstance(c, str) and c.strip())
    head = list(itertools.islice(filled, LOOKED_AT))
    dated = sum(DATELIKE.fullmatch(cell) is not None for cell in head)
    if not head or dated < DATED * len(head):
        return {}
    text = cells.astype("string").str.strip()
    text = text.mask(text == "").dropna().str.replace(MIDNIGHT, "", regex=True)
    counts = text.value_counts(sort=False)
    read = moments(text)
    if read.order == "undecided" and table is not None:
        read = moments(text, order_of_others(table, str(cells.name)))
    known = pd.Series(read.wall.notna().array, text.array)
    known = known[~known.index.duplicated()]
    formats: Counter[str] = Counter()
    for cell, count in zip(map(str, counts.index), counts, strict=True):
        formats[format_of(cell, read.order, known[cell])] += int(count)
    return {name: formats[name] for name in names() if formats[name]}


def format_of(cell: str, order: Order, known: bool) -> str:
    """Name the format of a cell; a number above 12 is a day, whatever its column says.

    Parameters
    ----------
    order
        How day and month follow each other in the column, where either could.
    known
        Whether the cell was read as a day.
    """
    timed = TIMED.fullmatch(cell)
    day, late = (timed[1], AND_TIME) if timed else (cell, "")
    for name, shape in SHAPES.items():
        if shape.fullmatch(day):
            return name + late
    for (mark, width), shape in PAIRED.items():
        if shape.fullmatch(day):
            if order == "mixed" and not known:
                return EITHER.format(y="Y" * width) + late
            first, second, *_ = map(int, day.split(mark))
            day_first = first > 12 or (order == "day_first" and second <= 12)
            form = DAY_FIRST if day_first else MONTH_FIRST
            form = YEAR_FIRST if order == "year_first" and width == 2 else form
            return form.format(s=mark, y="Y" * width) + late
    return UNREADABLE


def names() -> list[str]:
    """Return all formats in their order."""
    paired = [
        form.format(s=mark, y="Y" * width)
        for mark, width in PAIRED
        for form in (MONTH_FIRST, DAY_FIRST, YEAR_FIRST)
    ]
    every = [*UNSLASHED, *paired, *(EITHER.format(y="Y" * width) for width in (4, 2))]
    return [*(name + late for name in every for late in ("", AND_TIME)), UNREADABLE]
