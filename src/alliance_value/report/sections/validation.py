"""Planted values -> how well they were recovered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

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
            f"{v['planted']:.4g}",
            *estimated(v),
            "yes" if v["covered"] else "no",
        )
        for v in rows(inputs.validation)
    ]
    heads = ("Model", "Estimate of", "Planted", "Estimate", "s.e.", "Interval", "Held")
    return Section(blocks=(*shown, listing("validation", heads, "pprrrrc", checks)))


def estimated(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return estimate, error and interval, blank where there is no estimate."""
    if pd.isna(row["estimate"]):
        return "", "", ""
    ends = f"{row['ci_low']:.4g} to {row['ci_high']:.4g}"
    return f"{row['estimate']:.4g}", f"{row['se']:.2g}", ends


def combination(text: str, context: Context) -> str:
    """Write a sum of terms with the variables' labels."""
    words = {name: plain(name) for name in re.findall(r"\w+", text)}
    context = replace(context, labels={**words, **context.labels})
    return " + ".join(plain(context.label(term)) for term in text.split(" + "))
