"""Bins of an outcome along a regressor, less effects -> points and lines."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.hover import says
from alliance_value.models.binned import BINS, binned
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "binned_scatter",
    label="an outcome (of) along a regressor (over), less effects, by values (by)",
    inputs=("panel",),
    needs=("of", "over"),
    takes=("by",),
    shows=("of", "over", "by"),
)
def binned_scatter(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw outcome and regressor less their means by entity and time, in bins.

    Both are residuals of the two effects, their grand means put back; bins hold
    equally many rows. Values of a further variable have points and a line each.
    """
    bins, lines = binned(tables["panel"], figure.of, figure.over, figure.by)
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    named: dict[float, str] = {}
    slopes: list[str] = []
    for i, line in enumerate(lines.to_dict("records")):
        group, slope, level = (float(line[k]) for k in ("group", "slope", "level"))
        one = bins[bins["group"] == group]
        name = context.level(figure.by, group) if figure.by else ""
        named[group] = name
        ends = np.array([one[figure.over].min(), one[figure.over].max()])
        colour = style.COLOURS[i % len(style.COLOURS)]
        (points,) = axes.plot(
            one[figure.over],
            one[figure.of],
            linestyle="",
            **style.marks(i),
            markersize=4.7,
            label=name or None,
        )
        pairs = zip(one[figure.over], one[figure.of], strict=True)
        says(points, [f"{name} {x:.3g}, {y:.3g}".strip() for x, y in pairs])
        axes.plot(
            ends,
            level + slope * ends,
            color=colour,
            linestyle=("-", "--")[i % 2],
            linewidth=1,
        )
        slopes.append(f"{name}: slope {slope:.3f}".removeprefix(": "))
    less = context.words.say(", less {entity} and {time} means")
    less = less if context.words.time else ""
    axes.set_xlabel(f"{context.label(figure.over)}{less}")
    axes.set_ylabel(f"{context.label(figure.of)}{less}".replace(", less", ",\nless"))
    if figure.by:
        picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        bins.assign(group=bins["group"].map(named)),
        f"{figure.title or 'Binned scatter'}. {'; '.join(slopes)}. Points: means of "
        f"{BINS} equally large bins; no other controls.",
    )
