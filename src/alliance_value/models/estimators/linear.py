"""A design -> its standardized columns without effects, and a regression as a fit."""

from __future__ import annotations

import numpy as np

from alliance_value.contracts.firm_years import YEAR
from alliance_value.models.covariance import Covariance, Sample, covariance
from alliance_value.models.covariances.clustered import clustered
from alliance_value.models.design import Design, Raw
from alliance_value.models.estimators.result import Fit
from alliance_value.models.regression import Regression, precision
from alliance_value.study.spec import Model
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import StandardError


def raw_columns(design: Design) -> Raw:
    """Return a design's columns in units that suit them, effects in."""
    return design.raw


def within(design: Design) -> Raw:
    """Return a design's columns without its effects, weighted."""
    return design.inside


def root_of(design: Design) -> np.ndarray:
    """Return the root of the weights, shape (n,); ones without weights."""
    if design.weights is None:
        return np.ones(len(design.outcome))
    return np.asarray(np.sqrt(design.weights))


def sample_of(design: Design, model: Model) -> Sample:
    """Return what a covariance has to know of a design's rows."""
    return Sample(
        model=model,
        clusters=design.clusters.to_numpy("int64"),
        effects=design.effects.to_numpy("int64"),
        parameters=design.rank,
        periods=design.keys[YEAR].to_numpy("int64"),
        entities=design.firms,
        places=design.places.to_numpy("float64") if len(design.places) else None,
        root=None if design.weights is None else np.sqrt(design.weights),
    )


def linear_fit(
    regression: Regression, sample: Sample, y: np.ndarray, total: float
) -> Fit:
    """Return a regression as a fit.

    Parameters
    ----------
    regression, sample
        What was estimated, and its rows.
    y
        The outcome without effects, times the root of the weights, in the units of the
        regression.
    total
        Weighted sum of squares of the outcome around its mean, in raw units.
    """
    spread = covariance(regression, sample)
    inside = float(y @ y) * regression.unit**2
    return Fit(
        names=regression.names,
        estimates=regression.estimates,
        covariance=spread.matrix,
        df=spread.df,
        se_type=spread.label,
        r2_within=1 - regression.squares / inside if inside > 0 else np.nan,
        r2_overall=1 - regression.squares / total if total > 0 else np.nan,
        residuals=regression.residuals * regression.unit,
        n=regression.n,
        tests=(precision(regression), *spread.tests),
        turn=regression.turn,
        offset=regression.offset,
        judged=spread.judged,
    )


def auxiliary(fit: Regression, sample: Sample) -> Covariance:
    """Return the covariance of an equation beside the one of interest.

    Standard errors that need refits are those of the whole estimator: a first stage,
    say, then has clustered ones.
    """
    named = entries(StandardError)[sample.model.standard_errors]
    return covariance(fit, sample, clustered if "refits" in named.needs else None)


def total_variation(design: Design) -> float:
    """Return the weighted sum of squares of the outcome around its mean."""
    w = root_of(design) ** 2
    y = design.outcome.to_numpy()
    first = y - w @ y / w.sum()
    return float(w @ (first - w @ first / w.sum()) ** 2)


def centred(y: np.ndarray, root: np.ndarray | None) -> np.ndarray:
    """Return a weighted outcome less its weighted mean."""
    if root is None:
        return np.asarray(y - y.mean())
    return np.asarray(y - root * (root @ y) / (root @ root))
