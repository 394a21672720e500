"""Industry measures and outcomes less their peers' against plain loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.panel.industry import (
    industry_code,
    industry_measures,
    industry_years,
)
from alliance_value.panel.peers import relative_to_peers
from tests.unit.alliances.worlds import random_world, shuffled, text


def test_measures_equal_plain_loops():
    table = random_world(31, firms=20).firm_years
    table.loc[3, "sale"], table.loc[5, "sale"] = -4.0, np.nan
    table.loc[7, "sic"] = pd.NA
    found = industry_years(table).set_index(["industry", "fiscal_year"])
    sales: dict[tuple[str, int], list[float]] = {}
    for row in table.itertuples():
        if not pd.isna(row.sic) and row.sale > 0:
            key = (row.sic.zfill(4)[:3], row.fiscal_year)
            sales.setdefault(key, []).append(row.sale)
    assert set(found.index) == set(sales)
    for (industry, year), values in sales.items():
        row = found.loc[(industry, year)]
        assert row.industry_firms == len(values)
        hhi = sum((v / sum(values)) ** 2 for v in values)
        np.testing.assert_allclose(row.hhi, hhi)
        past = [sum(sales.get((industry, y), [])) for y in range(year - 4, year + 1)]
        if not all(past):
            assert np.isnan(row.industry_growth)
            assert np.isnan(row.industry_turbulence)
            continue
        slope, level = np.polyfit(range(5), past, 1)
        rest = np.array(past) - level - slope * np.arange(5)
        np.testing.assert_allclose(row.industry_growth_slope, slope, rtol=1e-9)
        np.testing.assert_allclose(
            row.industry_growth, slope / np.mean(past), rtol=1e-9
        )
        turbulence = np.sqrt(rest @ rest / 3) / np.mean(past)
        np.testing.assert_allclose(row.industry_turbulence, turbulence, rtol=1e-9)
    assert found.industry_growth.notna().sum() > 5


def test_a_firm_year_has_the_measures_of_its_industry():
    table = random_world(32).firm_years
    table.loc[7, "sic"] = pd.NA
    found = industry_measures(table)
    assert len(found) == len(table)
    assert found.hhi.isna().sum() == 1
    one = found[found.industry == "010"]
    assert (one.hhi > 0).all()


def test_by_hand():
    table = pd.DataFrame(
        {
            "firm": text(["a", "b", *"cdef"]),
            "fiscal_year": [2000, 2000, 2001, 2002, 2003, 2004],
            "sic": text(["0111", "111", "0111", "0119", "0111", "0112"]),
            "sale": [3.0, 1.0, 6.0, 8.0, 10.0, 12.0],
        }
    )
    found = industry_years(table).set_index("fiscal_year")
    assert found.industry.unique().tolist() == ["011"]
    assert found.hhi[2000] == (9 + 1) / 16
    assert found.industry_growth_slope[2004] == 2.0
    assert found.industry_growth[2004] == 2.0 / 8.0
    np.testing.assert_allclose(found.industry_turbulence[2004], 0, atol=1e-15)
    assert industry_years(table, digits=2).industry.unique().tolist() == ["01"]


def test_codes_keep_leading_zeros_and_know_no_empty_text():
    codes = industry_code(pd.Series(["100", " 7372 ", "", None, "0100"]))
    assert codes.fillna("-").tolist() == ["010", "737", "-", "-", "010"]
    assert industry_code(pd.Series([100.0, np.nan])).fillna("-").tolist() == [
        "010",
        "-",
    ]
    assert industry_code(pd.Series(["Energy"])).tolist() == ["Energy"]


@pytest.mark.parametrize("method", ["mean_of_others", "median"])
@pytest.mark.parametrize("peers", [1, 3])
def test_adjusted_outcomes_equal_plain_loops(method, peers):
    table = shuffled(random_world(33, firms=20).firm_years)
    outcome = (table.ib / table["at"]).where(table.ib > 20)
    industry = table.sic.str[:3]
    found = relative_to_peers(outcome, industry, table, method, peers)
    for k in table.index:
        same = (industry == industry[k]) & (table.fiscal_year == table.fiscal_year[k])
        others = outcome[same & (table.index != k)].dropna()
        usual = outcome[same].median() if method == "median" else others.mean()
        if np.isnan(outcome[k]) or len(others) < peers:
            assert np.isnan(found[k])
        else:
            np.testing.assert_allclose(found[k], outcome[k] - usual, atol=1e-12)
    assert found.notna().sum() > 50


def test_row_order_changes_nothing():
    table = random_world(34).firm_years
    pd.testing.assert_frame_equal(
        industry_measures(table), industry_measures(shuffled(table)), check_exact=True
    )


def test_no_firm_years_make_no_industries():
    table = random_world(34).firm_years.head(0)
    assert industry_years(table).empty
    assert industry_measures(table).empty


def test_no_sales_are_no_firm_of_the_industry():
    table = pd.DataFrame(
        {
            "firm": text(list("abc")),
            "fiscal_year": [2000] * 3,
            "sic": text(["0111", "0111", "0121"]),
            "sale": [5.0, 0.0, 7.0],
        }
    )
    found = industry_measures(table).set_index("firm")
    assert found.industry_firms.tolist() == [1, 1, 1]
    assert found.industry.tolist() == ["011", "011", "012"]
