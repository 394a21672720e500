"""Planted values -> how well they were recovered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from alliance_value.exhibits.context import Context
from alliance_value.exhibits.labels import plain, sentence
from alliance_value.report.content import Block, Section, listing
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.vocabulary.entries import section


@section(
    "validation",
    label="Recovery of what was planted",
    short="Recovery",
    words="The data are simulated: the true values are known, and a good estimator's "
    "intervals hold them.",
    order=70,
)
def validation(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """List planted values beside their estimates."""
    if not len(inputs.validation):
        return Section()
    checks: list[tuple[str, ...]] = [
        (
            sentence(", ".join(plain(part) for part in v["truth"].split(".")[1:])),
            inputs.context.title(v["model"]),
            combination(v["combination"], inputs.context),
            *(f"{v['planted']:.4g}", f"{v['estimate']:.4g}", f"{v['se']:.2g}"),
            f"{v['ci_low']:.4g} to {v['ci_high']:.4g}",
            "yes" if v["covered"] else "no",
        )
        for v in rows(inputs.validation)
    ]
    heads = ("Model", "Estimate of", "Planted", "Estimate", "s.e.", "Interval", "Held")
    return Section(blocks=(*shown, listing("validation", heads, "pprrrrc", checks)))


def combination(text: str, context: Context) -> str:
    """Write a sum of terms with the variables' labels."""
    words = {name: plain(name) for name in re.findall(r"\w+", text)}
    context = replace(context, labels={**words, **context.labels})
    return " + ".join(plain(context.label(term)) for term in text.split(" + "))
