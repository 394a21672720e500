"""Whale curves -> cumulative gains over deals."""

from __future__ import annotations

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.ticker import PercentFormatter

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "whale_curve",
    label="cumulative gains over deals",
    inputs=("whale_curve", "whale_summary"),
    section="events",
    takes=("groups",),
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def whale_curve(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw cumulative gains over deals, from the largest gain to the largest loss."""
    data = tables["whale_curve"]
    groups = list(figure.groups) or ["all"]
    data = data[data.group.isin(groups)]
    peaks = tables["whale_summary"].set_index("group")
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    said = []
    for i, group in enumerate(groups):
        one = data[data.group == group]
        if one.empty:
            continue
        axes.plot(
            [0.0, *one.share_of_deals],
            [0.0, *one.cumulative_share],
            color=style.COLOURS[i % len(style.COLOURS)],
            linestyle=("-", "--", ":", "-.")[i % 4],
            label=group,
        )
        said.append(
            f"{group}: {peaks.peak[group]:.0%} of the total after "
            f"{peaks.peak_at[group]:.0%} of the deals"
        )
    axes.axhline(1, color=style.QUIET, linewidth=0.8)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel("Deals, from the largest gain to the largest loss")
    axes.set_ylabel("Cumulative share\nof joint gains")
    if len(groups) > 1:
        picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Whale curve of alliance value'}. The curve peaks, "
        f"{'; '.join(said)}; the remaining deals lose what lies above 100 %.",
    )
