"""Estimates without each cluster in turn -> the jackknife covariance CR3."""

from __future__ import annotations

import numpy as np

from alliance_value.models.covariance import Covariance, Sample
from alliance_value.models.engine.blocks import dense_codes
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error


@standard_error(
    "cr3",
    label="jackknife by cluster (CR3)",
    beside="jackknife by cluster (CR3)",
    order=2,
    needs=("refits",),
    dimensions=1,
    words=(
        "Jackknife by cluster (CR3): each of G clusters is left out in turn and all "
        "effects estimated anew; t with G - 1 degrees of freedom."
    ),
    equation=(
        "V = (G - 1)/G sum_(g = 1)^G (hat(b)_((g)) - hat(b)) (hat(b)_((g)) - hat(b))'"
    ),
    source="MacKinnon, Nielsen and Webb (2023); Bell and McCaffrey (2002)",
)
def cr3(fit: Regression, sample: Sample) -> Covariance:
    """Return the delete-one-cluster jackknife; t with the clusters less one.

    (G-1)/G times the sum of squared deviations from the full estimate (CV3 of
    MacKinnon, Nielsen and Webb 2023), all effects estimated anew each time.
    """
    cluster, labels = dense_codes(sample.clusters[:, 0])
    count = len(labels)
    without = sample.without or (lambda code: refits(sample, code, count))
    deviation = without(cluster) - fit.b
    return Covariance(
        (count - 1) / count * deviation.T @ deviation,
        count - 1.0,
        f"jackknife by {sample.model.clusters[0]} (CR3)",
    )


def refits(sample: Sample, cluster: np.ndarray, count: int) -> np.ndarray:
    """Return the estimates without each cluster, shape (G, k)."""
    assert sample.refit is not None
    parts = []
    for left_out in range(count):
        try:
            parts.append(sample.refit((cluster != left_out).astype("float64")))
        except (EstimationError, np.linalg.LinAlgError) as error:
            raise EstimationError(
                "the model cannot be estimated without one of the clusters: the "
                f"jackknife has no value there ({error})",
                "cluster by a column with more groups, or use clustered",
            ) from error
    return np.array(parts)
