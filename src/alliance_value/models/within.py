"""Columns + fixed effects -> columns without them (the within transformation)."""

from __future__ import annotations

import numpy as np

from alliance_value.models.engine import absorb


def demean(columns: np.ndarray, effects: np.ndarray) -> np.ndarray:
    """Take the fixed effects out of columns.

    Parameters
    ----------
    columns
        float64, shape (n, k).
    effects
        Integer codes, shape (n, number of effects); with none, columns are centred.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, k): residuals of a regression of each column on all effects.
    """
    return absorb.demean(columns, effects).columns
