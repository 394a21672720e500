"""The field's calibration has its moments, and leaves the paper's world as it was."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.simulate.effects import planted
from alliance_value.simulate.firms import YEARS, draw_firms
from alliance_value.simulate.market import Market
from alliance_value.simulate.performance import write_offs
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.structures import draw_flags
from alliance_value.simulate.truth import write_truth
from alliance_value.simulate.world import World, build_world


def settings(calibration: str, size: float = 0.3) -> WorldSettings:
    said = {"calibration": calibration, "size": size, "effects": "realistic"}
    return WorldSettings.from_mapping({**said, "seed": 5})


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {name: build_world(settings(name)) for name in ("paper", "field")}


def within(world: World) -> pd.Series:
    firm, year = np.nonzero(world.fundamentals.sampled)
    roa = pd.Series(world.roa[firm, year])
    roa = roa.clip(*roa.quantile([0.01, 0.99]))
    return roa - roa.groupby(firm).transform("mean")


def test_roa_of_the_field_has_heavy_tails_and_write_offs(
    worlds: dict[str, World],
) -> None:
    """Within firms, the S&P 500's ROA of 2012-2016 has kurtosis 8.3, skewness -0.8."""
    paper, field = (within(worlds[name]) for name in ("paper", "field"))
    assert field.kurt() > 2 * max(paper.kurt(), 1.0)
    assert -2.5 < field.skew() < -0.4 < paper.skew()


def test_write_offs_are_rare_and_leave_the_mean_as_it_was() -> None:
    lost = write_offs(settings("field"), (2_000, 20))
    world = settings("field").section("statements")
    rare = (lost > -world["write_off_rate"] * world["write_off_mean"]).mean()
    assert rare == pytest.approx(world["write_off_rate"], abs=0.004)
    assert lost.mean() == pytest.approx(0, abs=5e-4)
    assert (write_offs(settings("paper"), (10, 20)) == 0).all()


def test_customer_centric_firms_rise_by_half_in_a_decade() -> None:
    rises = {}
    for name in ("paper", "field"):
        firms = draw_firms(settings(name, size=1))
        flags = draw_flags(settings(name, size=1), firms)
        shares = [flags[firms.alive[:, t], t].mean() for t in range(len(YEARS))]
        by_year = dict(zip(YEARS.tolist(), shares, strict=True))
        rises[name] = by_year[2008] / by_year[1998]
    assert rises["field"] == pytest.approx(1.5, abs=0.1)
    assert rises["paper"] < rises["field"] - 0.05


def test_realistic_effects_are_smaller_and_of_the_same_sign() -> None:
    small, paper = planted("realistic"), planted("planted")
    for section, names in (
        ("performance", ("cc_share_product_centric", "cc_share_customer_centric")),
        ("joint_value", ("asymmetric_marketing", "asymmetric_rd", "neither")),
    ):
        for name in names:
            ratio = getattr(getattr(small, section), name) / getattr(
                getattr(paper, section), name
            )
            assert 0 < ratio < 1
    assert small.confounding == paper.confounding
    assert small.performance.leverage == paper.performance.leverage


def test_truth_names_the_calibration(
    world: World, market: Market, tmp_path: Path
) -> None:
    write_truth(world, market, tmp_path / "truth.json")
    said = json.loads((tmp_path / "truth.json").read_text())
    assert said["settings"]["calibration"] == "paper"
