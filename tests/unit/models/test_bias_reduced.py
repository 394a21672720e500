"""Bias-reduced clustered errors against their definition by whole matrices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg
from statsmodels.api import OLS

from alliance_value.models.bias_reduced import bias_reduced


def data(clusters: int = 9, k: int = 3):
    rng = np.random.default_rng(4)
    size = rng.integers(1, 6, clusters)
    code = np.repeat(np.arange(clusters), size)
    x = np.column_stack([np.ones(len(code)), rng.normal(size=(len(code), k - 1))])
    return x @ np.arange(1.0, k + 1) + rng.normal(size=len(code)), x, code


def test_the_definition_by_whole_matrices():
    y, x, code = data()
    contrast = np.array([0.0, 1.0, -0.5])
    n = len(y)
    bread = np.linalg.inv(x.T @ x)
    maker = np.eye(n) - x @ bread @ x.T
    weights = []
    for g in np.unique(code):
        rows = code == g
        root = np.real(linalg.sqrtm(np.linalg.inv(maker[np.ix_(rows, rows)])))
        column = np.zeros(n)
        column[rows] = root @ x[rows] @ bread @ contrast
        weights.append(maker @ column)
    # V = y'By; under errors alike df is 2 mean^2 / variance
    b = np.transpose(weights) @ np.array(weights)
    estimate, se, df = bias_reduced(y, x, code, contrast)
    assert estimate == pytest.approx(contrast @ np.linalg.lstsq(x, y)[0])
    assert se == pytest.approx(np.sqrt(y @ b @ y), rel=1e-9)
    assert df == pytest.approx(np.trace(b) ** 2 / np.trace(b @ b), rel=1e-9)
    # and the variance is unbiased there
    assert np.trace(b) == pytest.approx(contrast @ bread @ contrast, rel=1e-9)


def test_a_mean_of_even_clusters_has_clusters_less_one_degrees_of_freedom():
    y = np.random.default_rng(1).normal(size=24)
    code = np.repeat([*"abcdefgh"], 3)
    estimate, se, df = bias_reduced(y, np.ones((24, 1)), code, np.ones(1))
    means = y.reshape(8, 3).mean(axis=1)
    assert (estimate, df) == (pytest.approx(y.mean()), pytest.approx(7))
    assert se == pytest.approx(means.std(ddof=1) / np.sqrt(8))


def test_clusters_of_one_row_are_hc2():
    y, x, _ = data()
    _, se, _ = bias_reduced(y, x, np.arange(len(y)), np.array([0, 0, 1.0]))
    assert se == pytest.approx(OLS(y, x).fit(cov_type="HC2").bse[2], rel=1e-9)


def test_a_cluster_that_its_own_dummy_fits_counts_for_nothing():
    y, x, code = data()
    own = np.column_stack([x, code == 2]).astype(float)
    estimate, se, df = bias_reduced(y, own, code, np.array([0, 1.0, 0, 0]))
    assert np.isfinite([estimate, se, df]).all()
    assert estimate == pytest.approx(np.linalg.lstsq(own, y)[0][1])
