"""Both partners' returns in columns: the deal's are those of the study of deals."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.contracts.partner_returns import PartnerReturns
from alliance_value.alliances.dyad_study import Partners
from alliance_value.alliances.partner_returns import OF_DEALS, days, partner_returns
from alliance_value.contracts.storage import conform


def partners(cars, **flags):
    events = pd.DataFrame(
        [
            (f"{d}:{s}", v)
            for d in ("d1", "d2", "d3")
            for s, v in (("i", 30.0), ("j", 10.0))
        ],
        columns=["event", "market_value"],
    ).assign(day=pd.Timestamp("2003-05-06"), kept=True, confounded=False)
    for event in flags.get("confounded", ()):
        events.loc[events.event == event, "confounded"] = True
    columns = ["event", "model", "window", "car"]
    return Partners(events, pd.DataFrame(cars, columns=columns))


@pytest.fixture
def table():
    dyads = pd.DataFrame({"alliance": ["d1", "d2", "d3"]}).astype("string")
    for side, structure in (("i", 1.0), ("j", 0.0)):
        dyads[f"firm_{side}"] = [f"{side}{n}" for n in "123"]
        dyads[f"security_{side}"] = [f"s{side}{n}" for n in "123"]
        dyads[f"customer_centric_{side}"] = structure
    dyads["announced"] = pd.Timestamp("2003-05-06")
    for name in OF_DEALS:
        dyads[name] = 1.0
    usual = [
        ("d1:i", "market", "[-1,1]", 0.04),
        ("d1:j", "market", "[-1,1]", 0.08),
        ("d2:i", "market", "[-1,1]", 0.01),
        ("d1:i", "ff3", "[0,0]", 0.02),
        ("d3:i", "ff3", "[0,0]", 0.02),
    ]
    short = [("d2:i", "market", "[-1,1]", 0.08), ("d2:j", "market", "[-1,1]", 0.0)]
    variant = partners(short, confounded=["d2:j"])
    wide = partners([], confounded=["d1:j"])
    return partner_returns(dyads, partners(usual), {"short": variant, "wide": wide})


def test_a_deal_weighs_its_partners_by_value_or_alike(table):
    conform(table, PartnerReturns)
    deal = table[table.alliance == "d1"]
    np.testing.assert_allclose(deal.car_market_m1_p1, [0.04, 0.08])
    np.testing.assert_allclose(deal.combined_market_m1_p1, 0.05)
    np.testing.assert_allclose(deal.mean_market_m1_p1, 0.06)
    assert list(deal["first"]) == [1.0, 0.0]
    assert list(deal.customer_centric) == [1.0, 0.0]


def test_a_deal_has_no_return_where_a_partner_has_none(table):
    deal = table[table.alliance == "d2"]
    for kind in ("car", "combined", "mean"):
        assert deal[f"{kind}_market_m1_p1"].isna().all()
        assert table[f"{kind}_ff3_0_0"].isna().all()


def test_a_variant_has_deals_and_news_of_its_own(table):
    deal = table[table.alliance == "d2"]
    np.testing.assert_allclose(deal.combined_market_short_m1_p1, 0.06)
    np.testing.assert_allclose(deal.mean_market_short_m1_p1, 0.04)
    assert table[table.alliance == "d1"].car_market_short_m1_p1.isna().all()
    assert list(table.confounded) == [0.0] * 4
    assert list(table.confounded_short) == [0.0, 0.0, 1.0, 1.0]


def test_a_variant_of_other_news_alone_has_no_returns_of_its_own(table):
    assert list(table.confounded_wide) == [1.0, 1.0, 0.0, 0.0]
    assert not [name for name in table if "wide" in name and "confounded" not in name]
    assert set(table.spatial_overlap) == {1.0}


def test_a_deal_without_any_return_has_no_row(table):
    assert list(table.alliance) == ["d1", "d1", "d2", "d2"]


def test_windows_are_names():
    assert [days(w) for w in ("[-1,1]", "[0,0]", "[-10,5]")] == [
        "m1_p1",
        "0_0",
        "m10_p5",
    ]
