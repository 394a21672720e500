"""The test of large customers at both extremes -> its table."""

from __future__ import annotations

from alliance_value.customers.extremes import END, LARGE
from alliance_value.exhibits.cells import Rows, fixed, p_value, share
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "ledger_extremes",
    label="whether large customers are among the best and the worst by profit",
    inputs=("ledger_extremes",),
    section="customers",
    asks=("ledger",),
)
def ledger_extremes(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out each group's shares at either end, and the test of both."""
    rows: Rows = []
    rules: list[int] = []
    for group, part in results["ledger_extremes"].groupby("group", sort=False):
        rules.append(len(rows))
        for row in part.to_dict("records"):
            cells = (
                share(row["large"], 1),
                share(row["other"], 1),
                share(row["difference"], 1),
                fixed(row["z"], 2),
                p_value(row["p"]),
                f"{row['n']:,}",
            )
            rows.append((f"{sentence(str(group))}: {row['end']}", cells))
    notes = [
        context.words.say(
            f"Large: the first {LARGE:.0%} of {{entities}} by revenue. Best and worst: "
            f"the first and last {END:.0%} by profit. One-sided: large {{entities}} "
            "are there more often; at both, the larger p (intersection-union test)."
        )
    ]
    heads = ["Large", "Others", "Difference", "z", "p", context.words.say("{Entities}")]
    return finished(table, heads, rows, notes, context, rules[1:])
