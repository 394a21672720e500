"""A panel and a study's estimates -> how its models miss them.

Least squares and two-stage least squares are sums of the outcome. Other estimators are
fitted, and only the direction in which the outcome moves them is taken from such sums:
iterated, it leads to their estimates too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.models.columns import CONSTANT
from alliance_value.models.design import Design, design
from alliance_value.models.estimate import fit
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.family import identified
from alliance_value.models.within import demean
from alliance_value.study.spec import Model

LINEAR = ("fixed_effects", "pooled_ols", "iv")
# Fitted again and again only where there are so many rows at most.
SLOW = (
    *("heckman_ml", "copula", "control_function"),
    *("difference_gmm", "system_gmm"),
)
MOST_ROWS = 5_000
SINGULAR = 1e14
DRAWS = 2  # of a bootstrap whose standard errors nobody reads


@dataclass(frozen=True)
class Target:
    """What a model gives on the real rows.

    Parameters
    ----------
    model
        The model.
    estimates
        Estimate by term.
    se
        Standard error by term.
    """

    model: Model
    estimates: pd.Series
    se: pd.Series


@dataclass(frozen=True)
class Gap:
    """How a model of the twin differs from its target.

    Parameters
    ----------
    weights
        Estimates are these sums of the outcome: shape (k, n rows of the model).
    rows
        Those rows' numbers in the twin.
    missing
        Target less estimate, shape (k,).
    se
        Standard errors of the targets, shape (k,).
    """

    weights: np.ndarray
    rows: np.ndarray
    missing: np.ndarray
    se: np.ndarray


def targets(models: Sequence[Model], estimates: pd.DataFrame) -> list[Target]:
    """Return what each model gave on the real rows, if it gave anything."""
    aims = []
    for model in models if len(estimates) else ():
        own = estimates[estimates.model == model.name].set_index("term")
        own = own[own.se > 0]
        if len(own):
            aims.append(Target(model, own.estimate, own.se))
    return aims


def gaps_of(panel: pd.DataFrame, aims: Sequence[Target]) -> list[Gap]:
    """Return how models of a panel miss their targets, where it can be told."""
    gaps = [gap_of(panel, aim) for aim in aims] if len(panel) else []
    return [gap for gap in gaps if gap is not None]


def gap_of(panel: pd.DataFrame, aim: Target) -> Gap | None:
    """Return how a model of the panel misses its target, if it can be told."""
    problems: list[Problem] = []
    model = aim.model
    rows = design(panel, model, FunnelBranch(model.name), problems)
    if rows is None:
        return None
    absorbed = {CONSTANT} if rows.effects.shape[1] else set()
    names = [n for n in rows.names if n in aim.estimates.index and n not in absorbed]
    weights = outcome_weights(rows, model, names)
    if weights is None:
        return None
    outcome = rows.outcome.to_numpy()[rows.observed]
    estimates = weights @ outcome
    if model.estimator in SLOW and len(outcome) > MOST_ROWS:
        return None
    if model.estimator not in LINEAR:
        fitted = fitted_estimates(rows, model, names)
        if fitted is None:
            return None
        estimates = fitted
    return Gap(
        weights,
        rows.outcome.index.to_numpy()[rows.observed],
        aim.estimates[names].to_numpy() - estimates,
        aim.se[names].to_numpy(),
    )


def fitted_estimates(
    rows: Design, model: Model, names: Sequence[str]
) -> np.ndarray | None:
    """Return the estimates of a model's own estimator, if it has them all."""
    problems: list[Problem] = []
    whole, _ = identified(rows, model, problems)
    if whole is None:
        return None
    try:
        result = fit(whole, replace(model, draws=DRAWS))
    except EstimationError:
        return None
    table = pd.Series(result.estimates, result.names)
    return table[list(names)].to_numpy() if {*names} <= {*table.index} else None


def outcome_weights(
    rows: Design, model: Model, names: Sequence[str]
) -> np.ndarray | None:
    """Return the sums of the observed outcome that estimates are, or move with.

    Returns
    -------
    numpy.ndarray or None
        Shape (k, n observed); None where terms cannot be told apart.
    """
    seen = rows.observed
    x = rows.terms[list(names)].to_numpy("float64")[seen]
    effects = rows.effects.to_numpy()[seen]
    w = np.ones(len(x)) if rows.weights is None else rows.weights[seen]
    cluster = rows.firms[seen]
    scale = w
    if model.estimator == "between":
        size = np.bincount(cluster)[cluster]
        x = firm_means(x, cluster)
        scale = w / size
    elif model.estimator == "poisson":
        w = w * firm_means(rows.outcome.to_numpy()[seen, None], cluster)[:, 0].clip(
            1e-9
        )
        x, scale = demean(x, effects, w), np.ones(len(x))
    elif effects.shape[1]:
        x = demean(x, effects, rows.weights)
    z = instrumented(rows, model, names, x) if model.estimator == "iv" else x
    root = np.sqrt(scale)[:, None]
    fitted = z @ np.linalg.lstsq(z * root, x * root)[0]
    curvature = w if model.estimator == "poisson" else scale
    cross = (fitted * curvature[:, None]).T @ x
    if not len(names) or np.linalg.cond(cross) > SINGULAR:
        return None
    return np.asarray(np.linalg.solve(cross, (fitted * scale[:, None]).T))


def firm_means(x: np.ndarray, firm: np.ndarray) -> np.ndarray:
    """Return each row's firm's means of columns, shape (n, k)."""
    sums = np.stack([np.bincount(firm, column) for column in x.T], axis=1)
    return np.asarray((sums / np.bincount(firm).clip(1)[:, None])[firm])


def instrumented(
    rows: Design, model: Model, names: Sequence[str], x: np.ndarray
) -> np.ndarray:
    """Return the exogenous terms and the instruments less the effects."""
    exogenous = [j for j, n in enumerate(names) if n not in model.endogenous]
    outside = rows.instruments.to_numpy("float64")
    if rows.effects.shape[1]:
        outside = demean(outside, rows.effects.to_numpy(), rows.weights)
    return np.column_stack([x[:, exogenous], outside])
