"""A design -> least squares with any number of fixed effects, or none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alliance_value.models.columns import CONSTANT, Columns
from alliance_value.models.covariance import Sample
from alliance_value.models.design import Design, Raw
from alliance_value.models.engine.grams import cross_products
from alliance_value.models.engine.jackknife import NotIdentified, jackknife
from alliance_value.models.engine.regress import Rows
from alliance_value.models.engine.regress import regress as regress_grams
from alliance_value.models.estimators.linear import (
    centred,
    linear_fit,
    raw_columns,
    sample_of,
    total_variation,
    within,
)
from alliance_value.models.estimators.result import EstimationError, Fit
from alliance_value.models.regression import Regression, regress
from alliance_value.models.second_opinion import Again
from alliance_value.models.within import without
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator

OUTCOME = "outcome"


@estimator(
    "pooled_ols",
    label="Pooled OLS",
    gives=("scores", "variance", "leverage", "periods", "refits"),
    entity="none",
    effects=False,
    words="Least squares on the pooled {entity}-{times}.",
    equation="y_(i t) = a + x'_(i t) b + u_(i t)",
)
@estimator(
    "fixed_effects",
    label="Fixed effects",
    takes=("weights", "interactions"),
    gives=("scores", "variance", "leverage", "periods", "refits"),
    words=(
        "Least squares within the effects that the table names; rows that are alone in "
        "an effect are dropped and counted."
    ),
    equation="y_(i t) = x'_(i t) b + a_i + g_t + u_(i t)",
)
def least_squares(design: Design, model: Model) -> Fit:
    """Estimate within effects, or with a constant where there are none.

    Parameters
    ----------
    design
        Complete rows, with neither absorbed nor collinear terms.
    model
        The specification.
    """
    inside = within(design)
    regression, sample = estimated(design, model, inside)
    y = inside.y.values[:, 0]
    if not design.effects.shape[1]:
        y = centred(y, inside.root)
    fit = linear_fit(regression, sample, y, total_variation(design))
    raw = raw_columns(design)
    return replace(fit, again=Again(raw.y, raw.x, sample))


def estimated(
    design: Design, model: Model, inside: Raw | None = None
) -> tuple[Regression, Sample]:
    """Return the regression of a design, and what any of its covariances needs."""
    inside = inside or within(design)
    regression = regress(inside.y, inside.x)
    return regression, with_refits(design, sample_of(design, model), regression.b)


def with_refits(design: Design, sample: Sample, b: np.ndarray) -> Sample:
    """Return the sample with ways to estimate again from part of its rows."""
    raw = raw_columns(design)
    effects, root = sample.effects, raw.root
    stacked: list[Columns] = []  # only where a refit is asked for

    def columns_of() -> Columns:
        if not stacked:
            stacked.append(raw.y.beside(raw.x))
        return stacked[0]

    def refit(times: np.ndarray) -> np.ndarray:
        rows = times > 0
        heavy = np.sqrt(times[rows]) * (1.0 if root is None else root[rows])
        columns = columns_of()
        part = columns.with_values(columns.values[rows])
        part = without(part, effects[rows], heavy)
        return regress(part.take(slice(0, 1)), part.take(slice(1, None))).b

    return replace(
        sample,
        refit=refit,
        without=lambda cluster: without_clusters(columns_of(), sample, cluster, b),
    )


def without_clusters(
    columns: Columns, sample: Sample, cluster: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """Estimate without each cluster in turn, all effects anew, from cross-products.

    Parameters
    ----------
    columns
        Outcome and terms, standardized, effects in.
    sample
        Effects and weights.
    cluster
        Codes from 0, shape (n,).
    b
        Estimates of all rows, shape (k,).

    Returns
    -------
    numpy.ndarray
        Shape (G, k), in standardized units.
    """
    names = list(columns.names[1:])
    slopes = [j for j, name in enumerate(names) if name != CONSTANT]
    terms = [names[j] for j in slopes]
    if not slopes:
        raise EstimationError("there is no slope to leave clusters out of", "add terms")
    raw = columns.values[:, [0, *(1 + j for j in slopes)]]
    inside = without(
        columns.with_values(columns.values), sample.effects, sample.root
    ).values[:, [0, *(1 + j for j in slopes)]]
    w = np.ones(len(raw)) if sample.weights is None else sample.weights
    if not sample.effects.shape[1]:
        root = np.sqrt(w)[:, None]
        inside = (raw - w @ raw / w.sum()) * root
    grams = cross_products(
        raw, [OUTCOME, *terms], sample.effects, cluster, sample.weights, carry=True
    )
    fit = regress_grams(grams, OUTCOME, terms, Rows(inside, cluster))
    try:
        parts = jackknife(grams, fit).coefficients
    except NotIdentified as error:
        raise EstimationError(
            str(error), "cluster by a column with more groups, or use clustered"
        ) from error
    estimates = np.tile(b, (len(parts), 1))
    estimates[:, slopes] = parts
    if len(slopes) < len(names):
        left = w.sum() - np.bincount(cluster, w)
        sums = np.column_stack([np.bincount(cluster, w * c) for c in raw.T])
        means = (w @ raw - sums) / left[:, None]
        intercepts = means[:, 0] - (means[:, 1:] * parts).sum(axis=1)
        estimates[:, names.index(CONSTANT)] = intercepts
    return estimates
