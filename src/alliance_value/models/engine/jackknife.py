"""Cross-products by cluster -> what each cluster, or group of clusters, does to a fit.

The effects are estimated anew without the cluster, dummies being columns: a true
jackknife also where effects reach across clusters.

References
----------
MacKinnon, Nielsen and Webb (2023), Leverage, influence, and the jackknife in clustered
regression models: reliable inference using summclust. Bell and McCaffrey (2002).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alliance_value.models.engine.blocks import RANK
from alliance_value.models.engine.grams import Grams
from alliance_value.models.engine.regress import (
    MOST_CONDITION,
    Regression,
)

BLOCK_BYTES = 2**26


class NotIdentified(ArithmeticError):
    """A coefficient hangs on a single cluster."""


@dataclass(frozen=True)
class Jackknife:
    """Every estimate without one cluster.

    Parameters
    ----------
    coefficients
        float64, shape (G, k): row g is estimated without cluster g.
    influence
        float64, shape (G, k): the full estimate less the one without the cluster, what
        the cluster adds (DFBETA).
    leverage
        float64, shape (G,): trace of X_g (X'X)^-1 X_g' over terms and dummies carried;
        they add up to the number of these parameters.
    """

    coefficients: np.ndarray
    influence: np.ndarray
    leverage: np.ndarray


def jackknife(grams: Grams, regression: Regression) -> Jackknife:
    """Estimate a specification without each cluster in turn.

    Parameters
    ----------
    grams
        Cross-products with their dummies (``exact``).
    regression
        The specification on all clusters, from well-conditioned cross-products.

    Raises
    ------
    NotIdentified
        Where terms cannot be told apart without some cluster.
    """
    if not grams.exact:
        raise ValueError("leaving clusters out is not exact: carry the dummies")
    k = len(regression.terms)
    own = np.append(regression.place, regression.outcome)
    carried = np.arange(grams.p, grams.cells.shape[1])
    place = np.concatenate([own, carried])
    total = grams.cells[:, place[:, None], place].sum(axis=0)
    dummies = np.sqrt(np.maximum(total.diagonal()[k + 1 :], 0.0))
    dummies[dummies == 0] = 1.0
    inverse = regression.bread
    across = pseudo_inverse(total[None, k + 1 :, k + 1 :], dummies)[0]
    coefficients = np.empty((len(grams.cells), k))
    leverage = np.empty(len(grams.cells))
    for block in slices(len(grams.cells), len(place) ** 2 * 8):
        cells = grams.cells[block][:, place[:, None], place]
        left = total - cells
        mixed = left[:, k + 1 :, : k + 1]
        middle = pseudo_inverse(left[:, k + 1 :, k + 1 :], dummies)
        projected = mixed.transpose(0, 2, 1) @ middle @ mixed
        gram = left[:, : k + 1, : k + 1] - projected
        coefficients[block] = solve_each(gram, grams.clusters[block], regression)
        leverage[block] = np.einsum("gij,ji->g", cells[:, :k, :k], inverse)
        leverage[block] += np.einsum("gij,ji->g", cells[:, k + 1 :, k + 1 :], across)
    influence = regression.coefficients - coefficients
    return Jackknife(coefficients, influence, leverage)


def slices(count: int, size: int) -> Iterator[slice]:
    """Yield slices of ``count`` items of ``size`` bytes that fit in a block."""
    step = max(1, BLOCK_BYTES // max(size, 1))
    for first in range(0, count, step):
        yield slice(first, first + step)


def pseudo_inverse(matrices: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return generalized inverses of semidefinite matrices, shape (g, q, q)."""
    if not matrices.shape[1]:
        return matrices
    size = np.outer(scale, scale)
    values, vectors = np.linalg.eigh(matrices / size)
    kept = values > RANK
    inverse = np.divide(1.0, values, out=np.zeros_like(values), where=kept)
    return np.asarray(
        (vectors * inverse[:, None, :]) @ vectors.transpose(0, 2, 1) / size
    )


def solve_each(
    gram: np.ndarray, clusters: np.ndarray, regression: Regression
) -> np.ndarray:
    """Return coefficients from matrices of terms and outcome, shape (g, k)."""
    k = gram.shape[1] - 1
    scale = 1 / np.sqrt(regression.bread.diagonal())
    size = np.outer(scale, scale)
    scaled = gram[:, :k, :k] / size
    spectrum = np.linalg.eigvalsh(scaled)
    lost = ~(spectrum[:, -1] <= 1e4 * MOST_CONDITION * spectrum[:, 0])
    if lost.any():
        shown = ", ".join(map(str, clusters[lost][:5].tolist()))
        raise NotIdentified(
            f"{', '.join(regression.terms)} cannot be told apart without cluster "
            f"{shown}{' and others' if lost.sum() > 5 else ''}: the jackknife has no "
            "value there"
        )
    solved = np.linalg.solve(scaled, (gram[:, :k, k] / scale)[:, :, None])
    return np.asarray(solved[:, :, 0] / scale)


def jackknife_covariance(result: Jackknife, regression: Regression) -> np.ndarray:
    """Return the covariance CR3 as the delete-one-cluster jackknife, shape (k, k).

    (G-1)/G times the sum of squared deviations of the estimates without one cluster
    from the full estimate (CV3 of MacKinnon, Nielsen and Webb). Where effects reach
    across clusters the formula that is called CR3 in other software, which keeps the
    residual maker of the full sample, differs from it.
    """
    deviation = result.coefficients - regression.coefficients
    count = len(deviation)
    return np.asarray((count - 1) / count * deviation.T @ deviation)
