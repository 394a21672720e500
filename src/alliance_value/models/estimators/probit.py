"""0/1 outcomes + terms -> a probit by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from alliance_value.models.estimators.result import EstimationError

MOST_STEPS = 50


@dataclass(frozen=True)
class Probit:
    """A probit at its maximum.

    Parameters
    ----------
    estimates
        float64, shape (k,).
    covariance
        Inverse of the observed information, shape (k, k).
    index
        z'gamma of each row, shape (n,).
    """

    estimates: np.ndarray
    covariance: np.ndarray
    index: np.ndarray


def mills(index: np.ndarray) -> np.ndarray:
    """Return the inverse Mills ratio phi(a) / Phi(a), also far out in the left tail."""
    log_density = -0.5 * index**2 - 0.5 * np.log(2 * np.pi)
    return np.asarray(np.exp(log_density - special.log_ndtr(index)))


def probit(names: list[str], chosen: np.ndarray, z: np.ndarray) -> Probit:
    """Fit ``P(chosen) = Phi(z'gamma)``.

    Parameters
    ----------
    names
        The k terms.
    chosen
        bool, shape (n,).
    z
        float64, shape (n, k).

    Raises
    ------
    EstimationError
        A combination of terms predicts the rows perfectly, or terms depend on others.
    """
    scale = np.sqrt((z**2).mean(axis=0))
    scale[scale == 0] = 1.0
    x = z / scale
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise EstimationError(
            "the terms of the selection equation depend on each other: "
            + ", ".join(names),
            "leave one out",
        )
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
            v = np.linalg.inv(information) / np.outer(scale, scale)
            return Probit(gamma / scale, v, index)
    raise EstimationError(
        "the probit of the selection equation does not converge",
        "look for a term that predicts perfectly which rows are observed",
    )
