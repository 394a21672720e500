"""Columns and fixed effects -> columns without them, and what was counted on the way.

The effect with most groups is taken out by its group means. What the others' dummies D
still explain then solves small normal equations, D'MD g = D'MX with M the group means
taken out (Frisch-Waugh-Lovell), so that two-way and most multi-way effects go in one
exact step. Only where the dummies are too many for a dense matrix are these equations
solved by conjugate gradients.

References
----------
Abowd, Creecy and Kramarz (2002), Computing person and firm effects using linked
longitudinal employer-employee data. Correia (2017), Linear models with high-dimensional
fixed effects.
"""

from __future__ import annotations

import numpy as np

from alliance_value.models.engine.blocks import (
    COMPILE_FROM,
    MOST_DENSE,
    MOST_SWEEPS,
    Absorbed,
    Blocks,
    blocks,
    checked,
    incidence,
    level_sizes,
    progress,
    raise_unconverged,
    reduced,
)


def demean(
    columns: np.ndarray, effects: np.ndarray, weights: np.ndarray | None = None
) -> Absorbed:
    """Take fixed effects out of columns by weighted least squares.

    Parameters
    ----------
    columns
        float64, shape (n, p), without missing values.
    effects
        Integer codes, shape (n, e); with e = 0 columns are centred.
    weights
        float64, shape (n,), positive; by default all one.

    Raises
    ------
    ConvergenceError
        Where a level keeps a mean beyond the tolerance.
    """
    columns, weight = checked(columns, weights)
    parts = blocks(effects)
    if len(parts.labels) > MOST_DENSE:
        from alliance_value.models.engine.gradients import conjugate_gradients

        return conjugate_gradients(columns, parts, weight)
    if columns.size >= COMPILE_FROM:
        from alliance_value.models.engine.compiled import sweep_rows

        return sweep_rows(columns, parts, weight).absorbed
    return by_matrices(columns, parts, weight)


def by_matrices(columns: np.ndarray, parts: Blocks, weight: np.ndarray) -> Absorbed:
    """Take effects out with NumPy alone: for tables where compiling would not pay."""
    n = len(columns)
    w = weight if weight.size else np.ones(n)
    size = np.bincount(parts.codes, w, parts.groups)
    q = len(parts.labels)
    largest = np.abs(columns).max(axis=0, initial=0.0)
    result = columns - group_means(columns, w, parts.codes, size)[parts.codes]
    effects = np.zeros((q, columns.shape[1]))
    rank, steps, left = parts.groups, 1, 0.0
    if q:
        dummies = incidence(parts)
        solver = reduced(parts, w)
        rank += solver.rank
        for steps in range(1, MOST_SWEEPS + 1):  # noqa: B007
            effects += solver.solve(dummies.T @ (w[:, None] * result))
            result = columns - dummies @ effects
            result -= group_means(result, w, parts.codes, size)[parts.codes]
            sums = dummies.T @ (w[:, None] * result)
            squares = (w[:, None] * result**2).sum(axis=0)
            left, done = progress(
                largest, sums, level_sizes(parts, w), squares, w.sum()
            )
            if done:
                break
        else:
            raise_unconverged(left)
    return Absorbed(result, effects, rank, left, steps, "exact" if q else "means")


def group_means(
    columns: np.ndarray, w: np.ndarray, codes: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """Return weighted means, shape (groups, p)."""
    sums = [np.bincount(codes, w * x, len(size)) for x in columns.T]
    return np.asarray(np.array(sums).reshape(-1, len(size)).T / size[:, None])
