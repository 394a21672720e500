"""Regressions on true data recover what was planted, and nothing where nothing was.

Standard errors leave out one firm at a time (CR3): in a tiny world few firms carry
the variation of the share and the usual sandwich is too small. The figures at
default size stand in docs/simulated-world.md, from
benchmarks/bench_simulated_world.py.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.simulate.market import Market, build_market
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.world import World, build_world
from tests.unit.simulate.events import abnormal_returns, combined
from tests.unit.simulate.regress import CONTROLS, fit, main_terms

SEEDS = range(300, 316)
MAIN = ["cc_share", "own_cc", "product"]
SEMINAR = ["m", "m_a", "m_cc"]


def slopes(effects: str, seed: int) -> dict[str, tuple[float, float]]:
    """Return estimate and standard error by slope."""
    settings = WorldSettings.from_mapping(
        {"size": "tiny", "seed": seed, "effects": effects}
    )
    data = main_terms(build_world(settings).firm_years)
    full = fit(data, [*MAIN, *SEMINAR, *CONTROLS])
    pooled = fit(data, [*MAIN, *SEMINAR, *CONTROLS], firm_effects=False)
    return {
        "product": full.contrast(cc_share=1),
        "customer": full.contrast(cc_share=1, product=1),
        "seminar": full.contrast(m_a=1),
        "pooled": pooled.contrast(cc_share=1),
    }


@pytest.fixture(scope="module")
def estimates() -> pd.DataFrame:
    """Estimate on 16 tiny worlds, planted and null."""
    rows = [
        (effects, seed, name, *value)
        for effects in ("planted", "none")
        for seed in SEEDS
        for name, value in slopes(effects, seed).items()
    ]
    columns = ["effects", "seed", "slope", "estimate", "se"]
    return pd.DataFrame(rows, columns=columns).dropna()


@pytest.mark.parametrize(
    ("effects", "slope", "true"),
    [
        ("planted", "product", 0.18),
        ("planted", "customer", -0.17),
        ("planted", "seminar", 0.12),
        ("none", "product", 0.0),
        ("none", "customer", 0.0),
        ("none", "seminar", 0.0),
    ],
)
def test_fixed_effects_are_unbiased(
    estimates: pd.DataFrame, effects: str, slope: str, true: float
) -> None:
    part = estimates[(estimates.effects == effects) & (estimates.slope == slope)]
    error = part.estimate - true
    assert len(part) >= 13
    assert abs(error.mean()) < 3 * error.std() / np.sqrt(len(part))


def test_pooled_estimates_are_biased_upwards(estimates: pd.DataFrame) -> None:
    part = estimates[estimates.slope == "pooled"]
    error = part.estimate - np.where(part.effects == "planted", 0.18, 0.0)
    assert error.mean() > 2.5 * error.std() / np.sqrt(len(part) / 2)


def test_null_rejects_at_the_nominal_rate(estimates: pd.DataFrame) -> None:
    part = estimates[(estimates.effects == "none") & (estimates.slope != "pooled")]
    rejected = (part.estimate / part.se).abs() > 2.0
    # 5 % of about 48 tests; 8 or more has probability below 1 %.
    assert rejected.sum() <= 7


def test_without_confounding_pooled_is_unbiased() -> None:
    errors = []
    for seed in range(12):
        settings = WorldSettings.from_mapping(
            {
                "size": "tiny",
                "seed": seed,
                "effects": {"confounding": {"firm": 0.0}},
            }
        )
        data = main_terms(build_world(settings).firm_years)
        pooled = fit(data, [*MAIN, *SEMINAR, *CONTROLS], firm_effects=False)
        errors.append(pooled.contrast(cc_share=1)[0] - 0.18)
    assert abs(np.mean(errors)) < 3 * np.std(errors, ddof=1) / np.sqrt(len(errors))


def test_roa_equals_the_planted_equation() -> None:
    mapping = {"size": "tiny", "seed": 5}
    with_effects = build_world(WorldSettings.from_mapping(mapping))
    without = build_world(WorldSettings.from_mapping({**mapping, "effects": "none"}))
    data = main_terms(with_effects.firm_years)
    added = data.roa_lead - without.firm_years.roa_lead.loc[data.index]
    planted = (
        0.18 * data.cc_share
        - 0.35 * data["product"]
        + 0.03 * data.own_cc
        + 0.02 * data.m
        + 0.12 * data.m_a
        + 0.03 * data.m_cc
        - 0.004 * (data["size"] - 8)
        - 0.06 * (data.leverage - 0.25)
        - 0.06 * data.rd_intensity
        + 0.10 * data.ad_intensity
        + 0.06 * (data.slack - 0.10)
    )
    np.testing.assert_allclose(added, planted, atol=1e-12)


def test_announcement_returns_recover_the_planted(world: World, market: Market) -> None:
    events = abnormal_returns(world, market)
    error = events.estimate - events.car
    assert abs(error.mean()) < 3 * error.sem()
    deals = combined(events)
    gap = deals.combined - deals.joint_value
    assert abs(gap.mean()) < 3 * gap.sem()


def test_planted_ratios_hold_exactly(world: World, market: Market) -> None:
    events = market.events.merge(world.deals, on="alliance")
    pairs = events.groupby("alliance").filter(lambda d: len(d) == 2)
    value = (pairs.car * pairs.value).groupby(pairs.alliance).sum()
    weight = pairs.value.groupby(pairs.alliance).sum()
    joint = pairs.drop_duplicates("alliance").set_index("alliance").joint_value
    np.testing.assert_allclose(value / weight, joint, rtol=1e-10)
    own = np.where(pairs.firm == pairs.i, pairs.cc_i, pairs.cc_j)
    unequal = pairs.assign(own=own)[pairs.asymmetric & (pairs.tro == 0)]
    wide = unequal.pivot(index="alliance", columns="own", values="car")
    centre = np.log(wide[True] / wide[False]).mean()
    assert centre == pytest.approx(np.log(3), abs=0.15)


def test_null_world_has_no_announcement_effect() -> None:
    settings = WorldSettings.from_mapping(
        {"size": "tiny", "seed": 9, "effects": "none"}
    )
    world = build_world(settings)
    market = build_market(world)
    assert (market.events.car == 0).all()
