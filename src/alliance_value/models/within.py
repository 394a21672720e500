"""Columns + fixed effects -> columns without them (the within transformation)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

TOLERANCE = 1e-12
MOST_ROUNDS = 10_000
MOST_LEVELS = 1_500  # of all effects but the largest, solved for directly


def demean(
    columns: np.ndarray, effects: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Take the fixed effects out of columns.

    Means of the effect with the most groups are subtracted; the coefficients of the
    others' dummies solve the normal equations that this leaves (Frisch, Waugh and
    Lovell). Where these have more than 1,500 groups, alternating projections are used.

    Parameters
    ----------
    columns
        float64, shape (n, k).
    effects
        Integer codes, shape (n, number of effects); with none, columns are centred.
    weights
        Positive or zero, shape (n,): projections are by weighted least squares.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, k): residuals of a regression of each column on all effects.

    References
    ----------
    Guimaraes and Portugal (2010), Stata Journal 10, for the alternating projections.
    """
    result = np.array(columns, dtype="float64", order="F")
    n = len(result)
    w = np.ones(n) if weights is None else np.asarray(weights, dtype="float64")
    if effects.shape[1] == 0:
        return np.asarray(result - w @ result / w.sum())
    codes = [np.unique(column, return_inverse=True)[1] for column in effects.T]
    codes.sort(key=lambda code: -int(code.max(initial=0)))
    base, others = codes[0], codes[1:]
    if not others:
        for _ in range(2):  # the second time takes the rounding error out
            result -= group_means(result, base, w)
        return result
    if sum(int(code.max()) + 1 for code in others) > MOST_LEVELS:
        return alternate(result, codes, w)
    solver = Dummies(base, others, w)
    for _ in range(2):
        result = solver.residuals(result)
    return result


def group_means(columns: np.ndarray, code: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return each row's weighted group means, shape (n, k); zero without weight."""
    size = np.bincount(code, w)
    scale = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
    means = [np.bincount(code, w * c, minlength=len(size)) * scale for c in columns.T]
    return np.column_stack([m[code] for m in means]) if means else columns


class Dummies:
    """The dummies of small effects once the means of a large one are out.

    Parameters
    ----------
    base
        Codes of the large effect, shape (n,).
    others
        Codes of the small effects, shape (n,) each.
    w
        Weights, shape (n,).
    """

    def __init__(self, base: np.ndarray, others: list[np.ndarray], w: np.ndarray):
        self.base, self.w = base, w
        n = len(base)
        offset = np.cumsum([0, *(int(code.max()) + 1 for code in others)])
        rows = np.tile(np.arange(n), len(others))
        column = np.concatenate([c + o for c, o in zip(others, offset, strict=False)])
        shape = (n, int(offset[-1]))
        self.matrix = sparse.csr_array((np.ones(len(rows)), (rows, column)), shape)
        weighted = self.matrix.multiply(w[:, None]).tocsr()
        groups = sparse.csr_array(
            (np.ones(n), (np.arange(n), base)), (n, int(base.max()) + 1)
        )
        size = np.bincount(base, w)
        scale = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
        cross = (groups.T @ weighted).tocsr()
        between = cross.T @ cross.multiply(scale[:, None]).tocsr()
        self.normal = (self.matrix.T @ weighted - between).toarray()
        self.weighted = weighted
        self.inverse = np.linalg.pinv(self.normal, rcond=1e-11, hermitian=True)

    def residuals(self, columns: np.ndarray) -> np.ndarray:
        """Return columns, shape (n, k), without both kinds of effects."""
        left = columns - group_means(columns, self.base, self.w)
        left = left - self.matrix @ (self.inverse @ (self.weighted.T @ left))
        return np.asarray(left - group_means(left, self.base, self.w))

    @property
    def rank(self) -> int:
        """The dummies that the large effect does not contain, as a number."""
        return round(float(np.trace(self.inverse @ self.normal)))


def alternate(result: np.ndarray, codes: list[np.ndarray], w: np.ndarray) -> np.ndarray:
    """Project on the complement of each effect in turn until nothing moves."""
    sizes = [np.bincount(code, w) for code in codes]
    scale = np.abs(result).max(axis=0, initial=0.0)
    scale[scale == 0] = 1.0
    for j in range(result.shape[1]):
        for _ in range(MOST_ROUNDS):
            moved = 0.0
            for code, size in zip(codes, sizes, strict=True):
                sums = np.bincount(code, w * result[:, j], minlength=len(size))
                means = np.divide(sums, size, out=np.zeros_like(sums), where=size > 0)
                result[:, j] -= means[code]
                moved = max(moved, float(np.abs(means).max(initial=0.0)))
            if moved <= TOLERANCE * scale[j]:
                break
    return result


def parameters(effects: np.ndarray) -> int:
    """Return how many parameters the effects take: the rank of all their dummies.

    Exact where the effects but the largest have at most 1,500 groups; else every
    further effect counts its groups less one.

    Parameters
    ----------
    effects
        Integer codes, shape (n, number of effects).
    """
    codes = [np.unique(column, return_inverse=True)[1] for column in effects.T]
    codes.sort(key=lambda code: -int(code.max(initial=0)))
    levels = [int(code.max(initial=-1)) + 1 for code in codes]
    if len(codes) < 2 or sum(levels[1:]) > MOST_LEVELS:
        return sum(levels) - max(0, len(levels) - 1)
    return levels[0] + Dummies(codes[0], codes[1:], np.ones(len(effects))).rank
