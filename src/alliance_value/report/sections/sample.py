"""The funnel -> the steps from the files to the sample of each model."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_value.contracts.funnel import SAMPLE
from alliance_value.exhibits.funnel import model_branches, step_label
from alliance_value.exhibits.labels import sentence
from alliance_value.report.content import Block, Grid, Section, counts, listing
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.vocabulary.entries import section


@section(
    "sample",
    label="Sample",
    words="From the rows in the files to the panel, every row accounted for. Steps "
    "that take no row away, and the sources' own, stand in tables/funnel.html and "
    "funnel.csv.",
    order=30,
)
def sample(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Show the steps of the sample, and those of each model when asked."""
    blocks = (steps_of_sample(inputs), *shown)
    if not inputs.study["models"]:
        return Section(blocks=blocks)
    return Section(
        blocks=blocks,
        folded=(branches(inputs),),
        folded_title="From the panel to each model",
    )


def steps_of_sample(inputs: Inputs) -> Grid:
    """List the steps from the files to the panel, or to the events alone."""
    funnel = inputs.funnel
    main = SAMPLE if (funnel.branch == SAMPLE).any() else "events"
    steps: list[tuple[str, ...]] = [
        (
            sentence(step_label(s["step"], inputs.context)),
            *counts(s, "rows_in", "dropped", "rows_out", "firms_out"),
            s["why"],
        )
        for s in rows(funnel[funnel.branch == main])
    ]
    heads = (
        "Rows in",
        "Dropped",
        "Rows out",
        inputs.context.words.say("{Entities}"),
        "Why",
    )
    return listing("sample", heads, "rrrrp", steps)


def branches(inputs: Inputs) -> Grid:
    """List the steps from the panel to each model."""
    steps: list[tuple[str, ...]] = []
    for model, taken in model_branches(inputs.funnel, inputs.context):
        steps.append(
            (
                inputs.context.title(model),
                "panel",
                "",
                f"{int(taken.rows_in.iloc[0]):,}",
            )
        )
        steps += [
            (
                "",
                step_label(s["step"], inputs.context),
                *counts(s, "dropped", "rows_out"),
            )
            for s in rows(taken[taken.dropped > 0])
        ]
    return listing("models", ("Step", "Dropped", "Rows left"), "prr", steps)
