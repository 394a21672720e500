"""A column of printed or typed dates -> how many cells have each format."""

from __future__ import annotations

import itertools
import re

import pandas as pd

from alliance_value.sources.printed_dates import CLOCK, MONTH, moments, order_of_others

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
MIDNIGHT = r"[T ]00:00:00(?:\.0+)?$"
# a text column holds dates where this share of its first cells looks like them
DATED, LOOKED_AT, FIRST_ROWS = 0.5, 200, 10_000


def unnamed(pattern: str) -> str:
    """Return a pattern without the names of its groups."""
    return re.sub(r"\?P<\w+>", "?:", pattern)


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
    shapes = [unnamed(shape) for _, shape in UNSLASHED.values()]
    whole = "|".join(f"(?:{shape})" for shape in [*shapes, ORDERED])
    fits = re.compile(rf"(?:{whole})(?:{unnamed(CLOCK)})?").fullmatch
    if not head or sum(fits(c) is not None for c in head) < DATED * len(head):
        return {}
    text = cells.astype("string").str.strip()
    text = text.mask(text == "").dropna()
    text = text.str.replace(MIDNIGHT, "", regex=True)
    timed = text.str.extract(rf"^(.*?)(?:{unnamed(CLOCK)})$")[0]
    day, late = timed.fillna(text), timed.notna()
    readable = moments(text)
    if readable.order == "undecided" and table is not None:
        readable = moments(text, order_of_others(table, str(cells.name)))
    counts: dict[str, int] = {}

    def count(name: str, rows: pd.Series) -> None:
        for suffix, part in (("", rows & ~late), (" and time", rows & late)):
            counts[name + suffix] = int(part.sum())

    left = pd.Series(True, day.index)
    for name, shape in zip(UNSLASHED, shapes, strict=True):
        rows = day.str.fullmatch(shape).fillna(False).astype(bool) & left
        count(name, rows)
        left &= ~rows
    known = readable.wall.notna()
    first_names = {
        "day_first": "DD{s}MM{s}{y}",
        "month_first": "MM{s}DD{s}{y}",
        "undecided": "MM{s}DD{s}{y}",
        "": "MM{s}DD{s}{y}",
    }
    for years, width in (("YYYY", 4), ("YY", 2)):
        for mark in "/- ":
            shape = rf"\d{{1,2}}{mark}\d{{1,2}}{mark}\d{{{width}}}"
            own = day.str.fullmatch(shape).fillna(False).astype(bool) & left
            if readable.order == "mixed":
                alone = moments(text, "month_first").wall.eq(readable.wall) & known
                count(f"MM{mark}DD{mark}{years}", own & alone)
                count(f"DD{mark}MM{mark}{years}", own & known & ~alone)
                count(f"day or month first, {years}", own & ~known)
            else:
                name = first_names[readable.order].format(s=mark, y=years)
                count(name, own)
    counts["unreadable"] = len(text) - sum(counts.values())
    return {name: count for name, count in counts.items() if count}
