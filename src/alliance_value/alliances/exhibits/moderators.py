"""Models of what partners are to each other -> one column for each."""

from __future__ import annotations

from dataclasses import replace

from alliance_value.alliances.contracts.constructs import DyadMeasures
from alliance_value.alliances.exhibits.cells import coefficients, of_dyads
from alliance_value.alliances.moderators import CONSTRUCTS
from alliance_value.contracts.columns import meanings
from alliance_value.exhibits.cells import starred
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.models.small_samples import JACKKNIFE
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "moderators",
    label="what dependence, knowledge, position and functions add to deals' value",
    inputs=("moderators",),
    section="events",
    takes=("digits", "stars"),
    asks=("constructs", "event_study", "sources.alliances"),
    without=("sources.events",),
)
def moderators(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out the constructs' terms, one column for each model."""
    estimates = results["moderators"]
    estimates = estimates[estimates.se_type == JACKKNIFE]
    every = {
        name
        for construct in CONSTRUCTS.values()
        for name in (*construct.measures, *construct.differences)
    }
    shown = estimates.term.str.removeprefix("asymmetric:").isin(every)
    models = list(dict.fromkeys(estimates.model))
    context = of_dyads(context)
    labels = {name: meaning.label for name, meaning in meanings(DyadMeasures).items()}
    context = replace(context, labels={**context.labels, **labels})
    rows = coefficients(estimates[shown], "model", models, context, table)
    sizes = estimates.drop_duplicates("model").set_index("model")
    rules = [len(rows)]
    rows.append(("Deals", tuple(f"{sizes.n[m]:,}" for m in models)))
    notes = [
        "Creation: the combined abnormal return; capture: the difference between both "
        "partners' abnormal returns. Types, overlaps and controls of the models of "
        "deals are not shown; measures are less their means. Standard errors allow for "
        "all deals that share a firm, by a jackknife over firms.",
        *starred(table),
    ]
    return finished(table, [sentence(m) for m in models], rows, notes, context, rules)
