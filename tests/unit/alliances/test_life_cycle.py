"""Lives of alliances: when they begin to be observed, end, and by what."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.alliances.life_cycle import (
    Ends,
    as_spells,
    bounds,
    by_year,
    hazards,
    life_tables,
    spells_of,
)
from alliance_value.alliances.structures import code_structures
from tests.unit.alliances.worlds import random_world

SETTINGS = {
    "first": "1999-01-01",
    "last": "2006-12-31",
    "statuses": ["Completed/Signed", "Terminated", "Extended", "Expired"],
    "horizons": [2, 5],
    "missed": [0, 0.2],
}


@pytest.fixture(scope="module")
def world():
    return random_world(3, firms=10, deals=300)


@pytest.fixture(scope="module")
def structures(world):
    return code_structures(world.units, "majority")


def lives(world, structures, **ends: pd.DataFrame) -> pd.DataFrame:
    table, _ = spells_of(
        world.alliances, world.participants, structures, Ends(**ends), SETTINGS
    )
    return table


def test_deals_from_before_enter_late_and_none_outlives_the_last_day(world, structures):
    table = lives(world, structures).set_index("alliance")
    first, last = (pd.Timestamp(SETTINGS[key]) for key in ("first", "last"))
    early = table.announced < first
    assert early.any()
    assert ((first - table.announced[early]).dt.days == table.entry[early]).all()
    assert (table.entry[~early] == 0).all()
    ends = table.announced + pd.to_timedelta(table.exit, unit="D")
    assert ends.max() <= last
    assert (ends[table.cause.isna()] == last).all()
    stated = world.alliances.set_index("alliance").terminated
    over = table.cause.notna()
    assert (ends[over] == pd.to_datetime(stated)[table.index[over]]).all()


def test_terminations_stated_apart_stand_in_the_place_of_the_alliances_own(
    world, structures
):
    usual = lives(world, structures)
    one = usual[usual.cause.isna() & (usual.entry == 0)].iloc[0]
    apart = pd.DataFrame(
        {
            "alliance": pd.array([one.alliance], dtype="string"),
            "ended": [one.announced + pd.Timedelta(days=7)],
            "cause": ["party left"],
        }
    )
    table = lives(world, structures, terminations=apart).set_index("alliance")
    assert table.cause.count() == 1
    assert table.loc[one.alliance, ["exit", "cause"]].tolist() == [7, "party left"]


def test_an_acquisition_of_a_party_by_the_other_ends_what_has_not_ended(
    world, structures
):
    usual = lives(world, structures).dropna(subset=["firm_i", "firm_j"])
    inside = usual.cause.isna() & (usual.entry == 0) & (usual.exit > 400)
    lasting = usual[inside].iloc[0]
    day = lasting.announced + pd.Timedelta(days=100)
    bought = pd.DataFrame(
        {
            "acquirer": [lasting.firm_j],
            "target": [lasting.firm_i],
            "announced": [day - pd.Timedelta(days=30)],
            "effective": [day],
        }
    )
    table = lives(world, structures, acquisitions=bought).set_index("alliance")
    assert table.exit[lasting.alliance] == 100
    assert table.cause[lasting.alliance] == "acquired"
    others = usual[usual.tie != lasting.tie].set_index("alliance")
    pd.testing.assert_series_equal(table.exit[others.index], others.exit)
    ends = table.announced + pd.to_timedelta(table.exit, unit="D")
    assert (ends[table.cause.eq("acquired").fillna(False).astype(bool)] == day).all()


def test_partners_with_a_function_move_the_hazard_where_they_are_known(
    world, structures
):
    spells = lives(world, structures)
    assert spells.functions.isna().all()
    assert "functions" not in set(hazards(by_year(spells, structures), 0.95).term)
    has = pd.DataFrame(
        {
            "firm": pd.array(["f00", "f03"], dtype="string"),
            "begins": pd.to_datetime(["1990-01-01", "2003-01-01"]),
            "ends": pd.NaT,
        }
    )
    known = lives(world, structures, function_spells=has)
    sides = known[["firm_i", "firm_j"]]
    expected = sum(
        sides.isin([firm]).any(axis=1).to_numpy()
        * (known.announced > begins).to_numpy()
        for firm, begins in zip(has.firm, has.begins, strict=True)
    )
    assert known.functions.tolist() == expected.tolist()
    assert "functions" in set(hazards(by_year(known, structures), 0.95).term)


def test_years_of_a_life_add_up_to_it(world, structures):
    spells = lives(world, structures)
    rows = by_year(spells, structures)
    length = (rows.exit - rows.entry).groupby(rows.alliance).sum()
    whole = spells.set_index("alliance")
    assert (length == (whole.exit - whole.entry)[length.index]).all()
    assert (rows.exit > rows.entry).all()
    assert rows.cause.count() == spells.cause.count()


def test_tables_of_lives_have_every_group_and_bound(world, structures):
    spells = lives(world, structures)
    tables = life_tables(spells, structures, SETTINGS, 0.95)
    curves = tables["survival"]
    assert {"all", "structures", "type", "equity"} == set(curves.grouping)
    assert (
        curves.groupby(["grouping", "group"])
        .survival.apply(lambda s: s.is_monotonic_decreasing)
        .all()
    )
    found = tables["unobserved_ends"]
    assert len(found) == 4
    assert (found.lowest <= found.at_random).all()
    assert (found.at_random <= found.highest + 1e-12).all()
    zero = found[found.missed == 0]
    assert (zero.recorded == zero.highest).all()


def test_no_end_is_no_curve_and_no_model(world, structures):
    spells = lives(world, structures)
    alive = spells.assign(cause=pd.Series(pd.NA, spells.index, dtype="string"))
    assert hazards(by_year(alive, structures), 0.95).empty
    assert (bounds(as_spells(alive), [5], [0.2]).recorded == 0).all()
