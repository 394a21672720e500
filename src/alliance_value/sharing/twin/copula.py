"""Normal scores of a panel -> a Gaussian copula for panels, and draws from it.

A score is the sum of a time effect, of what a firm keeps (between) and of what moves
within it, first-order autoregressive:

    z_it = m_t + b_i + w_it,   w_it = P w_i,t-1 + e_it,   P diagonal,

with covariance matrices B of b and W of w. They follow from the scores' covariances at
lags 0, 1, ..: C_0 = B + W, and C_h = B + P^h W.

References
----------
Nelsen, R. B. (2006). An Introduction to Copulas. Normal scores of discrete columns are
mean scores of their ranges; a covariance with a score of variance v is v times that of
the latent variable (Olsson, Drasgow and Dorans 1982, the polyserial correlation).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from alliance_value.sharing.twin.spells import Rows

LAGS = 8
PERSISTENCE = np.arange(0.0, 0.96, 0.05)
# A time effect counts as much as this many firms would tell against it.
PRIOR_FIRMS = 10
SMALLEST = 1e-8


@dataclass(frozen=True)
class Components:
    """The estimated copula of k scores.

    Parameters
    ----------
    time
        m, shape (slots, k).
    between, within
        B and W, shape (k, k).
    persistence
        The diagonal of P, shape (k,).
    steady
        Scores that do not change within a firm, bool, shape (k,).
    """

    time: np.ndarray
    between: np.ndarray
    within: np.ndarray
    persistence: np.ndarray
    steady: np.ndarray


def components(scores: np.ndarray, rows: Rows, steady: np.ndarray) -> Components:
    """Estimate the copula of a panel.

    Parameters
    ----------
    scores
        Normal scores, float64, shape (n, k); NaN is missing.
    rows
        Firm and slot of each row.
    steady
        Scores that do not change within a firm, bool, shape (k,).
    """
    k = scores.shape[1]
    if not k:
        none = np.zeros((0, 0))
        return Components(np.zeros((rows.slots, 0)), none, none, np.zeros(0), steady)
    variance = np.nanvar(scores, axis=0).clip(0.05, 1.0)
    grid = rows.grid(scores) / variance
    there = np.isfinite(grid)
    count = there.sum(axis=0)
    time = np.where(there, grid, 0.0).sum(axis=0) / (count + PRIOR_FIRMS)
    time[:, steady] = 0.0
    grid = np.where(there, grid - time, 0.0)
    lags = min(LAGS, rows.slots - 1)
    total, _ = lagged(grid, there, 0)
    left = 1.0 - (count * time**2).sum(axis=0) / count.sum(axis=0).clip(1)
    np.fill_diagonal(total, left.clip(0.2, 1.0))
    later = [lagged(grid, there, lag) for lag in range(1, lags + 1)]
    persistence = fit_persistence(total.diagonal(), later)
    between = fit_between(total, later, persistence)
    between[np.ix_(steady, steady)] = total[np.ix_(steady, steady)]
    own = total.diagonal()
    share = np.where(steady, own, between.diagonal().clip(0.0, own))
    between = with_diagonal(between, share)
    within = with_diagonal(total - between, own - share)
    return Components(time, between, within, persistence, steady)


def lagged(
    grid: np.ndarray, there: np.ndarray, lag: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return symmetric covariances of scores ``lag`` slots apart, and their pairs.

    Returns
    -------
    covariance, pairs : numpy.ndarray
        Shape (k, k): means of products over all firms' pairs of slots; how many.
    """
    slots = grid.shape[1]
    a, b = grid[:, : slots - lag], grid[:, lag:]
    k = grid.shape[2]
    sums = a.reshape(-1, k).T @ b.reshape(-1, k)
    here = there.astype("float64")
    pairs = here[:, : slots - lag].reshape(-1, k).T @ here[:, lag:].reshape(-1, k)
    pairs = (pairs + pairs.T) / 2
    return (sums + sums.T) / 2 / pairs.clip(1), pairs


def fit_persistence(
    total: np.ndarray, later: list[tuple[np.ndarray, np.ndarray]]
) -> np.ndarray:
    """Return the persistence of each score that fits its autocovariances best."""
    k = len(total)
    best, smallest = np.zeros(k), np.full(k, np.inf)
    for rho in PERSISTENCE if len(later) > 1 else ():
        powers = [rho**h for h in range(len(later) + 1)]
        share = between_given(total, later, powers.__getitem__, np.diagonal)
        share = share.clip(0.0, total)
        error = np.zeros(k)
        for h, (covariance, pairs) in enumerate(later, start=1):
            fitted = share + (total - share) * rho**h
            error += pairs.diagonal() * (covariance.diagonal() - fitted) ** 2
        better = error < smallest * (1 - 1e-9)
        best[better], smallest[better] = rho, error[better]
    return best


def fit_between(
    total: np.ndarray,
    later: list[tuple[np.ndarray, np.ndarray]],
    persistence: np.ndarray,
) -> np.ndarray:
    """Return B given C_0 and the persistence, by least squares over the lags."""
    if not later:
        return total.copy()

    def decay(h: int) -> np.ndarray:
        power = persistence**h
        return np.asarray((power[:, None] + power) / 2)

    return between_given(total, later, decay, lambda matrix: matrix)


def between_given(
    total: np.ndarray,
    later: list[tuple[np.ndarray, np.ndarray]],
    decay: Callable[[int], np.ndarray | float],
    part: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """Return the between part that fits C_h = B + (C_0 - B) decay(h) best."""
    above, below = np.zeros_like(total), np.zeros_like(total)
    for h, (covariance, pairs) in enumerate(later, start=1):
        rest = 1.0 - decay(h)
        above = above + part(pairs) * (part(covariance) - total * (1 - rest)) * rest
        below = below + part(pairs) * rest**2
    return np.asarray(above / np.maximum(below, SMALLEST))


def with_diagonal(matrix: np.ndarray, diagonal: np.ndarray) -> np.ndarray:
    """Return a nearby covariance matrix with a given diagonal.

    Correlations are cut at 1, negative eigenvalues at 0, and rows scaled back.
    """
    scale = np.sqrt(diagonal.clip(0))
    outer = np.outer(scale, scale)
    correlation = np.where(outer > SMALLEST, matrix / outer.clip(SMALLEST), 0.0)
    correlation = correlation.clip(-1, 1)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    fixed = (vectors * values.clip(SMALLEST)) @ vectors.T
    root = np.sqrt(fixed.diagonal())
    return np.asarray(fixed / np.outer(root, root) * outer)


def draw(copula: Components, rows: Rows, rng: np.random.Generator) -> np.ndarray:
    """Draw the scores of a panel of invented firms.

    Each score is brought to the ranks of a standard normal variable, over the rows or,
    where it does not change within firms, over the firms, so that its column has the
    smoothed distribution to the last value.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, k).
    """
    k = len(copula.persistence)
    if not k:
        return np.empty((len(rows.firm), 0))
    keep = matched(rng.standard_normal((rows.firms, k))) @ root_of(copula.between).T
    rho = copula.persistence
    news = with_diagonal(
        copula.within * (1 - np.outer(rho, rho)),
        copula.within.diagonal() * (1 - rho**2),
    )
    start, step = root_of(copula.within).T, root_of(news).T
    state = rng.standard_normal((rows.firms, k)) @ start
    path = np.empty((rows.firms, rows.slots, k))
    for slot in range(rows.slots):
        if slot:
            state = rho * state + rng.standard_normal((rows.firms, k)) @ step
        path[:, slot] = state
    scores = (copula.time + keep[:, None] + path)[rows.firm, rows.slot]
    steady = copula.steady
    scores[:, ~steady] = normal_ranks(scores[:, ~steady])
    scores[:, steady] = normal_ranks(keep[:, steady])[rows.firm]
    return np.asarray(scores)


def matched(draws: np.ndarray) -> np.ndarray:
    """Give draws mean 0 and the unit covariance matrix, where they are enough."""
    n, k = draws.shape
    draws = draws - draws.mean(axis=0)
    if n <= 2 * k:
        return np.asarray(draws / draws.std(axis=0).clip(SMALLEST))
    factor = np.linalg.cholesky(draws.T @ draws / n)
    return np.asarray(np.linalg.solve(factor, draws.T).T)


def root_of(matrix: np.ndarray) -> np.ndarray:
    """Return a square root of a covariance matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(values.clip(0)))


def normal_ranks(scores: np.ndarray) -> np.ndarray:
    """Return scores of the same order that are spread as normal ones are."""
    n = len(scores)
    ranks = stats.rankdata(scores, axis=0, method="ordinal")
    return np.asarray(special.ndtri((ranks - 0.5) / max(n, 1)))
