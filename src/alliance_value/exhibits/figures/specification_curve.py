"""Estimates of many variations -> one curve, sorted by the estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.hover import estimated, says
from alliance_value.exhibits.variations import support, variations
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "specification_curve",
    label="one term (the first of terms) over models, the main model marked",
    inputs=("estimates", "failures"),
    section="robustness",
    needs=("terms",),
    takes=("models", "model"),
    models=True,
)
def specification_curve(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw one term's estimate over models, from the smallest to the largest.

    Terms after the first stand for it in models that define the variable otherwise.
    Placebos are no variations: they stand below and are judged apart.
    """
    term = figure.terms[0]
    data = variations(
        tables["estimates"], figure.terms, figure.models, context.placebos
    )
    placebo = data.placebo.to_numpy(bool)
    main = figure.model
    picture, axes = plt.subplots(figsize=(style.WIDTH, 0.9 + 0.21 * max(len(data), 4)))
    y = np.arange(len(data))
    clear = data.clear.to_numpy(bool)
    for mask, colour, marker, fill, name in (
        (clear & ~placebo, style.COLOURS[0], "o", "full", "interval without zero"),
        (~clear & ~placebo, style.QUIET, "o", "none", "interval with zero"),
        (placebo, style.COLOURS[3], "s", "none", "placebo"),
    ):
        part = data[mask]
        if len(part):
            drawn = axes.errorbar(
                part.estimate,
                y[mask],
                xerr=[part.estimate - part.ci_low, part.ci_high - part.estimate],
                fmt=marker,
                fillstyle=fill,
                markersize=4,
                color=colour,
                linewidth=1.1,
                label=name,
            )
            said = part.to_dict("records")
            says(drawn[0], [estimated(context.title(r["model"]), r) for r in said])
    chosen = np.flatnonzero((data.model == main).to_numpy())
    if len(chosen):
        axes.plot(
            data.estimate[chosen],
            y[chosen],
            style.MARKERS[3],
            color=style.COLOURS[1],
            markersize=7,
            label="main model",
        )
    axes.axvline(0, color=style.INK, linewidth=0.8)
    heads = [context.title(m) for m in data.model]
    axes.set_yticks(y, heads, fontsize=7)
    axes.set_ylim(-0.7, len(data) - 0.3)
    axes.set_xlabel(f"{context.label(term)} ({context.percent} confidence interval)")
    picture.legend(loc="outside upper left", ncols=3)
    sns.despine(picture)
    outcomes = dict.fromkeys(context.outcomes.get(m, "") for m in data.model[~placebo])
    what = ", ".join(context.label(o) for o in outcomes if o)
    return Drawn(
        picture,
        data.drop(columns="clear"),
        f"{figure.title or 'Specification curve'}. {context.label(term)} on {what}. "
        + support(data[~placebo])
        + "".join(judged(row, context) for row in data[placebo].to_dict("records")),
    )


def judged(row: Mapping[Any, Any], context: Context) -> str:
    """Say whether a placebo's interval holds zero, as it must."""
    holds = row["ci_low"] <= 0 <= row["ci_high"]
    return (
        f" Placebo, counted apart: {context.title(row['model'])} "
        f"{row['estimate']:.3g} ({row['ci_low']:.3g} to {row['ci_high']:.3g}), "
        + ("passes." if holds else "fails: its interval excludes zero.")
    )
