"""Scores summed by period -> a covariance robust to dependence across and over time."""

from __future__ import annotations

import numpy as np

from alliance_value.models.covariance import (
    Covariance,
    Sample,
    sandwich,
    terms_counted,
)
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error

# below it, relative to the scores, a sum of a period is rounding
ROUNDING = 1e-12


@standard_error(
    "driscoll_kraay",
    label="Driscoll-Kraay",
    beside="Driscoll-Kraay",
    order=5,
    needs=("scores", "periods"),
    takes=("lags",),
    words=(
        "Driscoll and Kraay's standard errors: any dependence across {entities}, "
        "fading over L periods; t with T - 1 degrees of freedom."
    ),
    equation=(
        "V = T/(T - 1) (n - 1)/(n - k) (X' X)^(-1) (Gamma_0 + sum_(l = 1)^L "
        "(1 - l/(L + 1)) (Gamma_l + Gamma'_l)) (X' X)^(-1), quad "
        "Gamma_l = sum_t s_t s'_(t - l)"
    ),
    source="Driscoll and Kraay (1998); Hoechle (2007)",
)
def driscoll_kraay(fit: Regression, sample: Sample) -> Covariance:
    """Return Driscoll and Kraay's covariance; t with the periods less one.

    Bartlett weights over ``lags`` periods, floor(4 (T/100)^(2/9)) unless given
    (Hoechle 2007), times T/(T-1) (n-1)/(n-k).
    """
    assert sample.periods is not None
    several = len(np.unique(sample.periods))
    if several < 2:
        raise EstimationError(
            "Driscoll and Kraay's standard errors need several periods, and the rows "
            "are of one",
            "use other standard errors",
        )
    chosen = sample.model.lags
    lags = usual_lags(several) if chosen is None else chosen
    meat = period_meat(fit.scores, sample.periods, lags)
    if (np.diag(meat) <= (ROUNDING * np.abs(fit.scores).sum(axis=0)) ** 2).all():
        raise EstimationError(
            "Driscoll and Kraay's standard errors are not defined: the effects leave "
            f"no variation between the scores of {several} periods",
            "use other standard errors",
        )
    factor = (
        several / (several - 1) * (fit.n - 1) / (fit.n - terms_counted(fit, sample))
    )
    return Covariance(
        factor * sandwich(fit, meat), several - 1.0, f"Driscoll-Kraay, {lags} lags"
    )


def usual_lags(periods: int) -> int:
    """Return floor(4 (T/100)^(2/9)), the usual choice of a bandwidth (Hoechle 2007)."""
    return int(np.floor(4 * (periods / 100) ** (2 / 9)))


def period_meat(scores: np.ndarray, periods: np.ndarray, lags: int) -> np.ndarray:
    """Return Bartlett-weighted autocovariances of the periods' scores, shape (k, k).

    With h_t the sum of scores of period t, it is the sum over lags l up to L of
    1 - l / (L + 1) times the autocovariances of h. A period without rows counts as one
    with score zero.

    Parameters
    ----------
    scores
        float64, shape (n, k).
    periods
        Integer periods, shape (n,).
    lags
        The largest lag L, 0 or more.
    """
    first = int(periods.min())
    count = int(periods.max()) - first + 1
    sums = np.array([np.bincount(periods - first, s, count) for s in scores.T]).T
    meat = sums.T @ sums
    for lag in range(1, min(lags, count - 1) + 1):
        product = sums[lag:].T @ sums[:-lag]
        meat += (1 - lag / (lags + 1)) * (product + product.T)
    return np.asarray(meat)
