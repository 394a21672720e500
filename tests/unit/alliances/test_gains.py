"""Differences and joint gains of deals by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.gains import both_returns, differences, spread


def test_differences_are_the_customer_centric_partners():
    dyads = pd.DataFrame(
        {
            "asymmetric": [1.0, 1.0, 0.0, np.nan, 1.0],
            "customer_centric_i": [1.0, 0.0, 1.0, np.nan, 0.0],
            "car_difference": [0.03, 0.01, 0.5, 0.5, np.nan],
        }
    )
    found = differences(dyads)
    assert found.name == "difference"
    assert found.tolist() == [0.03, -0.01]
    assert found.index.tolist() == [0, 1]


def test_a_spread_has_mean_median_share_and_limit():
    gap = pd.Series([-0.04, 0.0, 0.01, 0.02])
    found = spread(gap)
    assert found["mean"] == pytest.approx(-0.0025)
    assert found["median"] == pytest.approx(0.005)
    assert found["above"] == 0.5
    assert found["limit"] == pytest.approx(np.quantile([0.04, 0, 0.01, 0.02], 0.99))
    none = spread(gap.head(0))
    assert np.isnan(none["mean"]) and np.isnan(none["median"])
    assert (none["above"], none["limit"]) == (0.0, 1.0)


def test_rates_are_of_the_deals_with_both_returns():
    dyads = pd.DataFrame(
        {
            "alliance": [*"abcd"],
            "car_i": [0.01, -0.02, np.nan, 0.01],
            "car_j": [0.05, 0.03, 0.01, 0.01],
            "asymmetric": 1.0,
            "sign_class": ["both", "one", "both", "both"],
            "other": 1,
        }
    )
    deals, rates, limit = both_returns(dyads)
    assert deals.alliance.tolist() == [*"abd"]
    assert "other" not in deals
    assert rates == pytest.approx({"both": 2 / 3, "one": 1 / 3, "none": 0.0})
    sizes = [0.01, 0.02, 0.01, 0.05, 0.03, 0.01]
    assert limit == pytest.approx(np.quantile(sizes, 0.985))
    deals, rates, limit = both_returns(dyads.head(0))
    assert deals.empty
    assert rates == {"both": 0.0, "one": 0.0, "none": 0.0}
    assert limit == 1.0
