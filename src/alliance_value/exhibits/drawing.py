"""A declared figure -> the drawing of its kind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.figure import Figure as Picture

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
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
    """Draw one declared figure from the tables of its kind."""
    style.apply()
    kind = implementation(entries(vocabulary.Figure)[figure.kind])
    return marked(kind(figure, tables, context), context)


def marked(drawn: Drawn, context: Context) -> Drawn:
    """Say on a figure and below it what is simulated."""
    if not context.simulated:
        return drawn
    drawn.figure.text(
        1.0, 1.0, "simulated", ha="right", va="top", color=style.QUIET, fontsize=8
    )
    return replace(drawn, caption=f"{drawn.caption} {context.mark}")
