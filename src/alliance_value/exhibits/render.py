"""A finished table -> HTML, CSV and JSON with the same characters."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import asdict
from html import escape
from itertools import groupby

from alliance_value.contracts.storage import inert_text
from alliance_value.exhibits.text_table import TextTable

NEGATIVE = re.compile(r"(^|[ (])-(?=\.?\d)")
INTERVAL = re.compile(r"[-−]?[\d.,∞]+%? to [-−]?[\d.,∞]+%?")
ALIGNED = {"r": "n", "p": "words", "l": "words", "c": "middle"}
# Columns of numbers from which a table takes more room than text does.
WIDE = 7


def spans(table: TextTable) -> list[tuple[str, int]]:
    """Return the upper column heads with the number of columns under each."""
    return [(h, len(list(g))) for h, g in groupby(top for top, _ in table.columns)]


def html_text(text: str) -> str:
    """Escape text; a hyphen before a number becomes a minus sign."""
    return escape(NEGATIVE.sub(r"\1−", text))


def html_cell(text: str, kind: str) -> str:
    """Return a cell; an interval stays on one line."""
    kinds = [kind] * bool(kind) + ["whole"] * bool(INTERVAL.fullmatch(text))
    styled = f' class="{" ".join(kinds)}"' if kinds else ""
    return f"<td{styled}>{html_text(text)}</td>"


def has_upper_heads(table: TextTable) -> bool:
    """Return whether the upper of the two lines of column heads says anything."""
    return any(top for top, _ in table.columns)


def to_html(table: TextTable) -> str:
    """Return a table element without styling; the page that holds it brings that."""
    top = "".join(
        f'<th scope="colgroup" colspan="{count}">{escape(head)}</th>'
        for head, count in spans(table)
    )
    low = "".join(f'<th scope="col">{escape(head)}</th>' for _, head in table.columns)
    upper = f"<tr><td></td>{top}</tr>" if has_upper_heads(table) else ""
    kinds = [ALIGNED[a[0]] for a in table.align] or [""] * len(table.columns)
    wide = " wide" if len(table.columns) >= WIDE else ""
    style = "" if table.style == "plain" else f" {table.style}"
    lines = [
        f'<table class="exhibit{wide}{style}" id="table-{escape(table.name)}">',
        f"<caption>{escape(table.title)}</caption>",
        f"<thead>{upper}<tr><td></td>{low}</tr></thead>",
        "<tbody>",
    ]
    for position, (head, cells) in enumerate(table.rows):
        opening = '<tr class="rule">' if position in table.rules else "<tr>"
        body = "".join(html_cell(*one) for one in zip(cells, kinds, strict=True))
        lines.append(f'{opening}<th scope="row">{escape(head)}</th>{body}</tr>')
    note = " ".join(escape(n) for n in table.notes)
    lines += [
        "</tbody>",
        f'<tfoot><tr><td colspan="{len(table.columns) + 1}">{note}</td></tr></tfoot>',
        "</table>",
    ]
    return "\n".join(lines) + "\n"


def to_csv(table: TextTable) -> str:
    """Return the cells as CSV, the notes in the first column below them."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    if has_upper_heads(table):
        writer.writerow(["", *(inert_text(top) for top, _ in table.columns)])
    writer.writerow(["", *(inert_text(low) for _, low in table.columns)])
    writer.writerows([inert_text(head), *cells] for head, cells in table.rows)
    writer.writerows([inert_text(note)] for note in table.notes)
    return stream.getvalue()


def to_json(table: TextTable) -> str:
    """Return the table itself, for whoever lays it out again."""
    return json.dumps(asdict(table), ensure_ascii=False, default=sorted, indent=1)


def from_json(text: str) -> TextTable:
    """Return the table that `to_json` wrote."""
    held = json.loads(text)
    return TextTable(
        held["name"],
        held["title"],
        tuple((top, low) for top, low in held["columns"]),
        tuple((head, tuple(cells)) for head, cells in held["rows"]),
        frozenset(held["rules"]),
        tuple(held["notes"]),
        tuple(held["align"]),
        held["style"],
    )
