"""Columns + fixed effects -> columns without them (the within transformation)."""

from __future__ import annotations

import numpy as np

from alliance_value.models.engine import absorb


def demean(
    columns: np.ndarray, effects: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Take the fixed effects out of columns.

    Parameters
    ----------
    columns
        float64, shape (n, k).
    effects
        Codes or labels, shape (n, number of effects); with none, columns are centred.
    weights
        Weights of the rows, shape (n,), not negative; ones when absent. Rows without
        weight are left as they are.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, k): residuals of a regression of each column on all effects.
    """
    effects = coded(effects)
    if weights is None:
        return absorb.demean(columns, effects).columns
    result = np.array(columns, dtype="float64", order="F")
    heavy = np.asarray(weights) > 0
    inside = absorb.demean(result[heavy], effects[heavy], weights[heavy])
    result[heavy] = inside.columns
    return result


def parameters(effects: np.ndarray) -> int:
    """Return how many parameters the effects take: the rank of all their dummies.

    Parameters
    ----------
    effects
        Integer codes, shape (n, number of effects).
    """
    if not effects.shape[1]:
        return 0
    return absorb.demean(np.zeros((len(effects), 1)), coded(effects)).rank


def coded(effects: np.ndarray) -> np.ndarray:
    """Return effects as integer codes, labels of any kind numbered in their order."""
    if effects.dtype.kind == "i":
        return effects
    codes = np.empty(effects.shape, dtype="int64")
    for j, column in enumerate(effects.T):
        codes[:, j] = np.unique(column, return_inverse=True)[1]
    return codes
