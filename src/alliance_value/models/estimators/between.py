"""A design -> least squares on firms' means over time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.models.design import Design
from alliance_value.models.estimators.linear import centred, linear_fit, root_of
from alliance_value.models.estimators.regression import Groups, cluster_sums, regress
from alliance_value.models.estimators.result import EstimationError, Fit
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator


@estimator(
    "between",
    label="Between",
    entity="none",
    effects=False,
    words="Least squares on firms' means.",
    equation="macron(y)_i = a + macron(x)'_i b + macron(u)_i",
)
def between(design: Design, model: Model) -> Fit:
    """Regress firms' means on firms' means, each firm one row.

    Means are weighted where the model is; a firm's row then has the sum of its weights,
    whose inverse its mean's variance is in proportion to.

    Raises
    ------
    EstimationError
        A cluster parts the years of a firm.
    """
    w = root_of(design) ** 2
    raw = np.column_stack([design.outcome.to_numpy(), design.terms.to_numpy()])
    total = np.bincount(design.firms, w)
    means = cluster_sums(raw * w[:, None], design.firms) / total[:, None]
    root = np.ones(len(total)) if design.weights is None else np.sqrt(total)
    y, x = means[:, 0] * root, means[:, 1:] * root[:, None]
    groups = Groups(firm_clusters(design), np.empty((len(y), 0), dtype=int))
    left = centred(y, root)
    regression = regress(design.names, y, x)
    return linear_fit(regression, groups, model, left, float(left @ left))


def firm_clusters(design: Design) -> np.ndarray:
    """Return the clusters of firms, shape (firms, number of dimensions)."""
    clusters = design.clusters.groupby(pd.Series(design.firms, design.clusters.index))
    for name in design.clusters.columns[clusters.nunique().gt(1).any()]:
        raise EstimationError(
            f"the cluster '{name}' parts the years of a firm, and the between "
            "estimator has one row per firm",
            "cluster by the firm or by a group of firms, or write "
            "se: {type: robust, clusters: []}",
        )
    return clusters.first().to_numpy()
