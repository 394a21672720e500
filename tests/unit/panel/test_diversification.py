"""Spread of sales over segments by hand and by its bounds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_value.panel.diversification import diversification, segments_by_year


def segments(sales: list[float | None], firm: str = "a") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "firm": pd.array([firm] * len(sales), dtype="string"),
            "fiscal_year": [2000] * len(sales),
            "segment": pd.array([f"s{i}" for i in range(len(sales))], dtype="string"),
            "sales": sales,
        }
    )


def test_by_hand():
    found = diversification(segments([6.0, 3.0, 1.0, -4.0, 0.0, None])).iloc[0]
    shares = np.array([0.6, 0.3, 0.1])
    assert found.segments == 3.0
    assert found.diversification == pytest.approx(-(shares * np.log(shares)).sum())
    assert found.diversification_herfindahl == pytest.approx(1 - 0.46)


def test_one_segment_is_zero_itself():
    found = diversification(segments([5.0])).iloc[0]
    assert (found.diversification, found.diversification_herfindahl) == (0.0, 0.0)
    assert not np.signbit(found.diversification)


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=8), st.floats(1e-3, 1e3))
def test_it_lies_within_its_bounds_in_any_unit(sales, unit):
    found = diversification(segments(sales)).iloc[0]
    scaled = diversification(segments([s * unit for s in sales])).iloc[0]
    n = len(sales)
    assert -1e-12 <= found.diversification <= np.log(n) + 1e-12
    assert -1e-12 <= found.diversification_herfindahl <= 1 - 1 / n + 1e-12
    np.testing.assert_allclose(
        scaled.to_numpy()[2:].astype(float),
        found.to_numpy()[2:].astype(float),
        atol=1e-9,
    )


def test_business_segments_come_before_operating_ones():
    closing = pd.Timestamp("2000-12-31")
    rows = [
        ("a", "BUSSEG", "s1", 1.0, closing),
        ("a", "OPSEG", "s2", 2.0, closing),
        ("b", "OPSEG", "s1", 3.0, closing),
        ("c", "OPSEG", "s1", 4.0, pd.Timestamp("1999-12-31")),
    ]
    table = pd.DataFrame(
        rows, columns=["firm", "segment_type", "segment", "sales", "datadate"]
    ).astype({"firm": "string"})
    years = pd.DataFrame(
        {
            "firm": pd.array(list("abc"), dtype="string"),
            "fiscal_year": [2000] * 3,
            "datadate": [closing] * 3,
        }
    )
    found = segments_by_year(table, years)
    assert found[["firm", "segment", "sales"]].to_numpy().tolist() == [
        ["a", "s1", 1.0],
        ["b", "s1", 3.0],
    ]
