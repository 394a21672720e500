"""Sensitivity of terms -> how strong a confounder would have to be, term by term."""

from __future__ import annotations

import numpy as np

from alliance_value.exhibits.cells import Rows, fixed, number
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table

# measure -> its head
SHOWN = {
    "partial R2": "Partial R²",
    "robustness value": "Robustness value",
    "robustness value, 5 %": "Robustness value, 5%",
    "Oster's delta": "Oster's delta",
}
WORDS = (
    "A confounder that explains as much of the residual variance of the term and of "
    "the outcome as the robustness value would leave an estimate of zero, or one that "
    "no longer differs from zero at 5% (Cinelli and Hazlett 2020); the partial R² is "
    "what a confounder of the whole outcome must explain of the term. Oster's (2019) "
    "delta: how much more than the controls what is not observed must count for an "
    "effect of zero; negative where the controls move the estimate away from zero."
)


@table(
    "sensitivity",
    label="robustness values of terms: how strong a confounder would have to be",
    inputs=("sensitivity", "inference", "failures"),
    section="robustness",
    takes=("models", "terms"),
    asks=("inference.repeated",),
    models=True,
    of="repeated",
)
def sensitivity(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out each term's estimate, its robustness values and Oster's delta."""
    measured = results["sensitivity"].set_index(["model", "term", "measure"]).value
    own = results["inference"].drop_duplicates(["model", "term"])
    own = own[own.model.isin([*table.models])] if table.models else own
    own = own[own.term.isin([*table.terms])] if table.terms else own
    several = len(set(own.model)) > 1
    rows: Rows = []
    for row in own.to_dict("records"):
        model, term = str(row["model"]), str(row["term"])
        head = context.label(term)
        values = (number(measured.get((model, term, name), np.nan)) for name in SHOWN)
        rows.append(
            (
                f"{context.title(model)}: {head}" if several else head,
                (fixed(row["estimate"]), fixed(row["se"]), *values),
            )
        )
    heads = ["Estimate", "s.e.", *SHOWN.values()]
    shown = ", ".join(map(context.what, dict.fromkeys(own.model.astype(str))))
    notes = [f"Model: {shown}."] if shown else []
    return finished(table, heads, rows, [*notes, WORDS], context)
