"""The division of value -> its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliance_value.alliances.appropriation import RATIO
from alliance_value.exhibits.cells import Rows, fixed, interval, share
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table

NUMBERS = (RATIO, "correlation of CARs")


@table(
    "division",
    label="how partners divide the value of deals",
    inputs=("division_of_value",),
    section="events",
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def division(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out how partners divide the value of deals."""
    divided = results["division_of_value"]
    rows: Rows = []
    rules = []
    for group, part in divided.groupby("group", sort=False):
        rules.append(len(rows))
        rows += [
            (
                f"{sentence(str(group))} deals: {r['quantity']}",
                cells(r),
            )
            for r in part.to_dict("records")
        ]
    notes = [
        "CAR: abnormal return, of the partner's own market value; share: of the "
        "dollars, in deals in which both gain. The ratio is one of mean returns and "
        "has Fieller's interval (1954), correlations have Fisher's."
    ]
    heads = ["Estimate", "s.e.", context.interval, "Deals"]
    return finished(table, heads, rows, notes, context, rules)


def cells(row: Mapping[Any, Any]) -> tuple[str, ...]:
    """Write an estimate, its error and interval: returns and rates in percent."""
    low, high = row["ci_low"], row["ci_high"]
    if row["quantity"] in NUMBERS:
        written = (fixed(row["estimate"]), fixed(row["se"]), interval(low, high))
    else:
        written = (share(row["estimate"]), share(row["se"]), shares(low, high))
    return (*written, f"{row['n']:,}")


def shares(low: float, high: float) -> str:
    """Write an interval in percent."""
    return f"{share(low)} to {share(high)}"
