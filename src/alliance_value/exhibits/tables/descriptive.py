"""The panel -> moments and correlations of its variables."""

from __future__ import annotations

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.exhibits.cells import Rows
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.panel.moments import moments
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table

MOMENTS = {"mean": "Mean", "sd": "s.d.", "between": "Between", "within": "Within"}


@table(
    "descriptive",
    label="moments and correlations of variables (terms)",
    inputs=("panel",),
    section="sample",
    needs=("terms",),
    shows=("terms",),
)
def descriptive(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out moments and correlations of the panel's variables.

    Between is the standard deviation of means by entity, within that of deviations from
    them; a cross-section has neither. Correlations are of rows that have all variables.
    """
    panel = results["panel"]
    names = [t for t in table.terms if t in panel]
    heads = MOMENTS if context.words.time else dict(list(MOMENTS.items())[:2])
    rows: Rows = []
    used = panel[[FIRM, YEAR, *names]].dropna()
    values = moments(used, names)
    for i, name in enumerate(names):
        row = values.loc[name]
        correlations = tuple(
            f"{row[other]:.2f}" if j < i else ("1" if j == i else "")
            for j, other in enumerate(names)
        )
        shown = (f"{row[m]:.3f}" for m in heads)
        rows.append((f"({i + 1}) {context.label(name)}", (*shown, *correlations)))
    numbers = [f"({i + 1})" for i in range(len(names))]
    note = f"{len(used):,} {{entities}} that have all variables."
    if context.words.time:
        note = (
            f"{len(used):,} {{entity}}-{{times}} of {used[FIRM].nunique():,} "
            "{entities} that have all variables; between: s.d. of {entities}' means; "
            "within: s.d. of deviations from them."
        )
    notes = [context.words.say(note)]
    return finished(table, [*heads.values(), *numbers], rows, notes, context)
