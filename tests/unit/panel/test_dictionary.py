"""The dictionary's variables, and diversification, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.panel.diversification import diversification, segments_by_year
from alliance_value.panel.variables import build_variables
from alliance_value.study.dictionary import dictionary, with_standard_variables
from alliance_value.study.spec import Variable
from tests.unit.alliances.worlds import random_world, shuffled, text

ITEMS = {
    "at": 200.0,
    "sale": 100.0,
    "ib": 10.0,
    "ni": 12.0,
    "oibdp": 30.0,
    "xrd": 5.0,
    "xad": 2.0,
    "xsga": 25.0,
    "emp": 1.5,
    "dltt": 40.0,
    "dlc": 10.0,
    "che": 20.0,
    "act": 90.0,
    "lct": 60.0,
    "capx": 8.0,
    "prcc_f": 30.0,
    "csho": 5.0,
    "ceq": 110.0,
    "oancf": 28.0,
}


def firm_year(**changes: float) -> pd.DataFrame:
    return pd.DataFrame([{**ITEMS, **changes}]).assign(
        firm=text(["f"]), fiscal_year=2000, industry=text(["357"])
    )


def computed(table: pd.DataFrame, names: list[str], **declared: dict) -> pd.DataFrame:
    study = {"standard_variables": names, "variables": declared}
    variables, problems = with_standard_variables(study)
    assert not problems
    filled = {
        name: {"lead": 0, "lag": 0, "missing": "keep", **variable}
        for name, variable in variables.items()
    }
    built = build_variables(table, [Variable.of(n, v) for n, v in filled.items()])
    assert not built.problems
    return pd.DataFrame(built.columns)


def test_levels_by_hand():
    expected = {
        "size": np.log(200),
        "size_sales": np.log(100),
        "size_employees": np.log(1.5),
        "leverage": 0.25,
        "rd_intensity": 0.05,
        "rd_intensity_missing": 0,
        "ad_intensity": 0.02,
        "ad_intensity_missing": 0,
        "sga_intensity": 0.25,
        "slack": 0.1,
        "current_ratio": 1.5,
        "free_cash": 0.1,
        "capex_intensity": 0.04,
        "market_value": 150,
        "q": (200 + 150 - 110) / 200,
        "roa": 0.05,
        "roa_operating": 0.15,
        "roa_net": 0.06,
    }
    names = [n for n in expected if not n.endswith("_missing")]
    row = computed(firm_year(), names).iloc[0]
    for name, value in expected.items():
        np.testing.assert_allclose(row[name], value, err_msg=name)


def test_every_variable_is_tested_and_says_what_it_is():
    moved = {n for n, v in dictionary().items() if {"lead", "horizon"} & v.keys()}
    by_hand = {"roa_average", "assets_before", "roa_adjusted"}
    table = computed(firm_year(), list(dictionary()))
    assert set(dictionary()) <= set(table.columns)
    levels = set(dictionary()) - moved - by_hand
    assert table[sorted(levels)].notna().all().all()
    for name, variable in dictionary().items():
        assert {"label", "unit", "source"} <= variable.keys(), name


@pytest.mark.parametrize(
    ("changes", "zero", "intensity", "missing"),
    [
        ({"xrd": np.nan}, "observed", 0.0, 1),
        ({"xrd": 0.0}, "observed", 0.0, 0),
        ({"xrd": 0.0}, "missing", 0.0, 1),
        ({"xrd": 5.0}, "missing", 0.05, 0),
    ],
)
def test_research_that_is_not_reported_is_flagged(changes, zero, intensity, missing):
    declared = {**dictionary()["rd_intensity"], "zero": zero}
    row = computed(firm_year(**changes), [], rd_intensity=declared).iloc[0]
    np.testing.assert_equal(row.rd_intensity, intensity)
    assert row.rd_intensity_missing == missing


def test_no_ratio_has_a_denominator_that_is_not_positive():
    names = ["size", "size_employees", "leverage", "slack", "current_ratio", "q", "roa"]
    row = computed(firm_year(at=0.0, lct=0.0, emp=0.0), names).iloc[0]
    assert row[names].isna().all()


def test_outcomes_by_hand():
    years = pd.concat(
        [
            firm_year().assign(fiscal_year=2003),
            firm_year(ib=40.0).assign(firm=text(["g"])),
            firm_year(at=300.0).assign(fiscal_year=2001),
            firm_year(),
        ],
        ignore_index=True,
    )
    table = computed(years, ["roa", "roa_average", "roa_adjusted", "roa_next"])
    f = table[table.firm == "f"].set_index("fiscal_year").sort_index()
    np.testing.assert_allclose(f.roa, [10 / 200, 10 / 300, 10 / 200])
    np.testing.assert_allclose(f.roa_average, [np.nan, 10 / 250, np.nan])
    np.testing.assert_allclose(f.roa_adjusted, [10 / 200 - 40 / 200, np.nan, np.nan])
    np.testing.assert_allclose(f.roa_next, [10 / 300, np.nan, np.nan])


def test_the_mean_of_later_years_goes_by_the_calendar():
    years = [2000, 2001, 2002, 2003, 2005]
    table = pd.DataFrame({"firm": text(["f"] * 5), "fiscal_year": years}).assign(
        at=1.0, ib=[1.0, 2, 3, 4, 6]
    )
    found = computed(table, ["roa_long"]).roa_long
    np.testing.assert_equal(found.tolist(), [3] + [np.nan] * 4)


def test_a_declared_variable_stands_instead_of_the_standard_one():
    declared = {"numerator": "ni", "denominator": "at"}
    table = computed(firm_year(), ["roa"], roa=declared)
    np.testing.assert_allclose(table.roa, 12 / 200)


def test_an_unknown_name_is_a_problem_with_the_nearest_one():
    _, problems = with_standard_variables({"standard_variables": ["levrage"]})
    assert "leverage" in problems[0].remedy


def test_diversification_by_hand():
    table = pd.DataFrame(
        {
            "firm": text(["f", "f", "f", "g", "h"]),
            "fiscal_year": 2000,
            "segment": text(["1", "2", "elim", "1", "1"]),
            "sales": [75.0, 25.0, -10.0, 9.0, np.nan],
        }
    )
    found = diversification(table).set_index("firm")
    assert found.index.tolist() == ["f", "g"]
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    np.testing.assert_allclose(found.diversification["f"], entropy)
    np.testing.assert_allclose(found.diversification_herfindahl["f"], 0.375)
    assert found.diversification["g"] == 0
    assert found.segments.tolist() == [2, 1]


def test_business_segments_count_before_operating_ones():
    day = pd.Timestamp("2000-12-31").as_unit("s")
    segments = pd.DataFrame(
        {
            "firm": text(["f", "f", "g", "h"]),
            "datadate": [day, day, day, day - pd.DateOffset(years=1)],
            "segment_type": text(["OPSEG", "BUSSEG", "OPSEG", "BUSSEG"]),
            "segment": text(["1", "2", "1", "1"]),
            "sales": [1.0, 2.0, 3.0, 4.0],
        }
    )
    firm_years = pd.DataFrame(
        {"firm": text(["f", "g", "h"]), "fiscal_year": 2000, "datadate": day}
    )
    found = segments_by_year(segments, firm_years)
    assert list(zip(found.firm, found.segment, strict=True)) == [("f", "2"), ("g", "1")]


def test_row_order_changes_nothing():
    world = random_world(41)
    names = ["roa_long", "q_next", "roa_adjusted", "roa_average"]
    table = world.firm_years.assign(industry=world.firm_years.sic.str[:3])
    key = ["firm", "fiscal_year"]
    a = computed(table, names).sort_values(key, ignore_index=True)
    b = computed(shuffled(table), names).sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(a, b, check_exact=True)
    pd.testing.assert_frame_equal(
        diversification(world.segments),
        diversification(shuffled(world.segments)),
        check_exact=True,
    )
