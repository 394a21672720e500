"""Margins -> the effect of one variable along another."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.models.margins import FEW_VALUES
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "marginal_effect",
    label="the effect of one variable (of) along another (over)",
    inputs=("margins", "failures"),
    needs=("model", "of", "over"),
    models=True,
)
def marginal_effect(figure: Figure, tables: Results, context: Context) -> Drawn:
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
        below.set_xticks(
            data["at"], [context.value(figure.over, v) for v in data["at"]]
        )
    else:
        axes.plot(data["at"], data.effect, color=style.COLOURS[0])
        axes.fill_between(
            data["at"], data.ci_low, data.ci_high, color=style.COLOURS[0], alpha=0.2
        )
        at, heights = data["at"].to_numpy(), np.diff(data.share_below)
        heights[0] += data.share_below.iloc[0]  # a mass at the lowest value shown
        below.bar(at[:-1], heights, width=np.diff(at), align="edge", color=style.QUIET)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    of, over = (context.label(n) for n in (figure.of, figure.over))
    outcome = context.label(context.outcomes[figure.model])
    axes.set_ylabel(f"Effect of {of}\non {outcome}")
    below.set_ylabel("Share")
    below.set_xlabel(over)
    below.yaxis.set_major_locator(MaxNLocator(2))
    picture.align_ylabels()
    sns.despine(picture)
    percent = context.percent
    return Drawn(
        picture,
        data,
        f"{figure.title or f'Effect of {of} over {over}'}. "
        f"{reading(data, of, figure.over, context)} "
        f"Model: {context.what(figure.model)}. Intervals: {percent}; bars below: "
        f"distribution of {over} in the estimation sample.",
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


def reading(data: pd.DataFrame, of: str, along: str, context: Context) -> str:
    """Say in words where the effect differs from zero, and its sign there."""
    over = context.label(along)
    if along in context.values:
        return by_category(data, of, along, context)
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


def by_category(data: pd.DataFrame, of: str, along: str, context: Context) -> str:
    """Say in words the effect in each category, with its interval."""
    said = [
        f"{r['effect']:.3g} ({r['ci_low']:.3g} to {r['ci_high']:.3g}) "
        f"for {context.value(along, r['at'])}"
        for r in data.to_dict("records")
    ]
    return f"The effect of {of} is {', '.join(said[:-1])} and {said[-1]}."


def runs(at: np.ndarray, mask: np.ndarray) -> list[tuple[float, float]]:
    """Return the stretches of the grid on which the mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    pairs = zip(edges[::2], edges[1::2] - 1, strict=True)
    return [(float(at[a]), float(at[b])) for a, b in pairs]
