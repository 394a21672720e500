"""The tables that each kind of figure is drawn from."""

from __future__ import annotations

FIGURE_INPUTS: dict[str, tuple[str, ...]] = {
    "coefficients": ("estimates",),
    "marginal_effect": ("margins",),
    "specification_curve": ("estimates",),
    "caar": ("caar",),
    "joint_value": ("dyads",),
    "division": ("dyads",),
    "both_gain": ("dyads",),
    "whale_curve": ("whale_curve",),
    "size_power": ("size_power",),
    "claims": ("claims",),
    "trends": ("panel",),
    "adoption": ("panel",),
    "binned_scatter": ("panel",),
}
