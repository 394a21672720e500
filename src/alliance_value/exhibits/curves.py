"""Cumulative curves of groups -> axes with a line each."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure as Picture
from matplotlib.ticker import PercentFormatter

from alliance_value.exhibits import style

LINES = ("-", "--", ":", "-.")


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
            linestyle=LINES[i % 4],
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
