"""The dyadic sum of scores against a loop over all pairs of dyads."""

from __future__ import annotations

import numpy as np
import pytest

from alliance_value.models.covariances.dyadic import dyadic_meat


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
