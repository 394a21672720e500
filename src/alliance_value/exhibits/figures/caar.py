"""Average abnormal returns -> paths of groups, with bands."""

from __future__ import annotations

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.ticker import MaxNLocator

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.style import PERCENT
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "caar",
    label="cumulative average abnormal returns of groups",
    inputs=("caar",),
    section="events",
    takes=("unit", "groups", "model"),
    asks=("event_study",),
)
def caar(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw the cumulative average abnormal return of groups, with bands."""
    caar = tables["caar"]
    unit = figure.unit or str(caar.unit.iloc[0])
    data = caar[(caar.unit == unit) & (caar["sample"] == "all")]
    model = figure.model or str(data.model.iloc[0])
    data = data[data.model == model]
    groups = list(figure.groups) or list(dict.fromkeys(data.group))
    data = data[data.group.isin(groups)]
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.6))
    for i, group in enumerate(g for g in groups if (data.group == g).any()):
        rows = data[data.group == group].sort_values("day")
        colour = style.COLOURS[i % len(style.COLOURS)]
        axes.plot(
            rows.day,
            rows.caar,
            **style.marks(i),
            markersize=3.5,
            markevery=2,
            label=f"{group} (n = {int(rows.n.max()):,})",
        )
        axes.fill_between(rows.day, rows.lower, rows.upper, color=colour, alpha=0.15)
    axes.axvline(0, color=style.QUIET, linewidth=0.8, linestyle=":")
    axes.axhline(0, color=style.INK, linewidth=0.8)
    if context.words.in_percent:
        axes.yaxis.set_major_formatter(PERCENT)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("Trading days from the announcement")
    say = context.words.say
    axes.set_ylabel(say("Cumulative average\nabnormal {measure}"))
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    last = data[data.day == data.day.max()].set_index("group")
    at_end = "{:.2%}" if context.words.in_percent else "{:z.3f}"
    ends = "; ".join(
        f"{g} {at_end.format(last.caar[g])}" for g in groups if g in last.index
    )
    title = figure.title or say("Abnormal {measures} around announcements")
    return Drawn(
        picture,
        data,
        f"{title}. At the end of the "
        f"path: {ends}. Model: {model.replace('_', ' ')}; bands: "
        f"{context.percent} confidence intervals.",
    )
