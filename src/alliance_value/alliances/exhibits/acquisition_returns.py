"""Returns of acquirers -> their table: former partners against other targets."""

from __future__ import annotations

import pandas as pd

from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "acquisition_returns",
    label="acquirers' returns, former partners against other targets",
    inputs=("acquisition_returns",),
    section="lives",
    asks=("acquisition_study",),
)
def acquisition_returns(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out mean returns, their difference and the years to an acquisition."""
    rows = []
    for row in results["acquisition_returns"].itertuples():
        returns = not str(row.quantity).startswith("years")
        cells = [
            number(row.estimate, returns),
            f"{number(row.ci_low, returns)} to {number(row.ci_high, returns)}"
            if pd.notna(row.se)
            else "",
            f"{row.p:.3f}" if pd.notna(row.p) else "",
            f"{row.n:,}",
        ]
        rows.append((f"{str(row.group).capitalize()}: {row.quantity}", tuple(cells)))
    notes = [
        "A former partner is a firm with which the acquirer announced an alliance "
        "before; errors are clustered by acquirer."
    ]
    heads = ["Estimate", f"{context.confidence:.0%} interval", "p", "N"]
    return finished(table, heads, rows, notes, context)


def number(value: float, returns: bool) -> str:
    """Write a return in percent or a number of years, nothing where it is missing."""
    if pd.isna(value):
        return ""
    return f"{value:.2%}" if returns else f"{value:.1f}"
