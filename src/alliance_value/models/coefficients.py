"""Estimates and standard errors -> t tests and intervals: one table for all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats


def errors_of(covariance: np.ndarray) -> np.ndarray:
    """Return roots of a covariance's diagonal, missing where it is negative."""
    variance = np.diag(covariance)
    return np.sqrt(np.where(variance >= 0, variance, np.nan))


def combined_errors(weights: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return standard errors of linear combinations of estimates (delta method).

    Parameters
    ----------
    weights
        float64, shape (m, k).
    covariance
        float64, shape (k, k).

    Returns
    -------
    numpy.ndarray
        Shape (m,); missing where the covariance, not being positive semidefinite, gives
        a combination a negative variance.
    """
    variance = np.einsum("ij,jk,ik->i", weights, covariance, weights)
    return np.sqrt(np.where(variance >= 0, variance, np.nan))


def tested(
    estimates: np.ndarray, se: np.ndarray, df: float | np.ndarray, confidence: float
) -> pd.DataFrame:
    """Return t tests against zero and intervals.

    Parameters
    ----------
    estimates, se
        float64, shape (k,).
    df
        Degrees of freedom of t, of all or of each, shape (k,); infinite for the normal.
    confidence
        Level of the intervals (decimal).

    Returns
    -------
    pandas.DataFrame
        estimate, se, df, t, p (two-sided), ci_low, ci_high; missing where an estimate
        has no standard error.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t = estimates / se
    half = stats.t.ppf(0.5 + confidence / 2, df) * se
    return pd.DataFrame(
        {
            "estimate": estimates,
            "se": se,
            "df": np.broadcast_to(np.asarray(df, dtype="float64"), estimates.shape),
            "t": t,
            "p": 2 * stats.t.sf(np.abs(t), df),
            "ci_low": estimates - half,
            "ci_high": estimates + half,
        }
    )


def coefficient_table(
    names: Sequence[str],
    estimates: np.ndarray,
    covariance: np.ndarray,
    df: float,
    confidence: float,
) -> pd.DataFrame:
    """Return estimates with standard errors, t tests and intervals, by ``term``."""
    table = tested(estimates, errors_of(covariance), df, confidence)
    table.insert(0, "term", list(names))
    return table
