"""Estimates of many variations -> one curve, sorted by the estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "specification_curve",
    label="one term (the first of terms) over models, the main model marked",
    inputs=("estimates",),
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
    estimates = tables["estimates"]
    term = figure.terms[0]
    names = list(figure.models) or list(dict.fromkeys(estimates.model))
    data = estimates[estimates.term.isin(figure.terms) & estimates.model.isin(names)]
    data = data.assign(placebo=data.model.isin(context.placebos)).sort_values(
        ["placebo", "estimate", "model"], ascending=[False, True, True]
    )
    data = data.reset_index(drop=True)
    placebo = data.placebo.to_numpy(bool)
    main = figure.model
    picture, axes = plt.subplots(figsize=(style.WIDTH, 0.9 + 0.21 * max(len(data), 4)))
    y = np.arange(len(data))
    clear = ((data.ci_low > 0) | (data.ci_high < 0)).to_numpy()
    for mask, colour, name in (
        (clear & ~placebo, style.COLOURS[0], "interval without zero"),
        (~clear & ~placebo, style.QUIET, "interval with zero"),
        (placebo, style.COLOURS[3], "placebo"),
    ):
        part = data[mask]
        if len(part):
            axes.errorbar(
                part.estimate,
                y[mask],
                xerr=[part.estimate - part.ci_low, part.ci_high - part.estimate],
                fmt="s" if name == "placebo" else "o",
                markersize=4,
                color=colour,
                linewidth=1.1,
                label=name,
            )
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
    axes.set_xlabel(
        f"{context.label(term)} ({context.confidence:.0%} confidence interval)"
    )
    picture.legend(loc="outside upper left", ncols=3)
    sns.despine(picture)
    outcomes = dict.fromkeys(context.outcomes.get(m, "") for m in data.model[~placebo])
    what = ", ".join(context.label(o) for o in outcomes if o)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Specification curve'}. {context.label(term)} on {what}. "
        + support(data[~placebo])
        + "".join(judged(row, context) for row in data[placebo].to_dict("records")),
    )


def support(variations: pd.DataFrame) -> str:
    """Say how far variations agree."""
    same = np.sign(variations.estimate) == np.sign(variations.estimate.median())
    clear = (variations.ci_low > 0) | (variations.ci_high < 0)
    share = f"{same.mean():.0%}" if len(variations) else "none"
    return (
        f"{len(variations)} variations; {share} have the sign of the median, "
        f"{int(clear.sum())} have intervals without zero."
    )


def judged(row: Mapping[Any, Any], context: Context) -> str:
    """Say whether a placebo's interval holds zero, as it must."""
    holds = row["ci_low"] <= 0 <= row["ci_high"]
    return (
        f" Placebo, counted apart: {context.title(row['model'])} "
        f"{row['estimate']:.3g} ({row['ci_low']:.3g} to {row['ci_high']:.3g}), "
        + ("passes." if holds else "fails: its interval excludes zero.")
    )
