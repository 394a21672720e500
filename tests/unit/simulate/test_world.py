"""The world has the size, the moments and the consistency that it promises."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.identifiers import check_digit
from alliance_value.simulate.alliances import match_depth
from alliance_value.simulate.calendar import easter, trading_days
from alliance_value.simulate.effects import planted
from alliance_value.simulate.firms import YEARS
from alliance_value.simulate.market import Market
from alliance_value.simulate.portfolios import count_portfolios
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.streams import stream
from alliance_value.simulate.world import World, build_world, with_outsiders


@pytest.mark.parametrize(
    "mapping",
    [
        {"sizes": 1},
        {"size": "huge"},
        {"size": 0.001},
        {"dirt": "some"},
        {"crsp_format": "old"},
        {"daily_scale": 0},
        {"stata": ["crsp_dsf"]},
        {"effects": "many"},
        {"calibration": "real"},
        {"effects": {"performance": {"cc_shares": 1.0}}},
        {"effects": {"performances": {}}},
    ],
)
def test_settings_reject_what_they_do_not_know(mapping: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"known|allowed|least|must|among"):
        WorldSettings.from_mapping(mapping)


def test_streams_depend_on_their_key_alone() -> None:
    first = stream(1, "a").random(3)
    stream(1, "b").random(100)
    assert (stream(1, "a").random(3) == first).all()
    assert (stream(2, "a").random(3) != first).all()


def test_calendar_knows_the_exchange_s_days() -> None:
    days = trading_days("1999-01-01", "2014-12-31").astype(str)
    per_year = pd.Series(days).str[:4].value_counts()
    assert per_year.between(248, 253).all()
    assert per_year["2001"] == 248
    closed = {"2001-09-12", "2010-04-02", "2004-07-05", "2012-10-29", "2014-11-27"}
    assert not closed & set(days)
    assert str(easter(2010)) == "2010-04-04"


def test_check_digit_of_a_known_cusip() -> None:
    assert check_digit("03783310") == "0"
    assert check_digit("17275R10") == "2"


def test_sic_match_depth() -> None:
    pairs = [(2834, 2834, 4), (2834, 2836, 3), (2834, 2810, 2), (2834, 2011, 1)]
    for a, b, depth in pairs:
        assert match_depth(np.array(a), np.array(b)) == depth


def test_each_year_samples_the_largest_by_sales(world: World) -> None:
    f, alive = world.fundamentals, world.firms.alive
    assert (f.sampled[:, 5:26].sum(0) == world.settings.firms_per_year).all()
    for t in (9, 20):
        least = f.sale[f.sampled[:, t], t].min()
        assert (f.sale[alive[:, t] & ~f.sampled[:, t], t] <= least).all()


def test_moments_are_sensible(world: World) -> None:
    years = world.firm_years
    assert 0.02 < years.roa.mean() < 0.07
    assert 0.06 < years.roa.std() < 0.10
    assert 0.15 < years.own_cc.mean() < 0.45
    assert 0.2 < years.cc_share.std() < 0.45


def test_deals_are_pairs_of_living_firms(world: World) -> None:
    deals = world.deals
    assert len(deals) == round(4.5 * world.settings.firms_per_year)
    assert (deals.i != deals.j).all()
    year = deals.announced.dt.year.to_numpy() - YEARS[0]
    assert world.firms.alive[deals.i, year].all()
    assert world.firms.alive[deals.j, year].all()
    assert not (deals.terminated <= deals.announced).any()
    assert deals.announced.dt.year.between(1990, 2014).all()


def test_portfolios_equal_a_plain_count(world: World) -> None:
    deals = with_outsiders(world.deals, world.others)
    again = count_portfolios(deals, world.firms, world.flags)
    rng = np.random.default_rng(0)
    firm, t = np.nonzero(again.active)
    for k in rng.choice(len(firm), 40, replace=False):
        f, y = int(firm[k]), int(t[k])
        end = pd.Timestamp(world.firms.datadate[f, y])
        start = end - pd.DateOffset(years=5) + pd.offsets.MonthEnd(0)
        mine = deals[(deals.i == f) | (deals.j == f)]
        live = mine[(mine.announced > start) & (mine.announced <= end)]
        live = live[~(live.terminated <= end)]
        partner = np.where(live.i == f, live.j, live.i)
        coded = [p for p in partner if p >= 0 and world.firms.alive[p, y]]
        assert again.active[f, y] == len(live)
        assert again.coded[f, y] == len(coded)
        if coded:
            share = world.flags[coded, y].mean()
            assert again.cc_share[f, y] == pytest.approx(share)


def test_shares_obey_the_identity(world: World) -> None:
    years = world.firm_years.dropna(subset=["cc_share"])
    expected = np.where(years.own_cc == 1, 1 - years.cc_share, years.cc_share)
    np.testing.assert_allclose(years.asym_share, expected, atol=1e-12)


def test_other_dirt_same_world(world: World) -> None:
    other = build_world(replace(world.settings, dirt="hostile", daily_scale=2))
    pd.testing.assert_frame_equal(world.firm_years, other.firm_years)
    changed = build_world(replace(world.settings, seed=world.settings.seed + 1))
    assert not np.allclose(changed.roa[:50, 10], world.roa[:50, 10])


def test_planted_effects_leave_the_draws_alone(world: World) -> None:
    null = build_world(replace(world.settings, effects=planted("none")))
    pd.testing.assert_frame_equal(
        null.deals.drop(columns=["joint_value", "log_ratio"]),
        world.deals.drop(columns=["joint_value", "log_ratio"]),
    )


def test_returns_have_fat_tails_and_clustered_volatility(market: Market) -> None:
    whole = market.ret[:, np.isfinite(market.ret[1:]).all(0)][1:]
    z = (whole - whole.mean(0)) / whole.std(0)
    assert (z**4).mean() > 4
    square = z**2
    lagged = np.mean(
        [np.corrcoef(square[1:, k], square[:-1, k])[0, 1] for k in range(10)]
    )
    assert lagged > 0.03


def test_prices_splits_and_returns_agree(market: Market) -> None:
    whole = np.flatnonzero(np.isfinite(market.ret[1:]).all(0))[:10]
    quotes = market.quotes(whole)
    raw = quotes.prc * quotes.split
    growth = raw[1:] / raw[:-1] - 1
    dividend = market.securities.dividend[whole] / 252
    gap = growth - (market.ret[1:, whole] - dividend)
    assert np.abs(gap).max() < 0.01


def test_quotes_do_not_depend_on_what_they_are_drawn_up_with(market: Market) -> None:
    whole = market.quotes(np.arange(40))
    assert (np.isfinite(whole.prc).sum(0) > 0).all()
    for k in (0, 13, 39):
        alone = market.quotes(np.array([k]))
        for name in ("prc", "shrout", "split"):
            one, all_of_them = getattr(alone, name)[:, 0], getattr(whole, name)[:, k]
            np.testing.assert_array_equal(one, all_of_them)
    traded = np.isfinite(market.ret[:, :40])
    assert (np.isfinite(whole.prc).sum(0) - traded.sum(0) == 1).all()


def test_import_is_light() -> None:
    code = (
        "import sys, alliance_value.simulate.write;"
        "heavy={'statsmodels','linearmodels','matplotlib','polars','duckdb'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    source = Path(__file__).parents[3] / "src"
    environment = {**os.environ, "PYTHONPATH": str(source)}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0
