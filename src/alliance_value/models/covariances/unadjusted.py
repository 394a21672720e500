"""A residual variance -> the covariance of independent disturbances of one variance."""

from __future__ import annotations

from alliance_value.models.covariance import Covariance, Sample, with_rows_left
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error


@standard_error(
    "unadjusted",
    label="homoskedastic",
    needs=("variance",),
    words="Standard errors of independent disturbances of one variance.",
    equation="V = s^2 (X' X)^(-1)",
)
def unadjusted(fit: Regression, sample: Sample) -> Covariance:
    """Return s^2 (x'x)^-1 with s^2 over n less all parameters."""
    left = with_rows_left(fit, sample)
    variance = sample.variance
    if variance is None:
        variance = float(fit.residuals @ fit.residuals) / left
    return Covariance(fit.bread * variance, float(left), "homoskedastic")
