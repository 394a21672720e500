"""The table of covariances: R's sandwich and plm, hat matrices, and the formulas."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from alliance_value.models.columns import standardized
from alliance_value.models.covariance import Sample, cluster_meat, covariance
from alliance_value.models.covariances.driscoll_kraay import driscoll_kraay
from alliance_value.models.covariances.leverage import leverage
from alliance_value.models.covariances.robust import hc0, robust
from alliance_value.models.engine.blocks import effect_rank
from alliance_value.models.regression import regress
from alliance_value.models.within import without
from alliance_value.study.spec import Model

from .engine.panels import (
    CASES,
    EFFECTS,
    Panel,
    r_results,
    r_value,
    simulated,
    stored,
    with_dummies,
)


def fitted(panel: Panel, effects: str, weights=None, lags=None):
    codes = panel.effects[:, EFFECTS[effects]]
    root = None if weights is None else np.sqrt(weights)
    columns = standardized(panel.columns, panel.names, weights)
    if not codes.shape[1]:
        ones = np.ones((len(codes), 1))
        columns = columns.beside(standardized(ones, ["constant"]))
    inside = without(columns, codes, root)
    fit = regress(inside.take(slice(0, 1)), inside.take(slice(1, None)))
    sample = Sample(
        Model("m", "y", clusters=("firm",), lags=lags),
        panel.firm[:, None],
        codes,
        effect_rank(codes)[0],
        periods=panel.year,
        root=root,
    )
    return fit, sample


def slopes(matrix: np.ndarray, panel: Panel) -> np.ndarray:
    return np.sqrt(matrix.diagonal())[: len(panel.terms)]


@pytest.mark.parametrize(("name", "kind"), [("HC0", hc0), ("HC1", robust)])
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("dataset", CASES)
def test_whites_errors_equal_sandwich(dataset, effects, name, kind):
    panel = stored(dataset)
    found = covariance(*fitted(panel, effects), kind).matrix
    expected = r_results(dataset, effects, "sandwich", name)[list(panel.terms)]
    np.testing.assert_allclose(slopes(found, panel), expected, rtol=1e-8)


@pytest.mark.parametrize("dataset", ["Grunfeld", "EmplUK"])
def test_weighted_errors_equal_sandwich(dataset):
    panel = stored(dataset)
    order = np.lexsort((panel.year, panel.firm))
    w = np.empty(len(order))
    w[order] = 1.0 + np.arange(len(order)) % 3
    found = covariance(*fitted(panel, "entity_time", w), robust).matrix
    expected = r_value(dataset, "weighted_hc1")[list(panel.terms)]
    np.testing.assert_allclose(slopes(found, panel), expected, rtol=1e-8)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("effects", EFFECTS)
def test_leverage_equals_the_hat_matrix(effects, weighted):
    panel = simulated(firms=15)
    w = np.random.default_rng(0).uniform(0.5, 2, len(panel.firm))
    w = w if weighted else np.ones(len(w))
    found = leverage(*fitted(panel, effects, w))
    design = with_dummies(panel, effects) * np.sqrt(w)[:, None]
    expected = (design @ np.linalg.pinv(design)).diagonal()
    np.testing.assert_allclose(found, expected, atol=1e-11)


@pytest.mark.parametrize("lags", range(4))
@pytest.mark.parametrize("effects", ["entity", "time", "entity_time"])
@pytest.mark.parametrize("dataset", CASES)
def test_driscoll_kraay_equals_plm(dataset, effects, lags):
    panel = stored(dataset)
    found = covariance(*fitted(panel, effects, lags=lags), driscoll_kraay)
    expected = r_results(dataset, effects, "plm", f"driscoll_kraay:sss:maxlag={lags}")
    np.testing.assert_allclose(
        slopes(found.matrix, panel), expected[list(panel.terms)], rtol=1e-8
    )
    assert found.label == f"Driscoll-Kraay, {lags} lags"


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_clusters_of_several_dimensions_include_and_exclude(dimensions):
    rng = np.random.default_rng(dimensions)
    scores = rng.normal(size=(120, 2))
    clusters = rng.integers(0, [9, 7, 5][:dimensions], size=(120, dimensions))
    expected = np.zeros((2, 2))
    for size in range(1, dimensions + 1):
        for chosen in combinations(range(dimensions), size):
            keys = [tuple(row) for row in clusters[:, chosen].tolist()]
            groups = sorted(set(keys))
            sums = np.array(
                [scores[[k == g for k in keys]].sum(axis=0) for g in groups]
            )
            factor = len(groups) / (len(groups) - 1)
            expected += (-1) ** (size + 1) * factor * sums.T @ sums
    np.testing.assert_allclose(cluster_meat(scores, clusters), expected, rtol=1e-12)
