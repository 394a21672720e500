"""A design -> its columns without effects, and a regression on them as a fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance_value.models.design import Design
from alliance_value.models.estimators.regression import (
    Groups,
    Regression,
    covariance,
    degrees_of_freedom,
    se_type,
)
from alliance_value.models.estimators.result import Fit
from alliance_value.models.within import demean, parameters
from alliance_value.study.spec import Model


@dataclass(frozen=True)
class Columns:
    """A design's columns without effects, times the root of the weights.

    Parameters
    ----------
    y, x
        float64, shapes (n,) and (n, k).
    root
        Root of the weights, shape (n,); ones without weights.
    groups
        What the covariance needs.
    """

    y: np.ndarray
    x: np.ndarray
    root: np.ndarray
    groups: Groups


def within(design: Design) -> Columns:
    """Take the design's effects out of its outcome and terms."""
    raw = np.column_stack([design.outcome.to_numpy(), design.terms.to_numpy()])
    effects = design.effects.to_numpy()
    columns = demean(raw, effects, design.weights) if effects.shape[1] else raw
    root = root_of(design)
    columns = columns * root[:, None]
    return Columns(columns[:, 0], columns[:, 1:], root, groups_of(design))


def without_effects(columns: np.ndarray, design: Design) -> np.ndarray:
    """Take the design's effects out of further columns and weight them."""
    effects = design.effects.to_numpy()
    if effects.shape[1]:
        columns = demean(columns, effects, design.weights)
    return np.asarray(columns * root_of(design)[:, None])


def root_of(design: Design) -> np.ndarray:
    """Return the root of the weights, shape (n,)."""
    if design.weights is None:
        return np.ones(len(design.outcome))
    return np.asarray(np.sqrt(design.weights))


def groups_of(design: Design) -> Groups:
    """Return what a covariance has to know of a design's rows."""
    effects = design.effects.to_numpy()
    return Groups(design.clusters.to_numpy(), effects, parameters(effects))


def linear_fit(
    regression: Regression,
    groups: Groups,
    model: Model,
    y: np.ndarray,
    total: float,
    own: tuple[np.ndarray, float] | None = None,
) -> Fit:
    """Return a regression as a fit.

    Parameters
    ----------
    regression, groups, model
        What was estimated and how its errors are to be.
    y
        The outcome without effects, times the root of the weights.
    total
        Weighted sum of squares of the outcome around its mean.
    own
        Covariance and degrees of freedom where they do not follow from the scores.
    """
    matrix, df = own or (
        covariance(regression, groups, model),
        degrees_of_freedom(regression, groups, model),
    )
    left = float(regression.residuals @ regression.residuals)
    return Fit(
        names=regression.names,
        estimates=regression.estimates,
        covariance=matrix,
        df=df,
        se_type=se_type(model),
        r2_within=1 - left / float(y @ y) if y @ y > 0 else np.nan,
        r2_overall=1 - left / total if total > 0 else np.nan,
        residuals=regression.residuals,
        n=len(regression.residuals),
    )


def total_variation(design: Design) -> float:
    """Return the weighted sum of squares of the outcome around its mean."""
    w = root_of(design) ** 2
    y = design.outcome.to_numpy()
    return float(w @ (y - w @ y / w.sum()) ** 2)


def centred(y: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Return a weighted outcome less its weighted mean."""
    return np.asarray(y - root * (root @ y) / (root @ root))
