"""Columns + fixed effects -> columns without them (the within transformation)."""

from __future__ import annotations

import numpy as np

from alliance_value.models.columns import EPS, Columns, largest
from alliance_value.models.engine import absorb
from alliance_value.models.engine.blocks import ConvergenceError
from alliance_value.models.estimators.result import EstimationError

ROUNDING = 64.0
"""Multiples of what rounding a raw value can do that count as nothing."""


def demean(
    columns: np.ndarray, effects: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Take the fixed effects out of columns.

    Parameters
    ----------
    columns
        float64, shape (n, k).
    effects
        Integer codes, shape (n, number of effects); with none, columns are centred.
    weights
        Weights of the rows, shape (n,), not negative; ones when absent. Rows without
        weight are left as they are.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, k): residuals of a regression of each column on all effects.

    Raises
    ------
    EstimationError
        The effects hang together too loosely to be taken out.
    """
    try:
        if weights is None or (weights > 0).all():
            return absorb.demean(columns, effects, weights).columns
        result = np.array(columns, dtype="float64", order="F")
        heavy = weights > 0
        inside = absorb.demean(result[heavy], effects[heavy], weights[heavy])
        result[heavy] = inside.columns
    except ConvergenceError as error:
        raise EstimationError(
            str(error), "leave out one of the effects, or rows that connect few levels"
        ) from error
    return result


def without(
    columns: Columns, effects: np.ndarray, root: np.ndarray | None = None
) -> Columns:
    """Take effects out of standardized columns and multiply by roots of weights.

    Without effects columns stay as they are: a constant among them does the rest.
    """
    values = columns.values
    if effects.shape[1]:
        values = demean(values, effects, None if root is None else root**2)
    return columns.with_values(values if root is None else values * root[:, None])


def deviations(
    columns: np.ndarray, groups: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return columns less their (weighted) group means, rounding taken for zero.

    Parameters
    ----------
    columns
        float64, shape (n, k).
    groups
        Codes from 0, shape (n,).
    weights
        Positive, shape (n,); ones when absent.
    """
    w = np.ones(len(columns)) if weights is None else weights
    centred = columns - w @ columns / w.sum()
    sums = np.array([np.bincount(groups, w * column) for column in centred.T]).T
    apart = centred - (sums / np.bincount(groups, w)[:, None])[groups]
    nothing = np.abs(apart) <= ROUNDING * EPS * largest(columns)
    return np.where(nothing, 0.0, apart)
