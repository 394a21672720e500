"""Rows without effects, residuals -> covariances that need rows: HC0-3, Driscoll-Kraay.

References
----------
MacKinnon and White (1985), Some heteroskedasticity-consistent covariance matrix
estimators. Driscoll and Kraay (1998), Consistent covariance matrix estimation with
spatially dependent panel data. Newey and West (1987). Hoechle (2007).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import linalg

from alliance_value.models.engine.absorb import (
    blocks,
    incidence,
    joint_sizes,
    semidefinite,
)

Kind = Literal["HC0", "HC1", "HC2", "HC3"]
ALONE = 1e-8


class LeverageOne(ArithmeticError):
    """A row is fitted exactly whatever its outcome, and has no HC2 or HC3."""


def bread(within: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Return (X'WX)^-1 by a QR factorization, shape (k, k)."""
    heavy = within if weights is None else within * np.sqrt(weights)[:, None]
    scale = np.sqrt((heavy**2).sum(axis=0))
    r = linalg.qr(heavy / scale, mode="r")[0][: within.shape[1]]
    inverse = linalg.solve_triangular(r, np.eye(len(scale)))
    return np.asarray(inverse @ inverse.T / np.outer(scale, scale))


def leverage(
    within: np.ndarray, effects: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the diagonal of the hat matrix of terms and all fixed effects.

    Parameters
    ----------
    within
        Terms without effects, float64, shape (n, k).
    effects
        Integer codes, shape (n, e); none for centred columns of a pooled model.
    weights
        float64, shape (n,).

    Returns
    -------
    numpy.ndarray
        float64, shape (n,), in (0, 1]; they add up to the number of parameters.

    Notes
    -----
    The projection splits into group means of the largest effect, what the other
    effects' dummies add, and what the terms add. With P the shares of a group's weight
    by level and L the inverse of D'MD, the second is L_tt - 2 (PL)_gt + (PLP')_gg.
    """
    n = len(within)
    w = np.ones(n) if weights is None else weights
    hat = np.einsum("ni,ij,nj->n", within, bread(within, weights), within)
    parts = blocks(effects)
    size = np.bincount(parts.codes, w, parts.groups)
    hat += 1 / size[parts.codes]
    q = len(parts.labels)
    if q:
        dummies = incidence(parts)
        shares = (joint_sizes(parts, w) / size[:, None]).toarray()
        total = (dummies.T * w @ dummies).toarray()
        solver = semidefinite(total - shares.T @ (shares * size[:, None]))
        inverse = np.zeros((q, q))
        middle = linalg.cho_solve((solver.factor, False), np.eye(solver.rank))
        scale = solver.scale[solver.pivots]
        place = np.ix_(solver.pivots, solver.pivots)
        inverse[place] = middle / np.outer(scale, scale)
        mixed = shares @ inverse
        several = parts.levels
        for a in range(several.shape[1]):
            for b in range(several.shape[1]):
                hat += inverse[several[:, a], several[:, b]]
            hat -= 2 * mixed[parts.codes, several[:, a]]
        hat += (mixed * shares).sum(axis=1)[parts.codes]
    return np.asarray(w * hat)


def white(
    within: np.ndarray,
    residuals: np.ndarray,
    kind: Kind,
    *,
    parameters: int,
    hat: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Return a heteroskedasticity-consistent covariance, shape (k, k).

    Parameters
    ----------
    within
        Terms without effects, float64, shape (n, k).
    residuals
        float64, shape (n,).
    kind
        HC0 is White's; HC1 multiplies it by n / (n - parameters); HC2 and HC3 divide
        squared residuals by 1 - h and its square, h the leverage.
    parameters
        Terms and fixed effects, counted for HC1.
    hat
        Leverage, shape (n,), for HC2 and HC3.

    Raises
    ------
    LeverageOne
        Where HC2 or HC3 meet a row of leverage one: drop singletons.
    """
    n = len(residuals)
    squares = residuals**2
    if weights is not None:
        squares = squares * weights**2
    if kind in ("HC2", "HC3"):
        if hat is None:
            raise ValueError(f"{kind} needs the leverage")
        if (hat > 1 - ALONE).any():
            raise LeverageOne(
                f"{int((hat > 1 - ALONE).sum())} rows have leverage one, where {kind} "
                "does not exist: drop rows that are alone in an effect"
            )
        squares = squares / (1 - hat) ** (1 if kind == "HC2" else 2)
    elif kind == "HC1":
        squares = squares * (n / (n - parameters))
    inverse = bread(within, weights)
    return np.asarray(inverse @ (within.T @ (within * squares[:, None])) @ inverse)


def usual_lags(periods: int) -> int:
    """Return floor(4 (T/100)^(2/9)), the usual choice of a bandwidth (Hoechle 2007)."""
    return int(np.floor(4 * (periods / 100) ** (2 / 9)))


def driscoll_kraay(
    within: np.ndarray,
    residuals: np.ndarray,
    periods: np.ndarray,
    bandwidth: int,
    *,
    small_sample: bool = True,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Return a covariance robust to dependence across firms and, fading, over time.

    With h_t the sum of scores of period t, the meat is the sum over lags up to the
    bandwidth L of Bartlett weights 1 - l / (L + 1) times the autocovariances of h.

    Parameters
    ----------
    within, residuals
        float64, shapes (n, k) and (n,).
    periods
        Integer codes, shape (n,). A period without rows counts as one with score zero.
    bandwidth
        The largest lag L, 0 or more; `usual_lags` gives a choice.
    small_sample
        Whether to multiply by T/(T-1) (n-1)/(n-k), T the periods (plm's ``sss``).
    """
    n, k = within.shape
    weighted = within * residuals[:, None]
    if weights is not None:
        weighted = weighted * weights[:, None]
    first = int(periods.min())
    count = int(periods.max()) - first + 1
    scores = np.array([np.bincount(periods - first, s, count) for s in weighted.T]).T
    meat = scores.T @ scores
    for lag in range(1, min(bandwidth, count - 1) + 1):
        product = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (bandwidth + 1)) * (product + product.T)
    if small_sample:
        observed = len(np.unique(periods))
        meat *= observed / (observed - 1) * (n - 1) / (n - k)
    inverse = bread(within, weights)
    return np.asarray(inverse @ meat @ inverse)
