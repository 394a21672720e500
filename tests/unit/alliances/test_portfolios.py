"""Portfolios against the same counts by plain loops, and cases by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from dateutil.relativedelta import relativedelta

from alliance_value.alliances.active import active_partnerships
from alliance_value.alliances.look_ahead import (
    activity_look_ahead,
    portfolio_look_ahead,
)
from alliance_value.alliances.parties import parents, parties
from alliance_value.alliances.portfolios import (
    SHARES,
    PortfolioRule,
    coded_partnerships,
    portfolios,
)
from alliance_value.alliances.structures import carry_forward, code_structures
from alliance_value.panel.dates import days, years_before
from tests.unit.alliances.worlds import World, random_world, shuffled, text

LIVES = ["5y", "4y", "3y", "until_termination", "cumulative"]
TYPES = ["marketing", "research", "licensing", "manufacturing", "supply"]
FUNCTIONS = ["marketing", "research", "manufacturing", "supply"]


def structures_of(world: World) -> pd.DataFrame:
    return carry_forward(code_structures(world.units), world.firm_years)


def build(world: World, rule: PortfolioRule) -> pd.DataFrame:
    return portfolios(
        world.alliances,
        world.participants,
        structures_of(world),
        world.firm_years,
        rule,
    )


def is_active(deal, end: pd.Timestamp, life: str) -> bool:
    if deal.announced > end:
        return False
    if life.endswith("y"):
        start = end - relativedelta(years=int(life[0]))
        if end.is_month_end:
            start = start + pd.offsets.MonthEnd(0)
        if deal.announced <= start:
            return False
    ended = not pd.isna(deal.terminated) and deal.terminated <= end
    return life == "cumulative" or not ended


def flag_of(structures, firm, row, rule) -> float:
    best = None
    for s in structures.get(firm, ()):
        if rule.structure == "fiscal_year":
            if s.fiscal_year == row.fiscal_year:
                best = s
        elif not s.carried_forward and s.filed < row.datadate:
            young = (row.datadate - s.filed).days <= rule.max_age_days
            if young and (best is None or s.filed > best.filed):
                best = s
    return np.nan if best is None else best.customer_centric


def by_loop(world: World, rule: PortfolioRule) -> pd.DataFrame:
    structures: dict[str, list] = {}
    for s in structures_of(world).itertuples():
        structures.setdefault(s.firm, []).append(s)
    members: dict[str, list] = {}
    for p in world.participants.itertuples():
        members.setdefault(p.alliance, []).append(p)
    rows = []
    for row in world.firm_years.sort_values(["firm", "fiscal_year"]).itertuples():
        own = flag_of(structures, row.firm, row, rule)
        deals, ties = [], []
        for deal in world.alliances.sort_values("alliance").itertuples():
            inside = members[deal.alliance]
            mine = [p for p in inside if not pd.isna(p.firm) and p.firm == row.firm]
            if not mine or not is_active(deal, row.datadate, rule.life):
                continue
            others = [p for p in inside if p.parent_cusip6 != mine[0].parent_cusip6]
            if not others:
                continue
            deals.append(deal)
            for p in others:
                firm = None if pd.isna(p.firm) else p.firm
                cc = np.nan if firm is None else flag_of(structures, firm, row, rule)
                ties.append((deal, firm or p.parent_cusip6, p.sic, cc))
        rows.append({"firm": row.firm, "fiscal_year": row.fiscal_year, "own_cc": own})
        rows[-1].update(summary(deals, ties, own, rule))
    return pd.DataFrame(rows)


def summary(deals, ties, own, rule) -> dict[str, float]:
    nan = np.nan
    groups: dict[str, list] = {}
    for tie in ties:
        unit = tie[0].alliance if rule.weights == "deal" else tie[1]
        groups.setdefault(unit, []).append(tie)
    coded = all_cc = cc = asym = 0.0
    for group in groups.values():
        known = [t for t in group if not np.isnan(t[3])]
        all_cc += sum(t[3] for t in known) / len(group)
        if known:
            coded += 1
            cc += np.mean([t[3] for t in known])
            asym += np.mean([t[3] != own for t in known])
    n = len(deals)
    count = {t: sum(getattr(d, t) for d in deals) for t in TYPES}
    flags = sum(count.values())
    both = count["marketing"] + count["research"]
    pairs = competing = apart = 0
    for (a, p, sic_p, _), (b, q, sic_q, _) in combinations(ties, 2):
        fa = {f for f in FUNCTIONS if getattr(a, f)}
        fb = {f for f in FUNCTIONS if getattr(b, f)}
        if p == q or not fa or not fb:
            continue
        pairs += 1
        competing += sic_p == sic_q and bool(fa & fb)
        apart += sic_p != sic_q and not fa & fb
    return {
        "portfolio_size": n,
        "partners": len({t[1] for t in ties}),
        "partners_coded": len({t[1] for t in ties if not np.isnan(t[3])}),
        "partner_pairs": pairs,
        "no_portfolio": int(n == 0),
        "coverage": coded / len(groups) if n else nan,
        "cc_share": cc / coded if coded else nan,
        "cc_share_all": all_cc / len(groups) if n else nan,
        "asym_share": asym / coded if coded and not np.isnan(own) else nan,
        "mkt_intensity": count["marketing"] / both if both else nan,
        "mkt_difference": (count["marketing"] - count["research"]) / n if n else nan,
        "type_diversity": 1 - sum((c / flags) ** 2 for c in count.values())
        if flags
        else nan,
        "jv_share": np.mean([d.joint_venture for d in deals]) if n else nan,
        "cross_border_share": np.mean([d.cross_border for d in deals]) if n else nan,
        "completeness": np.mean([count[f] > 0 for f in FUNCTIONS]) if n else nan,
        "competition": competing / pairs if pairs else nan,
        "complementarity": apart / pairs if pairs else nan,
    }


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("weights", ["deal", "partner"])
@pytest.mark.parametrize("structure", ["filed_before", "fiscal_year"])
def test_portfolios_equal_plain_loops(life, weights, structure):
    rule = PortfolioRule(life=life, weights=weights, structure=structure)
    world = random_world(LIVES.index(life), firms=8, deals=45)
    found, expected = build(world, rule), by_loop(world, rule)
    assert found[["firm", "fiscal_year"]].equals(
        expected[["firm", "fiscal_year"]].astype(found.dtypes[["firm", "fiscal_year"]])
    )
    for name in expected.columns.drop(["firm", "fiscal_year"]):
        np.testing.assert_allclose(
            found[name].to_numpy("float64"),
            expected[name].to_numpy("float64"),
            rtol=1e-12,
            atol=1e-15,
            err_msg=name,
        )
    assert found.asym_share.notna().sum() > 20
    assert found.competition.gt(0).any()
    assert found.complementarity.gt(0).any()


def two_firms(announced: str, terminated: str | None = None) -> World:
    """Return one deal of firms f and g, whose fiscal years end with September."""
    flags = [
        "marketing",
        "research",
        "licensing",
        "manufacturing",
        "supply",
        "joint_venture",
    ]
    alliances = pd.DataFrame(
        {
            "alliance": text(["a"]),
            "announced": pd.to_datetime([announced]),
            "terminated": pd.to_datetime([terminated]),
            **{flag: [flag == "marketing"] for flag in flags},
            "cross_border": [False],
        }
    )
    participants = pd.DataFrame(
        {
            "alliance": text(["a", "a"]),
            "position": [0, 1],
            "name": text(["F", "G"]),
            "cusip6": text(["1", "2"]),
            "parent_cusip6": text(["1", "2"]),
            "parent_name": text(["F", "G"]),
            "sic": text(["3570", "7372"]),
            "firm": text(["f", "g"]),
        }
    )
    years = range(2000, 2008)
    firm_years = pd.DataFrame(
        {
            "firm": text(["f"] * 8 + ["g"] * 8),
            "fiscal_year": [*years, *years],
            "datadate": pd.to_datetime([f"{y}-09-30" for y in [*years, *years]]),
        }
    )
    units = pd.DataFrame(
        [
            (firm, year, f"{year}-12-15", f"{firm}{year}", "u", kind, "A", 1.0, 1.0)
            for firm, kind in (("f", "product"), ("g", "customer"))
            for year in range(1999, 2008)
        ],
        columns=[
            "firm",
            "fiscal_year",
            "filed",
            "accession",
            "unit_name",
            "unit_class",
            "coder",
            "confidence",
            "sales",
        ],
    )
    units = units.assign(filed=pd.to_datetime(units["filed"]))
    return World(alliances, participants, units, firm_years, pd.DataFrame())


@pytest.mark.parametrize(
    ("announced", "terminated", "life", "years"),
    [
        ("2001-09-30", None, "5y", range(2001, 2006)),
        ("2001-10-01", None, "5y", range(2002, 2007)),
        ("2001-09-30", None, "3y", range(2001, 2004)),
        ("2001-09-30", "2003-09-30", "5y", [2001, 2002]),
        ("2001-09-30", "2003-10-01", "5y", [2001, 2002, 2003]),
        ("2001-09-30", None, "until_termination", range(2001, 2008)),
        ("2001-09-30", "2004-01-01", "until_termination", [2001, 2002, 2003]),
        ("2001-09-30", "2004-01-01", "cumulative", range(2001, 2008)),
        ("2009-01-01", None, "cumulative", []),
    ],
)
def test_years_of_one_deal(announced, terminated, life, years):
    world = two_firms(announced, terminated)
    table = build(world, PortfolioRule(life=life))
    for firm, partner_cc in (("f", 1.0), ("g", 0.0)):
        mine = table[(table.firm == firm) & (table.portfolio_size == 1)]
        assert mine.fiscal_year.tolist() == list(years)
        assert (mine.cc_share == partner_cc).all()
        assert (mine.asym_share == 1).all()
        assert (mine.mkt_intensity == 1).all()
    none = table[table.no_portfolio == 1]
    assert len(none) == len(table) - 2 * len(list(years))
    assert none[SHARES].isna().all().all()


def test_partnerships_are_what_the_shares_count():
    world = random_world(3)
    given = (
        world.alliances,
        world.participants,
        structures_of(world),
        world.firm_years,
    )
    rows = coded_partnerships(*given)
    per_deal = rows.groupby(["firm", "fiscal_year", "alliance"]).partner_cc.mean()
    share = per_deal.dropna().groupby(level=[0, 1]).mean()
    expected = portfolios(*given).set_index(["firm", "fiscal_year"]).cc_share.dropna()
    assert len(expected) > 20
    pd.testing.assert_series_equal(
        share, expected, check_names=False, check_index_type=False
    )


def test_firm_years_without_alliances_may_be_zero_beside_the_flag():
    table = build(two_firms("2003-01-01"), PortfolioRule(undefined="zero"))
    none = table.no_portfolio.eq(1)
    assert (table.loc[none, SHARES] == 0).all().all()
    assert none.sum() == 6


def test_structure_of_the_fiscal_year_is_filed_after_its_end():
    world = two_firms("2001-01-01")
    late = world.units.assign(filed=pd.Timestamp("2030-01-01"))
    world = World(world.alliances, world.participants, late, world.firm_years, late)
    before = build(world, PortfolioRule())
    assert before.cc_share.isna().all()
    assert build(world, PortfolioRule(structure="fiscal_year")).cc_share.notna().any()


@pytest.mark.parametrize("weights", ["deal", "partner"])
def test_asymmetric_share_is_the_identity_in_share_and_own_structure(weights):
    world = random_world(11)
    firms = sorted(world.firm_years.firm.unique())
    inside = world.participants.groupby("alliance").firm.transform(
        lambda f: f.notna().all()
    )
    participants = world.participants[inside]
    alliances = world.alliances[world.alliances.alliance.isin(participants.alliance)]
    rng = np.random.default_rng(0)
    grid = pd.MultiIndex.from_product([firms, range(1998, 2007)])
    full = pd.DataFrame(
        {
            "firm": text(list(grid.get_level_values(0))),
            "fiscal_year": grid.get_level_values(1),
            "customer_centric": rng.integers(0, 2, len(grid)).astype("float64"),
        }
    )
    rule = PortfolioRule(weights=weights, structure="fiscal_year")
    table = portfolios(alliances, participants, full, world.firm_years, rule)
    some = table[table.portfolio_size > 0]
    assert (some.coverage == 1).all()
    s, cc = some.cc_share, some.own_cc
    np.testing.assert_allclose(some.asym_share, s + cc - 2 * s * cc, atol=1e-15)
    np.testing.assert_allclose(some.cc_share, some.cc_share_all, rtol=1e-12)
    assert len(some) > 30


@pytest.mark.parametrize("weights", ["deal", "partner"])
def test_row_order_and_partner_order_change_nothing(weights):
    world = random_world(12)
    rule = PortfolioRule(weights=weights)
    swapped = world.participants.assign(position=7 - world.participants.position)
    other = World(
        shuffled(world.alliances),
        shuffled(swapped),
        shuffled(world.units),
        shuffled(world.firm_years),
        world.segments,
    )
    pd.testing.assert_frame_equal(
        build(world, rule), build(other, rule), check_exact=True
    )


def test_the_future_changes_nothing():
    world = random_world(13)
    day = pd.Timestamp("2003-06-30")
    rule = PortfolioRule()
    keep = build(world, rule).query("datadate <= @day")
    later = world.alliances.announced > day
    ended = world.alliances.terminated > day
    alliances = world.alliances[~later].assign(
        terminated=world.alliances.terminated.mask(ended)
    )
    participants = world.participants[
        world.participants.alliance.isin(alliances.alliance)
    ]
    units = world.units[world.units.filed < day]
    past = World(alliances, participants, units, world.firm_years, world.segments)
    again = build(past, rule).query("datadate <= @day")
    pd.testing.assert_frame_equal(again, keep, check_exact=True)
    assert later.any()
    assert ended.any()


@pytest.mark.parametrize("life", LIVES)
def test_the_audits_find_nothing_in_a_portfolio_and_what_is_planted(life):
    world = random_world(14)
    active = active_partnerships(
        world.alliances, world.participants, world.firm_years, life
    )
    assert activity_look_ahead(active, life).empty
    assert portfolio_look_ahead(active, structures_of(world)).empty
    seen = portfolio_look_ahead(
        active, structures_of(world), PortfolioRule(structure="fiscal_year")
    )
    assert set(seen.side) == {"own", "partner"}
    future = active.assign(announced=active.datadate + pd.Timedelta(days=1))
    assert "announced_after_year_end" in set(activity_look_ahead(future, life).rule)
    ended = active.assign(terminated=active.datadate)
    rules = set(activity_look_ahead(ended, life).rule)
    assert ("terminated_by_year_end" in rules) == (life != "cumulative")
    old = active.assign(
        announced=active.datadate - pd.DateOffset(years=5) - pd.Timedelta(days=1)
    )
    rules = set(activity_look_ahead(old, life).rule)
    assert ("announced_before_life" in rules) == life.endswith("y")


@pytest.mark.parametrize(
    ("end", "years", "start"),
    [
        ("2004-02-29", 5, "1999-02-28"),
        ("2009-02-28", 5, "2004-02-29"),
        ("2005-12-31", 5, "2000-12-31"),
        ("2005-06-15", 3, "2002-06-15"),
        ("2008-02-28", 4, "2004-02-28"),
    ],
)
def test_years_before_keep_the_end_of_the_month(end, years, start):
    found = years_before(days(pd.Series([pd.Timestamp(end)])), years)
    assert found.tolist() == [pd.Timestamp(start).date()]


def test_one_group_has_one_name_and_is_no_partner_of_itself():
    table = pd.DataFrame(
        [
            ("a", 0, "P", "100", "100", "P", "1000", "p"),
            ("a", 1, "Sub of P", "101", "100", "P", "1000", None),
            ("a", 2, "Q", None, None, None, "2000", None),
            ("b", 0, "Sub of P", "101", "100", "P", "1000", "p"),
            ("b", 1, None, None, None, None, "2000", None),
        ],
        columns=[
            "alliance",
            "position",
            "name",
            "cusip6",
            "parent_cusip6",
            "parent_name",
            "sic",
            "firm",
        ],
    )
    names = parents(table).tolist()
    assert names == ["firm:p", "firm:p", "name:Q", "firm:p", "unnamed:b:1"]
    found = parties(table)
    assert found.alliance.tolist() == ["a", "a", "b", "b"]
    assert found.firm.dropna().tolist() == ["p", "p"]


def test_flags_that_are_not_known_leave_shares_to_the_known_ones():
    world = two_firms("2001-01-01")
    both = pd.concat([world.alliances, world.alliances.assign(alliance="b")])
    both = both.assign(
        joint_venture=pd.array([True, None], dtype="boolean"),
        cross_border=pd.array([None, None], dtype="boolean"),
        marketing=pd.array([True, None], dtype="boolean"),
    )
    again = world.participants.assign(alliance="b")
    table = build(
        World(
            both,
            pd.concat([world.participants, again]),
            world.units,
            world.firm_years,
            world.segments,
        ),
        PortfolioRule(),
    )
    some = table[table.no_portfolio == 0]
    assert (some.portfolio_size == 2).all()
    assert (some.partners == 1).all()
    assert (some.jv_share == 1).all()
    assert some.cross_border_share.isna().all()
    assert (some.mkt_intensity == 1).all()
    assert (some.mkt_difference == 0.5).all()


@pytest.mark.parametrize("structure", ["filed_before", "fiscal_year"])
def test_empty_tables_make_firm_years_without_portfolio(structure):
    world = random_world(15)
    rule = PortfolioRule(structure=structure)
    expected = build(world, rule)
    for name in ("alliances", "participants", "units"):
        empty = {**vars(world), name: getattr(world, name).head(0)}
        table = build(World(**empty), rule)
        assert table.dtypes.equals(expected.dtypes)
        assert len(table) == len(expected)
        assert table.cc_share.isna().all()
        assert (table.no_portfolio == 1).all() == (name != "units")
