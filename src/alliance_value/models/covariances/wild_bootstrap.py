"""Cross-products of clusters -> p-values and intervals by clusters' signs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alliance_value.models.columns import CONSTANT
from alliance_value.models.covariance import Covariance, Sample, counted
from alliance_value.models.covariances.clustered import clustered
from alliance_value.models.engine.blocks import dense_codes
from alliance_value.models.engine.bootstrap import wild_bootstrap
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error


@standard_error(
    "wild_bootstrap",
    label="wild bootstrap of clusters",
    needs=("clusters_drawn",),
    dimensions=1,
    takes=("draws",),
    words=(
        "p-values and intervals of every slope from B draws of the wild cluster "
        "bootstrap, the null imposed, by Rademacher's signs; intervals invert the "
        "test. The standard errors beside them are clustered."
    ),
    equation="p = (1 + sum_(r = 1)^B [abs(t^*_r) >= abs(t)]) / (1 + B)",
    source="Cameron, Gelbach and Miller (2008); MacKinnon, Nielsen and Webb (2023)",
)
def wild(fit: Regression, sample: Sample) -> Covariance:
    """Return the clustered covariance, with bootstrap p-values and intervals.

    Raises
    ------
    EstimationError
        The model has weights.
    """
    assert sample.by_cluster is not None
    model = sample.model
    if sample.root is not None:
        raise EstimationError(
            "the wild bootstrap does not have weights",
            "leave the weights out, or use clustered or cr3",
        )
    spread = clustered(fit, sample)
    cluster, _ = dense_codes(sample.clusters[:, 0])
    grams, by_cluster = sample.by_cluster(cluster)
    judged = np.full((len(fit.names), 3), np.nan)
    for row, name in enumerate(fit.names):
        if name == CONSTANT:
            continue
        drawn = wild_bootstrap(
            grams,
            by_cluster,
            name,
            draws=model.draws,
            confidence=model.confidence,
            seed=model.seed,
            counted=counted(sample) if sample.effects.shape[1] else 1,
        )
        judged[row] = drawn.p, drawn.ci_low, drawn.ci_high
    label = f"clustered by {sample.by}, p and intervals by the wild bootstrap"
    return replace(spread, judged=judged, label=label)
