"""Alliances by form of governance -> how many there are, and what they bring."""

from __future__ import annotations

from alliance_value.alliances.contracts.governance import LADDER, NOT_KNOWN
from alliance_value.exhibits.cells import Rows
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "governance",
    label="alliances by form of governance",
    inputs=("governance",),
    section="lives",
    asks=("governance",),
)
def governance(table: Table, results: Results, context: Context) -> TextTable:
    """Count alliances by form, from the loosest, those of no known form last."""
    data = results["governance"]
    rungs = data.dropna(subset=["rung"]).groupby("form").rung.first()
    forms = sorted(LADDER, key=lambda form: rungs.get(form, len(LADDER)))
    rows: Rows = []
    for form in [*forms, NOT_KNOWN]:
        own = data[data.form == form]
        stated = own.basis.eq("ownership shares").mean() if len(own) else 0.0
        rung = f"{rungs[form]:.0f}" if form in rungs else ""
        cells = (rung, f"{len(own):,}", f"{len(own) / len(data):.1%}", f"{stated:.0%}")
        rows.append((form[0].upper() + form[1:], cells))
    notes = ["Joint ventures whose shares are not stated are of no known form."]
    heads = ["Rung", "Alliances", "Share", "By ownership"]
    return finished(table, heads, rows, notes, context, [len(rows) - 1])
