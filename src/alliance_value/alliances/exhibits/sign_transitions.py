"""Moves between who gains -> their table."""

from __future__ import annotations

import pandas as pd

from alliance_value.alliances.contracts.life_results import CLASSES
from alliance_value.exhibits.cells import Rows
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "sign_transitions",
    label="how deals move between who gains, from window to window",
    inputs=("sign_transitions",),
    section="lives",
    asks=("dual_appropriation",),
)
def sign_transitions(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out who gains in a later window, by who gains in the one before."""
    data = results["sign_transitions"]
    rows: Rows = []
    rules: list[int] = []
    for (group, before, after), part in data.groupby(
        ["group", "from_window", "to_window"], sort=False
    ):
        wide = part.set_index(["from_class", "to_class"])
        rules += [len(rows)] if rows else []
        for first in CLASSES:
            shares = [wide.share[first, second] for second in CLASSES]
            count = int(sum(wide.deals[first, second] for second in CLASSES))
            cells = ["" if pd.isna(s) else f"{s:.0%}" for s in shares]
            head = f"{str(group).capitalize()}, {before} to {after}: {first}"
            rows.append((head, (*cells, f"{count:,}")))
    notes = ["Shares of the deals in which both, one or none gain in the first window."]
    heads = [*(f"Then {name}" for name in CLASSES), "Deals"]
    return finished(table, heads, rows, notes, context, rules)
