"""Specifications -> their curve with the null's band, and a map of their choices."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn, blank
from alliance_value.multiverse.words import levels_of, plain, unestimated
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure

BINS = 60
LEVEL = 0.05


@figure(
    "multiverse",
    label="all specifications of a grid, sorted, above a map of their choices",
    inputs=("multiverse", "multiverse_tests"),
    section="multiverse",
    takes=("grid",),
    asks=("multiverse",),
)
def multiverse(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw a grid's estimates from the smallest to the largest, and what chose them."""
    table = tables["multiverse"]
    name = figure.grid or table.grid.iloc[0]
    data = table[(table.grid == name) & table.estimate.notna()]
    data = data.sort_values("rank", ignore_index=True)
    own = table[(table.grid == name) & table.preregistered].iloc[0]
    said = tables["multiverse_tests"]
    written = caption(figure, data, own, said[said.grid == name], context)
    if data.empty:
        return replace(blank(data, figure.title), caption=written)
    levels = pd.DataFrame([levels_of(text) for text in data.levels])
    ordered = levels.loc[data.number.sort_values().index]
    rows = [(str(c), v) for c in levels for v in ordered[c].unique()]
    high = 2.6 + 0.145 * (len(rows) + len(levels.columns))
    picture, (above, below) = plt.subplots(
        2,
        1,
        figsize=(style.WIDTH, high),
        sharex=True,
        height_ratios=[2.4, high - 2.6],
    )
    curve(above, data)
    choices(below, levels, rows)
    below.set_xlabel("Specifications, from the smallest estimate to the largest")
    picture.legend(
        *above.get_legend_handles_labels(), loc="outside upper left", ncols=3
    )
    sns.despine(picture)
    return Drawn(picture, data, written)


def curve(axes: Axes, data: pd.DataFrame) -> None:
    """Draw estimates by rank over the band that they would have under the null."""
    axes.fill_between(
        data["rank"],
        data.null_low.astype("float64"),
        data.null_high.astype("float64"),
        color=style.QUIET,
        alpha=0.25,
        linewidth=0,
        label="sorted estimates under the null",
    )
    stands = data.p_adjusted < LEVEL
    alone = (data.p < LEVEL) & ~stands
    for mask, colour, name in (
        (~stands & ~alone, style.QUIET, "not significant"),
        (alone, style.COLOURS[4], "significant by itself"),
        (stands, style.COLOURS[0], "significant after the search"),
    ):
        if mask.any():
            part = data[mask]
            axes.scatter(
                part["rank"], part.estimate, s=5, color=colour, linewidths=0, label=name
            )
    own = data[data.preregistered]
    axes.plot(
        own["rank"],
        own.estimate,
        style.MARKERS[3],
        color=style.COLOURS[1],
        markersize=7,
        linestyle="none",
        label="preregistered",
    )
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.set_ylabel("Estimate")


def choices(axes: Axes, levels: pd.DataFrame, rows: list[tuple[str, str]]) -> None:
    """Shade, along the curve, how many specifications have each level.

    Shades are shares of the level's own specifications, so that a level which is
    everywhere is evenly grey and one that moves estimates gathers at an end.
    """
    count = len(levels)
    bins = min(count, BINS)
    edges = np.linspace(0.5, count + 0.5, bins + 1)
    rank = np.arange(1, count + 1)
    heights, names, top = [], [], 0.0
    for number, (choice, level) in enumerate(rows):
        top += 1.0 if not number or choice == rows[number - 1][0] else 2.0
        has = (levels[choice] == level).to_numpy()
        share = np.histogram(rank[has], edges)[0] / np.histogram(rank, edges)[0]
        shade = share / max(share.max(), 1e-12)
        axes.imshow(
            shade[None],
            extent=(0.5, count + 0.5, top + 0.4, top - 0.4),
            aspect="auto",
            cmap="Blues",
            vmin=0,
            vmax=1.15,
            interpolation="nearest",
        )
        heights.append(top)
        first = not number or choice != rows[number - 1][0]
        names.append(f"{plain(choice)}: {plain(level)}" if first else plain(level))
    axes.set_yticks(heights, names, fontsize=6.5)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(top + 0.8, 0.2)
    axes.set_xlim(0, count + 1)


def caption(
    figure: Figure,
    data: pd.DataFrame,
    own: pd.Series,
    tests: pd.DataFrame,
    context: Context,
) -> str:
    """Say what the figure shows and how the whole curve is judged."""
    first = tests[tests.statistic == "median effect"]
    judged = "".join(
        f" Median {row.value:.3g} (p = {row.p:.3f} by {row.method})."
        for row in first.itertuples()
    )
    what = (
        f"{figure.title or 'All specifications'}. {context.label(own.term)}: "
        f"{len(data):,} specifications"
    )
    failed = unestimated(own)
    own_one = f"; the preregistered one is {own.estimate:.3g}."
    said = what + (f". {failed}" if failed else own_one)
    if data.empty:
        return said
    return (
        f"{said}{judged} Shades below: where along the curve the specifications with a "
        "level are."
    )
