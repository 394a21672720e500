"""Published claims -> their exhibits and verdicts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alliance_value.exhibits.tables.claims import interval
from alliance_value.report.content import Block, Grid, Section, listing
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
    """Show the exhibits of claims, and every reading, folded below them."""
    if inputs.claims.empty:
        return Section(blocks=tuple(shown))
    if not shown:
        return Section(blocks=(readings(inputs),))
    return Section(
        blocks=tuple(shown),
        folded=(readings(inputs),),
        folded_title="Every reading of the published numbers",
    )


def readings(inputs: Inputs) -> Grid:
    """List what each published number may mean, with its estimate."""
    body: list[tuple[str, ...]] = [
        (
            str(r["label"]) if first else "",
            f"{r['reading']} ({r['unit']})",
            f"{r['published']:.3g}",
            "" if pd.isna(r["estimate"]) else f"{r['estimate']:.3g}",
            interval(r),
            str(r["verdict"]),
        )
        for r, first in zip(
            rows(inputs.claims), ~inputs.claims.claim.duplicated(), strict=True
        )
    ]
    heads = ("Read as", "Published", "Estimate", inputs.context.interval, "Verdict")
    return listing("readings", heads, "prrcp", body)
