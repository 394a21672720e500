"""A design -> least squares on firms' means over time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from alliance_value.models.covariance import Sample, cluster_sums
from alliance_value.models.design import Design
from alliance_value.models.estimators.linear import (
    centred,
    linear_fit,
    raw_columns,
    root_of,
)
from alliance_value.models.estimators.result import EstimationError, Fit, Left
from alliance_value.models.regression import Regression, regress
from alliance_value.models.second_opinion import Again
from alliance_value.models.within import without
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator


@estimator(
    "between",
    label="Between",
    gives=("scores", "variance", "leverage", "refits"),
    entity="none",
    effects=False,
    words="Least squares on {entities}' means.",
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
    raw = raw_columns(design)
    columns = raw.y.beside(raw.x)
    total = np.bincount(design.firms, w)
    sums = cluster_sums(columns.values * w[:, None], design.firms)
    means = columns.with_values(sums / total[:, None])
    root = None if design.weights is None else np.sqrt(total)
    none = np.empty((len(total), 0), dtype="int64")

    def estimate(rows: np.ndarray, heavy: np.ndarray | None) -> Regression:
        part = without(means.with_values(means.values[rows]), none[rows], heavy)
        return regress(part.take(slice(0, 1)), part.take(slice(1, None)))

    def refit(times: np.ndarray) -> np.ndarray:
        rows = times > 0
        return estimate(
            rows, np.sqrt((times if root is None else times * total)[rows])
        ).b

    regression = estimate(np.ones(len(total), dtype=bool), root)
    sample = Sample(model, firm_clusters(design), none, root=root, refit=refit)
    y = means.values[:, 0] * (1.0 if root is None else root)
    left = centred(y, root)
    spread = float(left @ left) * regression.unit**2
    fit = linear_fit(regression, sample, left, spread)
    again = Again(means.take(slice(0, 1)), means.take(slice(1, None)), sample)
    first = np.unique(design.firms, return_index=True)[1]
    means_of = Left("means of {entities}", "all rows of one {entity} become one", first)
    return replace(fit, again=again, left=(means_of,))


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
