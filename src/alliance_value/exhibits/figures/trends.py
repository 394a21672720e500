"""Means over time -> the mean of variables over time."""

from __future__ import annotations

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.ticker import MaxNLocator

from alliance_value.contracts.firm_years import YEAR
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.panel.moments import trends as means_over_time
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "trends",
    label="variables (terms) over time",
    inputs=("panel",),
    needs=("terms",),
    shows=("terms",),
)
def trends(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw the mean of variables by time, with the middle half of entities."""
    names = list(figure.terms)
    data = means_over_time(tables["panel"], names)
    rows = len(names)
    picture, panels = plt.subplots(
        rows, 1, figsize=(style.WIDTH, 0.4 + 1.5 * rows), sharex=True, squeeze=False
    )
    for i, (axes, name) in enumerate(zip(panels[:, 0], names, strict=True)):
        one = data[data.variable == name]
        colour = style.COLOURS[i % len(style.COLOURS)]
        axes.fill_between(one[YEAR], one.low, one.high, color=colour, alpha=0.15)
        axes.plot(one[YEAR], one["mean"], color=colour, marker=style.MARKERS[i % 6])
        axes.set_title(context.label(name), fontsize=9, loc="left")
    panels[-1, 0].xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[-1, 0].set_xlabel(context.label(YEAR))
    sns.despine(picture)
    said = []
    for name in names:
        one = data[data.variable == name]
        said.append(
            f"{context.label(name)} from {one['mean'].iloc[0]:.3g} to "
            f"{one['mean'].iloc[-1]:.3g}"
        )
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Trends'}. Mean, {'; '.join(said)}; bands: middle half of "
        f"the {context.words.entities}.",
    )
