"""Deals by type and symmetry -> the value that partners create together."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from alliance_value.alliances.joint_value import SYMMETRY, TYPES
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.style import PERCENT
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "joint_value",
    label="mean combined abnormal return by type and symmetry",
    inputs=("joint_value",),
    section="events",
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def joint_value(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw the mean combined abnormal return by type and symmetry."""
    data = tables["joint_value"]
    shown = [k for k in TYPES if (data.type == k).any()]
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    for i, shape in enumerate(SYMMETRY):
        part = data[data.symmetry == shape].set_index("type").reindex(shown)
        x = np.arange(len(shown)) + (i - 0.5) * 0.26
        axes.errorbar(
            x,
            part["mean"],
            yerr=[part["mean"] - part.ci_low, part.ci_high - part["mean"]],
            linestyle="",
            **style.marks(i),
            capsize=4,
            label=f"{shape} structures",
        )
        for place, n, top in zip(x, part.n, part.ci_high, strict=True):
            if np.isfinite(top):
                axes.annotate(
                    f"n = {n:,.0f}",
                    (place, top),
                    xytext=(0, 4),
                    textcoords="offset points",
                    ha="center",
                    fontsize=7,
                    color=style.QUIET,
                )
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.set_xticks(range(len(shown)), shown)
    axes.set_xlim(-0.5, len(shown) - 0.5)
    axes.yaxis.set_major_formatter(PERCENT)
    axes.set_ylabel("Mean combined\nabnormal return")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    means = data.set_index(["type", "symmetry"])["mean"]
    sentences = []
    for kind in shown[:2]:
        if {(kind, s) for s in SYMMETRY} <= set(means.index):
            sentences.append(
                f"{kind} deals: {means[kind, 'asymmetric']:.2%} asymmetric against "
                f"{means[kind, 'symmetric']:.2%} symmetric"
            )
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Value created together'}. {'; '.join(sentences)}. Points: "
        f"means; bars: {context.percent} confidence intervals.",
    )
