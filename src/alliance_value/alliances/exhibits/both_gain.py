"""Deals -> both partners' abnormal returns, so that one sees who gains with whom."""

from __future__ import annotations

import matplotlib.pyplot as plt
import seaborn as sns

from alliance_value.alliances.gains import both_returns
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.style import PERCENT
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "both_gain",
    label="both partners' abnormal returns",
    inputs=("dyads",),
    section="events",
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def both_gain(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw both partners' abnormal returns, so that one sees who gains with whom."""
    data, rate, limit = both_returns(tables["dyads"])
    picture, axes = plt.subplots(figsize=(4.6, 4.4))
    for i, (value, name) in enumerate(((0.0, "symmetric"), (1.0, "asymmetric"))):
        part = data[data.asymmetric == value]
        axes.scatter(
            part.car_i.clip(-limit, limit),
            part.car_j.clip(-limit, limit),
            s=9,
            alpha=0.45,
            color=style.COLOURS[i],
            marker=style.MARKERS[i],
            linewidths=0,
            label=f"{name} (n = {len(part):,})",
        )
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.axvline(0, color=style.INK, linewidth=0.8)
    corner = {"both": (0.97, 0.97), "none": (0.03, 0.03)}
    for name, (x, y) in corner.items():
        axes.text(
            x,
            y,
            f"{'both gain' if name == 'both' else 'none gains'}\n{rate[name]:.0%}",
            transform=axes.transAxes,
            ha="right" if x > 0.5 else "left",
            va="top" if y > 0.5 else "bottom",
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        )
    axes.xaxis.set_major_formatter(PERCENT)
    axes.yaxis.set_major_formatter(PERCENT)
    axes.set_xlabel("Abnormal return of partner i")
    axes.set_ylabel("Abnormal return of partner j")
    axes.set_aspect("equal")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Do both partners gain?'}. Both gain in "
        f"{rate['both']:.0%} of {len(data):,} deals, one in "
        f"{rate['one']:.0%}, none in {rate['none']:.0%}; points beyond "
        "the axes stand at their edge.",
    )
