"""First stages of models with instruments -> one column for each endogenous term."""

from __future__ import annotations

import pandas as pd

from alliance_value.exhibits.cells import Rows, estimate_rows, fixed, starred
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table

STAGE = "first stage of "
# test of a first stage -> its label and decimals
TESTS = {
    "first_stage_f": ("F of the instruments", 1),
    "effective_f": ("Effective F", 1),
    "tf": ("tF, critical value of t", 2),
}
# what notes say of weak instruments: test -> what it is
NOTED = {
    "effective_f": "effective F",
    "anderson_rubin": "Anderson-Rubin",
    "tf": "tF (Lee, McCrary, Moreira and Porter 2022)",
}


@table(
    "first_stages",
    label="first stages of models with instruments, and how strong these are",
    inputs=("equations", "diagnostics", "failures"),
    takes=("models", "terms", "digits", "stars", "below"),
    models=True,
    of="endogenous",
)
def first_stages(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out first stages; below them the instruments' F and the effective F."""
    equations = results["equations"]
    stages = equations[equations.equation.str.startswith(STAGE)]
    models = list(table.models) or list(dict.fromkeys(stages.model))
    columns = [
        (model, equation)
        for model in models
        for equation in dict.fromkeys(stages.equation[stages.model == model])
    ]
    known = [" ".join(column) for column in columns]
    stages = stages.assign(column=stages.model + " " + stages.equation)
    stages = stages[stages.column.isin(known)]
    terms = table.terms or sorted(dict.fromkeys(stages.term), key="constant".__eq__)
    rows: Rows = []
    for term in terms:
        part = stages[stages.term == term].set_index("column")
        if len(part):
            rows += estimate_rows(context.label(term), part, known, table)
    rules = [len(rows)] if rows else []
    tests = results["diagnostics"]
    for test, (label, places) in TESTS.items():
        cells = tuple(statistic(tests, test, *column, places) for column in columns)
        if any(cells):
            rows.append((label, cells))
    weak = tests[tests.test.isin([*NOTED]) & tests.model.isin(models)]
    notes = [
        f"{context.title(r['model'])}, {NOTED[r['test']]}: {r['note']}."
        for r in weak.to_dict("records")
    ]
    notes += starred(table)
    heads = [
        (context.title(model), context.label(equation.removeprefix(STAGE)))
        for model, equation in columns
    ]
    return finished(table, heads, rows, notes, context, rules)


def statistic(
    tests: pd.DataFrame, test: str, model: str, equation: str, places: int
) -> str:
    """Return a test of a model's first stage, empty where it has none."""
    names = [test, f"{test}: {equation.removeprefix(STAGE)}"]
    here = tests[(tests.model == model) & tests.test.isin(names)]
    return fixed(here.statistic.iloc[0], places) if len(here) else ""
