"""The blocks of which the report is made, whatever format shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from alliance_value.exhibits.text_table import TextTable


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: Literal["text"] = field(default="text", init=False)


@dataclass(frozen=True)
class Head:
    """A heading within a section."""

    text: str
    kind: Literal["head"] = field(default="head", init=False)


@dataclass(frozen=True)
class Points:
    """A list; its items stand one below the other."""

    items: tuple[str, ...]
    kind: Literal["points"] = field(default="points", init=False)


@dataclass(frozen=True)
class Formula:
    """An equation in typst's notation."""

    source: str
    kind: Literal["formula"] = field(default="formula", init=False)


@dataclass(frozen=True)
class Origin:
    """What made an exhibit, by paths from the checkout and from the results.

    Parameters
    ----------
    code
        The script, and the module of the exhibit's kind.
    inputs
        Names of the tables that it shows.
    files
        Its own files among the results, the numbers first.
    command
        What makes it alone.
    """

    code: tuple[str, ...]
    inputs: tuple[str, ...]
    files: tuple[str, ...]
    command: str


@dataclass(frozen=True)
class Grid:
    """A table; exhibits have a number, other listings 0."""

    table: TextTable
    number: int = 0
    origin: Origin | None = None
    kind: Literal["table"] = field(default="table", init=False)

    @property
    def title(self) -> str:
        """Its caption, behind the number."""
        if not self.number:
            return self.table.title
        return f"Table {self.number}. {self.table.title or self.table.name}"


@dataclass(frozen=True)
class Picture:
    """A figure: its SVG and what stands below."""

    name: str
    number: int
    svg: str
    caption: str
    origin: Origin | None = None
    kind: Literal["figure"] = field(default="figure", init=False)

    @property
    def title(self) -> str:
        """Its caption, behind the number."""
        return f"Figure {self.number}. {self.caption}"


Block = Text | Head | Points | Formula | Grid | Picture


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Parameters
    ----------
    name
        Its address in the page.
    title, blocks
        What it shows.
    short
        Title in the navigation; the title itself where it is empty.
    folded, folded_title
        What a page shows only when asked, and paper does not.
    """

    name: str = ""
    title: str = ""
    blocks: tuple[Block, ...] = ()
    short: str = ""
    folded: tuple[Block, ...] = ()
    folded_title: str = ""


def listing(
    name: str,
    heads: tuple[str, ...],
    align: str,
    rows: list[tuple[str, ...]],
    title: str = "",
) -> Grid:
    """Return a table of records: the first cell of a row is its head.

    Parameters
    ----------
    name
        Unique among the report's listings.
    heads, align
        Head and LaTeX's letter of every column but the first.
    rows
        Cells as text.
    title
        Caption.
    """
    assert {len(heads) + 1} >= {len(row) for row in rows}, f"columns of {name}"
    return Grid(
        TextTable(
            f"report-{name}",
            title,
            tuple(("", head) for head in heads),
            tuple((row[0], row[1:]) for row in rows),
            frozenset(),
            (),
            tuple(align),
        )
    )


def counts(record: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Write counts with commas, nothing where there is none."""
    return tuple("" if pd.isna(record[n]) else f"{record[n]:,}" for n in names)
