"""Claims -> published headlines beside estimates, one row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    """Lay out published headlines beside estimates, each in its first reading."""
    claims = results["claims"]
    rows: Rows = [
        (
            f"{r['label']}: {r['reading']}",
            (
                f"{r['published']:.3g}",
                "" if pd.isna(r["estimate"]) else f"{r['estimate']:.3g}",
                interval(r),
                str(r["verdict"]),
            ),
        )
        for r in claims.drop_duplicates("claim").to_dict("records")
    ]
    heads = ["Published", "Estimate", context.interval, "Verdict"]
    notes = [
        "A verdict follows from the interval by rule. Intervals of ratios of means are "
        "Fieller's (1954), those of slopes their model's."
    ]
    if claims.claim.duplicated().any():
        notes.append("Other readings of the published numbers stand in claims.csv.")
    return finished(table, heads, rows, notes, context)


def interval(row: Mapping[Any, Any]) -> str:
    """Write a claim's interval, nothing where it is not estimated."""
    if pd.isna(row["estimate"]):
        return ""
    low, high = row["ci_low"], row["ci_high"]
    return (
        f"{'−∞' if pd.isna(low) else f'{low:.3g}'} to "
        f"{'∞' if pd.isna(high) else f'{high:.3g}'}"
    )
