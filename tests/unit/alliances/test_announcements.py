"""Dyads from deals: no order, and nothing known only on the day or later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.announcements import dyads_of
from alliance_value.alliances.structures import code_structures
from tests.unit.alliances.worlds import World, random_world, shuffled

DAY = pd.Timedelta(1, "D")
NAMES = pd.DataFrame(columns=["security", "name_from", "name_to", "share_code"])
FIRST, LAST = pd.Timestamp("1999-01-01"), pd.Timestamp("2006-12-31")


def links() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "firm": pd.array([f"f{k:02d}" for k in range(14)], dtype="string"),
            "security": pd.array(range(100, 114), dtype="Int64"),
            "link_from": pd.Timestamp("1990-01-01"),
            "link_to": pd.Timestamp("2020-01-01"),
        }
    )


def study(world: World, structures: pd.DataFrame | None = None) -> pd.DataFrame:
    coded = code_structures(world.units) if structures is None else structures
    dyads, funnel = dyads_of(
        world.alliances,
        world.participants,
        links(),
        NAMES,
        coded,
        statuses=["Completed/Signed"],
        first=FIRST,
        last=LAST,
    )
    assert funnel.rows_out.iloc[-1] == len(dyads)
    return dyads


@pytest.fixture(scope="module")
def world() -> World:
    return random_world(4, deals=400)


def test_order_of_rows_and_of_participants_is_of_no_account(world):
    dyads = study(world)
    assert len(dyads) > 40
    turned = world.participants.assign(position=9 - world.participants.position)
    other = World(
        shuffled(world.alliances),
        shuffled(turned),
        shuffled(world.units),
        world.firm_years,
        world.segments,
    )
    pd.testing.assert_frame_equal(study(other), dyads)
    assert (dyads.firm_i < dyads.firm_j).all()


def test_only_structures_filed_before_the_day_count(world):
    dyads = study(world)
    coded = code_structures(world.units)
    filed = coded[coded.filed.notna() & ~coded.carried_forward.astype(bool)]
    for side in ("i", "j"):
        for deal in dyads.itertuples():
            mine = filed[filed.firm == getattr(deal, f"firm_{side}")]
            before = mine[mine.filed < deal.announced].sort_values("filed")
            own = getattr(deal, f"customer_centric_{side}")
            assert own == before.customer_centric.iloc[-1]
    deal = dyads.iloc[0]
    moved = coded.copy()
    mine = (moved.firm == deal.firm_i) & (moved.filed < deal.announced)
    moved.loc[mine, "filed"] = deal.announced
    assert deal.alliance not in set(study(world, moved).alliance)
    moved.loc[mine, "filed"] = deal.announced - DAY
    assert deal.alliance in set(study(world, moved).alliance)


def test_only_ties_announced_before_the_day_count(world):
    dyads = study(world)
    tied = dyads[dyads.prior_ties > 0]
    assert len(tied)
    deal = tied.iloc[0]
    pair = world.participants[world.participants.firm.isin([deal.firm_i, deal.firm_j])]
    shared = pair.groupby("alliance").firm.nunique()
    earlier = world.alliances.alliance.isin(shared[shared == 2].index)
    earlier &= world.alliances.announced < deal.announced
    assert earlier.sum() >= deal.prior_ties
    for shift, expected in ((DAY, 0), (0 * DAY, 0), (-DAY, earlier.sum())):
        table = world.alliances.copy()
        table.loc[earlier, "announced"] = deal.announced + shift
        moved = World(
            table, world.participants, world.units, world.firm_years, world.segments
        )
        found = study(moved).set_index("alliance").loc[deal.alliance]
        assert found.prior_ties == expected
        assert found.temporal_overlap == pytest.approx(np.log1p(expected))


def test_later_deals_and_filings_change_nothing(world):
    dyads = study(world)
    day = dyads.announced.sort_values().iloc[len(dyads) // 2]
    past = world.alliances[world.alliances.announced <= day]
    units = world.units[world.units.filed < day]
    early = study(
        World(
            past,
            world.participants[world.participants.alliance.isin(past.alliance)],
            units,
            world.firm_years,
            world.segments,
        )
    )
    known = dyads[dyads.announced <= day].reset_index(drop=True)
    pd.testing.assert_frame_equal(early, known)
