"""A declared table -> its cells, the same characters in every format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alliance_value.exhibits.cells import Rows
from alliance_value.exhibits.context import Context
from alliance_value.study.spec import Table


@dataclass(frozen=True)
class TextTable:
    """A table whose cells are final: every format shows the same characters.

    Parameters
    ----------
    name, title
        File name and caption.
    columns
        Column heads, two levels: the outcome and the model.
    rows
        Row heads, and the cells beside them; a rule is drawn above rows in ``rules``.
    rules
        Positions of rows that open a new block.
    notes
        Sentences under the table.
    align
        LaTeX's letter for each column under a head; all centred where it is empty.
    style
        The journal's style in which it is printed.
    """

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    rules: frozenset[int]
    notes: tuple[str, ...]
    align: tuple[str, ...] = ()
    style: str = "plain"


def finished(
    table: Table,
    heads: Sequence[str | tuple[str, str]],
    rows: Rows,
    notes: Sequence[str],
    context: Context,
    rules: Sequence[int] = (),
) -> TextTable:
    """Return a table, the study's own note last; a head may have one above it."""
    below = [*notes, table.note, context.mark]
    return TextTable(
        table.name,
        table.title,
        tuple(("", head) if isinstance(head, str) else head for head in heads),
        tuple(rows),
        frozenset(rules),
        tuple(filter(None, below)),
    )
