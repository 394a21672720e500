"""A regression and what is known of its rows -> the covariance that a model asks for.

A kind of standard errors is one module of `covariances/`: a function that takes a
`Regression` and a `Sample`, gives a `Covariance` in the regression's own units, and is
declared there by ``@standard_error``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from alliance_value.models.engine.blocks import dense_codes
from alliance_value.models.engine.grams import Grams, nested_effect
from alliance_value.models.engine.regress import Regression as OfGrams
from alliance_value.models.estimators.result import EstimationError, Test
from alliance_value.models.regression import Regression
from alliance_value.study.spec import Model
from alliance_value.vocabulary.collect import entries, implementation
from alliance_value.vocabulary.entries import StandardError


@dataclass(frozen=True)
class Sample:
    """What a covariance may have to know of the rows.

    Parameters
    ----------
    model
        The kind of standard errors and its options.
    clusters
        Integer codes, shape (n, number of cluster dimensions).
    effects
        Integer codes of the effects that are out, shape (n, number of effects).
    parameters
        How many parameters these effects take.
    periods
        Integer periods, shape (n,), or None where a row is of no single one.
    entities
        Integer codes of the entities, shape (n,), or None likewise.
    places
        Latitude and longitude, degrees, shape (n, 2), where the model names them.
    root
        Roots of the weights, shape (n,), or None without weights.
    terms
        How many terms small-sample corrections count where not all: one for the scores
        of a likelihood.
    variance
        The disturbance's variance where a likelihood knows it.
    refit
        Weights of the rows, shape (n,), zero to leave a row out -> estimates in the
        regression's units, shape (k,).
    without
        Codes of clusters, shape (n,) -> estimates without each, shape (G, k): where
        there is a faster way than to refit.
    by_cluster
        Codes of clusters, shape (n,) -> cross-products of the outcome and the slopes by
        cluster, and their regression.
    """

    model: Model
    clusters: np.ndarray
    effects: np.ndarray
    parameters: int = 0
    periods: np.ndarray | None = None
    entities: np.ndarray | None = None
    places: np.ndarray | None = None
    root: np.ndarray | None = None
    terms: int | None = None
    variance: float | None = None
    refit: Callable[[np.ndarray], np.ndarray] | None = None
    without: Callable[[np.ndarray], np.ndarray] | None = None
    by_cluster: Callable[[np.ndarray], tuple[Grams, OfGrams]] | None = None

    @property
    def weights(self) -> np.ndarray | None:
        """Weights, shape (n,), or None."""
        return None if self.root is None else self.root**2

    @property
    def by(self) -> str:
        """The clusters' columns, in words."""
        return " and ".join(self.model.clusters)

    def of(self, rows: np.ndarray) -> Sample:
        """Return the sample of some of the rows."""

        def some(values: np.ndarray | None) -> np.ndarray | None:
            return None if values is None else values[rows]

        return replace(
            self,
            clusters=self.clusters[rows],
            effects=self.effects[rows],
            periods=some(self.periods),
            entities=some(self.entities),
            places=some(self.places),
            root=some(self.root),
        )


@dataclass(frozen=True)
class Covariance:
    """A covariance of estimates.

    Parameters
    ----------
    matrix
        float64, shape (k, k).
    df
        Degrees of freedom of t statistics.
    label
        What it is called in tables: the same label is the same number.
    tests
        What was counted on the way.
    judged
        p-value and limits of the interval of each estimate, shape (k, 3), where they do
        not follow from the matrix; NaN where they do.
    """

    matrix: np.ndarray
    df: float
    label: str
    tests: tuple[Test, ...] = ()
    judged: np.ndarray | None = None


Kind = Callable[[Regression, Sample], Covariance]


def covariance(fit: Regression, sample: Sample, kind: Kind | None = None) -> Covariance:
    """Return the covariance of a regression's estimates, in raw units.

    Parameters
    ----------
    fit, sample
        The regression and its rows.
    kind
        The function of a kind of standard errors; by default the model's.

    Raises
    ------
    EstimationError
        The rows do not allow it.
    """
    if kind is None:
        named = entries(StandardError)[sample.model.standard_errors]
        kind = implementation(named)
    spread = kind(fit, sample)
    judged = spread.judged
    if judged is not None:
        judged = judged * np.column_stack(
            [np.ones(len(judged)), *[fit.turn.diagonal()] * 2]
        )
    return replace(spread, matrix=fit.back(spread.matrix), judged=judged)


def sandwich(fit: Regression, meat: np.ndarray) -> np.ndarray:
    """Return the covariance that a meat of the basis makes, shape (k, k)."""
    return np.asarray(fit.root @ meat @ fit.root.T)


def cluster_meat(
    scores: np.ndarray, clusters: np.ndarray, small_sample: bool = True
) -> np.ndarray:
    """Return the sum of outer products of cluster scores, shape (k, k).

    By several dimensions it is the sum over all their combinations, those of an even
    number subtracted, each with its own G/(G-1) where small samples are corrected for
    (Cameron, Gelbach and Miller 2011).

    Parameters
    ----------
    scores
        float64, shape (n, k).
    clusters
        Integer codes, shape (n, d).
    """
    total = np.zeros((scores.shape[1],) * 2)
    for sign, code in intersections(clusters):
        sums = cluster_sums(scores, code)
        groups = len(sums)
        factor = groups / max(groups - 1, 1) if small_sample else 1.0
        total += sign * factor * sums.T @ sums
    return total


def intersections(clusters: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the sign and the codes of every combination of cluster dimensions."""
    numbered = [dense_codes(code)[0] for code in clusters.T]
    for size in range(1, len(numbered) + 1):
        for chosen in combinations(numbered, size):
            code = chosen[0]
            for other in chosen[1:]:
                code, _ = dense_codes(code * (int(other.max(initial=0)) + 1) + other)
            yield (1 if size % 2 else -1), code


def cluster_sums(columns: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Return the sums of columns by group, shape (groups, k)."""
    return np.column_stack([np.bincount(code, column) for column in columns.T])


def smallest(clusters: np.ndarray) -> int:
    """Return the smallest number of clusters of the dimensions."""
    return min(len(dense_codes(cluster)[1]) for cluster in clusters.T)


def counted(sample: Sample) -> int:
    """Return how many parameters of effects the clustered covariance counts.

    An effect is nested when each of its groups lies in a single cluster of one of the
    dimensions. ``not_nested`` counts 1 for the constant, plus the groups less one of
    every effect that is not nested, as Stata's reghdfe and fixest.
    """
    rule = sample.model.count_effects
    if rule == "none" or not sample.effects.shape[1]:
        return 0
    if rule == "all":
        return sample.parameters
    dimensions = [dense_codes(cluster)[0] for cluster in sample.clusters.T]
    return 1 + sum(
        len(dense_codes(effect)[1]) - 1
        for effect in sample.effects.T
        if not any(nested_effect(effect[:, None], c) == 0 for c in dimensions)
    )


def terms_counted(fit: Regression, sample: Sample) -> int:
    """Return how many terms small-sample corrections count."""
    return len(fit.names) if sample.terms is None else sample.terms


def with_rows_left(fit: Regression, sample: Sample) -> int:
    """Return the rows less terms and parameters of effects.

    Raises
    ------
    EstimationError
        There are none.
    """
    left = fit.n - terms_counted(fit, sample) - sample.parameters
    if left < 1:
        raise EstimationError(
            f"{fit.n} rows for {len(fit.names)} terms and {sample.parameters} "
            "parameters of effects leave no degree of freedom",
            "use fewer terms or effects",
        )
    return left
