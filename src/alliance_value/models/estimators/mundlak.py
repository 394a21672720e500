"""A design -> random effects with firms' means beside the terms (hybrid model)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from alliance_value.models.design import CONSTANT, Design
from alliance_value.models.estimators.linear import root_of
from alliance_value.models.estimators.random_effects import (
    components,
    dummies,
    estimate,
)
from alliance_value.models.estimators.regression import cluster_sums, residuals_on
from alliance_value.models.estimators.result import Fit, wald
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator

PREFIX = "mean of "


@estimator(
    "mundlak",
    label="Mundlak",
    entity="random",
    words=(
        "Random effects with firms' means among the terms; the terms themselves have "
        "the fixed-effects estimates."
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
    names = [n for n in design.names if n != CONSTANT]
    spread = dummies(design.effects)
    means = firm_means(design, design.terms[names])
    raw = design.terms[names].to_numpy()
    scale = np.sqrt((raw**2).mean(axis=0))
    varies = np.sqrt(((raw - means) ** 2).mean(axis=0)) > 1e-9 * scale
    added = pd.DataFrame(
        means[:, varies],
        index=design.terms.index,
        columns=[f"{PREFIX}{n}" for n, v in zip(names, varies, strict=True) if v],
    )
    terms = pd.concat([design.terms[names], added], axis=1)
    hidden = hidden_means(design, spread, terms)
    terms = pd.concat([terms, design.terms[[CONSTANT]], hidden], axis=1)
    fit, quasi = estimate(design, model, terms)
    shown = [i for i, n in enumerate(fit.names) if n not in hidden]
    place = [fit.names.index(n) for n in added]
    test = wald(
        "mundlak",
        fit.estimates[place],
        fit.covariance[np.ix_(place, place)],
        "all firm means: fixed against random effects, robust as the standard errors",
    )
    return replace(
        fit,
        names=tuple(fit.names[i] for i in shown),
        estimates=fit.estimates[shown],
        covariance=fit.covariance[np.ix_(shown, shown)],
        tests=(*components(quasi), test),
    )


def hidden_means(
    design: Design, spread: pd.DataFrame, terms: pd.DataFrame
) -> pd.DataFrame:
    """Return the firm means of dummies that the terms' means do not span."""
    if not spread.shape[1]:
        return spread
    means = firm_means(design, spread)
    taken = np.column_stack([np.ones(len(means)), terms.to_numpy(), spread.to_numpy()])
    kept: dict[str, np.ndarray] = {}
    for name, column in zip(spread, means.T, strict=True):
        left = residuals_on(column[:, None], taken)[:, 0]
        if np.sqrt((left**2).mean()) > 1e-8 * np.sqrt((column**2).mean()):
            kept[f"{PREFIX}{name}"] = column
            taken = np.column_stack([taken, column])
    return pd.DataFrame(kept, index=spread.index)


def firm_means(design: Design, columns: pd.DataFrame) -> np.ndarray:
    """Return each row's weighted firm means, shape (n, k)."""
    w = root_of(design) ** 2
    sums = cluster_sums(columns.to_numpy() * w[:, None], design.firms)
    return np.asarray((sums / np.bincount(design.firms, w)[:, None])[design.firms])
