"""What curves of customers' profits say -> one row per group."""

from __future__ import annotations

import pandas as pd

from alliance_value.exhibits.cells import Rows, share
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table

HEADS = {
    "profitable": "Profitable",
    "peak": "Peak",
    "whole_at": "Total reached at",
    "top": "First fifth",
    "middle": "Middle",
    "bottom": "Last fifth",
}


@table(
    "ledger_summary",
    label="where customers' profit is made and lost, by group",
    inputs=("ledger_summary",),
    section="customers",
    asks=("ledger",),
)
def ledger_summary(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out the quantities of each group's curve, standard errors below."""
    rows: Rows = []
    for group, part in results["ledger_summary"].groupby("group", sort=False):
        by = part.set_index("quantity")
        rows.append(
            (
                sentence(str(group)),
                (*(share(by.estimate[q], 1) for q in HEADS), f"{by.n.iloc[0]:,}"),
            )
        )
        errors = ["" if pd.isna(by.se[q]) else f"({share(by.se[q], 1)})" for q in HEADS]
        rows.append(("", (*errors, "")))
    said = context.words.say
    notes = [
        said(
            "Profitable: share of {entities} with a profit. Peak: their profits over "
            "the total. Total reached at: share of {entities} whose profits first add "
            "up to the total. First fifth, middle and last fifth by profit: "
            "what they bring of the total. Linearized standard errors in parentheses."
        )
    ]
    heads = [*HEADS.values(), said("{Entities}")]
    return finished(table, heads, rows, notes, context)
