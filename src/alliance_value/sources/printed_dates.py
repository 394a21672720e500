"""Dates as vendors print them -> days, and the format of each column in words."""

from __future__ import annotations

import itertools
import re

import pandas as pd

UNSLASHED = {
    "YYYY-MM-DD": ("%Y-%m-%d", r"\d{4}-\d{1,2}-\d{1,2}"),
    "YYYYMMDD": ("%Y%m%d", r"(?:1[6-9]|2[0-2])\d\d(?:0[1-9]|1[0-2])[0-3]\d"),
    "DDMONYYYY": ("%d%b%Y", r"\d{1,2}[A-Za-z]{3}\d{4}"),
    "DD.MM.YYYY": ("%d.%m.%Y", r"\d{1,2}\.\d{1,2}\.\d{4}"),
}
SLASHED = r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})"
MIDNIGHT = r"[T ]00:00:00(?:\.0+)?$"
# what pandas holds in nanoseconds
FIRST, LAST = pd.Timestamp("1678-01-01"), pd.Timestamp("2262-01-01")
# this share of the cells that can be read in one way only decides for the others
DECISIVE = 0.95
# a text column holds dates where this share of its first cells looks like them
DATED, LOOKED_AT, FIRST_ROWS = 0.5, 200, 10_000


def dates(cells: pd.Series) -> pd.Series:
    """Return printed dates as datetime64[ns]; what no format fits is missing.

    Formats: 2004-12-31, 20041231, 31DEC2004, 31.12.2004, 12/31/2004. Between slashes
    the month comes first, as American vendors print it, unless the column's own cells
    say that the day does (`day_first`). A clock time of midnight is ignored.
    """
    text = plain(cells)
    out = pd.Series(pd.NaT, text.index, dtype="datetime64[ns]")
    for pattern, _ in UNSLASHED.values():
        left = out.isna() & text.notna()
        if not left.any():
            return out
        out = out.fillna(parsed(text[left], pattern).reindex(out.index))
    parts = text.str.extract(rf"^{SLASHED}$")
    slashed = out.isna() & parts[2].str.len().eq(4).fillna(False).astype(bool)
    if not slashed.any():
        return out
    iso = slashed_to_iso(parts[slashed])
    return out.fillna(parsed(iso, "%Y-%m-%d").reindex(out.index))


def plain(cells: pd.Series) -> pd.Series:
    """Return cells as text without a clock time of midnight."""
    text = cells.astype("string").str.strip().str.replace(MIDNIGHT, "", regex=True)
    return text.mask(text == "", pd.NA)


def parsed(text: pd.Series, pattern: str) -> pd.Series:
    """Return dates of one format; others, and days outside 1678 to 2261, missing."""
    read = pd.to_datetime(text, format=pattern, errors="coerce")
    return read.where(read.between(FIRST, LAST)).astype("datetime64[ns]")


def slashed_to_iso(parts: pd.DataFrame) -> pd.Series:
    """Return year-month-day texts of a column's slashed dates.

    Parameters
    ----------
    parts
        Texts of first number, second number and year; missing where a cell has none.

    Returns
    -------
    pandas.Series
        Text; missing where the order of day and month cannot be told.
    """
    last = day_first(parts[0], parts[1])
    month = parts[1].where(last.fillna(False).astype(bool), parts[0])
    day = parts[0].where(last.fillna(False).astype(bool), parts[1])
    return (parts[2] + "-" + month + "-" + day).mask(last.isna())


def day_first(first: pd.Series, second: pd.Series) -> pd.Series:
    """Tell of each pair of numbers whether the first one is the day.

    A number above 12 is a day. Those pairs decide for the whole column where 95 in 100
    of them agree; where they do not, pairs that could be either stay undecided. Where
    there is none, the month comes first.

    Returns
    -------
    pandas.Series
        boolean, shape (n,); missing where undecided.
    """
    a, b = (pd.to_numeric(part).astype("Float64") for part in (first, second))
    day_month = ((a > 12) & (b <= 12)).fillna(False).astype(bool)
    month_day = ((b > 12) & (a <= 12)).fillna(False).astype(bool)
    votes, against = int(day_month.sum()), int(month_day.sum())
    order = pd.Series(pd.NA, first.index, dtype="boolean")
    order = order.mask(day_month, True).mask(month_day, False)
    same = a.eq(b).fillna(False).astype(bool)
    order = order.mask(same, False)
    if not votes or against >= DECISIVE * (votes + against):
        return order.fillna(False)
    if votes >= DECISIVE * (votes + against):
        return order.fillna(True)
    return order


def date_formats(cells: pd.Series) -> dict[str, int]:
    """Return how many cells of a column have each date format; none if it has none.

    Looked at are the first cells that are not blank; slashed dates are told by the
    order that `dates` reads them in.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        return {"typed": int(cells.notna().sum())}
    if not pd.api.types.is_string_dtype(cells):
        return {}
    shapes = [pattern for _, pattern in UNSLASHED.values()] + [SLASHED]
    shape = "|".join(f"(?:{pattern})" for pattern in shapes)
    whole = rf"(?:{shape})(?:[T ]00:00:00(?:\.0+)?)?"
    first = itertools.islice(cells, FIRST_ROWS)
    filled = (c.strip() for c in first if isinstance(c, str) and c.strip())
    head = list(itertools.islice(filled, LOOKED_AT))
    fits = re.compile(whole).fullmatch
    if not head or sum(fits(c) is not None for c in head) < DATED * len(head):
        return {}
    text = plain(cells).dropna()
    counts = {
        name: int(text.str.fullmatch(pattern).sum())
        for name, (_, pattern) in UNSLASHED.items()
    }
    parts = text.str.extract(rf"^{SLASHED}$").dropna()
    order = day_first(parts[0], parts[1])
    for years, width in (("YYYY", 4), ("YY", 2)):
        own = parts[2].str.len() == width
        counts[f"MM/DD/{years}"] = int((own & order.eq(False)).sum())
        counts[f"DD/MM/{years}"] = int((own & order.eq(True)).sum())
        counts[f"day or month first, {years}"] = int((own & order.isna()).sum())
    counts["unreadable"] = len(text) - sum(counts.values())
    return {name: count for name, count in counts.items() if count}
