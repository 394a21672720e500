"""Deals of unlike structures -> how far the partners' returns differ."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

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
    mixed = tables["dyads"].query("asymmetric == 1")
    own_is_i = mixed.customer_centric_i == 1
    gap = mixed.car_difference.where(own_is_i, -mixed.car_difference).dropna()
    data = gap.rename("difference").reset_index(drop=True).to_frame()
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.2))
    limit = float(np.quantile(np.abs(gap), 0.99)) if len(gap) else 1.0
    edges = np.linspace(-limit, limit, 41)
    axes.hist(
        gap.clip(-limit, limit).to_numpy(), bins=edges.tolist(), color=style.COLOURS[5]
    )
    axes.axvline(0, color=style.INK, linewidth=0.8)
    axes.axvline(gap.mean(), color=style.COLOURS[1], label=f"mean {gap.mean():.2%}")
    axes.axvline(
        gap.median(),
        color=style.COLOURS[0],
        linestyle="--",
        label=f"median {gap.median():.2%}",
    )
    axes.xaxis.set_major_formatter(PERCENT)
    axes.set_xlabel("Customer-centric less product-centric partner's abnormal return")
    axes.set_ylabel("Deals")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    share = float((gap > 0).mean()) if len(gap) else float("nan")
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Who appropriates the value'}. The customer-centric partner "
        f"gains more in {share:.0%} of {len(gap):,} asymmetric deals; the outermost "
        "bars hold the values beyond.",
    )
