"""Claims -> published values beside estimated ones."""

from __future__ import annotations

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.hover import estimated, says
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


def logarithmic(axes: Axes) -> None:
    """Give a panel an axis of ratios, its numbers written plainly."""
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.xaxis.set_minor_locator(NullLocator())


@figure(
    "claims",
    label="published values beside estimated ones",
    inputs=("claims",),
    section="claims",
    asks=("claims",),
)
def claims(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw the first reading of every claim: published value, estimate and interval.

    Each claim has an axis of its own, for their units differ; ratios are drawn by their
    logarithm where their interval allows it.
    """
    data = tables["claims"].drop_duplicates("claim")
    data = data[data.estimate.notna()].reset_index(drop=True)
    count = max(len(data), 1)
    picture, panels = plt.subplots(
        count, 1, figsize=(style.WIDTH, 0.5 + 0.82 * count), squeeze=False
    )
    for axes, row in zip(panels[:, 0], data.to_dict("records"), strict=False):
        low = row["estimate"] - row["ci_low"] if np.isfinite(row["ci_low"]) else 0
        high = row["ci_high"] - row["estimate"] if np.isfinite(row["ci_high"]) else 0
        if row["neutral"] == 1 and row["ci_low"] > 0:
            logarithmic(axes)
        axes.axvline(row["neutral"], color=style.QUIET, linewidth=0.8)
        drawn = axes.errorbar(
            row["estimate"],
            0,
            xerr=[[low], [high]],
            fmt=style.MARKERS[0],
            color=style.COLOURS[0],
            capsize=4,
            label="estimate",
        )
        says(drawn[0], [estimated("estimate", row)])
        axes.plot(
            row["published"],
            0,
            style.MARKERS[3],
            markerfacecolor="none",
            markeredgewidth=1.6,
            markersize=8,
            color=style.COLOURS[1],
            label="published",
        )
        axes.set_yticks([0], [fill(row["label"], 20)])
        axes.set_ylim(-0.6, 0.6)
        axes.set_title(
            row["verdict"], fontsize=8, loc="right", color=style.QUIET, pad=2
        )
        axes.margins(x=0.15)
        axes.tick_params(labelsize=8)
    if len(data):
        handles, names = panels[0, 0].get_legend_handles_labels()
        picture.legend(handles, names, loc="outside upper left", ncols=2)
    sns.despine(picture, left=True)
    held = int(data.verdict.str.startswith("interval contains").sum())
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Published beside estimated'}. {held} of {len(data)} "
        f"headlines lie within this study's {context.percent} confidence "
        "intervals; the grey line is no effect.",
    )
