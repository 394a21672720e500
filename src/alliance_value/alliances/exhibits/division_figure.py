"""Deals of unlike structures -> how far the partners' returns differ."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from alliance_value.alliances.gains import differences, spread
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.style import PERCENT
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "division",
    label="the difference between partners' returns, by structure",
    inputs=("dyads",),
    section="events",
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def division(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw how the difference between partners' returns is spread, by structure."""
    gap = differences(tables["dyads"])
    of = spread(gap)
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.2))
    limit = of["limit"]
    edges = np.linspace(-limit, limit, 41)
    axes.hist(
        gap.clip(-limit, limit).to_numpy(), bins=edges.tolist(), color=style.COLOURS[5]
    )
    axes.axvline(0, color=style.INK, linewidth=0.8)
    axes.axvline(of["mean"], color=style.COLOURS[1], label=f"mean {of['mean']:.2%}")
    axes.axvline(
        of["median"],
        color=style.COLOURS[0],
        linestyle="--",
        label=f"median {of['median']:.2%}",
    )
    axes.xaxis.set_major_formatter(PERCENT)
    axes.set_xlabel("Customer-centric less product-centric partner's abnormal return")
    axes.set_ylabel("Deals")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        gap.to_frame(),
        f"{figure.title or 'Who appropriates the value'}. The customer-centric partner "
        f"gains more in {of['above']:.0%} of {len(gap):,} asymmetric deals; the "
        "outermost bars hold the values beyond.",
    )
