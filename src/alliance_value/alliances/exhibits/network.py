"""Partnerships of the panel -> the alliance network of its largest firms."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from alliance_value.alliances.network import (
    STRUCTURES,
    TIES,
    largest,
    names_of,
    ties,
)
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.hover import says
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure

LINES = ("-", (0, (4, 1.5)), (0, (1, 1.5)))
NAME = 20  # characters of a firm's name
GAP = 1.0  # places left free between structures
REACH = 1.5  # radius that names need


@figure(
    "network",
    label="alliances among the firms largest on a variable (over)",
    inputs=("panel", "partnerships", "participants", "links", "security_names"),
    needs=("over",),
    takes=("firms",),
    shows=("over",),
    columns=("own_cc",),
    asks=("sources.alliances",),
)
def network(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw who is allied with whom among the firms largest on a variable.

    Firms stand on a circle by structure, the largest first. A line joins firms with
    alliances active at a fiscal year-end of the panel; its width is their number.
    """
    firms = largest(tables["panel"], figure.over, figure.firms)
    data = ties(tables["partnerships"], firms)
    names = names_of(*(tables[n] for n in ("participants", "links", "security_names")))
    angle = places(firms)
    picture, axes = plt.subplots(figsize=(style.WIDTH, style.WIDTH))
    most = data.alliances.max() if len(data) else 1
    width = 0.8 + 2.4 * data.alliances / most
    for kind, name in enumerate(TIES):
        some = data[data.kind == name]
        starts, ends = angle[some[FIRM]], angle[some.partner_firm]
        for start, end, w in zip(starts, ends, width[some.index], strict=True):
            chord(axes, start, end, kind, w)
    label = context.label(figure.over)
    for i, structure in enumerate(STRUCTURES):
        some = firms[firms.structure == structure]
        if some.empty:
            continue
        at = angle[some.index]
        marks = axes.scatter(
            np.cos(at),
            np.sin(at),
            s=15 + 120 * some["size"] / firms["size"].max(),
            color=style.COLOURS[i],
            marker=style.MARKERS[i],
            zorder=3,
            label=f"{structure} firm",
        )
        said = some["size"].items()
        says(marks, [f"{names.get(firm, firm)}: {size:,.0f}" for firm, size in said])
    for firm, at in angle.items():
        written(axes, at, shorten(str(names.get(firm, firm)), NAME, placeholder="…"))
    for kind, name in enumerate(TIES):
        if (data.kind == name).any():
            axes.plot(
                [], [], color=style.COLOURS[kind + 3], linestyle=LINES[kind], label=name
            )
    axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
    axes.set_axis_off()
    picture.legend(loc="outside upper center", ncols=3)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Alliance network'}. {reading(data, firms)} "
        f"Marks: {label}, mean of the panel's years; lines: alliances active at a "
        f"fiscal year-end of {tables['panel'][YEAR].min()} to "
        f"{tables['panel'][YEAR].max()}, wider for more.",
    )


def places(firms: pd.DataFrame) -> pd.Series:
    """Return each firm's angle (radians), structures a gap apart."""
    place = (
        np.arange(len(firms))
        + GAP * (firms.structure != firms.structure.shift()).cumsum().to_numpy()
    )
    whole = len(firms) + GAP * firms.structure.nunique()
    return pd.Series(np.pi / 2 - 2 * np.pi * place / whole, index=firms.index)


def chord(axes: Axes, start: float, end: float, kind: int, width: float) -> None:
    """Draw a curve between two angles, nearer the centre the farther they are."""
    ends = np.array([[np.cos(a), np.sin(a)] for a in (start, end)])
    apart = np.linalg.norm(ends[0] - ends[1])  # 2 across the circle
    middle = ends.mean(axis=0) * (1 - 0.4 * apart)
    curve = Path([ends[0], middle, ends[1]], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    axes.add_patch(
        PathPatch(
            curve,
            facecolor="none",
            edgecolor=style.COLOURS[kind + 3],
            linestyle=LINES[kind],
            linewidth=width,
            alpha=0.8,
        )
    )


def written(axes: Axes, angle: float, name: str) -> None:
    """Write a name outside the circle, along its radius, never upside down."""
    left = np.cos(angle) < 0
    axes.text(
        1.07 * np.cos(angle),
        1.07 * np.sin(angle),
        name,
        rotation=np.degrees(angle) + (180 if left else 0),
        rotation_mode="anchor",
        ha="right" if left else "left",
        va="center",
        fontsize=7,
    )


def reading(data: pd.DataFrame, firms: pd.DataFrame) -> str:
    """Say how many of the largest firms' alliances cross structures."""
    count = int(data.alliances.sum())
    if not count:
        return f"The {len(firms)} largest firms have no alliance with each other."
    across = int(data.loc[data.kind == TIES[1], "alliances"].sum())
    known = int(data.loc[data.kind != TIES[2], "alliances"].sum())
    text = f"The {len(firms)} largest firms have {count} alliances with each other"
    return f"{text}; {across} of {known} between known structures cross them."
