"""Scores of a certificate -> a map of where intervals hold the truth."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from alliance_value.certificate.score import FAILS
from alliance_value.certificate.words import plain

# shares of worlds; below the first all are as dark
SHADES = (0.5, 1.0)
DARK = 0.75


def coverage_map(scores: pd.DataFrame, quantity: str) -> Figure:
    """Draw how often 95 % intervals of a quantity hold it, methods by designs.

    Parameters
    ----------
    scores
        Rows of `contracts.Scores`.
    quantity
        One of theirs.
    """
    own = scores[scores.quantity.eq(quantity) & scores.cover_95.notna()]
    worlds = own.groupby("design").worlds.transform("max").astype(str)
    own = own.assign(
        method=own.method.map(plain),
        design=own.design.map(plain) + " (" + worlds + ")",
        fails=own.verdict.eq(FAILS).astype(float),
    )
    methods, designs = list(dict.fromkeys(own.method)), list(dict.fromkeys(own.design))
    cells = own.set_index(["method", "design"])
    shares, fails = (
        cells[name].unstack().reindex(index=methods, columns=designs).to_numpy(float)
        for name in ("cover_95", "fails")
    )
    size = (1.5 + 0.5 * len(designs), 1.6 + 0.3 * len(methods))
    picture, axes = plt.subplots(figsize=size)
    sns.heatmap(
        100 * shares,
        ax=axes,
        cmap="Greys_r",
        vmin=100 * SHADES[0],
        vmax=100 * SHADES[1],
        annot=True,
        fmt=".0f",
        cbar=False,
        linewidths=1.5,
        linecolor="white",
        xticklabels=designs,
        yticklabels=methods,
    )
    there = ~np.isnan(shares)
    for text, share, failing in zip(
        axes.texts, shares[there], fails[there], strict=True
    ):
        text.set_color("white" if share < DARK else "black")
        if failing:
            text.set_fontweight("bold")
            text.set_text(f"{text.get_text()} ✗")
    axes.tick_params(length=0)
    axes.tick_params("x", rotation=35)
    axes.tick_params("y", rotation=0)
    for label in axes.get_xticklabels():
        label.set_horizontalalignment("right")
    return picture
