"""Both partners' returns in columns: the deal's are those of the study of deals."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.contracts.partner_returns import PartnerReturns
from alliance_value.alliances.partner_returns import days, partner_returns
from alliance_value.contracts.storage import conform


@pytest.fixture
def table():
    dyads = pd.DataFrame({"alliance": ["d1", "d2"]}).astype("string")
    for side, value, structure in (("i", 30.0, 1.0), ("j", 10.0, 0.0)):
        dyads[f"firm_{side}"] = [f"{side}1", f"{side}2"]
        dyads[f"security_{side}"] = [f"s{side}1", f"s{side}2"]
        dyads[f"customer_centric_{side}"] = structure
        dyads[f"market_value_{side}"] = value
    dyads["announced"] = pd.Timestamp("2003-05-06")
    for name in ("asymmetric", "marketing", "research", "confounded"):
        dyads[name] = 1.0
    cars = pd.DataFrame(
        [
            ("d1:i", "market", "[-1,1]", 0.04),
            ("d1:j", "market", "[-1,1]", 0.08),
            ("d2:i", "market", "[-1,1]", 0.01),
            ("d1:i", "ff3", "[0,0]", 0.02),
        ],
        columns=["event", "model", "window", "car"],
    )
    return partner_returns(dyads, cars)


def test_a_deal_weighs_its_partners_by_value_or_alike(table):
    conform(table, PartnerReturns)
    deal = table[table.alliance == "d1"]
    np.testing.assert_allclose(deal.car_market_m1_p1, [0.04, 0.08])
    np.testing.assert_allclose(deal.combined_market_m1_p1, 0.05)
    np.testing.assert_allclose(deal.mean_market_m1_p1, 0.06)
    assert list(deal["first"]) == [1.0, 0.0]
    assert list(deal.customer_centric) == [1.0, 0.0]


def test_a_deal_has_no_return_where_a_partner_has_none(table):
    assert table[table.alliance == "d2"].combined_market_m1_p1.isna().all()
    assert table.mean_ff3_0_0.isna().all()


def test_windows_are_names():
    assert [days(w) for w in ("[-1,1]", "[0,0]", "[-10,5]")] == [
        "m1_p1",
        "0_0",
        "m10_p5",
    ]
