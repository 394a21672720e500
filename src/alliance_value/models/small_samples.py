"""A sample in memory -> least squares or a logit under several standard errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.models.coefficients import coefficient_table
from alliance_value.models.collinearity import dependences
from alliance_value.models.columns import Columns, plain, standardized, way_back
from alliance_value.models.covariance import Kind, covariance
from alliance_value.models.covariance import Sample as Rows
from alliance_value.models.covariances.clustered import clustered
from alliance_value.models.covariances.dyadic import dyadic, dyadic_jackknife
from alliance_value.models.covariances.leverage import hc3
from alliance_value.models.covariances.robust import hc0
from alliance_value.models.estimators.linear import centred
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import Regression, regress
from alliance_value.models.within import ROUNDING, without
from alliance_value.study.spec import Model

COLUMNS = [
    *("model", "se_type", "term", "estimate", "se", "df", "t", "p"),
    *("ci_low", "ci_high"),
]
STEPS = 50
DYADIC, JACKKNIFE = "dyadic", "dyadic_jackknife"


@dataclass(frozen=True)
class Sample:
    """What one model is estimated from.

    Parameters
    ----------
    name, outcome
        Names in the tables.
    y
        Outcome, shape (n,).
    columns
        Regressors by term, the constant among them, each of shape (n,).
    shown
        Terms that are reported.
    clusters
        Two groupings, each of shape (n,).
    members
        Both members of each row's dyad, or None where rows are no dyads.
    weights
        Positive weights, shape (n,), or None.
    logit
        Whether the log odds of y are linear instead of y.
    jackknife
        Whether least squares of dyads have a jackknife of their members too.
    note
        What a reader of its estimates should know.
    """

    name: str
    outcome: str
    y: np.ndarray
    columns: Mapping[str, np.ndarray]
    shown: tuple[str, ...]
    clusters: tuple[np.ndarray, np.ndarray]
    members: tuple[np.ndarray, np.ndarray] | None
    weights: np.ndarray | None = None
    logit: bool = False
    jackknife: bool = False
    note: str = ""


def fitted(sample: Sample, confidence: float) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Estimate one model.

    Returns
    -------
    estimates : pandas.DataFrame
        `COLUMNS`; no row where it cannot be estimated.
    fit : dict
        model, outcome, estimator, n, firms, hub (the largest share of rows with one
        and the same member, decimal), r2, note.
    """
    firms = sample.members or sample.clusters[:1]
    members, counts = np.unique(np.concatenate(firms), return_counts=True)
    fit: dict[str, Any] = {
        "model": sample.name,
        "outcome": sample.outcome,
        "estimator": estimator(sample),
        "n": len(sample.y),
        "firms": len(members),
        "hub": counts.max(initial=0) / max(len(sample.y), 1),
        "r2": np.nan,
        "note": sample.note,
    }
    root = None
    if sample.weights is not None:
        root = np.sqrt(sample.weights / sample.weights.mean())
    raw = np.column_stack(list(sample.columns.values()))
    columns = standardized(raw, list(sample.columns), sample.weights)
    x = without(columns, np.empty((len(raw), 0), dtype="int64"), root)
    if why := obstacle(x):
        return pd.DataFrame(columns=COLUMNS), fit | {"note": noted(why, sample.note)}
    if sample.logit:
        regression, fit["r2"] = logistic(sample.y, x)
        if regression is None:
            note = "not estimated: the regressors tell the outcome apart completely"
            return pd.DataFrame(columns=COLUMNS), fit | {
                "note": noted(note, sample.note)
            }
    else:
        y = standardized(sample.y[:, None], [sample.outcome], sample.weights)
        y = y.with_values(y.values if root is None else y.values * root[:, None])
        regression = regress(y, x)
        null = centred(y.values[:, 0], root)
        fit["r2"] = 1 - regression.squares / (float(null @ null) * regression.unit**2)
    tables = []
    for name, (kind, clusters) in kinds(sample).items():
        rows = Rows(
            model=Model(sample.name, sample.outcome, clusters=("", "")),
            clusters=clusters,
            effects=np.empty((len(raw), 0), dtype="int64"),
            root=root,
        )
        try:
            spread = covariance(regression, rows, kind)
        except EstimationError as error:
            fit["note"] = noted(f"no {name}: {error.rule}", sample.note)
            continue
        table = coefficient_table(
            regression.names, regression.estimates, spread.matrix, spread.df, confidence
        ).assign(model=sample.name, se_type=name)
        tables.append(table[table.term.isin(sample.shown)])
    return pd.concat(tables, ignore_index=True)[COLUMNS], fit


def preferred(estimates: pd.DataFrame, by: str = "model") -> pd.DataFrame:
    """Return the rows of one type of errors: the jackknife, dyadic where there is none.

    Parameters
    ----------
    estimates
        With se_type.
    by
        Column of what has a type of its own.
    """
    kind = estimates.se_type
    left_out = kind.eq(JACKKNIFE)
    with_one = estimates[by].isin(estimates[by][left_out])
    return estimates[left_out | (kind.eq(DYADIC) & ~with_one)]


def noted(*words: str) -> str:
    """Return notes as one."""
    return "; ".join(filter(None, words))


def estimator(sample: Sample) -> str:
    """Name how a sample is estimated."""
    if sample.logit:
        return "logit"
    return "ols" if sample.weights is None else "wls"


def obstacle(x: Columns) -> str:
    """Say why a model cannot be estimated, naming a column that adds nothing."""
    n, k = x.values.shape
    if n <= k:
        return f"not estimated: {n} complete rows for {k} terms"
    size = np.sqrt((x.values**2).mean(axis=0))
    still = size <= ROUNDING * x.noise
    if still.any():
        return f"not estimated: {x.names[int(np.argmax(still))]} does not vary"
    for dependence in dependences(x):
        return f"not estimated: {dependence.term} is a combination of other terms"
    return ""


def kinds(sample: Sample) -> dict[str, tuple[Kind, np.ndarray]]:
    """Return each kind of standard errors and the clusters that it takes."""
    codes = [np.unique(c, return_inverse=True)[1] for c in sample.clusters]
    by_two = np.column_stack(codes)
    chosen: dict[str, tuple[Kind, np.ndarray]] = {
        "hc0" if sample.logit else "hc3": (hc0 if sample.logit else hc3, by_two),
        "two_way": (clustered, by_two),
    }
    if sample.members is not None:
        _, members = np.unique(np.concatenate(sample.members), return_inverse=True)
        pairs = members.reshape(2, -1).T
        chosen[DYADIC] = (dyadic, pairs)
        if sample.jackknife and not sample.logit:
            chosen[JACKKNIFE] = (dyadic_jackknife, pairs)
    return chosen


def logistic(y: np.ndarray, x: Columns) -> tuple[Regression | None, float]:
    """Return a logit as a regression whose scores are the likelihood's, and its R2."""
    solved = logit(x.values, y)
    if solved is None:
        return None, np.nan
    beta, bread, residual, r2 = solved
    turn, _ = way_back(plain(y[:, None], ["y"]), x)
    offset = np.zeros(len(beta))
    fit = Regression(x.names, beta, x.values, residual, bread, bread, turn, offset)
    return fit, r2


def logit(
    x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float] | None:
    """Maximize a logit's likelihood by Newton's steps.

    Returns
    -------
    beta, bread, residual, r2
        Coefficients (k,), inverse information (k, k), y - p (n,), McFadden's R2; None
        where no maximum is reached.
    """
    beta = np.zeros(x.shape[1])
    scale = np.sqrt((x**2).mean(axis=0))
    z = x / scale
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(z @ beta, -500, 500)))
        information = (z * (p * (1 - p))[:, None]).T @ z
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, z.T @ (y - p))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    else:
        return None
    p = 1 / (1 + np.exp(-(z @ beta)))
    information = (z * (p * (1 - p))[:, None]).T @ z
    mean = y.mean()
    likelihood = float(np.log(np.where(y > 0, p, 1 - p)).sum())
    null = float(len(y) * (mean * np.log(mean) + (1 - mean) * np.log(1 - mean)))
    bread = np.linalg.inv(information) / np.outer(scale, scale)
    return beta / scale, bread, y - p, 1 - likelihood / null
