"""Curves of survival -> how long alliances live by class, and how many are at risk."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.ticker import PercentFormatter

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.curves import step_with_band
from alliance_value.exhibits.drawing import Drawn
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure

GROUPINGS = ("structures", "equity", "type")
TYPES = ("marketing", "R&D")
FIRST_ROW = -0.27  # of the numbers at risk, below the axis


@figure(
    "survival",
    label="survival of alliances by class, with the numbers at risk",
    inputs=("survival",),
    section="lives",
    asks=("survival",),
)
def survival(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw Kaplan-Meier curves by structures, equity and type, and who is at risk."""
    data = tables["survival"]
    shown = data[(data.grouping != "type") | data.group.isin(TYPES)]
    last = float(data.years.max()) if len(data) else 1.0
    ticks = np.arange(0, np.ceil(last), 5.0)
    picture, axes = plt.subplots(1, 3, figsize=(style.WIDTH, 3.4), sharey=True)
    for ax, grouping in zip(axes, GROUPINGS, strict=True):
        part = shown[shown.grouping == grouping]
        for n, (group, curve) in enumerate(part.groupby("group")):
            colour = step_with_band(ax, curve, "survival", 1.0, n, f"{group}")
            for t in ticks:
                ax.text(
                    t,
                    FIRST_ROW - 0.075 * n,
                    f"{at_risk(curve, t):,}",
                    transform=ax.get_xaxis_transform(),
                    ha="center",
                    fontsize=7,
                    color=colour,
                )
        ax.set_xticks(ticks)
        ax.set_xlabel("Years")
        ax.set_ylim(0, 1)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        if len(part):
            ax.legend(fontsize=7)
    axes[0].set_ylabel("Alive")
    beside = axes[0].transAxes
    axes[0].text(-0.08, FIRST_ROW, "At risk", transform=beside, ha="right", fontsize=7)
    sns.despine(picture)
    every = data[data.grouping == "all"]
    half = every[every.survival <= 0.5].years
    when = (
        f"Half of {int(every.spells.iloc[0]):,} alliances have ended after "
        f"{half.iloc[0]:.1f} years."
        if len(half)
        else "Less than half have ended in the period."
    )
    title = figure.title or "Survival of alliances"
    note = (
        f"{title}. {when} Kaplan-Meier with {context.percent} confidence "
        "intervals; below, the numbers at risk in the legend's order."
    )
    return Drawn(picture, shown, note)


def at_risk(curve: pd.DataFrame, years: float) -> int:
    """Return how many were at risk at the first end after a time, 0 after the last."""
    after = curve[curve.years >= years]
    return int(after.at_risk.iloc[0]) if len(after) else 0
