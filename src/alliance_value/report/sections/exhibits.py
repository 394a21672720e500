"""Exhibits -> the sections that show them and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_value.report.content import Block, Section
from alliance_value.report.inputs import Inputs
from alliance_value.vocabulary.entries import section


@section(
    "events",
    label="Event study",
    words="Abnormal {measures} around the events, and what tests say of them.",
    order=40,
)
@section("models", label="Models", words="What the study's models estimate.", order=50)
@section(
    "robustness",
    label="Robustness",
    words="The same questions by other estimators, definitions and ways of inference.",
    order=60,
)
def exhibits(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Show tables, then figures."""
    return Section(blocks=tuple(shown))
