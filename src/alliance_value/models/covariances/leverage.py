"""Residuals over what a row's leverage leaves of them -> HC2 and HC3."""

from __future__ import annotations

import numpy as np

from alliance_value.models.covariance import (
    Covariance,
    Sample,
    sandwich,
    with_rows_left,
)
from alliance_value.models.engine.leverage import effects_leverage
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error

ALONE = 1e-8


@standard_error(
    "hc2",
    label="robust (HC2)",
    beside="HC2",
    order=3,
    needs=("leverage",),
    words=(
        "Heteroskedasticity-robust standard errors (HC2), h the leverage of terms and "
        "effects; t with n - k degrees of freedom."
    ),
    equation=(
        "V = (X' X)^(-1) (sum_(i t) x_(i t) x'_(i t) hat(u)_(i t)^2 / (1 - h_(i t))) "
        "(X' X)^(-1)"
    ),
    source="MacKinnon and White (1985)",
)
def hc2(fit: Regression, sample: Sample) -> Covariance:
    """Return HC2: squared residuals over 1 - h."""
    return divided(fit, sample, 1, "HC2")


@standard_error(
    "hc3",
    label="robust (HC3)",
    beside="HC3",
    order=4,
    needs=("leverage",),
    words=(
        "Heteroskedasticity-robust standard errors (HC3), h the leverage of terms and "
        "effects; t with n - k degrees of freedom."
    ),
    equation=(
        "V = (X' X)^(-1) (sum_(i t) x_(i t) x'_(i t) hat(u)_(i t)^2 / "
        "(1 - h_(i t))^2) (X' X)^(-1)"
    ),
    source="MacKinnon and White (1985); Long and Ervin (2000)",
)
def hc3(fit: Regression, sample: Sample) -> Covariance:
    """Return HC3: squared residuals over (1 - h)^2."""
    return divided(fit, sample, 2, "HC3")


def divided(fit: Regression, sample: Sample, power: int, kind: str) -> Covariance:
    """Return the covariance of residuals over roots of (1 - h)^power.

    Raises
    ------
    EstimationError
        A row is fitted exactly whatever its outcome: its leverage is one.
    """
    left = with_rows_left(fit, sample)
    hat = leverage(fit, sample)
    alone = hat > 1 - ALONE
    if alone.any():
        raise EstimationError(
            f"{int(alone.sum())} rows have leverage one, where {kind} does not exist: "
            "drop rows that are alone in an effect",
            "use other standard errors",
        )
    scores = fit.scores / np.sqrt((1 - hat) ** power)[:, None]
    return Covariance(sandwich(fit, scores.T @ scores), float(left), f"robust ({kind})")


def leverage(fit: Regression, sample: Sample) -> np.ndarray:
    """Return the diagonal of the hat matrix of terms and all effects, shape (n,)."""
    hat = (fit.basis**2).sum(axis=1)
    if sample.effects.shape[1]:
        hat = hat + effects_leverage(sample.effects, sample.weights)
    return np.asarray(hat)
