"""What alliances of a simulated world live through."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.simulate.lives import function_to_lasting, planted_lives
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.world import build_world


@pytest.fixture(scope="module")
def worlds():
    return {
        lives: build_world(WorldSettings(size=0.05, seed=5, lives=lives))
        for lives in (False, True)
    }


def test_a_world_without_lives_is_as_it_was(worlds):
    plain, lived = worlds[False], worlds[True]
    assert plain.lives is None
    assert "equity" not in plain.deals
    same = ["alliance", "i", "j", "announced", "marketing", "rd", "joint_venture"]
    assert plain.deals[same].equals(lived.deals[same])


def test_ends_are_those_that_the_deals_have(worlds):
    world = worlds[True]
    ends = world.lives.terminations.set_index("alliance")
    deals = world.deals.set_index("alliance")
    over = deals.terminated.notna()
    assert set(ends.index) == set(deals.index[over])
    assert (deals.terminated[ends.index] == ends.ended).all()
    assert (ends.ended >= deals.announced[ends.index]).all()


def test_who_is_acquired_by_a_partner_ends_the_alliance_on_that_day(worlds):
    world = worlds[True]
    done = world.lives.acquisitions
    bought = world.lives.terminations.query("cause == 'acquired'")
    deals = world.deals.set_index("alliance")
    pairs = {
        frozenset((a, t)): day
        for a, t, day, partner in done[
            ["acquirer", "target", "effective", "partner"]
        ].itertuples(index=False)
        if partner
    }
    for alliance, ended in bought[["alliance", "ended"]].itertuples(index=False):
        pair = frozenset((deals.i[alliance], deals.j[alliance]))
        assert pairs[pair] == ended
    assert (done.acquirer != done.target).all()


def test_shares_of_a_venture_add_up(worlds):
    shares = worlds[True].lives.ownership
    ventures = shares[shares.held == "venture"].groupby("alliance").share
    assert (ventures.sum() == 100).all()
    assert (ventures.size() == 2).all()
    stakes = shares[shares.held == "partner"].share
    assert stakes.between(1, 50).all()


def test_hazards_are_those_planted():
    world = build_world(WorldSettings(size=0.3, seed=6, lives=True, constructs=True))
    planted = planted_lives()["dissolution"]
    rate, ratio = planted["rate"], np.exp(planted["equity"])
    ends = world.lives.terminations.query("cause == 'dissolved'").alliance
    last = np.datetime64("2015-06-30")
    deals = world.deals
    exposed = deals.terminated.fillna(last) - deals.announced
    functions = deals.function_i + deals.function_j
    years = exposed.dt.days / 365.25 * np.exp(planted["function"] * functions)
    ended = deals.alliance.isin(ends)
    like = ~deals.asymmetric
    for equity, factor in ((False, 1.0), (True, ratio)):
        own = like & (deals.equity == equity)
        assert ended[own].sum() / years[own].sum() == pytest.approx(
            rate * factor, rel=0.25
        )
    for count in (0, 1, 2):
        own = like & ~deals.equity & (functions == count)
        assert ended[own].sum() / years[own].sum() == pytest.approx(rate, rel=0.3)


def test_a_function_raises_the_chance_to_last_by_what_its_hazard_ratio_implies():
    deals = pd.DataFrame(
        {
            "risk": [1.0, 1.0],
            "function_i": [0.0, 0.0],
            "function_j": [0.0, 0.0],
            "outlived": [False, True],
        }
    )
    ratio = np.exp(planted_lives()["dissolution"]["function"])
    # the second deal cannot last, since a partner ends first
    expected = (np.exp(-ratio) - np.exp(-1.0)) / 2
    assert function_to_lasting(deals) == pytest.approx(expected)
    both = deals.assign(function_j=1.0)
    expected += (np.exp(-(ratio**2)) - np.exp(-ratio)) / 2
    assert function_to_lasting(both) == pytest.approx(expected / 2)
