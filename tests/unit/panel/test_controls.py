"""Controls and outcomes by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.panel.controls import controls, diversification
from alliance_value.panel.outcomes import LEVELS, later, outcomes
from tests.unit.panel.worlds import random_world, shuffled, text

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
NO_SEGMENTS = pd.DataFrame(
    {
        "firm": text([]),
        "fiscal_year": pd.Series([], dtype="int64"),
        "segment": text([]),
        "sic": text([]),
        "sales": pd.Series([], dtype="float64"),
    }
)


def firm_year(**changes: float) -> pd.DataFrame:
    return pd.DataFrame([{**ITEMS, **changes}]).assign(
        firm=text(["f"]), fiscal_year=2000, sic=text(["3570"])
    )


def test_controls_by_hand():
    row = controls(firm_year(), NO_SEGMENTS).iloc[0]
    expected = {
        "size": np.log(200),
        "size_sales": np.log(100),
        "size_employees": np.log(1.5),
        "leverage": 0.25,
        "rd_intensity": 0.05,
        "rd_missing": 0,
        "ad_intensity": 0.02,
        "ad_missing": 0,
        "sga_intensity": 0.25,
        "slack": 0.1,
        "current_ratio": 1.5,
        "free_cash": 0.1,
        "capex_intensity": 0.04,
        "q": (200 + 150 - 110) / 200,
    }
    for name, value in expected.items():
        np.testing.assert_allclose(row[name], value, err_msg=name)
    assert np.isnan(row.diversification)


@pytest.mark.parametrize(
    ("changes", "zeros", "intensity", "missing"),
    [
        ({"xrd": np.nan}, (), 0.0, 1),
        ({"xrd": 0.0}, (), 0.0, 0),
        ({"xrd": 0.0}, ("xrd",), 0.0, 1),
        ({"xrd": np.nan, "sale": 0.0}, (), np.nan, 1),
        ({"xrd": 5.0, "sale": -1.0}, (), np.nan, 0),
    ],
)
def test_research_that_is_not_reported_is_flagged(changes, zeros, intensity, missing):
    row = controls(firm_year(**changes), NO_SEGMENTS, zeros).iloc[0]
    np.testing.assert_equal(row.rd_intensity, intensity)
    assert row.rd_missing == missing


def test_no_ratio_has_a_denominator_that_is_not_positive():
    row = controls(firm_year(at=0.0, lct=0.0, emp=0.0), NO_SEGMENTS).iloc[0]
    names = ["size", "size_employees", "leverage", "slack", "current_ratio", "q"]
    assert row[names].isna().all()
    assert outcomes(firm_year(at=-5.0))[["roa", "q"]].isna().all().all()


def test_diversification_by_hand():
    table = pd.DataFrame(
        {
            "firm": text(["f", "f", "f", "g", "h"]),
            "fiscal_year": 2000,
            "segment": text(["1", "2", "elim", "1", "1"]),
            "sic": text(["3570"] * 5),
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


def test_outcomes_by_hand():
    first = firm_year()
    second = firm_year(at=300.0).assign(fiscal_year=2001)
    third = firm_year().assign(fiscal_year=2003)
    rival = firm_year(ib=40.0).assign(firm=text(["g"]))
    table = outcomes(pd.concat([third, rival, second, first], ignore_index=True))
    f = table[table.firm == "f"].set_index("fiscal_year")
    np.testing.assert_allclose(f.roa, [10 / 200, 10 / 300, 10 / 200])
    np.testing.assert_allclose(f.roa_operating[2000], 30 / 200)
    np.testing.assert_allclose(f.roa_net[2000], 12 / 200)
    np.testing.assert_allclose(f.roa_average, [np.nan, 10 / 250, np.nan])
    np.testing.assert_allclose(f.roa_adjusted, [10 / 200 - 40 / 200, np.nan, np.nan])
    assert [f"{name}_adjusted" in table for name in LEVELS] == [True] * 5


def test_later_years_go_by_the_calendar():
    years = [2000, 2001, 2002, 2003, 2005]
    table = pd.DataFrame(
        {"firm": text(["f"] * 5), "fiscal_year": years, "roa": [1.0, 2, 3, 4, 6]}
    )
    found = later(table, ["roa"]).set_index("fiscal_year")
    np.testing.assert_equal(found.roa_t1.tolist(), [2, 3, 4, np.nan, np.nan])
    np.testing.assert_equal(found.roa_t3.tolist(), [4, np.nan, 6, np.nan, np.nan])
    np.testing.assert_equal(found.roa_mean.tolist(), [3] + [np.nan] * 4)
    two = later(table, ["roa"], min_years=2).set_index("fiscal_year")
    np.testing.assert_equal(two.roa_mean.tolist(), [3, 3.5, 5, np.nan, np.nan])


def test_row_order_changes_nothing():
    world = random_world(41)
    pd.testing.assert_frame_equal(
        controls(world.firm_years, world.segments),
        controls(shuffled(world.firm_years), shuffled(world.segments)),
        check_exact=True,
    )
    a = later(outcomes(world.firm_years), ["roa", "q_adjusted"])
    b = later(outcomes(shuffled(world.firm_years)), ["roa", "q_adjusted"])
    pd.testing.assert_frame_equal(a, b, check_exact=True)
