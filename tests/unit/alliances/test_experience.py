"""Alliance experience against counts by plain loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

from alliance_value.alliances.experience import (
    firm_experience,
    firm_year_experience,
    pair_experience,
)
from tests.unit.alliances.worlds import World, random_world, shuffled

KINDS = [
    "marketing",
    "research",
    "licensing",
    "manufacturing",
    "supply",
    "joint_venture",
]


def in_window(announced, date) -> bool:
    start = date - relativedelta(years=5)
    if date.is_month_end:
        start = start + pd.offsets.MonthEnd(0)
    return announced > start


def test_firm_experience_equals_plain_loops():
    world = random_world(21)
    found = firm_year_experience(world.alliances, world.participants, world.firm_years)
    deals = world.alliances.set_index("alliance")
    dates = world.firm_years.set_index(["firm", "fiscal_year"]).datadate
    for row in found.itertuples():
        date = dates[(row.firm, row.fiscal_year)]
        mine = world.participants.loc[world.participants.firm == row.firm, "alliance"]
        prior = deals.loc[mine.unique()]
        prior = prior[prior.announced < date]
        assert row.prior_alliances == len(prior)
        np.testing.assert_allclose(row.experience, np.log(1 + len(prior)))
        for kind in KINDS:
            np.testing.assert_allclose(
                getattr(row, f"experience_{kind}"), np.log(1 + prior[kind].sum())
            )
        years = [(date - a).days / 365.25 for a in prior.announced]
        decayed = sum(0.5 ** (y / 5) for y in years)
        np.testing.assert_allclose(row.experience_decayed, np.log(1 + decayed))
    assert found.prior_alliances.max() > 5


def test_pair_experience_equals_plain_loops():
    world = random_world(22, firms=5, deals=120)
    found = pair_experience(world.alliances, world.participants)
    groups = {
        alliance: sorted(set(part.parent_cusip6))
        for alliance, part in world.participants.groupby("alliance")
    }
    announced = world.alliances.set_index("alliance").announced
    parent = {
        ("firm:" + p.firm if not pd.isna(p.firm) else f"cusip:{p.parent_cusip6}"): (
            p.parent_cusip6
        )
        for p in world.participants.itertuples()
    }
    for row in found.itertuples():
        pair = {parent[row.party], parent[row.other]}
        date = announced[row.alliance]
        all_ = [announced[a] for a, g in groups.items() if pair <= set(g)]
        prior = [a for a in all_ if a < date]
        recent = [a for a in prior if in_window(a, date)]
        assert row.prior_ties == len(recent)
        np.testing.assert_allclose(row.partner_experience, np.log(1 + len(recent)))
        assert row.any_prior_tie == (len(prior) > 0)
        years = [(date - a).days / 365.25 for a in prior]
        decayed = sum(0.5 ** (y / 5) for y in years)
        np.testing.assert_allclose(row.partner_experience_decayed, np.log(1 + decayed))
        first = max(years) if years else np.nan
        last = min(years) if years else np.nan
        np.testing.assert_allclose(
            [row.years_since_first_tie, row.years_since_last_tie], [first, last]
        )
    assert found.prior_ties.max() > 2
    expected = {
        (a, frozenset(pair))
        for a, g in groups.items()
        for pair in [(x, y) for x in g for y in g if x < y]
    }
    pairs = zip(found.alliance, found.party, found.other, strict=True)
    assert {(a, frozenset((parent[x], parent[y]))) for a, x, y in pairs} == expected


def test_deals_of_the_day_itself_do_not_count():
    world = random_world(23)
    same = world.alliances.assign(announced=pd.Timestamp("2000-05-05"))
    assert pair_experience(same, world.participants).prior_ties.eq(0).all()
    requests = pd.DataFrame(
        {"firm": ["f01", "f01", "nobody", None], "date": pd.Timestamp("2000-05-05")}
    )
    found = firm_experience(same, world.participants, requests)
    assert found.prior_alliances.tolist() == [0, 0, 0, 0]
    requests["date"] += pd.Timedelta(days=1)
    found = firm_experience(same, world.participants, requests)
    assert found.prior_alliances.iloc[0] == found.prior_alliances.iloc[1] > 0
    assert (found.iloc[2:] == 0).all().all()


def test_the_future_order_and_swaps_change_nothing():
    world = random_world(24)
    swapped = world.participants.assign(position=7 - world.participants.position)
    other = World(
        shuffled(world.alliances),
        shuffled(swapped),
        world.units,
        world.firm_years,
        world.segments,
    )
    for build in (
        lambda w: firm_year_experience(w.alliances, w.participants, w.firm_years),
        lambda w: pair_experience(w.alliances, w.participants),
    ):
        pd.testing.assert_frame_equal(build(world), build(other), check_exact=True)
    day = pd.Timestamp("2002-01-01")
    past = world.alliances[world.alliances.announced < day]
    pairs = pair_experience(world.alliances, world.participants)
    early = pairs[pairs.announced < day].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        pair_experience(past, world.participants), early, check_exact=True
    )
