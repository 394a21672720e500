"""Cross-sectional models of deals -> one column each."""

from __future__ import annotations

from alliance_value.alliances.exhibits.cells import (
    coefficients,
    errors_of_deals,
    of_dyads,
)
from alliance_value.exhibits.cells import number, starred
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.models.small_samples import preferred
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table

DYAD_MODELS = (
    *("combined, no controls", "combined", "combined, year effects"),
    *("combined, weighted", "combined, selection", "smaller CAR", "both gain"),
)


@table(
    "dyad_models",
    label="cross-sectional models of deals, those of dyad_fits.csv",
    inputs=("dyad_models", "dyad_fits"),
    section="events",
    takes=("models", "terms", "digits", "stars"),
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def dyad_models(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out cross-sectional models of deals, one column each."""
    fits = results["dyad_fits"].set_index("model")
    estimates = preferred(results["dyad_models"])
    estimated = set(estimates.model)
    models = [m for m in table.models or DYAD_MODELS if m in estimated]
    estimates = estimates[estimates.model.isin(models)]
    if table.terms:
        estimates = estimates[estimates.term.isin([*table.terms])]
    rows = coefficients(estimates, "model", models, of_dyads(context), table)
    rules = [len(rows)]
    rows += [
        ("Deals", tuple(f"{fits.n[m]:,}" for m in models)),
        ("Firms", tuple(f"{fits.firms[m]:,}" for m in models)),
        ("R² (logit: McFadden's)", tuple(number(fits.r2[m]) for m in models)),
    ]
    heads = [sentence(m.replace("combined, ", "")) for m in models]
    notes = [
        errors_of_deals(estimates, fits.loc[models])
        + " Overlaps are deviations from their means.",
        *starred(table),
    ]
    return finished(table, heads, rows, notes, context, rules)
