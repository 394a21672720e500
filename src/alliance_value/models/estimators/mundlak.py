"""A design -> random effects with firms' means beside the terms (hybrid model)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from alliance_value.models.columns import CONSTANT, EPS, Columns, plain
from alliance_value.models.covariance import cluster_sums
from alliance_value.models.design import Design
from alliance_value.models.estimators.linear import raw_columns, root_of
from alliance_value.models.estimators.random_effects import (
    components,
    dummies,
    estimate,
)
from alliance_value.models.estimators.result import Fit, wald
from alliance_value.models.regression import residuals_on
from alliance_value.models.within import ROUNDING
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator

PREFIX = "mean of "


@estimator(
    "mundlak",
    label="Mundlak",
    gives=("scores", "variance", "periods"),
    entity="random",
    words=(
        "Random effects with {entities}' means among the terms; the terms "
        "themselves have the fixed-effects estimates."
    ),
    equation="y_(i t) = x'_(i t) b + macron(x)'_i c + a_i + u_(i t)",
)
def mundlak(design: Design, model: Model) -> Fit:
    """Estimate correlated random effects: terms and their firm means (Mundlak 1978).

    A term's own coefficient is the one within firms; the coefficient of its mean is the
    difference between the one between firms and that, the contextual effect. Means of
    the dummies of further effects are there too, so that in unbalanced panels the terms
    have the estimates of fixed effects exactly (Wooldridge 2019).
    """
    x = raw_columns(design).x
    slopes = x.take([i for i, n in enumerate(x.names) if n != CONSTANT])
    constant = x.take([x.names.index(CONSTANT)])
    spread = dummies(design.effects)
    means = firm_means(design, slopes.values)
    left = np.sqrt(((slopes.values - means) ** 2).mean(axis=0))
    varies = np.flatnonzero(left > ROUNDING * np.maximum(slopes.noise, EPS))
    added = slopes.with_values(means).take(varies)
    added = added.named([f"{PREFIX}{n}" for n in added.names])
    terms = slopes.beside(added)
    hidden = hidden_means(design, spread, terms)
    fit, quasi = estimate(design, model, terms.beside(constant, hidden))
    shown = [i for i, n in enumerate(fit.names) if n not in hidden.names]
    place = [fit.names.index(n) for n in added.names]
    test = wald(
        "mundlak",
        fit.estimates[place],
        fit.covariance[np.ix_(place, place)],
        "all {entity} means: fixed against random effects, robust as the standard "
        "errors",
    )
    return replace(
        fit,
        names=tuple(fit.names[i] for i in shown),
        estimates=fit.estimates[shown],
        covariance=fit.covariance[np.ix_(shown, shown)],
        tests=(*components(quasi), test, *fit.tests),
    )


def hidden_means(design: Design, spread: pd.DataFrame, terms: Columns) -> Columns:
    """Return the firm means of dummies that the terms' means do not span."""
    values = spread.to_numpy("float64")
    means = firm_means(design, values)
    taken = np.column_stack([np.ones(len(means)), terms.values, values])
    kept: dict[str, np.ndarray] = {}
    for name, column in zip(spread.columns, means.T, strict=True):
        left = residuals_on(column[:, None], taken)[:, 0]
        if np.sqrt((left**2).mean()) > 1e-8 * np.sqrt((column**2).mean()):
            kept[f"{PREFIX}{name}"] = column
            taken = np.column_stack([taken, column])
    columns = list(kept.values())
    return plain(np.array(columns).reshape(len(columns), len(values)).T, kept)


def firm_means(design: Design, columns: np.ndarray) -> np.ndarray:
    """Return each row's weighted firm means, shape (n, k)."""
    if not columns.shape[1]:
        return columns
    w = root_of(design) ** 2
    sums = cluster_sums(columns * w[:, None], design.firms)
    return np.asarray((sums / np.bincount(design.firms, w)[:, None])[design.firms])
