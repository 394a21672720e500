"""Estimates on clusters drawn anew -> their covariance over the draws."""

from __future__ import annotations

from alliance_value.models.covariance import Covariance, Sample, smallest
from alliance_value.models.estimators.bootstrap import cluster_bootstrap
from alliance_value.models.estimators.result import Test
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error


@standard_error(
    "bootstrap",
    label="bootstrap of clusters",
    needs=("refits",),
    dimensions=1,
    words=(
        "Standard errors from B samples of clusters drawn with replacement, every "
        "stage estimated anew."
    ),
    equation=(
        "V = 1/(B - 1) sum_(r = 1)^B (hat(b)_r - macron(b)) (hat(b)_r - macron(b))'"
    ),
    source="Cameron, Gelbach and Miller (2008)",
)
def bootstrap(fit: Regression, sample: Sample) -> Covariance:
    """Return the pairs cluster bootstrap; t with the clusters less one."""
    assert sample.refit is not None
    model = sample.model
    matrix, failed = cluster_bootstrap(
        sample.refit, sample.clusters[:, 0], model.draws, model.seed
    )
    return Covariance(
        matrix,
        smallest(sample.clusters) - 1.0,
        f"bootstrap of {model.draws} draws, by {sample.by}",
        (Test("bootstrap_failures", failed, note=f"of {model.draws} draws"),),
    )
