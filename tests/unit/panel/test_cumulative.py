"""Cumulative curves and their ends against numbers by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.panel.cumulative import cumulative_curve, curve_summary

AMOUNTS = pd.Series([1.0, 4.0, -2.0, np.nan, 3.0, -1.0], index=[7, 5, 3, 2, 8, 9])
GROUPS = pd.Series(list("aaaabc"), index=AMOUNTS.index)


def test_units_stand_by_their_amounts_and_sum_up_to_the_total():
    curve = cumulative_curve(AMOUNTS, GROUPS)
    assert curve.index.equals(pd.RangeIndex(5))
    assert curve.group.tolist() == list("aaabc")
    assert curve.amount.tolist() == [4, 1, -2, 3, -1]
    assert curve["rank"].tolist() == [1, 2, 3, 1, 1]
    assert curve["count"].tolist() == [3, 3, 3, 1, 1]
    assert curve.share.tolist() == pytest.approx([1 / 3, 2 / 3, 1, 1, 1])
    # of c the total is negative, so that its share is of the absolute amounts
    assert curve.cumulative_share.tolist() == pytest.approx([4 / 3, 5 / 3, 1, 1, -1])


def test_without_groups_all_units_are_one():
    curve = cumulative_curve(AMOUNTS)
    assert set(curve.group) == {"all"} and set(curve["count"]) == {5}
    assert curve.cumulative_share.iloc[-1] == 1


def test_a_curve_has_its_peak_and_its_ends():
    one = curve_summary(cumulative_curve(AMOUNTS, GROUPS)).loc[0]
    assert (one.group, one["count"]) == ("a", 3)
    assert (one.peak, one.peak_at) == pytest.approx((5 / 3, 2 / 3))
    assert one.whole_at == pytest.approx(1 / 3)
    assert (one.top_share, one.bottom_share) == pytest.approx((4 / 3, -2 / 3))


def test_a_fifth_of_the_units_stands_at_either_end():
    amounts = pd.Series(np.arange(11.0))
    one = curve_summary(cumulative_curve(amounts)).loc[0]
    assert (one.top_share, one.bottom_share) == pytest.approx((19 / 55, 1 / 55))


def test_of_a_total_of_zero_there_is_no_share_and_no_place():
    (row,) = curve_summary(cumulative_curve(pd.Series([0.0, 0.0, 0.0]))).to_dict(
        "records"
    )
    assert (row.pop("group"), row.pop("count")) == ("all", 3)
    assert np.isnan([*row.values()]).all()


def test_one_unit_is_all_of_its_curve():
    one = curve_summary(cumulative_curve(pd.Series([2.0]))).loc[0]
    assert (one.peak, one.peak_at, one.whole_at) == (1, 1, 1)
    assert (one.top_share, one.bottom_share) == (1, 1)
    lost = curve_summary(cumulative_curve(pd.Series([-2.0]))).loc[0]
    assert (lost.peak, lost.top_share, lost.bottom_share) == (-1, -1, -1)
