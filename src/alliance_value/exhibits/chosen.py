"""A declared table -> its cells, with the labels, order and style that it chooses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.exhibits.cells import explains_stars
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.failed import failed_in, in_sentences
from alliance_value.exhibits.house import HOUSES
from alliance_value.exhibits.text_table import TextTable
from alliance_value.study.spec import Table
from alliance_value.vocabulary import entries as vocabulary
from alliance_value.vocabulary.collect import entries, implementation

NUMBERED = re.compile(r"^\(\d+\) ")


def lay_out(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out one declared table from the results of its kind, as its study wants it.

    Raises
    ------
    UserError
        If ``labels``, ``rows`` or ``columns`` name what the table does not show.
    """
    entry = entries(vocabulary.Table)[table.kind]
    kind = implementation(entry)

    def labelled(labels: Mapping[str, str]) -> TextTable:
        named = replace(context, own=labels)
        laid_out: TextTable = kind(table, results, named)
        said = in_sentences(failed_in(results, table.models, entry, named), named)
        return renamed(replace(laid_out, notes=(*said, *laid_out.notes)), labels)

    plain = labelled({})
    heads = dict.fromkeys([*row_heads(plain), *column_heads(plain)])
    where = f"exhibits.tables.{table.name}"
    problems = [
        Problem(f"the table shows no '{name}'", nearest(name, heads), f"{where}.labels")
        for name, words in table.labels.items()
        if labelled({name: words}) == plain
    ]
    for key, known in (("rows", row_heads(plain)), ("columns", column_heads(plain))):
        problems += [
            Problem(
                f"the table has no {key[:-1]} '{name}'",
                nearest(name, dict.fromkeys(known)),
                f"{where}.{key}",
            )
            for name in getattr(table, key)
            if not any(is_called(head, name, context) for head in known)
        ]
    raise_if(problems, f"the table {table.name}")
    shown = labelled(table.labels)
    if table.rows or table.columns:
        # by the heads before the table's own labels
        places = order_of_columns(plain, table.columns, context)
        shown = picked(shown, places, order_of_blocks(plain, table.rows, context))
    house = HOUSES[table.style]
    if house.numbered and "below" in entry.takes:
        shown = numbered(shown)
    return printed(shown, table.style)


def renamed(table: TextTable, labels: Mapping[str, str]) -> TextTable:
    """Return a table whose heads that are printed as a label's name are called so."""

    def head(text: str) -> str:
        return labels.get(text, text)

    return replace(
        table,
        columns=tuple((head(top), head(low)) for top, low in table.columns),
        rows=tuple((head(text), cells) for text, cells in table.rows),
    )


def row_heads(table: TextTable) -> list[str]:
    """Return the heads of rows that have one, without their numbers."""
    return [NUMBERED.sub("", head) for head, _ in table.rows if head]


def column_heads(table: TextTable) -> list[str]:
    """Return the heads of columns, upper ones too."""
    return [head for both in table.columns for head in both if head]


def is_called(head: str, name: str, context: Context) -> bool:
    """Return whether a head is printed as a name, or stands for what is called so."""
    return head in (name, context.label(name), context.titles.get(name))


def order_of_columns(
    table: TextTable, names: Sequence[str], context: Context
) -> list[int]:
    """Return the places of the columns that are shown, all where none is named."""
    places = range(len(table.columns))
    if not names:
        return [*places]
    wanted = [
        place
        for name in names
        for place in places
        if any(is_called(head, name, context) for head in table.columns[place])
    ]
    return list(dict.fromkeys(wanted))


def order_of_blocks(
    table: TextTable, names: Sequence[str], context: Context
) -> list[tuple[int, range]]:
    """Return the rows that are shown: part of the table, and places of a head's rows.

    Rows without a head belong to the one above them.
    """
    blocks = [*blocks_of(table)]
    if not names:
        return blocks
    wanted = [
        block
        for name in names
        for block in blocks
        if is_called(NUMBERED.sub("", table.rows[block[1][0]][0]), name, context)
    ]
    return list(dict.fromkeys(wanted))


def blocks_of(table: TextTable) -> Iterator[tuple[int, range]]:
    """Yield the rows of each head, and how many rules stand above them."""
    starts = [p for p, (head, _) in enumerate(table.rows) if head or not p]
    for start, end in zip(starts, [*starts[1:], len(table.rows)], strict=True):
        yield sum(0 < rule <= start for rule in table.rules), range(start, end)


def picked(
    table: TextTable, places: Sequence[int], blocks: Sequence[tuple[int, range]]
) -> TextTable:
    """Return some columns and rows of a table; a rule stands between its parts."""
    rows: list[tuple[str, tuple[str, ...]]] = []
    rules = {0} & table.rules
    part = blocks[0][0] if blocks else 0
    for own, block in blocks:
        if own != part:
            rules |= {len(rows)}
            part = own
        rows += [table.rows[place] for place in block]
    return replace(
        table,
        columns=tuple(table.columns[p] for p in places),
        rows=tuple((head, tuple(cells[p] for p in places)) for head, cells in rows),
        rules=frozenset(rules),
        align=tuple(table.align[p] for p in places) if table.align else (),
    )


def numbered(table: TextTable) -> TextTable:
    """Return a table of estimates whose columns have numbers."""
    heads = (
        (top, low if low == f"({i})" else f"{low} ({i})".strip())
        for i, (top, low) in enumerate(table.columns, start=1)
    )
    return replace(table, columns=tuple(heads))


def printed(table: TextTable, style: str) -> TextTable:
    """Return a table with the zeros and notes of a style."""
    house = HOUSES[style]
    rows = ((head, tuple(map(house.cell, cells))) for head, cells in table.rows)
    notes = [house.cell(note) for note in table.notes]
    first = [note for note in notes if house.stars_first and explains_stars(note)]
    others = [note for note in notes if note not in first]
    others[:1] = [house.opening + note for note in others[:1]]
    return replace(table, rows=tuple(rows), notes=(*first, *others), style=style)
