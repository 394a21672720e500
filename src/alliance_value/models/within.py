"""Columns + fixed effects -> columns without them (the within transformation)."""

from __future__ import annotations

import numpy as np

TOLERANCE = 1e-12
MOST_ROUNDS = 10_000


def demean(columns: np.ndarray, effects: np.ndarray) -> np.ndarray:
    """Take the fixed effects out of columns by alternating projections.

    Parameters
    ----------
    columns
        float64, shape (n, k).
    effects
        Integer codes, shape (n, number of effects); with none, columns are centred.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, k): residuals of a regression of each column on all effects
        (von Neumann's alternating projections; Guimaraes and Portugal 2010).
    """
    result = np.array(columns, dtype="float64", order="F")
    if effects.shape[1] == 0:
        return np.asarray(result - result.mean(axis=0))
    sizes = [np.bincount(column) for column in effects.T]
    scale = np.abs(result).max(axis=0, initial=0.0)
    scale[scale == 0] = 1.0
    for j in range(result.shape[1]):
        for _ in range(MOST_ROUNDS):
            moved = 0.0
            for code, size in zip(effects.T, sizes, strict=True):
                sums = np.bincount(code, result[:, j], minlength=len(size))
                means = np.divide(sums, size, out=np.zeros_like(sums), where=size > 0)
                result[:, j] -= means[code]
                moved = max(moved, float(np.abs(means).max(initial=0.0)))
            if effects.shape[1] == 1 or moved <= TOLERANCE * scale[j]:
                break
    return result
