"""The dyadic sum of scores against a loop over all pairs of dyads."""

from __future__ import annotations

import numpy as np
import pytest

from alliance_value.models.columns import standardized
from alliance_value.models.covariance import Sample
from alliance_value.models.covariances.dyadic import dyadic_jackknife, dyadic_meat
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import regress
from alliance_value.study.spec import Model


@pytest.mark.parametrize("seed", range(4))
def test_sum_equals_the_loop_over_pairs(seed):
    rng = np.random.default_rng(seed)
    n, k, members = 60, 3, 12
    first = rng.integers(0, members, n)
    second = rng.integers(0, members, n)
    scores = rng.normal(size=(n, k))
    expected = np.zeros((k, k))
    for a in range(n):
        for b in range(n):
            if {first[a], second[a]} & {first[b], second[b]}:
                expected += np.outer(scores[a], scores[b])
    np.testing.assert_allclose(dyadic_meat(scores, first, second), expected, atol=1e-9)


def test_swapping_partners_changes_nothing():
    rng = np.random.default_rng(9)
    first, second = rng.integers(0, 9, (2, 50))
    scores = rng.normal(size=(50, 2))
    swap = rng.random(50) < 0.5
    a, b = np.where(swap, second, first), np.where(swap, first, second)
    np.testing.assert_allclose(
        dyadic_meat(scores, a, b), dyadic_meat(scores, first, second), atol=1e-12
    )


def test_dyads_without_common_members_give_the_robust_sum():
    scores = np.arange(8.0).reshape(4, 2)
    first, second = np.arange(4), np.arange(4, 8)
    np.testing.assert_allclose(
        dyadic_meat(scores, first, second), scores.T @ scores, atol=1e-12
    )


def jackknife(x: np.ndarray, y: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    names = [f"x{k}" for k in range(x.shape[1])]
    fit = regress(
        standardized(y[:, None], ["y"], centre=False),
        standardized(x, names, centre=False),
    )
    sample = Sample(
        model=Model("m", "y", clusters=("", "")),
        clusters=pairs,
        effects=np.empty((len(y), 0), dtype="int64"),
    )
    found = dyadic_jackknife(fit, sample)
    return fit.turn @ found.matrix @ fit.turn.T


def test_the_jackknife_leaves_every_member_and_every_pair_out():
    rng = np.random.default_rng(3)
    n, members = 90, 11
    pairs = np.array([rng.choice(members, 2, replace=False) for _ in range(n)])
    x = np.column_stack([rng.normal(size=(n, 2)), np.ones(n)])
    y = x @ [1.0, -2.0, 0.5] + rng.normal(size=n)
    whole = np.linalg.lstsq(x, y, rcond=None)[0]

    def change(out: np.ndarray) -> np.ndarray:
        return np.linalg.lstsq(x[~out], y[~out], rcond=None)[0] - whole

    own = np.array([change((pairs == m).any(axis=1)) for m in range(members)])
    sides = np.sort(pairs, axis=1)
    twice = np.array(
        [change((sides == p).all(axis=1)) for p in np.unique(sides, axis=0)]
    )
    expected = (members - 1) / members * own.T @ own - twice.T @ twice
    np.testing.assert_allclose(jackknife(x, y, pairs), expected, rtol=1e-8)
    turned = jackknife(x, y, pairs[:, ::-1])
    np.testing.assert_allclose(turned, expected, rtol=1e-8)


def test_a_member_without_which_a_term_does_not_vary_is_a_problem():
    rng = np.random.default_rng(4)
    pairs = np.array([rng.choice(8, 2, replace=False) for _ in range(60)])
    x = np.column_stack([(pairs == 0).any(axis=1), np.ones(60)]).astype(float)
    with pytest.raises(EstimationError, match="without one of the members"):
        jackknife(x, rng.normal(size=60), pairs)
