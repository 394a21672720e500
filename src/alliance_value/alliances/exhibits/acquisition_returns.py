"""Returns of acquirers -> their table: former partners against other targets."""

from __future__ import annotations

import pandas as pd

from alliance_value.exhibits.cells import Rows, p_value
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
    rows: Rows = []
    for row in results["acquisition_returns"].to_dict("records"):
        returns = not row["quantity"].startswith("years")
        low, high = (number(row[end], returns) for end in ("ci_low", "ci_high"))
        cells = (
            number(row["estimate"], returns),
            f"{low} to {high}" if low else "",
            number(row["df"], returns=False),
            p_value(row["p"]),
            f"{row['n']:,}",
        )
        rows.append((f"{row['group'].capitalize()}: {row['quantity']}", cells))
    notes = [
        "A former partner is a firm with which the acquirer announced an alliance "
        "before; intervals by errors clustered by acquirer, bias-reduced for few of "
        "them (CR2), and t with Satterthwaite's degrees of freedom (d.f.)."
    ]
    heads = ["Estimate", context.interval, "d.f.", "p", "N"]
    return finished(table, heads, rows, notes, context)


def number(value: float, returns: bool) -> str:
    """Write a return in percent or a number of years, nothing where it is missing."""
    if pd.isna(value):
        return ""
    return f"{value:.2%}" if returns else f"{value:.1f}"
