"""Customers -> net margin against cost to serve, by quadrant."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from alliance_value.exhibits import style
from alliance_value.exhibits.cells import share
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "ledger_quadrants",
    label="net margin against cost to serve, customer by customer",
    inputs=("ledger_customers",),
    section="customers",
    asks=("ledger",),
)
def ledger_quadrants(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw customers by margin and cost to serve; the diagonal is no profit."""
    data = tables["ledger_customers"].dropna(subset=["quadrant"])
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.8))
    most = max(float(data.revenue.max()), 1e-12)
    for i, gains in enumerate((True, False)):
        part = data[(data.profit > 0) == gains]
        axes.scatter(
            part.service_share,
            part.margin_realized,
            s=6 + 90 * np.sqrt(part.revenue / most),
            color=style.COLOURS[i],
            marker=style.MARKERS[i],
            alpha=0.6,
            linewidths=0,
            label="profit" if gains else "loss",
        )
    cost, margin = data.service_share.median(), data.margin_realized.median()
    axes.axvline(cost, color=style.QUIET, linewidth=0.8)
    axes.axhline(margin, color=style.QUIET, linewidth=0.8)
    axes.axline((cost, cost), slope=1, color=style.INK, linestyle=":", linewidth=1)
    axes.xaxis.set_major_formatter(style.PERCENT)
    axes.yaxis.set_major_formatter(style.PERCENT)
    axes.set_xlabel("Cost to serve over revenue")
    axes.set_ylabel("Net margin realized\nover revenue")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    total = data.profit.sum()
    said = "; ".join(
        f"{name}: {len(part):,} {context.words.entities}"
        + (
            f", {share(part.profit.sum() / total, 0)} of the profit"
            if total > 0
            else ""
        )
        for name, part in data.groupby("quadrant")
    )
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Margin and cost to serve'}. {said}. Lines: medians; "
        "dotted: the margin is what serving costs. Larger marks: more revenue.",
    )
