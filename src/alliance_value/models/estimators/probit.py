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
        Estimates and inverse of the observed information in the units of the columns,
        shapes (k,) and (k, k).
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


def probit(chosen: np.ndarray, z: Columns) -> Probit:
    """Fit ``P(chosen) = Phi(z'gamma)``.

    Parameters
    ----------
    chosen
        bool, shape (n,).
    z
        k terms, standardized, the constant among them.

    Raises
    ------
    EstimationError
        A combination of terms predicts the rows perfectly, or terms depend on others.
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
    gamma = np.zeros(x.shape[1])
    for _ in range(MOST_STEPS):
        index = x @ gamma
        ratio = sign * mills(sign * index)
        information = (x * (ratio * (ratio + index))[:, None]).T @ x
        change = np.linalg.solve(information, x.T @ ratio)
        gamma = gamma + change
        if np.abs(change).max() < 1e-11:
            index = x @ gamma
            ratio = sign * mills(sign * index)
            information = (x * (ratio * (ratio + index))[:, None]).T @ x
            turn, _ = way_back(start, z)
            return Probit(gamma, np.linalg.inv(information), turn, index)
    raise EstimationError(
        "the probit of the selection equation does not converge",
        "look for a term that predicts perfectly which rows are observed",
    )
