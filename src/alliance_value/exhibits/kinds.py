"""A declared figure -> the tables that its kind needs, and the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from alliance_value.alliances.exhibits.network import network
from alliance_value.exhibits import style
from alliance_value.exhibits.claims_figure import claims
from alliance_value.exhibits.drawing import Context, Drawn
from alliance_value.exhibits.event_figures import (
    both_gain,
    caar_paths,
    division,
    joint_value,
    size_power,
    whale,
)
from alliance_value.exhibits.figures import coefficients, marginal_effect
from alliance_value.exhibits.leave_out import leave_out
from alliance_value.exhibits.panel_figures import adoption, binned_scatter, trends
from alliance_value.exhibits.specification_curve import specification_curve
from alliance_value.study.spec import Figure

Draw = Callable[[Figure, Mapping[str, pd.DataFrame], Context], Drawn]

KINDS: dict[str, Draw] = {
    "coefficients": coefficients,
    "marginal_effect": marginal_effect,
    "specification_curve": specification_curve,
    "caar": caar_paths,
    "joint_value": joint_value,
    "division": division,
    "both_gain": both_gain,
    "whale_curve": whale,
    "size_power": size_power,
    "claims": claims,
    "leave_out": leave_out,
    "trends": trends,
    "adoption": adoption,
    "network": network,
    "binned_scatter": binned_scatter,
}


def draw(figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context) -> Drawn:
    """Draw one declared figure from the tables of its kind."""
    style.apply()
    drawn = KINDS[figure.kind](figure, tables, context)
    if context.simulated:
        drawn.figure.text(
            1.0, 1.0, "simulated", ha="right", va="top", color=style.QUIET, fontsize=8
        )
    note = f" Simulated: {context.simulated}" if context.simulated else ""
    return Drawn(drawn.figure, drawn.data, drawn.caption + note)
