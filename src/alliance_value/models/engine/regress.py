"""Cross-products by cluster -> coefficients, scores and clustered covariances.

Cross-products square the condition number: with columns scaled to unit length and
condition number k of their cross-products, about 16 - log10(k) digits are right. Up to
``MOST_CONDITION`` that is ten and more; beyond, rows are asked for and factored by
Householder reflections, which lose only half as many digits.

Beside `alliance_value.models.regression`, which works on rows: draws of the bootstrap
and fits without a cluster start from sums by cluster, and touch no row again.

References
----------
Cameron and Miller (2015), A practitioner's guide to cluster-robust inference. Golub and
Van Loan, Matrix Computations, section 5.3. Longley (1967).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from alliance_value.models.collinearity import Dependence
from alliance_value.models.engine.grams import Grams

MOST_CONDITION = 1e6
"""Largest condition number of scaled cross-products that are solved as they are."""

EXACT = 1e-13
"""Length of what earlier columns leave of a unit column, below which it is nothing."""

FEWEST_DIGITS = 9
"""Digits below which the solution from rows comes with a warning."""


class IllConditioned(ArithmeticError):
    """Cross-products are too nearly singular, and rows were not given."""


class IllConditionedWarning(UserWarning):
    """The digits that can be trusted are few."""


class Collinear(ArithmeticError):
    """Terms are exactly collinear.

    Parameters
    ----------
    dependences
        The dependent terms and what they are made of.
    """

    def __init__(self, dependences: Sequence[Dependence]) -> None:
        self.dependences = tuple(dependences)
        super().__init__(
            "terms are exactly collinear: " + "; ".join(map(str, dependences))
        )


@dataclass(frozen=True)
class Rows:
    """The rows behind cross-products, kept for when these are ill-conditioned.

    Parameters
    ----------
    columns
        float64, shape (n, p): without effects, in the order of the names; multiplied by
        the square roots of weights where there are weights.
    clusters
        int64, shape (n,): labels as in the cross-products.
    """

    columns: np.ndarray
    clusters: np.ndarray


@dataclass(frozen=True)
class Regression:
    """One specification.

    Parameters
    ----------
    terms
        The k regressors.
    place
        int64, shape (k,): their columns in the cross-products.
    outcome
        The outcome's column.
    coefficients
        float64, shape (k,).
    bread
        float64, shape (k, k): (X'X)^-1, effects out.
    scores
        float64, shape (G, k): X_g' u_g by cluster.
    squares
        Sum of squared residuals.
    n, clusters
        Rows and clusters.
    condition
        Condition number of the scaled cross-products.
    method
        ``cross-products`` or ``rows``.
    """

    terms: tuple[str, ...]
    place: np.ndarray
    outcome: int
    coefficients: np.ndarray
    bread: np.ndarray
    scores: np.ndarray
    squares: float
    n: int
    condition: float
    method: str

    @property
    def clusters(self) -> int:
        """Return the number of clusters."""
        return len(self.scores)


def regress(
    grams: Grams, outcome: str, terms: Sequence[str], rows: Rows | None = None
) -> Regression:
    """Regress an outcome on terms, all effects out.

    Parameters
    ----------
    grams
        Cross-products that hold the outcome and the terms.
    outcome, terms
        Names of columns.
    rows
        The rows, used where cross-products lose too many digits.

    Raises
    ------
    IllConditioned
        Where rows are needed and were not given.
    Collinear
        Where a term is a combination of earlier ones.
    """
    k, y = grams.index(terms), int(grams.index([outcome])[0])
    total = grams.cells[:, : grams.p, : grams.p].sum(axis=0)
    gram, right = total[np.ix_(k, k)], total[k, y]
    scale = np.sqrt(np.maximum(gram.diagonal(), 0.0))
    absorbed = [t for t, s in zip(terms, scale, strict=True) if s == 0]
    if absorbed:
        raise Collinear([Dependence(t, {}) for t in absorbed])
    scaled = gram / np.outer(scale, scale)
    spectrum = np.linalg.eigvalsh(scaled)
    condition = spectrum[-1] / max(spectrum[0], np.finfo(float).tiny)
    if not condition <= MOST_CONDITION:
        if rows is None:
            raise IllConditioned(
                f"cross-products of {', '.join(terms)} have condition number "
                f"{condition:.2g}: give the rows, or leave out terms that are close to "
                "combinations of others"
            )
        return by_rows(grams, outcome, terms, rows)
    factor = linalg.cho_factor(scaled)
    coefficients = linalg.cho_solve(factor, right / scale) / scale
    bread = linalg.cho_solve(factor, np.eye(len(k))) / np.outer(scale, scale)
    scores = grams.cells[:, k, y] - grams.cells[:, k[:, None], k] @ coefficients
    return Regression(
        terms=tuple(terms),
        place=k,
        outcome=y,
        coefficients=coefficients,
        bread=bread,
        scores=scores,
        squares=max(float(total[y, y] - right @ coefficients), 0.0),
        n=grams.n,
        condition=float(condition),
        method="cross-products",
    )


def by_rows(grams: Grams, outcome: str, terms: Sequence[str], rows: Rows) -> Regression:
    """Regress by a QR factorization of the rows, columns scaled to unit length."""
    k, y = grams.index(terms), int(grams.index([outcome])[0])
    matrix, target = rows.columns[:, k], rows.columns[:, y]
    scale = np.sqrt((matrix**2).sum(axis=0))
    q, r = linalg.qr(matrix / scale, mode="economic")
    length = np.abs(r.diagonal())
    dependent = [
        Dependence(terms[j], combination(terms, r, scale, j))
        for j in np.flatnonzero(length <= EXACT * np.sqrt(len(k))).tolist()
    ]
    if dependent:
        raise Collinear(dependent)
    condition = float(np.linalg.cond(r))
    digits = -np.log10(np.finfo(float).eps * condition)
    if digits < FEWEST_DIGITS:
        warnings.warn(
            f"{', '.join(terms)} are nearly collinear (condition number "
            f"{condition:.2g}): about {max(digits, 0):.0f} digits of the coefficients "
            "can be trusted",
            IllConditionedWarning,
            stacklevel=3,
        )
    solved = linalg.solve_triangular(r, q.T @ target)
    residual = target - (matrix / scale) @ solved
    solved = solved + linalg.solve_triangular(r, q.T @ residual)
    residual = target - (matrix / scale) @ solved
    inverse = linalg.solve_triangular(r, np.eye(len(k)))
    codes = np.searchsorted(grams.clusters, rows.clusters)
    weighted = matrix * residual[:, None]
    scores = [np.bincount(codes, s, len(grams.clusters)) for s in weighted.T]
    return Regression(
        terms=tuple(terms),
        place=k,
        outcome=y,
        coefficients=solved / scale,
        bread=inverse @ inverse.T / np.outer(scale, scale),
        scores=np.array(scores).T,
        squares=float(residual @ residual),
        n=grams.n,
        condition=condition**2,
        method="rows",
    )


def combination(
    terms: Sequence[str], r: np.ndarray, scale: np.ndarray, j: int
) -> dict[str, float]:
    """Return the coefficients of earlier terms that make up term j."""
    weights, *_ = np.linalg.lstsq(r[:j, :j], r[:j, j], rcond=None)
    return {
        terms[i]: float(w * scale[j] / scale[i])
        for i, w in enumerate(weights)
        if abs(w) > 1e-7
    }


def correction(n: int, k: int, clusters: int, counted: int = 0) -> float:
    """Return G/(G-1) (n-1)/(n-k-counted): CR1 as Stata and Petersen (2009) use it.

    Parameters
    ----------
    n, k, clusters
        Rows, terms, clusters.
    counted
        Parameters of fixed effects, or of the constant, that are counted
    """
    return clusters / (clusters - 1) * (n - 1) / (n - k - counted)


def covariance(regression: Regression, counted: int = 0) -> np.ndarray:
    """Return the clustered covariance CR1, shape (k, k).

    Parameters
    ----------
    regression
        Its bread and the scores of its clusters.
    counted
        Effects that count as parameters in the small-sample correction.
    """
    r = regression
    factor = correction(r.n, len(r.terms), r.clusters, counted)
    return np.asarray(factor * r.bread @ (r.scores.T @ r.scores) @ r.bread)
