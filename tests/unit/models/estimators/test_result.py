"""Joint tests: by the distributions of SciPy, and of covariances not positive."""

import numpy as np
import pytest
from scipy import stats

from alliance_value.models.estimators.result import wald

ESTIMATES = np.array([1.0, 2.0])


@pytest.mark.parametrize("df2", [np.inf, 30.0])
def test_the_statistic_is_judged_by_its_distribution(df2: float) -> None:
    test = wald("both", ESTIMATES, np.diag([1.0, 4.0]), "", df2)
    if np.isinf(df2):
        expected = 2.0, stats.chi2.sf(2.0, 2)
    else:
        expected = 1.0, stats.f.sf(1.0, 2, 30)
    assert (test.statistic, test.p) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("df2", [np.inf, 30.0])
def test_a_statistic_below_zero_rejects_nothing(df2: float) -> None:
    indefinite = np.array([[1.0, -2.0], [-2.0, 1.0]])
    test = wald("both", np.array([1.0, 1.0]), indefinite, "", df2)
    assert test.statistic < 0
    assert test.p == 1.0
