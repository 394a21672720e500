"""Curves of groups -> axes with a line each, with its band where it has one."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.ticker import PercentFormatter

from alliance_value.exhibits import style


def cumulative_picture(
    curves: Mapping[str, pd.Series], across: str, up: str
) -> Picture:
    """Draw curves from nothing to their totals.

    Parameters
    ----------
    curves
        By group: cumulative shares of the total on shares of units, both decimals.
    across, up
        Labels of the axes.
    """
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    for i, (group, curve) in enumerate(curves.items()):
        if curve.empty:
            continue
        axes.plot(
            [0.0, *curve.index],
            [0.0, *curve],
            color=style.COLOURS[i % len(style.COLOURS)],
            linestyle=style.LINES[i % len(style.LINES)],
            label=group,
        )
    axes.axhline(1, color=style.QUIET, linewidth=0.8)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    if len(curves) > 1:
        picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return picture


def step_with_band(
    ax: Axes, curve: pd.DataFrame, of: str, begin: float, style_at: int, label: str
) -> str:
    """Draw a step function of years with its confidence band, and return its colour.

    Parameters
    ----------
    ax
        Axes.
    curve
        years, ``of``, ci_low, ci_high; in order.
    of
        Column of the curve's value after each time.
    begin
        Value at 0.
    style_at
        Place of its colour and line among the styles.
    label
        What the legend calls it.
    """
    colour = style.COLOURS[style_at % len(style.COLOURS)]
    ax.step(
        np.concatenate([[0.0], curve.years]),
        np.concatenate([[begin], curve[of]]),
        where="post",
        color=colour,
        linestyle=style.LINES[style_at % len(style.LINES)],
        label=label,
    )
    ax.fill_between(
        curve.years,
        curve.ci_low,
        curve.ci_high,
        step="post",
        color=colour,
        alpha=0.15,
        linewidth=0,
    )
    return colour
