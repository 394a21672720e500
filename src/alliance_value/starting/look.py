"""A file with a table -> what its columns hold, and how its numbers are written."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype

from alliance_value.contracts.firm_years import PROVENANCE
from alliance_value.sources.cells import numeric_column, text_column
from alliance_value.sources.keys import looks_like
from alliance_value.sources.printed_dates import dates, moments
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile

Kind = Literal["number", "text", "day", "empty"]
# this share of the filled cells makes a column one of numbers or days
MOSTLY = 0.9
# cells that are tried before a long column is read as days
TRIED = 500
MARKS: tuple[Mapping[str, Any], ...] = (
    {},
    {"thousands": ","},
    {"decimal": ","},
    {"decimal": ",", "thousands": "."},
    {"decimal": ",", "thousands": " "},
    {"ignore": "$"},
    {"ignore": "$", "thousands": ","},
)
# what the program means by these is not what a file's column may mean
KEPT = {*PROVENANCE, "firm", "fiscal_year", "entity", "time", "constant", "datadate"}


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Parameters
    ----------
    name, key
        Its name in the file, and one that formulas of a study can hold.
    kind
        What most of its filled cells are.
    values
        float64, text or datetime64[ns], shape (n,); missing where a cell is not of the
        kind.
    filled, other
        Filled cells, and those of them that are not of the kind.
    order
        ``month_first`` where a column of days does not tell, empty otherwise.
    """

    name: str
    key: str
    kind: Kind
    values: pd.Series
    filled: int
    other: int
    order: str = ""

    @property
    def distinct(self) -> int:
        """The number of distinct values."""
        return int(self.values.nunique())

    @property
    def whole(self) -> bool:
        """Whether a column of numbers holds whole ones alone."""
        known = self.values.dropna()
        return self.kind == "number" and len(known) > 0 and bool((known % 1 == 0).all())

    def in_words(self) -> str:
        """Return what it holds, for a comment."""
        if self.kind == "empty":
            return "empty"
        known = self.values.dropna()
        if self.kind == "text":
            span = ", such as " + ", ".join(repr(v[:20]) for v in known.unique()[:2])
        elif self.kind == "day":
            span = f", {known.min():%Y-%m-%d} to {known.max():%Y-%m-%d}"
        else:
            span = f", {known.min():g} to {known.max():g}"
        odd = f", {self.other:,} that are none" if self.other else ""
        kinds = {"number": "numbers", "text": "texts", "day": "days"}
        return (
            f"{kinds[self.kind]}, {self.filled:,} filled, {self.distinct:,} "
            f"distinct{span}{odd}"
        )


@dataclass(frozen=True)
class Look:
    """A file that was looked at.

    Parameters
    ----------
    file
        Its path, as a study file writes it.
    raw
        Its cells.
    marks
        Keys of a source by which more of its cells are numbers than by none.
    columns
        Its columns, in their order.
    """

    file: str
    raw: RawTable
    marks: Mapping[str, Any]
    columns: tuple[Column, ...]

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.raw.cells)

    def of(self, *kinds: Kind) -> list[Column]:
        """Return the columns of some kinds."""
        return [column for column in self.columns if column.kind in kinds]

    def named(self, pattern: re.Pattern[str], among: Iterable[Column]) -> list[Column]:
        """Return columns whose names, in small letters, fit a pattern."""
        return [c for c in among if pattern.fullmatch(plain_name(c.name))]


def look(path: str, written: str, missing: Sequence[str]) -> Look:
    """Read a file and say what its columns hold.

    Parameters
    ----------
    path, written
        Where the file is, and how a study file names it.
    missing
        Cells that mean missing.

    Raises
    ------
    UserError
        The file cannot be read.
    """
    layout = TableFile(entity="", file=written, missing=tuple(missing))
    raw = read_file(path, layout)
    marks = marks_of(raw)
    layout = replace(layout, **marks)
    keys = keys_of(raw.cells.columns)
    columns = tuple(column_of(raw, name, keys[name], layout) for name in keys)
    return Look(written, raw, marks, columns)


def marks_of(raw: RawTable) -> Mapping[str, Any]:
    """Return the marks by which most cells of text are numbers, the plainest first."""
    texts = [c for c in raw.cells.columns if not is_typed(raw.cells[c])]
    if not texts:
        return {}
    cells = pd.concat([raw.cells[c].head(TRIED) for c in texts], ignore_index=True)
    every = replace(raw, cells=cells.to_frame("cell"))

    def read_by(marks: Mapping[str, Any]) -> int:
        layout = replace(raw.layout, **marks)
        return int(numeric_column(every, "cell", layout)[0].notna().sum())

    return max(MARKS, key=read_by)


def is_typed(cells: pd.Series) -> bool:
    """Return whether a column's cells are no text."""
    return not pd.api.types.is_string_dtype(cells) and cells.dtype != object


def column_of(raw: RawTable, name: str, key: str, layout: TableFile) -> Column:
    """Return what a column holds."""
    cells = raw.cells[name]
    if is_datetime64_any_dtype(cells):
        days = dates(cells)
        return Column(name, key, "day", days, int(days.notna().sum()), 0)
    text = text_column(raw, name, layout.missing)
    filled = int(text.notna().sum())
    if not filled:
        return Column(name, key, "empty", text, 0, 0)
    if leading_zeros(text):
        return Column(name, key, "text", text, filled, 0)
    values, invalid = numeric_column(raw, name, layout)
    if invalid.sum() <= (1 - MOSTLY) * filled:
        if looks_like(values) == "day":
            return Column(name, key, "day", dates(values.astype("Int64")), filled, 0)
        return Column(name, key, "number", values, filled, int(invalid.sum()))
    some = text.dropna().iloc[:TRIED]
    if dates(some).notna().mean() >= MOSTLY:
        read = moments(text)
        days = dates(text)
        order = "month_first" if read.order == "undecided" else ""
        other = filled - int(days.notna().sum())
        return Column(name, key, "day", days, filled, other, order)
    return Column(name, key, "text", text, filled, 0)


def leading_zeros(text: pd.Series) -> bool:
    """Return whether cells are codes of one width that zeros fill."""
    known = text.dropna()
    zeros = known.str.fullmatch(r"0\d+")
    return bool(zeros.any()) and bool(known.str.fullmatch(r"[0-9A-Z]+").all())


def plain_name(name: str) -> str:
    """Return a name in small letters without accents, digits and underscores."""
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"\W+", "_", bare, flags=re.ASCII).strip("_")


def keys_of(names: Iterable[str]) -> dict[str, str]:
    """Return column -> a name that formulas can hold; a name that can stays."""
    names = list(names)
    able = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
    taken = {n for n in names if n in KEPT or keyword.iskeyword(n)}
    keys = {n: n for n in names if able.fullmatch(n) and n not in taken}
    for name in [n for n in names if n not in keys]:
        key = name if able.fullmatch(name) else plain_name(name) or "column"
        key = f"c_{key}" if key[0].isdigit() else key
        key = f"{key}_column" if key in KEPT or keyword.iskeyword(key) else key
        first, number = key, 2
        while key in keys.values():
            key, number = f"{first}_{number}", number + 1
        keys[name] = key
    return {name: keys[name] for name in names}
