"""The periods' own estimates -> the covariance of their mean, lags allowed for."""

from __future__ import annotations

from alliance_value.models.covariance import Covariance, Sample, sandwich
from alliance_value.models.covariances.driscoll_kraay import period_meat, usual_lags
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error


@standard_error(
    "newey_west",
    label="Newey-West",
    needs=("period_estimates",),
    words=(
        "Newey and West's standard errors of the mean of the periods' estimates, "
        "correlated over L periods; with no lags those of Fama and MacBeth; t with "
        "T - 1 degrees of freedom."
    ),
    equation=(
        "V = 1/(T (T - 1)) (Gamma_0 + sum_(l = 1)^L (1 - l/(L + 1)) (Gamma_l + "
        "Gamma'_l)), quad Gamma_l = sum_t (hat(b)_t - macron(b)) (hat(b)_(t - l) - "
        "macron(b))'"
    ),
    source="Fama and MacBeth (1973); Newey and West (1987)",
)
def newey_west(fit: Regression, sample: Sample) -> Covariance:
    """Return the covariance of a mean of periods; t with the periods less one.

    Bartlett weights over ``lags`` periods by the calendar, floor(4 (T/100)^(2/9))
    unless given; the scores are the periods' deviations over their number T.
    """
    assert sample.periods is not None
    count = fit.n
    chosen = sample.model.lags
    lags = usual_lags(count) if chosen is None else chosen
    meat = count / (count - 1) * period_meat(fit.scores, sample.periods, lags)
    return Covariance(sandwich(fit, meat), count - 1.0, f"Newey-West, {lags} lags")
