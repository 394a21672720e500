"""Dependence, alternatives, ages and knowledge of partners, by hand."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.dependence import (
    ages,
    alternatives,
    both_sides,
    concentration_of_customers,
    customer_dependence,
    industry_dependence,
    knowledge_overlap,
)

DYADS = pd.DataFrame(
    {
        "firm_i": ["a", "a", "c"],
        "firm_j": ["b", "c", "d"],
        "sic_i": ["2011", "2011", "3711"],
        "sic_j": ["3711", "2080", "9999"],
        "announced": pd.to_datetime(["2005-06-30", "2005-01-01", "2006-03-01"]),
    }
).astype({name: "string" for name in ("firm_i", "firm_j", "sic_i", "sic_j")})


def test_dependence_is_the_share_of_sales_and_purchases() -> None:
    flows = pd.DataFrame(
        [
            ("20", "20", 10.0),
            ("20", "37", 20.0),
            ("37", "20", 10.0),
            ("37", "37", 40.0),
        ],
        columns=["from_industry", "to_industry", "value"],
    ).astype({"from_industry": "string", "to_industry": "string"})
    found = industry_dependence(DYADS, flows)
    # 20 trades 2 x 10 with itself and 30 with 37, which trades 2 x 40 with itself
    assert found.dependence_i[0] == pytest.approx(30 / 50)
    assert found.dependence_j[0] == pytest.approx(30 / 110)
    assert found.dependence_i[1] == found.dependence_j[1] == pytest.approx(20 / 50)
    assert found.iloc[2].isna().all()
    sides = both_sides(found, "dependence").iloc[0]
    assert sides.mutual_dependence == pytest.approx(0.6 + 3 / 11)
    assert sides.dependence_imbalance == pytest.approx(0.6 - 3 / 11)
    turned = DYADS.rename(columns={"sic_i": "sic_j", "sic_j": "sic_i"})
    back = both_sides(industry_dependence(turned, flows), "dependence").iloc[0]
    assert back.mutual_dependence == sides.mutual_dependence
    assert back.dependence_difference == -sides.dependence_difference


def test_dependence_on_sales_is_that_of_the_last_closing_before() -> None:
    customers = pd.DataFrame(
        {
            "firm": ["a", "a", "a", "b"],
            "datadate": pd.to_datetime(
                ["2003-12-31", "2004-12-31", "2005-06-30", "2004-12-31"]
            ),
            "customer": ["b", "b", "b", "x"],
            "share": [0.1, 0.2, 0.5, 0.3],
        }
    ).astype({"firm": "string", "customer": "string"})
    found = customer_dependence(DYADS, customers)
    assert found.dependence_i.tolist() == [0.2, 0.0, 0.0]
    assert found.dependence_j.tolist() == [0.0, 0.0, 0.0]


def test_alternatives_and_ages_are_those_of_the_year_before_and_the_first_year() -> (
    None
):
    industries = pd.DataFrame(
        {
            "firm": ["a", "b", "a"],
            "fiscal_year": [2004, 2004, 2005],
            "industry_firms": [4.0, 2.0, 9.0],
            "hhi": [0.3, 0.6, 0.9],
        }
    )
    found = alternatives(DYADS, industries).iloc[0]
    assert found.alternatives == pytest.approx(np.log(8))
    assert found.concentration == pytest.approx(0.9)
    assert found.alternatives_difference == pytest.approx(np.log(2 / 4))
    years = pd.DataFrame(
        {"firm": ["a", "a", "b", "c"], "fiscal_year": [1990, 1991, 2000, 1999]}
    )
    aged = ages(DYADS, years)
    assert aged.age_gap[0] == pytest.approx(np.log(16 / 6))
    assert aged.young_established.tolist()[:2] == [1.0, 1.0]
    assert np.isnan(aged.young_established[2])


def test_knowledge_overlap_is_the_cosine() -> None:
    classes = pd.DataFrame(
        [("a", "x", 3.0), ("a", "y", 4.0), ("b", "x", 2.0), ("c", "z", 1.0)],
        columns=["firm", "class_", "weight"],
    )
    found = knowledge_overlap(DYADS, classes)
    assert found.iloc[0] == pytest.approx(3 / 5)
    assert found.iloc[1] == 0
    assert np.isnan(found.iloc[2])


def test_concentration_of_customers_is_the_sum_of_squared_shares() -> None:
    closed = pd.to_datetime(["2004-12-31", "2005-12-31"])
    firm_years = pd.DataFrame(
        {"firm": ["a", "a"], "fiscal_year": [2004, 2005], "datadate": closed}
    )
    customers = pd.DataFrame(
        {
            "firm": "a",
            "datadate": closed[0],
            "customer": ["x", "y"],
            "share": [0.4, 0.1],
        }
    )
    found = concentration_of_customers(customers, firm_years)
    assert found.fiscal_year.tolist() == [2004]
    assert found.customer_concentration[0] == pytest.approx(0.17)
    assert found.major_customers[0] == 2
