"""Estimates and margins -> figures, the numbers drawn, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from alliance_value.exhibits import style
from alliance_value.exhibits.drawing import Context, Drawn
from alliance_value.exhibits.regression_table import term_label
from alliance_value.models.margins import FEW_VALUES
from alliance_value.study.spec import Figure


def coefficients(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
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
        axes.errorbar(
            rows.estimate,
            y,
            xerr=[rows.estimate - rows.ci_low, rows.ci_high - rows.estimate],
            fmt=style.MARKERS[i % len(style.MARKERS)],
            color=style.COLOURS[i % len(style.COLOURS)],
            markersize=4.5,
            capsize=2.5,
            linewidth=1.2,
            label=context.titles.get(model) or model.replace("_", " "),
        )
    axes.axvline(0, color=style.QUIET, linewidth=0.8, zorder=0)
    axes.set_yticks(
        range(len(terms)), [fill(term_label(t, context.labels), 30) for t in terms]
    )
    axes.set_ylim(len(terms) - 0.5, -0.5)
    outcomes = dict.fromkeys(context.outcomes[m] for m in models)
    what = ", ".join(term_label(o, context.labels) for o in outcomes)
    percent = f"{context.confidence:.0%}"
    picture.supxlabel(f"Effect on {what} ({percent} confidence interval)", fontsize=9)
    if len(models) > 1:
        picture.legend(loc="outside upper center", ncols=min(len(models), 4))
    sns.despine(picture)
    title = figure.title or "Coefficients"
    return Drawn(
        picture, data, f"{title}. Estimates and {percent} confidence intervals."
    )


def marginal_effect(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw the effect of one variable along another, over its distribution."""
    margins = tables["margins"]
    data = margins[
        (margins.model == figure.model)
        & (margins.of == figure.of)
        & (margins.over == figure.over)
    ]
    picture, (axes, below) = plt.subplots(
        2, 1, figsize=(style.WIDTH, 3.9), height_ratios=(5, 1), sharex=True
    )
    if len(data) <= FEW_VALUES:
        effect_points(axes, data)
        share = data.share_below.diff().fillna(data.share_below)
        width = 0.25 * np.diff(data["at"]).min() if len(data) > 1 else 0.5
        below.bar(data["at"], share, width=width, color=style.QUIET)
        below.set_xticks(data["at"])
    else:
        axes.plot(data["at"], data.effect, color=style.COLOURS[0])
        axes.fill_between(
            data["at"], data.ci_low, data.ci_high, color=style.COLOURS[0], alpha=0.2
        )
        at, heights = data["at"].to_numpy(), np.diff(data.share_below)
        heights[0] += data.share_below.iloc[0]  # a mass at the lowest value shown
        below.bar(at[:-1], heights, width=np.diff(at), align="edge", color=style.QUIET)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    of, over = (term_label(n, context.labels) for n in (figure.of, figure.over))
    outcome = term_label(context.outcomes[figure.model], context.labels)
    axes.set_ylabel(f"Effect of {of}\non {outcome}")
    below.set_ylabel("Share")
    below.set_xlabel(over)
    below.yaxis.set_major_locator(MaxNLocator(2))
    picture.align_ylabels()
    sns.despine(picture)
    percent = f"{context.confidence:.0%}"
    return Drawn(
        picture,
        data,
        f"{figure.title or f'Effect of {of} over {over}'}. {reading(data, of, over)} "
        f"Band: {percent} confidence interval; bars: distribution of {over} "
        "in the estimation sample.",
    )


def effect_points(axes: Axes, data: pd.DataFrame) -> None:
    """Draw effects at a few values as points with intervals."""
    axes.errorbar(
        data["at"],
        data.effect,
        yerr=[data.effect - data.ci_low, data.ci_high - data.effect],
        fmt="o",
        color=style.COLOURS[0],
        capsize=4,
    )


def reading(data: pd.DataFrame, of: str, over: str) -> str:
    """Say in words where the effect differs from zero, and its sign there."""
    above = (data.ci_low > 0).to_numpy()
    under = (data.ci_high < 0).to_numpy()
    if not above.any() and not under.any():
        return f"The effect of {of} cannot be told from zero at any {over} shown."
    parts = []
    for sign, mask in (("positive", above), ("negative", under)):
        for low, high in runs(data["at"].to_numpy(), mask):
            place = f"at {low:.3g}" if low == high else f"from {low:.3g} to {high:.3g}"
            parts.append(f"{sign} for {over} {place}")
    return f"The effect of {of} is {', and '.join(parts)}."


def runs(at: np.ndarray, mask: np.ndarray) -> list[tuple[float, float]]:
    """Return the stretches of the grid on which the mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    pairs = zip(edges[::2], edges[1::2] - 1, strict=True)
    return [(float(at[a]), float(at[b])) for a, b in pairs]
