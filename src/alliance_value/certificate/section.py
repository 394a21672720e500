"""A study's terms and the certificate -> what the design can find, in the report."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alliance_value.exhibits.cells import share
from alliance_value.report.content import Block, Points, Section, Text, listing
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.vocabulary.entries import section


@section(
    "design_check",
    label="What this design can find",
    short="Design",
    words="The smallest effect that each test finds four times in five, from its own "
    "standard error: a smaller one would mostly have been missed.",
    asks=("models",),
    order=67,
)
def design_check(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """List what the hypotheses' models could have found, and cautions of all."""
    table = inputs.results.get("design_check", pd.DataFrame())
    if not len(table):
        return Section()
    chosen = {h["model"] for h in inputs.study["hypotheses"]}
    chosen = chosen or {table.model.iloc[0]}
    label, title = inputs.context.label, inputs.context.title
    body: list[tuple[str, ...]] = [
        (
            f"{title(r['model'])}: {label(r['term'])}",
            f"{r['clusters']:,}",
            f"{r['movers']:,}",
            share(r["within_share"]),
            f"{r['estimate']:.3g}",
            f"{r['smallest']:.3g}",
        )
        for r in rows(table[table.model.isin(chosen)])
    ]
    say = inputs.context.words.say
    heads = ("Clusters", "That vary in it", "Variance left", "Estimate", "Smallest")
    warned = table[table.caution.fillna("") != ""]
    points = tuple(
        f"{label(str(term))}, {', '.join(title(m) for m in part.model)}: {caution}."
        for (term, caution), part in warned.groupby(["term", "caution"], sort=False)
    )
    blocks: list[Block] = [*shown, listing("design", heads, "rrrrr", body)]
    if points:
        lead = "Where simulated worlds like this study say intervals are too short:"
        blocks += [Text(say(lead)), Points(points)]
    return Section(blocks=tuple(blocks))
