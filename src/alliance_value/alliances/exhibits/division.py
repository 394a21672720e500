"""The division of value -> its table."""

from __future__ import annotations

from alliance_value.exhibits.cells import Rows, fixed, interval
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


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
                (
                    fixed(r["estimate"]),
                    fixed(r["se"]),
                    interval(r["ci_low"], r["ci_high"]),
                    f"{r['n']:,}",
                ),
            )
            for r in part.to_dict("records")
        ]
    notes = ["Ratios by the delta method, correlations with Fisher's interval."]
    heads = ["Estimate", "s.e.", f"{context.confidence:.0%} interval", "Deals"]
    return finished(table, heads, rows, notes, context, rules)
