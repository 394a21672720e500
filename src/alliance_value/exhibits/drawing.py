"""A declared figure -> the drawing of its kind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Picture

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.failed import NOT_ESTIMATED, failed_in, in_sentences
from alliance_value.exhibits.labels import sentence
from alliance_value.study.spec import Figure
from alliance_value.vocabulary import entries as vocabulary
from alliance_value.vocabulary.collect import entries, implementation


@dataclass(frozen=True)
class Drawn:
    """A figure, the numbers that it shows, and its caption."""

    figure: Picture
    data: pd.DataFrame
    caption: str


def draw(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw one declared figure from the tables of its kind, and say what it lacks."""
    style.apply()
    entry = entries(vocabulary.Figure)[figure.kind]
    several = "models" in (*entry.needs, *entry.takes)
    named = figure.models if several else tuple(filter(None, [figure.model]))
    failed = failed_in(tables, named, entry, context)
    if not failed:
        drawn: Drawn = implementation(entry)(figure, tables, context)
        return marked(drawn, context)
    estimated = {
        name: table[~table.model.isin([*failed])] if "model" in table else table
        for name, table in tables.items()
    }
    main = estimated[entry.inputs[0]]
    main = main[main.model.isin(named)] if named else main
    if len(main):
        drawn = implementation(entry)(figure, estimated, context)
    else:
        drawn = blank(main, figure.title or entry.label)
    said = " ".join(in_sentences(failed, context))
    return marked(replace(drawn, caption=f"{drawn.caption} {said}"), context)


def blank(data: pd.DataFrame, title: str) -> Drawn:
    """Return a figure of models of which none is estimated."""
    picture, axes = plt.subplots(figsize=(style.WIDTH, 1.2))
    axes.text(0.5, 0.5, NOT_ESTIMATED, ha="center", va="center", color=style.QUIET)
    axes.set_axis_off()
    return Drawn(picture, data, f"{sentence(title).rstrip('.')}.")


def marked(drawn: Drawn, context: Context) -> Drawn:
    """Say on a figure and below it what is simulated."""
    if not context.simulated:
        return drawn
    drawn.figure.text(
        1.0, 1.0, "simulated", ha="right", va="top", color=style.QUIET, fontsize=8
    )
    return replace(drawn, caption=f"{drawn.caption} {context.mark}")
