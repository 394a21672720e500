"""Estimates and their covariances -> a linear combination of a model's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats


@dataclass(frozen=True)
class Combination:
    """An estimate with its standard error, degrees of freedom and interval."""

    estimate: float
    se: float
    ci_low: float
    ci_high: float


def combine(
    estimates: pd.DataFrame,
    covariances: pd.DataFrame,
    model: str,
    weights: Mapping[str, float],
    confidence: float,
) -> Combination:
    """Return ``w'b`` of a model with standard error ``sqrt(w'Vw)``.

    They are missing where the model is not estimated.

    Parameters
    ----------
    estimates, covariances
        The canonical tables; a model that is estimated has every term of ``weights``.
    model
        Its name.
    weights
        Term -> weight.
    confidence
        Level of the interval (decimal).
    """
    if not (estimates.model == model).any():
        return Combination(np.nan, np.nan, np.nan, np.nan)
    terms = list(weights)
    w = np.array([weights[t] for t in terms], dtype="float64")
    mine_only = covariances[covariances.model == model]
    cells = mine_only.set_index(["term", "other_term"]).covariance
    rows = estimates[estimates.model == model].set_index("term").loc[terms]
    covariance = np.array([[cells[a, b] for b in terms] for a in terms])
    estimate = float(w @ rows.estimate.to_numpy())
    se = float(np.sqrt(w @ covariance @ w))
    half = float(stats.t.ppf(0.5 + confidence / 2, rows.df.iloc[0])) * se
    return Combination(estimate, se, estimate - half, estimate + half)


def in_words(weights: Mapping[str, float]) -> str:
    """Write a combination of terms as text."""
    return " + ".join(t if w == 1 else f"{w:g} {t}" for t, w in weights.items())
