"""Whale curves against plain loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_value.alliances.whale import whale_curve, whale_summary

GAINS = st.lists(
    st.tuples(st.sampled_from("xy"), st.integers(-50, 50)), min_size=1, max_size=25
)


@given(GAINS)
def test_curves_and_their_ends_equal_plain_loops(deals):
    group = pd.Series([g for g, _ in deals])
    curve = whale_curve(pd.Series([float(v) for _, v in deals]), group)
    summary = whale_summary(curve).set_index("group")
    for name in sorted(set(group)):
        gains = sorted((v for g, v in deals if g == name), reverse=True)
        n = len(gains)
        base = sum(gains) if sum(gains) > 0 else sum(map(abs, gains))
        one = curve[curve.group == name]
        assert one["rank"].tolist() == list(range(1, n + 1))
        assert one.share_of_deals.tolist() == [r / n for r in range(1, n + 1)]
        assert (one.deals == n).all()
        assert one.gain.tolist() == gains
        if not base:
            assert one.cumulative_share.isna().all()
            continue
        path = [sum(gains[: r + 1]) / base for r in range(n)]
        assert one.cumulative_share.tolist() == pytest.approx(path)
        few = max(n // 5, 1)
        found = summary.loc[name]
        assert found.peak == pytest.approx(max(path))
        assert path[round(found.peak_at * n) - 1] == pytest.approx(max(path))
        assert found.top_share == pytest.approx(sum(gains[:few]) / base)
        assert found.bottom_share == pytest.approx(sum(gains[-few:]) / base)
        assert found.deals == n


def test_a_fifth_of_the_deals_stands_at_either_end():
    found = whale_summary(whale_curve(pd.Series(np.arange(10.0)))).iloc[0]
    assert found.group == "all"
    assert found.top_share == pytest.approx(17 / 45)
    assert found.bottom_share == pytest.approx(1 / 45)
