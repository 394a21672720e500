"""Estimates of many variations -> one curve, sorted by the estimate."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
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
    """
    estimates = tables["estimates"]
    term = figure.terms[0]
    names = list(figure.models) or list(dict.fromkeys(estimates.model))
    data = estimates[estimates.term.isin(figure.terms) & estimates.model.isin(names)]
    data = data.sort_values(["estimate", "model"], ignore_index=True)
    main = figure.model
    picture, axes = plt.subplots(figsize=(style.WIDTH, 0.9 + 0.21 * max(len(data), 4)))
    y = np.arange(len(data))
    clear = ((data.ci_low > 0) | (data.ci_high < 0)).to_numpy()
    for mask, colour, name in (
        (clear, style.COLOURS[0], "interval without zero"),
        (~clear, style.QUIET, "interval with zero"),
    ):
        part = data[mask]
        if len(part):
            axes.errorbar(
                part.estimate,
                y[mask],
                xerr=[part.estimate - part.ci_low, part.ci_high - part.estimate],
                fmt="o",
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
    same = 0.0
    if len(data):
        median = float(data.estimate.median())
        same = float((np.sign(data.estimate) == np.sign(median)).mean())
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Specification curve'}. {len(data)} variations; {same:.0%} "
        f"have the sign of the median, {int(clear.sum())} have intervals without zero.",
    )
