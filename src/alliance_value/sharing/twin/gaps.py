"""A panel and a study's estimates -> how its least-squares models miss them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.models.design import Design, design
from alliance_value.models.within import demean
from alliance_value.study.spec import Model

LINEAR = ("fixed_effects", "pooled_ols", "iv")
SINGULAR = 1e14


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
    """Return the targets of the models that outcomes can be moved for."""
    found = []
    for model in models:
        own = estimates[estimates.model == model.name].set_index("term")
        own = own[own.se > 0]
        if model.estimator in LINEAR and len(own):
            found.append(Target(model, own.estimate, own.se))
    return found


def gaps_of(panel: pd.DataFrame, aims: Sequence[Target]) -> list[Gap]:
    """Return how models of a panel miss their targets, where it can be told."""
    found = [gap_of(panel, aim) for aim in aims] if len(panel) else []
    return [gap for gap in found if gap is not None]


def gap_of(panel: pd.DataFrame, aim: Target) -> Gap | None:
    """Return how a model of the panel differs from its target, if it can be told."""
    problems: list[Problem] = []
    rows = design(panel, aim.model, FunnelBranch(aim.model.name), problems)
    if rows is None:
        return None
    shared = [n for n in rows.names if n in aim.estimates.index]
    x = demean_design(rows, shared)
    z = instruments(rows, aim.model, shared, x)
    w = rows.weights if rows.weights is not None else np.ones(len(rows.outcome))
    fitted = z @ np.linalg.lstsq(z * np.sqrt(w)[:, None], x * np.sqrt(w)[:, None])[0]
    cross = (fitted * w[:, None]).T @ x
    if not shared or np.linalg.cond(cross) > SINGULAR:
        return None
    weights = np.linalg.solve(cross, (fitted * w[:, None]).T)
    return Gap(
        weights,
        rows.outcome.index.to_numpy(),
        aim.estimates[shared].to_numpy() - weights @ rows.outcome.to_numpy(),
        aim.se[shared].to_numpy(),
    )


def demean_design(rows: Design, names: Sequence[str]) -> np.ndarray:
    """Return the terms less the effects, shape (n, k)."""
    x = rows.terms[list(names)].to_numpy("float64")
    if not rows.effects.shape[1]:
        return x
    return demean(x, rows.effects.to_numpy(), rows.weights)


def instruments(
    rows: Design, model: Model, names: Sequence[str], x: np.ndarray
) -> np.ndarray:
    """Return what the terms are projected on: themselves, or their instruments."""
    if not model.instruments:
        return x
    exogenous = [j for j, n in enumerate(names) if n not in model.endogenous]
    outside = rows.instruments.to_numpy("float64")
    if rows.effects.shape[1]:
        outside = demean(outside, rows.effects.to_numpy(), rows.weights)
    return np.column_stack([x[:, exogenous], outside])
