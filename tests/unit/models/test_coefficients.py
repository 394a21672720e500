"""t tests and intervals: two-sided, each with its own degrees of freedom."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.models.coefficients import tested as with_tests


def test_p_values_are_two_sided():
    t, df = np.array([0.0, -2.262]), np.array([9.0, 9.0])
    p = with_tests(t, np.ones(2), df, 0.95).p
    assert p[0] == 1
    assert p[1] == pytest.approx(0.05, 1e-3)


def test_each_estimate_has_its_own_degrees_of_freedom():
    estimates, se, df = (
        np.array([0.2, -1.5, 3.0]),
        np.array([0.1, 0.7, 2.0]),
        [4, 30, 9],
    )
    rows = zip(estimates, se, df, strict=True)
    alone = [with_tests(np.array([b]), np.array([s]), d, 0.9) for b, s, d in rows]
    together = with_tests(estimates, se, np.array(df), 0.9)
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))
