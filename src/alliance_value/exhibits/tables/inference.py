"""Repeated inference -> what every way says of each term."""

from __future__ import annotations

from alliance_value.exhibits.cells import Rows, fixed, interval, p_value
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "inference",
    label="every way of inference",
    inputs=("inference", "failures"),
    section="robustness",
    asks=("inference.repeated",),
    of="repeated",
)
def inference(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out what every way of inference says of each term."""
    repeated = results["inference"]
    rows: Rows = []
    rules = []
    several = len(set(repeated.model)) > 1
    for (model, term), part in repeated.groupby(["model", "term"], sort=False):
        rules.append(len(rows))
        head = context.label(str(term))
        if several:
            head = f"{context.title(str(model))}: {head}"
        for place, r in enumerate(part.to_dict("records")):
            cells = (
                sentence(r["method"]),
                fixed(r["se"]),
                p_value(r["p"]),
                interval(r["ci_low"], r["ci_high"]),
            )
            rows.append(("" if place else head, cells))
    heads = ["Method", "s.e.", "p", context.interval]
    shown = ", ".join(map(context.what, dict.fromkeys(repeated.model.astype(str))))
    notes = [f"Model: {shown}."] if shown else []
    notes += ["p-values of draws count the sample itself as one draw."]
    return finished(table, heads, rows, notes, context, rules)
