"""Scores of independent rows -> White's covariance with and without HC1's factor."""

from __future__ import annotations

from alliance_value.models.covariance import (
    Covariance,
    Sample,
    sandwich,
    with_rows_left,
)
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error


@standard_error(
    "robust",
    label="robust (HC1)",
    needs=("scores",),
    usual=True,
    words="Heteroskedasticity-robust standard errors (HC1).",
    equation=(
        "V = n/(n - k) (X' X)^(-1) (sum_(i t) x_(i t) x'_(i t) hat(u)_(i t)^2) "
        "(X' X)^(-1)"
    ),
    source="White (1980); MacKinnon and White (1985)",
)
def robust(fit: Regression, sample: Sample) -> Covariance:
    """Return White's covariance with n / (n - k), k all parameters (HC1)."""
    left = with_rows_left(fit, sample)
    scores = fit.scores
    matrix = fit.n / left * sandwich(fit, scores.T @ scores)
    return Covariance(matrix, float(left), "robust (HC1)")


@standard_error(
    "hc0",
    label="robust (HC0)",
    needs=("scores",),
    words="Heteroskedasticity-robust standard errors of large samples (HC0).",
    equation=(
        "V = (X' X)^(-1) (sum_(i t) x_(i t) x'_(i t) hat(u)_(i t)^2) (X' X)^(-1)"
    ),
    source="White (1980)",
)
def hc0(fit: Regression, sample: Sample) -> Covariance:
    """Return White's covariance without a factor for small samples."""
    left = with_rows_left(fit, sample)
    scores = fit.scores
    return Covariance(sandwich(fit, scores.T @ scores), float(left), "robust (HC0)")
