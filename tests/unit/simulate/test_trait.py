"""A trait behind structure and slope: which product recovers what was planted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.world import build_world
from alliance_value.study.spec import Model
from tests.unit.models import alone
from tests.unit.simulate.regress import CONTROLS

PRODUCT = "cc_share:own_cc"
PLANTED = -0.35
SEEDS = range(6)
ORDINARY = Model(
    "ordinary",
    "roa_lead",
    ("cc_share*own_cc",),
    tuple(CONTROLS),
    effects=("firm", "fiscal_year"),
    clusters=("firm",),
)


def products(seed: int, strength: float) -> list[float]:
    """Return the ordinary product and the one within firms in a world of 300 firms."""
    seminar = ("marketing", "marketing_asymmetry", "marketing_own_cc")
    effects = {
        "confounding": {"slope": strength},
        "performance": dict.fromkeys(seminar, 0.0),
    }
    settings = WorldSettings.from_mapping(
        {"seed": seed, "size": 0.3, "effects": effects}
    )
    years = build_world(settings).firm_years.dropna(subset=["cc_share"])
    panel = years.rename(columns={"gvkey": "firm", "fyear": "fiscal_year"})
    models = [ORDINARY, replace(ORDINARY, name="within", interactions="within")]
    return [float(alone.estimates(panel, m).estimate[PRODUCT]) for m in models]


def test_the_product_within_firms_recovers_what_the_ordinary_one_does_not() -> None:
    found = np.array([products(seed, 2.0) for seed in SEEDS])
    bias = found.mean(axis=0) - PLANTED
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert bias[0] > 0.1 and bias[0] > 5 * error[0]
    assert abs(bias[1]) < min(3 * error[1], 0.5 * bias[0])


def test_without_the_trait_the_world_is_the_same_and_the_ordinary_product_right():
    ordinary, _ = np.mean([products(seed, 0.0) for seed in SEEDS[:2]], axis=0)
    assert abs(ordinary - PLANTED) < 0.02
