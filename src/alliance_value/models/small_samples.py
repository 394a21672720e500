"""A sample in memory -> least squares or a logit under several standard errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.models.dyadic import dyadic_meat

COLUMNS = [
    *("model", "se_type", "term", "estimate", "se", "df", "t", "p"),
    *("ci_low", "ci_high"),
]
STEPS = 50


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


def fitted(sample: Sample, confidence: float) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Estimate one model.

    Returns
    -------
    estimates : pandas.DataFrame
        Columns as in `dyad_models.dyad_models`; no row where it cannot be estimated.
    fit : dict
        model, outcome, estimator, n, firms, r2, note.
    """
    x = np.column_stack(list(sample.columns.values()))
    y = sample.y
    firms = sample.members or sample.clusters[:1]
    fit: dict[str, Any] = {
        "model": sample.name,
        "outcome": sample.outcome,
        "estimator": estimator(sample),
        "n": len(y),
        "firms": len(np.unique(np.concatenate(firms))),
        "r2": np.nan,
        "note": "",
    }
    note = obstacle(x, list(sample.columns))
    if note:
        return pd.DataFrame(columns=COLUMNS), fit | {"note": note}
    root = np.ones(len(y))
    if sample.weights is not None:
        root = np.sqrt(sample.weights / sample.weights.mean())
        x, y = x * root[:, None], y * root
    if sample.logit:
        solved = logit(x, y)
        if solved is None:
            note = "not estimated: the regressors tell the outcome apart completely"
            return pd.DataFrame(columns=COLUMNS), fit | {"note": note}
        beta, bread, residual, fit["r2"] = solved
    else:
        bread = np.linalg.inv(x.T @ x)
        beta = bread @ (x.T @ y)
        residual = y - x @ beta
        null = y - root * (root @ y) / (root @ root)
        fit["r2"] = 1 - float(residual @ residual) / float(null @ null)
    rows = []
    for kind, (meat, df) in meats(sample, x, residual, bread).items():
        covariance = bread @ meat @ bread
        variance = np.diag(covariance)
        se = np.sqrt(np.where(variance > 0, variance, np.nan))
        t = beta / se
        reach = stats.t.ppf((1 + confidence) / 2, df) * se
        table = pd.DataFrame(
            {
                "model": sample.name,
                "se_type": kind,
                "term": list(sample.columns),
                "estimate": beta,
                "se": se,
                "df": float(df),
                "t": t,
                "p": 2 * stats.t.sf(np.abs(t), df),
                "ci_low": beta - reach,
                "ci_high": beta + reach,
            }
        )
        rows.append(table[table.term.isin(sample.shown)])
    return pd.concat(rows, ignore_index=True)[COLUMNS], fit


def estimator(sample: Sample) -> str:
    """Name how a sample is estimated."""
    if sample.logit:
        return "logit"
    return "ols" if sample.weights is None else "wls"


def obstacle(x: np.ndarray, names: list[str]) -> str:
    """Say why a model cannot be estimated, naming a column that adds nothing."""
    n, k = x.shape
    if n <= k:
        return f"not estimated: {n} complete rows for {k} terms"
    scale = np.sqrt((x**2).sum(axis=0))
    if not (scale > 0).all():
        return f"not estimated: {names[int(np.argmin(scale > 0))]} does not vary"
    # the diagonal of R is what a column adds to those before it
    added = np.abs(np.diag(np.linalg.qr(x / scale, mode="r")))
    if added.min() < 1e-9:
        name = names[int(np.argmax(added < 1e-9))]
        return f"not estimated: {name} is a combination of other terms"
    return ""


def meats(
    sample: Sample, x: np.ndarray, residual: np.ndarray, bread: np.ndarray
) -> dict[str, tuple[np.ndarray, float]]:
    """Return the middle of the sandwich and its degrees of freedom, by type.

    Two-way and dyadic sums have the factors of Cameron, Gelbach and Miller (2011), each
    G / (G - 1) x (n - 1) / (n - k), and n / (n - k).
    """
    n, k = x.shape
    scores = x * residual[:, None]
    found: dict[str, tuple[np.ndarray, float]] = {}
    if sample.logit:
        found["hc0"] = (scores.T @ scores, n - k)
    else:
        leverage = np.einsum("ij,jk,ik->i", x, bread, x)
        one = leverage > 1 - 1e-12
        scaled = scores / np.where(one, 1.0, 1 - leverage)[:, None]
        found["hc3"] = (scaled.T @ scaled, n - k)
    a, b = (np.unique(c, return_inverse=True)[1] for c in sample.clusters)
    both = np.unique(a * (b.max() + 1) + b, return_inverse=True)[1]
    total = np.zeros((k, k))
    for codes, sign in ((a, 1), (b, 1), (both, -1)):
        groups = int(codes.max()) + 1
        sums = np.zeros((groups, k))
        np.add.at(sums, codes, scores)
        total += sign * groups / (groups - 1) * (n - 1) / (n - k) * (sums.T @ sums)
    found["two_way"] = (total, min(a.max(), b.max()))
    if sample.members is not None:
        firms, codes = np.unique(np.concatenate(sample.members), return_inverse=True)
        first, second = codes.reshape(2, n)
        meat = n / (n - k) * dyadic_meat(scores, first, second)
        found["dyadic"] = (meat, len(firms) - 1)
    return found


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
