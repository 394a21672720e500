"""Agreement of coders -> its table."""

from __future__ import annotations

from alliance_value.exhibits.cells import Rows, fixed, interval, share
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "coder_agreement",
    label="how far coders agree, beyond chance",
    inputs=("coder_agreement",),
    section="sample",
    asks=("sources.alliances",),
)
def coder_agreement(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out how far coders agree on structures, beyond chance."""
    levels = {"unit": "Units", "firm_year": "Firm-years"}
    rows: Rows = [
        (
            f"{levels[r['level']]}: {r['first_coder']} and {r['second_coder']}",
            (
                f"{r['n']:,}",
                share(r["agreement"], 1),
                share(r["expected"], 1),
                fixed(r["kappa"], 3),
                fixed(r["se"]),
                interval(r["ci_low"], r["ci_high"], 3),
            ),
        )
        for r in results["coder_agreement"].to_dict("records")
    ]
    heads = [
        *("Coded by both", "Agree", "By chance", "Kappa", "s.e."),
        context.interval,
    ]
    notes = [
        "Cohen's kappa with the standard error of Fleiss, Cohen and Everitt (1969). "
        "Firm-years: the firm's structure by the study's rule."
    ]
    if not rows:
        notes = ["Structures were coded by one coder: agreement needs two."]
    return finished(table, heads, rows, notes, context)
