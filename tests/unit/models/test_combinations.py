"""Linear combinations of terms against matrices by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alliance_value.models.combinations import combine, in_words


def test_a_combination_has_the_error_of_its_covariances():
    b, v = [0.5, -2.0, 1.0], np.array([[4.0, 1, 0], [1, 9, -2], [0, -2, 1]])
    names = ["x", "z", "x:z"]
    estimates = pd.DataFrame(
        {"model": ["other", *["m"] * 3], "term": ["x", *names], "estimate": [9, *b]}
    ).assign(df=[3.0, 20.0, 20.0, 20.0])
    covariances = pd.DataFrame(
        [("m", a, c, v[i, j]) for i, a in enumerate(names) for j, c in enumerate(names)]
        + [("other", "x", "x", 99.0)],
        columns=["model", "term", "other_term", "covariance"],
    )
    found = combine(estimates, covariances, "m", {"x:z": 2.0, "x": 1.0}, 0.9)
    w = np.array([1.0, 0.0, 2.0])
    assert found.estimate == pytest.approx(2.5)
    assert found.se == pytest.approx(np.sqrt(w @ v @ w))
    reach = stats.t.ppf(0.95, 20) * found.se
    assert (found.ci_low, found.ci_high) == pytest.approx((2.5 - reach, 2.5 + reach))


def test_a_combination_is_written_with_its_weights():
    assert in_words({"x": 1, "x:z": 0.5, "z": -1.0}) == "x + 0.5 x:z + -1 z"
