"""Simple slopes and their differences -> one column for each model."""

from __future__ import annotations

import pandas as pd

from alliance_value.exhibits.cells import Rows, estimate_rows, starred
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "slopes",
    label="simple slopes of models with a product",
    inputs=("slopes", "failures"),
    takes=("models", "terms", "digits", "stars", "below"),
    models=True,
    of="products",
)
def slopes(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out simple slopes and their differences, one column for each model."""
    slopes = results["slopes"]
    slopes = slopes[slopes.kind.isin(["slope", "difference"])]
    models = list(table.models) or list(dict.fromkeys(slopes.model))
    slopes = slopes[slopes.model.isin(models)]
    if table.terms:
        slopes = slopes[slopes.of.isin([*table.terms])]
    rows: Rows = []
    rules = []
    for (of, over), effects in slopes.groupby(["of", "over"], sort=False):
        rules.append(len(rows))
        keys = effects[["kind", "at", "less"]].drop_duplicates()
        for kind, at, less in keys.itertuples(index=False):
            same = (effects.kind == kind) & (effects["at"] == at)
            same &= (effects.less == less) | (effects.less.isna() & pd.isna(less))
            where = context.level(str(over), at)
            if kind == "difference":
                where = f"{where} less {context.level(str(over), less)}"
            head = f"{context.label(str(of))}: {where}"
            rows += estimate_rows(head, effects[same].set_index("model"), models, table)
    heads = [
        (context.label(context.outcomes.get(m, "")), context.title(m)) for m in models
    ]
    below = {
        "errors": "Simple slopes, standard errors by the delta method below.",
        "intervals": f"Simple slopes, {context.percent} confidence intervals by "
        "the delta method below.",
        "nothing": "Simple slopes.",
    }
    notes = [below[table.below], *starred(table)]
    return finished(table, heads, rows, notes, context, rules)
