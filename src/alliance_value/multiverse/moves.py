"""Estimates of a grid -> what moves them: each choice's share of their variance.

The share of a choice is its Shapley value in the regression of the estimates on dummies
of levels: what it adds to the R-squared, averaged over the orders in which choices may
come. Shares add up to the R-squared of all choices. What pairs add beyond that stands
beside them.

References
----------
Shapley (1953). Lindeman, Merenda and Gold (1980). Groemping (2007), Estimators of
relative importance in linear regression based on variance decomposition, The American
Statistician 61.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import factorial

import numpy as np

MOST_CHOICES = 12
"""Choices up to which every subset is taken; beyond, orders are drawn."""

ORDERS = 2000
RANK = 1e-10


def shares(
    estimates: np.ndarray, levels: np.ndarray, w: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Return each choice's share of the variance of estimates, shape (C,).

    Parameters
    ----------
    estimates
        float64, shape (S,).
    levels
        int64, shape (S, C): level of each choice.
    w
        Weights that add up to 1, shape (S,).
    seed
        Of the orders that are drawn where choices are many.
    """
    places, gram = normal_equations(estimates, levels, w)
    count = len(places)
    if not gram[0, 0]:
        return np.zeros(count)
    known: dict[frozenset[int], float] = {frozenset(): 0.0}

    def explained(chosen: frozenset[int]) -> float:
        if chosen not in known:
            columns = [p for c in sorted(chosen) for p in places[c]]
            known[chosen] = r_squared(gram, columns)
        return known[chosen]

    share = np.zeros(count)
    if count <= MOST_CHOICES:
        for c in range(count):
            others = [o for o in range(count) if o != c]
            for size in range(count):
                weight = factorial(size) * factorial(count - size - 1)
                for before in combinations(others, size):
                    chosen = frozenset(before)
                    gain = explained(chosen | {c}) - explained(chosen)
                    share[c] += weight / factorial(count) * gain
        return share
    generator = np.random.default_rng(seed)
    for _ in range(ORDERS):
        chosen = frozenset()
        for c in generator.permutation(count).tolist():
            share[c] += (explained(chosen | {c}) - explained(chosen)) / ORDERS
            chosen |= {c}
    return share


def pairs(
    estimates: np.ndarray, levels: np.ndarray, w: np.ndarray
) -> list[tuple[int, int, float]]:
    """Return what the crossing of two choices explains beyond all choices."""
    c = levels.shape[1]
    of_pairs = list(combinations(range(c), 2))
    crossed = [
        levels[:, a] * (int(levels[:, b].max(initial=0)) + 1) + levels[:, b]
        for a, b in of_pairs
    ]
    gains = []
    for (a, b), both in zip(of_pairs, crossed, strict=True):
        places, gram = normal_equations(estimates, np.column_stack([levels, both]), w)
        if not gram[0, 0]:
            gains.append((a, b, 0.0))
            continue
        main = [p for part in places[:c] for p in part]
        gain = r_squared(gram, [*main, *places[c]]) - r_squared(gram, main)
        gains.append((a, b, gain))
    return gains


def normal_equations(
    estimates: np.ndarray, levels: np.ndarray, w: np.ndarray
) -> tuple[list[list[int]], np.ndarray]:
    """Return the places of each choice's dummies, and cross-products after estimates.

    Dummies of all levels but the first that occurs, centred; the first column and row
    are those of the estimates.
    """
    columns = [estimates]
    places: list[list[int]] = []
    for choice in levels.T:
        present = np.unique(choice)[1:]
        places.append([len(columns) + i for i in range(len(present))])
        columns += [(choice == level).astype("float64") for level in present]
    matrix = np.column_stack(columns)
    matrix = matrix - w @ matrix
    return places, matrix.T @ (w[:, None] * matrix)


def r_squared(gram: np.ndarray, columns: Sequence[int]) -> float:
    """Return the share of the first column that others explain."""
    if not len(columns):
        return 0.0
    inner, right = gram[np.ix_(columns, columns)], gram[columns, 0]
    b = np.linalg.pinv(inner, rcond=RANK, hermitian=True) @ right
    return float(right @ b / gram[0, 0])
