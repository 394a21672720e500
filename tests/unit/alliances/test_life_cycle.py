"""Lives of alliances: when they begin to be observed, end, and by what."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.alliances.contracts.ownership import CAUSES
from alliance_value.alliances.life_cycle import (
    Ends,
    as_spells,
    bounds,
    by_year,
    ends_of,
    hazards,
    life_tables,
    spells_of,
)
from alliance_value.alliances.structures import code_structures
from alliance_value.alliances.survival import kaplan_meier
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


def test_incidences_are_of_all_and_by_equity_and_times_are_years(world, structures):
    spells = lives(world, structures)
    tables = life_tables(spells, structures, SETTINGS, 0.9)
    incidence, curves = tables["incidence"], tables["survival"]
    assert set(incidence.grouping) == {"all", "equity"}
    assert set(incidence.cause) == set(CAUSES)
    own = spells[spells.equity == 1]
    for table in (curves, incidence):
        part = table[table.group == "equity"]
        assert set(part.spells) == {len(own)}
    part = curves[curves.group == "equity"]
    expected = kaplan_meier(as_spells(own), 0.9)
    assert part.years.tolist() == (expected.time / 365.25).tolist()
    assert part.survival.tolist() == expected.survival.tolist()
    assert part.ci_low.tolist() == expected.ci_low.tolist()


def test_models_of_hazards_count_their_own_ends(world, structures):
    rows = by_year(lives(world, structures), structures)
    table = hazards(rows, 0.95).drop_duplicates("model").set_index("model")
    known = rows.dropna(subset=["asymmetric", "equity"])
    dissolved = known.cause.eq("dissolved").sum()
    assert table.ends["dissolution"] == dissolved
    assert table.ends["any end"] == known.cause.count()
    assert (table["rows"] == len(known)).all()
    assert (table.spells == known.alliance.nunique()).all()
    assert (table.ties == known.tie.nunique()).all()


def test_a_model_needs_more_ends_than_terms(world, structures):
    rows = by_year(lives(world, structures), structures).dropna(
        subset=["asymmetric", "equity"]
    )
    terms = hazards(rows, 0.95).term.nunique()
    ended = rows.cause.notna()
    for ends in (terms, terms + 1):
        few = rows.assign(cause=rows.cause.where(ended & (ended.cumsum() <= ends)))
        assert ("any end" in set(hazards(few, 0.95).get("model", []))) is (ends > terms)


def one(**values) -> pd.DataFrame:
    """A spell of no firms."""
    row = {
        "alliance": "1",
        "announced": pd.Timestamp("2000-01-01"),
        "firm_i": pd.NA,
        "firm_j": pd.NA,
        "entry": 0,
        "exit": 400,
        "cause": "dissolved",
    }
    table = pd.DataFrame([row | values])
    return table.astype(dict.fromkeys(["firm_i", "firm_j", "cause"], "string"))


@pytest.mark.parametrize(
    ("entry", "exit_", "cuts"),
    [
        (0, 365, [(0, 365)]),
        (0, 366, [(0, 365), (365, 366)]),
        (365, 730, [(365, 730)]),
        (364, 731, [(364, 365), (365, 730), (730, 731)]),
        (0, 1461, [(0, 365), (365, 730), (730, 1095), (1095, 1461)]),
        (21_900, 21_915, [(21_900, 21_915)]),
    ],
)
def test_spells_are_cut_at_anniversaries(structures, entry, exit_, cuts):
    """60 years of 365.25 days are 21,915 days."""
    rows = by_year(one(entry=entry, exit=exit_), structures)
    assert [*zip(rows.entry, rows.exit, strict=True)] == cuts
    assert rows.cause.isna().tolist() == [True] * (len(cuts) - 1) + [False]


def test_bounds_take_the_error_of_the_last_end_by_the_horizon(world, structures):
    spells = as_spells(lives(world, structures))
    curve = kaplan_meier(spells)
    time = int(curve.time[len(curve) // 2])
    horizons = [time / 365.25, (time - 0.5) / 365.25, 0.0]
    table = bounds(spells, horizons, [0.0])
    middle = len(curve) // 2
    assert table.se.tolist() == [curve.se[middle], curve.se[middle - 1], 0.0]
    assert table.years.tolist() == horizons


def test_an_acquisition_on_the_day_of_the_deal_counts_and_one_before_does_not():
    deals = one(terminated=None, firm_i="a", firm_j="b").drop(columns="cause")
    deals["terminated"] = pd.to_datetime(deals.terminated)
    for day, known in (("2000-01-01", True), ("1999-12-31", False)):
        bought = pd.DataFrame(
            {
                "acquirer": ["b"],
                "target": ["a"],
                "effective": [pd.NaT],
                "announced": [pd.Timestamp(day)],
            }
        ).astype({"acquirer": "string", "target": "string"})
        ended = ends_of(deals, Ends(acquisitions=bought)).iloc[0]
        assert pd.notna(ended.ended) is known
        if known:
            assert ended.cause == "acquired"
    same = deals.assign(terminated=pd.Timestamp("2000-01-01"))
    assert ends_of(same, Ends()).ended.notna().all()
    # an end on the very day of the acquisition is the acquisition's
    bought = bought.assign(announced=pd.Timestamp("2000-01-01"))
    assert ends_of(same, Ends(acquisitions=bought)).cause.tolist() == ["acquired"]


def test_no_end_is_no_curve_and_no_model(world, structures):
    spells = lives(world, structures)
    alive = spells.assign(cause=pd.Series(pd.NA, spells.index, dtype="string"))
    assert hazards(by_year(alive, structures), 0.95).empty
    assert (bounds(as_spells(alive), [5], [0.2]).recorded == 0).all()
