"""The antisymmetric model -> one column for each measure."""

from __future__ import annotations

from alliance_value.alliances.exhibits.cells import (
    coefficients,
    errors_of_deals,
    of_dyads,
)
from alliance_value.exhibits.cells import starred
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.models.small_samples import preferred
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "appropriation",
    label="what one partner takes more than the other, explained",
    inputs=("appropriation", "dyad_fits"),
    section="events",
    takes=("digits", "stars"),
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def appropriation(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out the antisymmetric model, one column for each measure."""
    estimates = preferred(results["appropriation"], "outcome")
    outcomes = list(dict.fromkeys(estimates.outcome))
    context = of_dyads(context)
    rows = coefficients(estimates, "outcome", outcomes, context, table)
    sizes = estimates.drop_duplicates("outcome").set_index("outcome")
    rules = [len(rows)]
    rows.append(("Deals", tuple(f"{sizes.n[o]:,}" for o in outcomes)))
    rows.append(("Firms", tuple(f"{sizes.firms[o]:,}" for o in outcomes)))
    notes = [
        "Differences between the partners explained by their differences, without a "
        f"constant. {errors_of_deals(estimates, results['dyad_fits'])}",
        *starred(table),
    ]
    heads = [context.labels.get(o) or sentence(o) for o in outcomes]
    return finished(table, heads, rows, notes, context, rules)
