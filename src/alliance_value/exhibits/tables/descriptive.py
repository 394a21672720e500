"""The panel -> moments and correlations of its variables."""

from __future__ import annotations

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.exhibits.cells import Rows
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.panel.moments import moments
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "descriptive",
    label="moments and correlations of variables (terms)",
    inputs=("panel",),
    needs=("terms",),
    shows=("terms",),
)
def descriptive(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out moments and correlations of the panel's variables.

    Between is the standard deviation of means by entity, within that of deviations from
    them; correlations use the rows that have all variables.
    """
    panel = results["panel"]
    names = [t for t in table.terms if t in panel]
    rows: Rows = []
    used = panel[[FIRM, YEAR, *names]].dropna()
    values = moments(used, names)
    for i, name in enumerate(names):
        row = values.loc[name]
        correlations = tuple(
            f"{row[other]:.2f}" if j < i else ("1" if j == i else "")
            for j, other in enumerate(names)
        )
        shown = (f"{row[m]:.3f}" for m in ("mean", "sd", "between", "within"))
        rows.append((f"({i + 1}) {context.label(name)}", (*shown, *correlations)))
    heads = ["Mean", "s.d.", "Between", "Within"]
    heads += [f"({i + 1})" for i in range(len(names))]
    notes = [
        context.words.say(
            f"{len(used):,} {{entity}}-{{times}} of {used[FIRM].nunique():,} "
            "{entities} that have all variables; between: s.d. of {entities}' means; "
            "within: s.d. of deviations from them."
        )
    ]
    return finished(table, heads, rows, notes, context)
