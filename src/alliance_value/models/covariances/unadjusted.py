"""A residual variance -> the covariance of independent disturbances of one variance."""

from __future__ import annotations

from dataclasses import replace

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


@standard_error(
    "uncorrected",
    label="second step, uncorrected",
    needs=("second_step",),
    words=(
        "Standard errors of the second step as if the first one were known, to set "
        "beside publications that print them; they are too small where there is "
        "selection."
    ),
    equation="V = s^2 (W' W)^(-1), quad W = (X, lambda)",
    source="Heckman (1979)",
)
def uncorrected(fit: Regression, sample: Sample) -> Covariance:
    """Return s^2 (w'w)^-1 of a second step whose dummies are among its terms."""
    alone = unadjusted(fit, replace(sample, parameters=0))
    return replace(alone, label="second step, uncorrected")
