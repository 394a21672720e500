"""0/1 outcomes + terms -> a probit by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from alliance_value.models.columns import Columns, plain, way_back
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import regress

MOST_STEPS = 50


@dataclass(frozen=True)
class Probit:
    """A probit at its maximum.

    Parameters
    ----------
    b, spread
        Estimates and their covariance in the units of the columns, shapes (k,) and
        (k, k): the inverse of the observed information, with weights the sandwich.
    turn
        The way back to raw units (``columns.way_back``), shape (k, k).
    index
        z'gamma of each row, shape (n,).
    """

    b: np.ndarray
    spread: np.ndarray
    turn: np.ndarray
    index: np.ndarray

    @property
    def estimates(self) -> np.ndarray:
        """Estimates in raw units, shape (k,)."""
        return np.asarray(self.turn @ self.b)

    @property
    def covariance(self) -> np.ndarray:
        """Covariance of the estimates, shape (k, k)."""
        return np.asarray(self.turn @ self.spread @ self.turn.T)


def mills(index: np.ndarray) -> np.ndarray:
    """Return the inverse Mills ratio phi(a) / Phi(a), also far out in the left tail."""
    log_density = -0.5 * index**2 - 0.5 * np.log(2 * np.pi)
    return np.asarray(np.exp(log_density - special.log_ndtr(index)))


def probit(chosen: np.ndarray, z: Columns, weights: np.ndarray | None = None) -> Probit:
    """Fit ``P(chosen) = Phi(z'gamma)``.

    Parameters
    ----------
    chosen
        bool, shape (n,).
    z
        k terms, standardized, the constant among them.
    weights
        Rows of the population that each row stands for, shape (n,): what maximizes the
        weighted likelihood is consistent where rows were drawn by their outcome.

    Raises
    ------
    EstimationError
        A combination of terms predicts the rows perfectly, or terms depend on others.

    References
    ----------
    Manski and Lerman (1977), Econometrica 45.
    """
    x = z.values
    start = plain(chosen[:, None].astype("float64"), ("chosen",))
    try:
        regress(start, z)
    except EstimationError as error:
        raise EstimationError(
            "the terms of the selection equation depend on each other: "
            + ", ".join(z.names),
            "leave one out",
        ) from error
    sign = np.where(chosen, 1.0, -1.0)
    each = np.ones(1) if weights is None else weights
    gamma = np.zeros(x.shape[1])
    change = np.full(x.shape[1], np.inf)
    for _ in range(MOST_STEPS + 1):
        index = x @ gamma
        ratio = sign * mills(sign * index)
        information = (x * (each * ratio * (ratio + index))[:, None]).T @ x
        if np.abs(change).max() < 1e-11:
            break
        change = np.linalg.solve(information, x.T @ (each * ratio))
        gamma = gamma + change
    else:
        raise EstimationError(
            "the probit of the selection equation does not converge",
            "look for a term that predicts perfectly which rows are observed",
        )
    spread = np.linalg.inv(information)
    if weights is not None:
        scores = x * (weights * ratio)[:, None]
        spread = spread @ (scores.T @ scores) @ spread
    turn, _ = way_back(start, z)
    return Probit(gamma, spread, turn, index)
