"""The panel -> an outcome along a regressor, both within effects, in bins."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.models.within import demean
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure

BINS = 20


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
    names = [figure.of, figure.over]
    shown = [*names, *([figure.by] if figure.by else [])]
    used = tables["panel"].dropna(subset=shown)
    codes = np.column_stack([pd.factorize(used[key])[0] for key in (FIRM, YEAR)])
    within = demean(used[names].to_numpy("float64"), codes)
    frame = pd.DataFrame(within + used[names].mean().to_numpy(), columns=names)
    groups = used[figure.by].to_numpy() if figure.by else np.zeros(len(used))
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    parts, slopes = [], []
    for i, value in enumerate(np.unique(groups)):
        one = frame[groups == value]
        if len(one) < BINS:
            continue
        name = context.level(figure.by, value) if figure.by else ""
        place = np.floor(one[figure.over].rank(method="first").sub(1) * BINS / len(one))
        bins = one.groupby(place)[[figure.over, figure.of]].mean()
        slope, level = np.polyfit(one[figure.over], one[figure.of], 1)
        ends = np.array([bins[figure.over].min(), bins[figure.over].max()])
        colour = style.COLOURS[i % len(style.COLOURS)]
        axes.scatter(
            bins[figure.over],
            bins[figure.of],
            color=colour,
            marker=style.MARKERS[i % len(style.MARKERS)],
            s=22,
            label=name or None,
        )
        axes.plot(ends, level + slope * ends, color=colour, linewidth=1)
        parts.append(bins.assign(group=name))
        slopes.append(f"{name}: slope {slope:.3f}".removeprefix(": "))
    less = context.words.say("less {entity} and {time} means")
    axes.set_xlabel(f"{context.label(figure.over)}, {less}")
    axes.set_ylabel(f"{context.label(figure.of)},\n{less}")
    if figure.by:
        picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        pd.concat(parts, ignore_index=True) if parts else frame.head(0),
        f"{figure.title or 'Binned scatter'}. {'; '.join(slopes)}. Points: means of "
        f"{BINS} equally large bins; no other controls.",
    )
