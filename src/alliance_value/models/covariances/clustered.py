"""Scores summed by cluster -> the clustered covariance, by one to three dimensions."""

from __future__ import annotations

from alliance_value.models.covariance import (
    Covariance,
    Sample,
    cluster_meat,
    counted,
    sandwich,
    smallest,
    terms_counted,
)
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error


@standard_error(
    "clustered",
    label="clustered",
    beside="clustered (CR1)",
    order=1,
    needs=("scores",),
    dimensions=3,
    usual=True,
    words=(
        "Clustered standard errors, t with G - 1 degrees of freedom for the smallest "
        "number of clusters G; by two dimensions the sum of both less that of their "
        "intersection, by three alike."
    ),
    equation=(
        "V = (n - 1)/(n - k) G/(G - 1) (X' X)^(-1) (sum_(g = 1)^G s_g s'_g) "
        "(X' X)^(-1), quad s_g = sum_((i t) in g) x_(i t) hat(u)_(i t)"
    ),
    source="Cameron, Gelbach and Miller (2011); Cameron and Miller (2015)",
)
def clustered(fit: Regression, sample: Sample) -> Covariance:
    """Return the covariance clustered by one dimension or several.

    (n-1)/(n-k) and per dimension G/(G-1), where k counts terms and, by
    ``count_effects``, parameters of effects.
    """
    k = terms_counted(fit, sample) + counted(sample)
    factor = (fit.n - 1) / (fit.n - k)
    matrix = factor * sandwich(fit, cluster_meat(fit.scores, sample.clusters))
    df = smallest(sample.clusters) - 1.0
    return Covariance(matrix, df, f"clustered by {sample.by}")
