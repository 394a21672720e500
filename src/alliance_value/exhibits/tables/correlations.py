"""The panel -> correlations of its variables pair by pair, with stars and rows."""

from __future__ import annotations

from alliance_value.exhibits.cells import Rows, starred, stars
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.panel.moments import correlations
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "correlations",
    label="correlations of variables (terms) with stars, and their rows",
    inputs=("panel",),
    section="sample",
    needs=("terms",),
    takes=("stars",),
    shows=("terms",),
)
def pairwise(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out correlations below the diagonal and the rows of each pair above it."""
    panel = results["panel"]
    names = [t for t in table.terms if t in panel]
    pairs = {
        (row["variable"], row["other"]): row
        for row in correlations(panel, names).to_dict("records")
    }
    rows: Rows = []
    for i, name in enumerate(names):
        below = [pairs[name, other] for other in names[:i]]
        above = [pairs[other, name] for other in names[i + 1 :]]
        cells = [f"{row['r']:z.2f}{stars(row['p'], table)}" for row in below]
        cells += ["1", *(f"{row['n']:,}" for row in above)]
        rows.append((f"({i + 1}) {context.label(name)}", tuple(cells)))
    heads = [f"({i + 1})" for i in range(len(names))]
    note = (
        "Below the diagonal correlations of the rows that have both variables, above "
        "it their number. p-values take rows as independent."
    )
    notes = [" ".join([note, *starred(table)])]
    return finished(table, heads, rows, notes, context)
