"""What an alliance function goes with -> quantities in rows, groups in columns."""

from __future__ import annotations

import pandas as pd

from alliance_value.alliances.functions import HORIZON
from alliance_value.exhibits.cells import Rows, fixed, interval
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "alliance_function",
    label="returns and lasting deals with and without an alliance function",
    inputs=("alliance_function",),
    section="events",
    asks=("constructs.function", "event_study", "sources.alliances"),
    without=("sources.events",),
)
def alliance_function(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out contrasts by function, and the chain from experience to the return."""
    data = results["alliance_function"]
    groups = list(dict.fromkeys(data.group))
    by = data.set_index(["quantity", "group"])
    rows: Rows = []
    for quantity in dict.fromkeys(data.quantity):
        known = [
            by.loc[(quantity, g)] if (quantity, g) in by.index else None for g in groups
        ]
        cells = ["" if r is None else fixed(r.estimate) for r in known]
        errors = ["" if r is None else below(r) for r in known]
        rows += [(sentence(str(quantity)), tuple(cells)), ("", tuple(errors))]
    notes = [
        "Returns: mean abnormal returns of partners; gains: in dollars. Lasting: share "
        f"of deals not known to have ended within {HORIZON} years. Ratio: with a "
        f"function over without, below it its {context.interval} "
        "(Fieller's). Larger and smaller: by the median market value. Indirect: "
        "experience to function times function to outcome, at given size, year of "
        "announcement and function of the other partner. Standard errors in "
        "parentheses allow for all deals that share a firm, by a jackknife over firms."
    ]
    return finished(table, [sentence(g) for g in groups], rows, notes, context)


def below(row: pd.Series) -> str:
    """Write the standard error of an estimate, or the interval of a ratio."""
    if pd.notna(row.t):
        return f"({fixed(row.se)})"
    return f"[{interval(row.ci_low, row.ci_high) or 'no end'}]"
