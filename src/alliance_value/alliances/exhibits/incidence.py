"""Cumulative incidences -> how alliances end: dissolved, acquired, a party left."""

from __future__ import annotations

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.ticker import PercentFormatter

from alliance_value.alliances.contracts.ownership import CAUSES
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.curves import step_with_band
from alliance_value.exhibits.drawing import Drawn
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure

PANELS = (("all", "all"), ("equity", "equity"), ("equity", "contract"))


@figure(
    "incidence",
    label="cumulative incidence of dissolution against acquisition by the partner",
    inputs=("incidence",),
    section="lives",
    asks=("survival",),
)
def incidence(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw the share of alliances that each cause has ended, over their years."""
    data = tables["incidence"]
    picture, axes = plt.subplots(1, 3, figsize=(style.WIDTH, 3.0), sharey=True)
    for ax, (grouping, group) in zip(axes, PANELS, strict=True):
        part = data[(data.grouping == grouping) & (data.group == group)]
        for n, cause in enumerate(CAUSES):
            curve = part[part.cause == cause]
            step_with_band(ax, curve, "incidence", 0.0, n, cause)
        count = int(part.spells.iloc[0]) if len(part) else 0
        ax.set_title(f"{group} (n = {count:,})", fontsize=8)
        ax.set_xlabel("Years")
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes[0].set_ylabel("Ended so")
    picture.legend(
        *axes[0].get_legend_handles_labels(), loc="outside upper left", ncols=3
    )
    sns.despine(picture)
    title = figure.title or "How alliances end"
    note = (
        f"{title}. Cumulative incidence of each way to end in the presence of the "
        f"others (Aalen-Johansen), with {context.percent} confidence intervals."
    )
    return Drawn(picture, data, note)
