"""Transformed columns -> least squares and its covariance under the one policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.models.estimators.result import EstimationError
from alliance_value.study.spec import BY_CLUSTER, Model

RANK = 1e-10


@dataclass(frozen=True)
class Groups:
    """What a covariance has to know of the rows.

    Parameters
    ----------
    clusters
        Integer codes, shape (n, number of cluster dimensions).
    effects
        Integer codes of the effects that are out, shape (n, number of effects).
    parameters
        How many parameters these effects take.
    """

    clusters: np.ndarray
    effects: np.ndarray
    parameters: int = 0

    def of(self, rows: np.ndarray) -> Groups:
        """Return the groups of some of the rows."""
        return Groups(self.clusters[rows], self.effects[rows], self.parameters)


@dataclass(frozen=True)
class Regression:
    """A linear regression, everything in it multiplied by the root of the weights.

    Parameters
    ----------
    names
        The k terms.
    estimates
        float64, shape (k,).
    x
        float64, shape (n, k): regressors without effects; in two-stage least squares
        their projections on the instruments. ``x * residuals`` are the scores.
    residuals
        float64, shape (n,).
    bread
        float64, shape (k, k): inverse of x'x.
    """

    names: tuple[str, ...]
    estimates: np.ndarray
    x: np.ndarray
    residuals: np.ndarray
    bread: np.ndarray


def regress(
    names: tuple[str, ...],
    y: np.ndarray,
    x: np.ndarray,
    instruments: np.ndarray | None = None,
) -> Regression:
    """Regress y on x by least squares, or by two stages with instruments.

    Parameters
    ----------
    names
        The k terms.
    y, x
        float64, shapes (n,) and (n, k), free of effects and weighted.
    instruments
        float64, shape (n, l), l >= k: all instruments, exogenous regressors included.

    Raises
    ------
    EstimationError
        The (projected) regressors depend on each other.
    """
    seen = x if instruments is None else projected(x, instruments)
    length = np.sqrt((seen**2).sum(axis=0))
    length[length == 0] = 1.0
    q, r = np.linalg.qr(seen / length)
    diagonal = np.abs(np.diag(r))
    if len(y) < len(names) or (diagonal < RANK).any():
        culprit = names[int(np.argmin(diagonal))] if len(diagonal) else "all"
        raise EstimationError(
            f"'{culprit}' cannot be told from the other terms in the rows and "
            "transformation of this estimator",
            "leave it out, or use other instruments",
        )
    inverse = np.linalg.inv(r) / length[:, None]
    estimates = inverse @ (q.T @ y)
    return Regression(names, estimates, seen, y - x @ estimates, inverse @ inverse.T)


def projected(columns: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Return the fitted values of columns on others, by an orthogonal basis.

    Columns of ``on`` that depend on the others count nothing.
    """
    if not on.shape[1]:
        return np.zeros_like(columns)
    length = np.sqrt((on**2).sum(axis=0))
    length[length == 0] = 1.0
    basis, size, _ = np.linalg.svd(on / length, full_matrices=False)
    basis = basis[:, size > RANK * size.max(initial=0.0)]
    return np.asarray(basis @ (basis.T @ columns))


def residuals_on(columns: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return columns less their projections on others."""
    return np.asarray(columns - projected(columns, others))


def covariance(fit: Regression, groups: Groups, model: Model) -> np.ndarray:
    """Return the covariance of a regression by the model's kind of standard errors.

    Returns
    -------
    numpy.ndarray
        float64, shape (k, k).
    """
    return COVARIANCES[model.standard_errors](fit, groups, model)


def unadjusted(fit: Regression, groups: Groups, model: Model) -> np.ndarray:
    """Return s^2 (x'x)^-1 with s^2 over n less all parameters."""
    left = residual_df(fit, groups)
    return np.asarray(fit.bread * float(fit.residuals @ fit.residuals) / left)


def robust(fit: Regression, groups: Groups, model: Model) -> np.ndarray:
    """Return White's covariance with n / (n - k) for all parameters (HC1)."""
    scores = fit.x * fit.residuals[:, None]
    factor = len(scores) / residual_df(fit, groups)
    return np.asarray(factor * fit.bread @ (scores.T @ scores) @ fit.bread)


def clustered(fit: Regression, groups: Groups, model: Model) -> np.ndarray:
    """Return the covariance clustered in one or two dimensions.

    (n-1)/(n-k) and per dimension G/(G-1), where k counts terms and, by
    ``count_effects``, parameters of effects (Cameron, Gelbach and Miller 2011).
    """
    scores = fit.x * fit.residuals[:, None]
    n, k = fit.x.shape
    k += counted(groups, model)
    factor = (n - 1) / (n - k)
    return np.asarray(factor * fit.bread @ meat(scores, groups.clusters) @ fit.bread)


def meat(scores: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return the sum of outer products of cluster scores, G/(G-1) per dimension."""
    if clusters.shape[1] == 1:
        return one_way(scores, clusters[:, 0])
    first, second = clusters.T
    both = first * (int(second.max()) + 1) + second
    total = one_way(scores, first) + one_way(scores, second) - one_way(scores, both)
    return np.asarray(total)


def one_way(scores: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Return G/(G-1) times the sum over clusters of outer products of score sums."""
    code = np.unique(cluster, return_inverse=True)[1]
    sums = cluster_sums(scores, code)
    groups = len(sums)
    return np.asarray(groups / max(groups - 1, 1) * sums.T @ sums)


def powers_of_two(x: np.ndarray) -> np.ndarray:
    """Return the power of two next to each column's root mean square, shape (k,).

    Scaling by it is exact, and lets thresholds of rank ignore units.
    """
    exponents = np.frexp(np.sqrt((x**2).mean(axis=0)))[1]
    return np.asarray(np.ldexp(1.0, exponents))


def cluster_sums(columns: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Return the sums of columns by group, shape (groups, k)."""
    return np.column_stack([np.bincount(code, column) for column in columns.T])


def counted(groups: Groups, model: Model) -> int:
    """Return how many parameters of effects the clustered covariance counts.

    An effect is nested when each of its groups lies in a single cluster of one of the
    dimensions. ``not_nested`` counts 1 for the constant, plus the groups less one of
    every effect that is not nested, as Stata's reghdfe and fixest.
    """
    if model.count_effects == "none" or not groups.effects.shape[1]:
        return 0
    if model.count_effects == "all":
        return groups.parameters
    return 1 + sum(
        len(np.unique(effect)) - 1
        for effect in groups.effects.T
        if not any(nested(effect, cluster) for cluster in groups.clusters.T)
    )


def nested(effect: np.ndarray, cluster: np.ndarray) -> bool:
    """Return whether each group of the effect lies in one cluster."""
    pairs = pd.DataFrame({"effect": effect, "cluster": cluster})
    return bool(pairs.groupby("effect")["cluster"].nunique().max() == 1)


def residual_df(fit: Regression, groups: Groups) -> int:
    """Return rows less terms and parameters of effects."""
    return len(fit.residuals) - len(fit.names) - groups.parameters


def degrees_of_freedom(fit: Regression, groups: Groups, model: Model) -> float:
    """Return the degrees of freedom of t statistics and intervals.

    With clusters: the smallest number of clusters less one (Cameron and Miller 2015).
    """
    if model.standard_errors in BY_CLUSTER:
        return smallest(groups.clusters) - 1.0
    return float(residual_df(fit, groups))


def smallest(clusters: np.ndarray) -> int:
    """Return the smallest number of clusters of the dimensions."""
    return min(len(np.unique(cluster)) for cluster in clusters.T)


def se_type(model: Model) -> str:
    """Name the standard errors for the tables."""
    by = " and ".join(model.clusters)
    return {
        "clustered": f"clustered by {by}",
        "robust": "robust (HC1)",
        "unadjusted": "homoskedastic",
        "bootstrap": f"bootstrap of {model.draws} draws, by {by}",
        "hc2": "robust (HC2)",
        "hc3": "robust (HC3)",
        "cr3": f"jackknife by {by} (CR3)",
        "driscoll_kraay": "Driscoll-Kraay"
        + ("" if model.lags is None else f", {model.lags} lags"),
    }[model.standard_errors]


# further kinds of standard errors for linear estimators plug in here
COVARIANCES: dict[str, Callable[[Regression, Groups, Model], np.ndarray]] = {
    "clustered": clustered,
    "robust": robust,
    "unadjusted": unadjusted,
}
