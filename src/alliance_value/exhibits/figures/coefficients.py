"""Estimates and their intervals -> one row per term, a colour per model."""

from __future__ import annotations

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.hover import estimated, says
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "coefficients",
    label="estimates of several models with their intervals",
    inputs=("estimates", "failures"),
    takes=("models", "terms"),
    models=True,
)
def coefficients(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw estimates with their intervals, one row per term and a colour per model."""
    estimates = tables["estimates"]
    shown = estimates.model.isin(figure.models) & estimates.term.isin(figure.terms)
    data = estimates[shown]
    terms = [t for t in figure.terms if (data.term == t).any()]
    models = [m for m in figure.models if (data.model == m).any()]
    height = 0.9 + len(terms) * max(0.32, 0.17 * len(models))
    picture, axes = plt.subplots(figsize=(style.WIDTH, height))
    step = 0.7 / max(len(models), 1)
    for i, model in enumerate(models):
        rows = data[data.model == model].set_index("term").reindex(terms)
        y = np.arange(len(terms)) + (i - (len(models) - 1) / 2) * step
        drawn = axes.errorbar(
            rows.estimate,
            y,
            xerr=[rows.estimate - rows.ci_low, rows.ci_high - rows.estimate],
            linestyle="",
            **style.marks(i),
            markersize=4.5,
            capsize=2.5,
            linewidth=1.2,
            label=context.title(model),
        )
        there = rows[rows.estimate.notna()]
        says(
            drawn[0],
            [
                estimated(f"{context.title(model)}, {context.label(str(term))}", row)
                for term, row in there.to_dict("index").items()
            ],
        )
    axes.axvline(0, color=style.QUIET, linewidth=0.8, zorder=0)
    axes.set_yticks(range(len(terms)), [fill(context.label(t), 30) for t in terms])
    axes.set_ylim(len(terms) - 0.5, -0.5)
    outcomes = dict.fromkeys(context.outcomes[m] for m in models)
    what = ", ".join(context.label(o) for o in outcomes)
    percent = context.percent
    picture.supxlabel(f"Effect on {what} ({percent} confidence interval)", fontsize=9)
    if len(models) > 1:
        picture.legend(loc="outside upper center", ncols=min(len(models), 4))
    sns.despine(picture)
    title = figure.title or "Coefficients"
    shown_models = "; ".join(context.what(m) for m in models)
    return Drawn(
        picture,
        data,
        f"{title}. Estimates and {percent} confidence intervals. Models: "
        f"{shown_models}.",
    )
