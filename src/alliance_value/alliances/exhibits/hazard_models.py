"""Models of hazards -> their table."""

from __future__ import annotations

from dataclasses import replace

from alliance_value.alliances.contracts.life_cycle import AllianceSpells
from alliance_value.alliances.exhibits.cells import coefficients, of_dyads
from alliance_value.contracts.columns import meanings
from alliance_value.exhibits.cells import starred
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table

LABELS = {
    "asymmetric": "Asymmetric now",
    "functions": meanings(AllianceSpells)["functions"].label,
}


@table(
    "hazard_models",
    label="what moves the hazards of an alliance's end",
    inputs=("hazard_models",),
    section="lives",
    takes=("digits", "stars"),
    asks=("survival",),
)
def hazard_models(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out log hazard ratios, a column for each kind of end."""
    estimates = results["hazard_models"]
    context = of_dyads(context)
    context = replace(context, labels={**context.labels, **LABELS})
    models = list(dict.fromkeys(estimates.model))
    rows = coefficients(estimates, "model", models, context, table)
    rules = [len(rows)]
    first = estimates.drop_duplicates("model").set_index("model").to_dict("index")
    for head, name in (
        ("Alliances", "spells"),
        ("Alliance-years", "rows"),
        ("Ends that count", "ends"),
        ("Pairs of parents", "ties"),
    ):
        rows.append((head, tuple(f"{first[m][name]:,}" for m in models)))
    notes = [
        "Log hazard ratios (Cox, ties by Breslow's approximation); structures change "
        "with the last filing before each year of an alliance's life; standard errors "
        "clustered by pair of parents in parentheses.",
        *starred(table),
    ]
    heads = [m.capitalize() for m in models]
    return finished(table, heads, rows, notes, context, rules)
