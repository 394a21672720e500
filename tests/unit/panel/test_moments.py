"""Moments of a small panel against numbers by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alliance_value.panel.moments import correlations, counted_by, moments, trends


def panel() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "firm": ["a", "a", "b", "b", "c"],
            "fiscal_year": [2001, 2002, 2001, 2002, 2001],
            "x": [1.0, 3.0, 2.0, 4.0, 6.0],
            "y": [1.0, np.nan, -1.0, 2.0, 0.0],
        }
    )


def test_trends_are_means_and_quartiles_of_each_year():
    found = trends(panel(), ["x", "y"]).set_index(["variable", "fiscal_year"])
    assert trends(panel(), ["x", "y"]).index.tolist() == [0, 1, 2, 3]
    assert found.columns.tolist() == ["mean", "low", "high", "n"]
    assert found.index.tolist() == [(v, t) for v in "xy" for t in (2001, 2002)]
    assert found.loc[("x", 2001)].tolist() == [3.0, 1.5, 4.0, 3]
    assert found.loc[("x", 2002)].tolist() == [3.5, 3.25, 3.75, 2]
    assert found.loc[("y", 2001)].tolist() == [0.0, -0.5, 0.5, 3]
    # the missing value is in no quartile and no count
    assert found.loc[("y", 2002)].tolist() == [2.0, 2.0, 2.0, 1]


def test_moments_part_what_lies_between_firms_from_what_lies_within():
    found = moments(panel(), ["x"]).loc["x"]
    assert found["mean"] == pytest.approx(3.2)
    assert found["sd"] == pytest.approx(np.sqrt(14.8 / 4))
    # means 2, 3, 6 about 11 / 3; deviations -1, 1, -1, 1, 0
    assert found["between"] == pytest.approx(np.sqrt((49 - 121 / 3) / 2))
    assert found["within"] == pytest.approx(1.0)
    assert found["x"] == pytest.approx(1.0)


def test_correlations_have_a_column_for_each_variable():
    table = panel().assign(z=lambda t: -2 * t.x)
    found = moments(table, ["x", "z"])
    assert found.index.tolist() == ["x", "z"]
    assert found.loc["x", "z"] == pytest.approx(-1.0)
    assert found.columns.tolist()[-2:] == ["x", "z"]


def test_rows_and_entities_are_counted_by_value():
    found = counted_by(panel(), "fiscal_year")
    assert found.rows.to_dict() == {2001: 3, 2002: 2}
    assert found.entities.to_dict() == {2001: 3, 2002: 2}
    assert found.share.tolist() == [0.6, 0.4]


def test_correlations_are_those_of_each_pairs_rows():
    table = panel().assign(same=1.0)
    pairs = correlations(table, ["x", "y", "same"]).set_index(["variable", "other"])
    known = table.dropna()
    expected = stats.pearsonr(known.x, known.y)
    row = pairs.loc[("y", "x")]
    assert row.n == 4
    assert [row.r, row.p] == pytest.approx([expected.statistic, expected.pvalue])
    assert pairs.loc[("same", "x")][["r", "p"]].isna().all()
    itself = correlations(table.assign(z=-2 * table.x), ["x", "z"]).iloc[0]
    assert (itself.r, itself.p) == (-1.0, 0.0)
