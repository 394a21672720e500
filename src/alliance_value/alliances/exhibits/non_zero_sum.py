"""Whether partners gain together -> the table of its test."""

from __future__ import annotations

from alliance_value.alliances.dual_appropriation import CORRELATION, SLOPES
from alliance_value.exhibits.cells import estimate_rows, starred
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "non_zero_sum",
    label="whether both partners gain together",
    inputs=("non_zero_sum",),
    section="lives",
    takes=("digits", "stars"),
    asks=("dual_appropriation",),
)
def non_zero_sum(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out the correlation and slopes of both partners' returns, by group."""
    estimates = results["non_zero_sum"]
    groups = list(dict.fromkeys(estimates.group))
    rows = []
    for quantity in (CORRELATION, *SLOPES):
        part = estimates[estimates.quantity == quantity].set_index("group")
        rows += estimate_rows(quantity[0].upper() + quantity[1:], part, groups, table)
    counts = estimates[estimates.quantity == CORRELATION].set_index("group").n
    cells = tuple(f"{int(counts[g]):,}" if g in counts.index else "" for g in groups)
    rules = [len(rows)]
    rows.append(("Deals", cells))
    notes = [
        "Abnormal returns less the means of deals of their class and of the partner's "
        "structure. A positive correlation says that value is created, not only moved. "
        "Standard errors in parentheses allow for all deals that share a firm, by a "
        "jackknife over firms.",
        *starred(table),
    ]
    heads = [str(g)[0].upper() + str(g)[1:] for g in groups]
    return finished(table, heads, rows, notes, context, rules)
