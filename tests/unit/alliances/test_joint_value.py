"""Joint value by class of deals against the formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.joint_value import joint_value

DYADS = pd.DataFrame(
    {
        "deal_class": ["R&D symmetric"] * 4
        + ["marketing asymmetric", "other symmetric", "other symmetric"],
        "combined_car": [0.01, 0.03, 0.02, np.nan, 0.9, 0.1, 0.3],
    }
)


def test_means_have_normal_intervals_from_two_deals_on():
    found = joint_value(DYADS)
    assert found[["type", "symmetry", "n"]].to_numpy().tolist() == [
        ["R&D", "symmetric", 3],
        ["other", "symmetric", 2],
    ]
    half = 1.959963984540054 * np.array([0.01 / np.sqrt(3), 0.1])
    mean = np.array([0.02, 0.2])
    np.testing.assert_allclose(found["mean"], mean)
    np.testing.assert_allclose(found.ci_low, mean - half)
    np.testing.assert_allclose(found.ci_high, mean + half)
    wide = joint_value(DYADS, confidence=0.99)
    assert wide.ci_high[1] - 0.2 == pytest.approx(0.1 * 2.5758293035489004)


def test_without_deals_there_are_columns_and_no_rows():
    found = joint_value(DYADS.head(0))
    assert found.empty
    assert found.columns.tolist() == joint_value(DYADS).columns.tolist()
