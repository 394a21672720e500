"""Published claims -> their exhibits and verdicts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alliance_value.report.content import Block, Points, Section, Text
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.vocabulary.entries import section


@section(
    "claims",
    label="Claims",
    words="Published headlines beside this study's estimates; each verdict follows "
    "from the interval by rule.",
    order=20,
)
def claims(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Show the exhibits of claims, and say every verdict."""
    blocks = [*shown]
    if len(inputs.claims):
        blocks.append(Points(tuple(verdicts(inputs))))
    if blocks and inputs.study["simulated"]:
        words = (
            "The data are simulated: the verdicts validate the pipeline and are no "
            "evidence about {entities}."
        )
        blocks.insert(0, Text(inputs.context.words.say(words)))
    return Section(blocks=tuple(blocks))


def verdicts(inputs: Inputs) -> list[str]:
    """Say the verdicts on each claim's readings in a sentence each."""
    lines = []
    for headline, part in inputs.claims.groupby("headline", sort=False):
        said = [
            f"{r['reading']}, {r['published']:.3g} published"
            + ("" if pd.isna(r["estimate"]) else f" and {r['estimate']:.3g} estimated")
            + f": {r['verdict']}"
            for r in rows(part)
        ]
        lines.append(f"{headline}: {'; '.join(said)}.")
    return lines
