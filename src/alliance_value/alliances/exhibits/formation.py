"""The model of which potential deals are made -> its table."""

from __future__ import annotations

from dataclasses import replace

from alliance_value.alliances.exhibits.cells import coefficients, of_dyads
from alliance_value.exhibits.cells import starred
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "formation",
    label="which potential deals are made",
    inputs=("formation",),
    section="events",
    takes=("digits", "stars"),
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def formation(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out the model of which potential deals are made."""
    estimates = results["formation"].assign(model="formation")
    context = of_dyads(context)
    labels = {
        **context.labels,
        "same_industry": "Same industry (two digits)",
        "same_state": "Same state",
        "prior_tie": "Earlier deal of the pair",
        "rivals_deals": "Deals of rivals that year (excluded from the value)",
    }
    context = replace(context, labels=labels)
    rows = coefficients(estimates, "model", ["formation"], context, table)
    rules = [len(rows)]
    pairs, formed = (
        int(estimates[name].max()) if len(estimates) else 0 for name in ("n", "formed")
    )
    rows += [("Potential deals", (f"{pairs:,}",)), ("Deals made", (f"{formed:,}",))]
    notes = [
        "Probit of whether two firms that announced a deal in a year announced one "
        "with each other, with effects of years; standard errors in parentheses.",
        *starred(table),
    ]
    share = estimates.sampled.min()
    if share < 1:
        notes.append(
            "Potential deals are all that were made and, drawn at random by year, "
            f"{share:.2%} of the others, weighted by the inverse of their share in the "
            "year (Manski and Lerman 1977); standard errors are robust."
        )
    return finished(table, ["Deal made"], rows, notes, context, rules)
