"""Claims -> published headlines beside estimates, one row per reading."""

from __future__ import annotations

import pandas as pd

from alliance_value.exhibits.cells import Rows
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "claims",
    label="published headlines beside estimates",
    inputs=("claims",),
    section="claims",
    asks=("claims",),
)
def claims(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out published headlines beside estimates, one row per reading."""
    rows: Rows = []
    rules = []
    for _, part in results["claims"].groupby("claim", sort=False):
        rules.append(len(rows))
        for r in part.to_dict("records"):
            known = not pd.isna(r["estimate"])
            ends = [
                "∞" if pd.isna(r[end]) else f"{r[end]:.3g}"
                for end in ("ci_low", "ci_high")
            ]
            rows.append(
                (
                    f"{r['label']}: {r['reading']}",
                    (
                        f"{r['published']:.3g}",
                        f"{r['estimate']:.3g}" if known else "",
                        " to ".join(ends) if known else "",
                        str(r["verdict"]),
                    ),
                )
            )
    heads = ["Published", "Estimate", f"{context.confidence:.0%} interval", "Verdict"]
    notes = ["A verdict follows from the interval by rule."]
    if context.simulated:
        notes.append(
            "On simulated data the verdicts validate the pipeline; they are no "
            f"evidence about {context.words.entities}."
        )
    return finished(table, heads, rows, notes, context, rules)
