"""Joint value, appropriation and whale curves by hand, and what must not matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.announcements import match_depth, security_at
from alliance_value.alliances.dyads import (
    appropriation,
    deal_class,
    dyad_returns,
    mirrored,
    partner_events,
)
from alliance_value.alliances.whale import whale_curve, whale_summary

DAYS = ([(-1, 1)], (-2, 2))


def series(*values: object) -> pd.Series:
    return pd.Series(list(values))


def test_appropriation_by_hand():
    found = appropriation(
        series(0.02, 0.02, -0.01, np.nan),
        series(0.01, -0.04, -0.02, 0.01),
        series(1000.0, 1000.0, 1000.0, 1000.0),
        series(3000.0, 500.0, 2000.0, 1000.0),
    )
    np.testing.assert_allclose(found.gain_i, [20, 20, -10, np.nan])
    np.testing.assert_allclose(found.gain_j, [30, -20, -40, 10])
    np.testing.assert_allclose(found.joint_gain, [50, 0, -50, np.nan])
    np.testing.assert_allclose(
        found.combined_car, [50 / 4000, 0, -50 / 3000, np.nan], atol=1e-15
    )
    np.testing.assert_allclose(found.share_i, [0.4, np.nan, np.nan, np.nan])
    np.testing.assert_allclose(
        found.relative_gain, [-10 / 4000, 40 / 1500, 30 / 3000, np.nan]
    )
    np.testing.assert_allclose(found.bounded_gain, [-10 / 50, 1.0, 30 / 50, np.nan])
    np.testing.assert_allclose(found.car_difference, [0.01, 0.06, 0.01, np.nan])
    np.testing.assert_allclose(found.least_car, [0.01, -0.04, -0.02, np.nan])
    assert found.sign_class.fillna("-").tolist() == ["both", "one", "none", "-"]
    np.testing.assert_array_equal(found.both_gain, [1, 0, 0, np.nan])


def test_swapping_partners_mirrors_the_measures():
    rng = np.random.default_rng(5)
    cars = pd.DataFrame(rng.normal(0, 0.02, (40, 2)))
    values = pd.DataFrame(np.exp(rng.normal(7, 1, (40, 2))))
    one = appropriation(cars[0], cars[1], values[0], values[1])
    two = appropriation(cars[1], cars[0], values[1], values[0])
    same = ["joint_gain", "combined_car", "least_car", "both_gain", "sign_class"]
    pd.testing.assert_frame_equal(one[same], two[same])
    for name in ("relative_gain", "bounded_gain", "car_difference"):
        np.testing.assert_allclose(one[name], -two[name])
    np.testing.assert_allclose(one.share_i, 1 - two.share_i)
    sides = pd.DataFrame({"cc_i": [1.0, 0.0], "cc_j": [0.0, 0.0]})
    assert mirrored(sides, ["cc"]).cc_difference.tolist() == [1.0, 0.0]


@pytest.fixture
def dyads() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "alliance": pd.array(["a", "b"], dtype="string"),
            "announced": pd.to_datetime(["2000-03-01", "2000-03-02"]),
            "day": pd.to_datetime(["2000-03-01", "2000-03-02"]),
            "firm_i": ["f", "f"],
            "firm_j": ["g", "h"],
            "security_i": pd.array(["1", "1"], dtype="string"),
            "security_j": pd.array(["2", "3"], dtype="string"),
            "customer_centric_i": [1.0, 1.0],
            "customer_centric_j": [0.0, 1.0],
            "market_value_i": [100.0, 100.0],
            "market_value_j": [300.0, 100.0],
            "asymmetric": [1.0, 0.0],
            "marketing": [1.0, 0.0],
            "research": [0.0, 1.0],
        }
    )


def test_each_deal_has_an_event_per_partner(dyads):
    events = partner_events(dyads)
    assert events.event.tolist() == ["a:i", "a:j", "b:i", "b:j"]
    assert events.security.tolist() == ["1", "2", "1", "3"]
    assert events.group.tolist()[:2] == ["customer-centric", "product-centric"]
    assert deal_class(dyads).tolist() == ["marketing asymmetric", "R&D symmetric"]


def test_a_dyad_return_is_weighted_by_value_before_the_event(dyads):
    days = pd.to_datetime(["2000-02-28", "2000-02-29", "2000-03-01"])
    returns = pd.DataFrame(
        {
            "security": np.repeat(["1", "2", "3"], 3),
            "date": np.tile(days, 3),
            "ret": [0.04, 0.02, 0.0, 0.0, np.nan, 0.04, 0.02, 0.02, 0.02],
        }
    ).astype({"security": "string"})
    found = dyad_returns(returns, dyads, *DAYS).set_index(["security", "date"]).ret
    np.testing.assert_allclose(found["a"], [0.01, np.nan, 0.03])
    np.testing.assert_allclose(found["b"], [0.03, 0.02, 0.01])
    shuffled = dyad_returns(returns.sample(frac=1, random_state=1), dyads, *DAYS)
    np.testing.assert_array_equal(shuffled.ret, found.to_numpy())


def test_match_depth_counts_leading_digits():
    depth = match_depth(
        series("3570", "3571", "100", None), series("3571", "7372", "0100", "3570")
    )
    np.testing.assert_array_equal(depth, [3, 0, 4, np.nan])


def test_only_common_stock_linked_on_the_day_is_a_security():
    links = pd.DataFrame(
        {
            "firm": pd.array(["f", "f", "g"], dtype="string"),
            "security": [1, 2, 3],
            "link_from": pd.to_datetime(["1990-01-01", "2000-01-01", "1990-01-01"]),
            "link_to": pd.to_datetime(["1999-12-31", "2010-12-31", "2010-12-31"]),
        }
    )
    names = pd.DataFrame(
        {
            "security": [1, 2, 3],
            "share_code": pd.array(["11", "10", "31"], dtype="string"),
            "name_from": pd.to_datetime(["1990-01-01"] * 3),
            "name_to": pd.to_datetime(["2010-12-31"] * 3),
        }
    )
    firm = pd.Series(pd.array(["f", "f", "g", "h"], dtype="string"))
    day = pd.Series(pd.to_datetime(["1999-12-31", "2000-01-01", "2000-01-01"] * 2))[:4]
    found = security_at(firm, day, links, names)
    assert found.fillna(-1).tolist() == [1, 2, -1, -1]
    assert security_at(firm, day, links, names.head(0)).fillna(-1).tolist() == [
        1,
        2,
        3,
        -1,
    ]


def test_whale_curve_by_hand():
    curve = whale_curve(series(10.0, -5.0, 30.0, np.nan, 5.0))
    assert curve.gain.tolist() == [30, 10, 5, -5]
    np.testing.assert_allclose(curve.cumulative_share, [0.75, 1.0, 1.125, 1.0])
    # a fifth of four deals is one of them
    summary = whale_summary(curve).iloc[0]
    assert (summary.deals, summary.peak, summary.peak_at) == (4, 1.125, 0.75)
    assert (summary.top_share, summary.bottom_share) == (0.75, -0.125)


def test_a_total_that_is_not_positive_is_scaled_by_absolute_gains():
    curve = whale_curve(series(10.0, -30.0))
    np.testing.assert_allclose(curve.cumulative_share, [0.25, -0.5])


def test_whale_curves_by_group_know_no_order():
    gains = series(1.0, 2.0, 3.0, -1.0)
    group = pd.Series(pd.array(["x", "y", "x", "y"], dtype="string"))
    back = gains.index[::-1]
    pd.testing.assert_frame_equal(
        whale_curve(gains, group), whale_curve(gains[back], group[back])
    )
