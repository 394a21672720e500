"""Returns and factors -> abnormal returns by least squares on the estimation days."""

from __future__ import annotations

import numpy as np

from alliance_value.events.normal_returns import Abnormal, Days
from alliance_value.vocabulary.entries import normal_return

# Squared volume of the unit regressors below which they count as collinear.
SINGULAR = 1e-12


@normal_return(
    "mean",
    label="constant mean",
    words="Constant mean of normal returns.",
    equation="R_(i t) = a_i + e_(i t)",
    source="Brown and Warner (1985), Journal of Financial Economics 14",
)
@normal_return(
    "market",
    label="market model",
    factors=("mkt",),
    words="Market model.",
    equation="R_(i t) = a_i + b_i R_(m t) + e_(i t)",
    source="Brown and Warner (1985), Journal of Financial Economics 14",
)
@normal_return(
    "ff3",
    label="Fama-French three factors",
    factors=("mkt_rf", "smb", "hml"),
    excess=True,
    words="Three factors of Fama and French.",
    equation="R_(i t) - R_(f t) = a_i + b_i (R_(m t) - R_(f t)) + s_i S_t + h_i H_t + "
    "e_(i t)",
    source="Fama and French (1993), Journal of Financial Economics 33",
)
@normal_return(
    "carhart",
    label="Carhart four factors",
    factors=("mkt_rf", "smb", "hml", "umd"),
    excess=True,
    words="Four factors of Carhart: momentum U beside size S and value H.",
    equation="R_(i t) - R_(f t) = a_i + b_i (R_(m t) - R_(f t)) + s_i S_t + h_i H_t + "
    "u_i U_t + e_(i t)",
    source="Carhart (1997), Journal of Finance 52",
)
@normal_return(
    "ff5",
    label="Fama-French five factors",
    factors=("mkt_rf", "smb", "hml", "rmw", "cma"),
    excess=True,
    words="Five factors of Fama and French: profitability P and investment C beside "
    "size and value.",
    equation="R_(i t) - R_(f t) = a_i + b_i (R_(m t) - R_(f t)) + s_i S_t + h_i H_t + "
    "p_i P_t + c_i C_t + e_(i t)",
    source="Fama and French (2015), Journal of Financial Economics 116",
)
def least_squares(days: Days) -> Abnormal:
    """Regress returns on a constant and the model's factors."""
    beta, bread = coefficients(days.weighted, days.x, days.filled)
    return days.abnormal(beta, bread, days.x.shape[1])


def coefficients(
    weighted: np.ndarray, x: np.ndarray, filled: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return each event's coefficients and inverse cross-products.

    Parameters
    ----------
    weighted, x
        float64, shape (n, k, L): regressors with and without zeros where y is missing.
    filled
        float64, shape (n, L): y, zero where missing.

    Returns
    -------
    beta, bread : numpy.ndarray
        Shapes (n, k) and (n, k, k); NaN where regressors are collinear.
    """
    bread = inverse(weighted @ x.swapaxes(1, 2))
    moments = (weighted @ filled[:, :, None])[:, :, 0]
    return np.einsum("nkl,nl->nk", bread, moments), bread


def inverse(gram: np.ndarray) -> np.ndarray:
    """Invert symmetric matrices, shape (n, k, k); NaN where they are singular.

    Regressors are scaled to length one, so that units do not decide.
    """
    scale = np.sqrt(np.einsum("nkk->nk", gram))
    usable = (scale > 0).all(axis=1)
    scale = np.where(usable[:, None], scale, 1.0)
    unit = gram / (scale[:, :, None] * scale[:, None, :])
    usable &= np.linalg.det(unit) > SINGULAR
    unit[~usable] = np.eye(gram.shape[1])
    result: np.ndarray = np.linalg.inv(unit)
    result /= scale[:, :, None] * scale[:, None, :]
    result[~usable] = np.nan
    return result
