"""The tables of results that each kind of figure and of table is made from."""

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
    "leave_out": ("leave_out",),
    "trends": ("panel",),
    "adoption": ("panel",),
    "network": ("panel", "partnerships", "participants"),
    "binned_scatter": ("panel",),
}

TABLE_INPUTS: dict[str, tuple[str, ...]] = {
    "models": ("estimates", "fits", "diagnostics"),
    "descriptive": ("panel",),
    "inference": ("inference",),
    "event_tests": ("event_tests",),
    "division": ("division_of_value",),
    "appropriation": ("appropriation",),
    "claims": ("claims",),
    "slopes": ("slopes",),
    "group_means": ("event_tests",),
    "dyad_models": ("dyad_models", "dyad_fits"),
    "formation": ("formation",),
    "size_power": ("size_power",),
    "coder_agreement": ("coder_agreement",),
}
