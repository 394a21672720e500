"""A design with a selection equation -> Heckman's model by maximum likelihood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import linalg, optimize, special, stats

from alliance_value.models.columns import plain, way_back
from alliance_value.models.covariance import covariance
from alliance_value.models.design import Design
from alliance_value.models.estimators.heckman import (
    Samples,
    samples,
    selection_tests,
    two_steps,
)
from alliance_value.models.estimators.linear import sample_of
from alliance_value.models.estimators.probit import Probit, mills
from alliance_value.models.estimators.result import (
    Equation,
    EstimationError,
    Fit,
    Test,
)
from alliance_value.models.regression import Regression
from alliance_value.study.spec import Model
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import StandardError, estimator

STEP = 1e-5
MOST_STEPS = 30


@estimator(
    "heckman_ml",
    label="Heckman ML",
    gives=("scores", "variance"),
    entity="none",
    effects=False,
    needs=("selection",),
    takes=(),
    words="Both equations by maximum likelihood, disturbances jointly normal.",
    equation="y = x' b + u, quad s = 1[z' c + e > 0], quad \"Corr\"(u, e) = rho",
)
def heckman_ml(design: Design, model: Model) -> Fit:
    """Estimate both equations at once with jointly normal disturbances.

    Parameters are the selection's and the outcome's coefficients, ln(sigma) and
    atanh(rho). Unadjusted standard errors are from the observed information; robust and
    clustered ones are sandwiches of the scores with n/(n-1) or G/(G-1), as Stata's for
    maximum likelihood.
    """
    both = samples(design)
    theta = maximize(both)
    likelihood = log_likelihood(both, theta)
    k, rows = len(both.z.names), len(both.observed)
    s = scores(both, theta)
    residual = both.y.values[both.observed, 0] - (
        both.x.values[both.observed] @ theta[k:-2]
    )
    unit = float(both.y.scale[0])
    turn, offset = ways_back(both)
    inverse = np.linalg.inv(-hessian(both, theta))
    sandwich = Regression(
        names=(*both.z.names, *both.x.names, "log_sigma", "atanh_rho"),
        b=theta,
        basis=s,
        residuals=np.ones(rows),
        root=inverse,
        bread=inverse,
        turn=turn,
        offset=offset,
    )
    sample = replace(sample_of(design, model), terms=1, variance=1.0)
    spread = covariance(sandwich, sample)
    v, theta = spread.matrix, sandwich.estimates
    by_cluster = entries(StandardError)[model.standard_errors].by_cluster
    df = spread.df if by_cluster else float(rows - len(theta))
    z_place, x_place = slice(0, both.shown_z), slice(k, k + both.shown_x)
    probit_part = Probit(theta[:k], v[:k, :k], np.eye(k), np.empty(0))
    ratio = float(theta[-1] / np.sqrt(v[-1, -1]))
    return Fit(
        names=both.x.names[: both.shown_x],
        estimates=theta[x_place],
        covariance=v[x_place, x_place],
        df=df,
        se_type=spread.label
        if model.standard_errors != "unadjusted"
        else "observed information",
        r2_within=np.nan,
        r2_overall=np.nan,
        residuals=residual * unit,
        n=rows,
        tests=(
            *selection_tests(both, model, probit_part),
            Test(
                "selection_z",
                ratio,
                np.nan,
                float(2 * stats.norm.sf(abs(ratio))),
                "no selection on unobservables under the null: atanh(rho)",
            ),
            Test("sigma", float(np.exp(theta[-2])), note="of the disturbance"),
            Test("rho", float(np.tanh(theta[-1])), note="of the disturbances"),
            Test(
                "log_likelihood",
                likelihood - float(both.observed.sum()) * np.log(unit),
            ),
        ),
        equations=(
            Equation(
                "selection",
                both.z.names[: both.shown_z],
                theta[z_place],
                v[z_place, z_place],
                np.inf,
            ),
            Equation(
                "disturbances",
                ("log_sigma", "atanh_rho"),
                theta[-2:],
                v[-2:, -2:],
                np.inf,
            ),
        ),
    )


def ways_back(both: Samples) -> tuple[np.ndarray, np.ndarray]:
    """Return what turns parameters of standardized columns into those of raw ones."""
    none = plain(np.empty((1, 1)), ["selected"])
    z_turn, _ = way_back(none, both.z)
    x_turn, x_offset = way_back(both.y, both.x)
    unit = np.log(both.y.scale[0])
    offset = np.concatenate([np.zeros(len(z_turn)), x_offset, [unit, 0.0]])
    return linalg.block_diag(z_turn, x_turn, np.eye(2)), offset


def maximize(both: Samples) -> np.ndarray:
    """Return the maximum: quasi-Newton from the two steps, then Newton."""
    start = two_steps(both)
    rho = float(np.clip(start.rho, -0.85, 0.85))
    theta = np.concatenate(
        [
            start.selection.b,
            start.regression.b[:-1],
            [np.log(start.sigma), np.arctanh(rho)],
        ]
    )
    n = len(both.observed)

    def loss(t: np.ndarray) -> float:
        return -log_likelihood(both, t) / n

    def slope(t: np.ndarray) -> np.ndarray:
        return np.asarray(-scores(both, t).sum(axis=0) / n)

    theta = optimize.fmin_bfgs(
        loss,
        theta,
        fprime=slope,
        gtol=1e-7,
        maxiter=1000,
        disp=False,
    )
    for _ in range(MOST_STEPS):
        gradient = scores(both, theta).sum(axis=0)
        change = np.linalg.solve(-hessian(both, theta), gradient)
        theta = theta + change
        if np.abs(change).max() < 1e-9:
            return np.asarray(theta)
    raise EstimationError(
        "the likelihood of the selection model does not converge",
        "use estimator: heckman (two steps), or a stronger exclusion",
    )


def parts(both: Samples, theta: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return z'gamma of all rows, standardized residuals and probit arguments."""
    k = len(both.z.names)
    s = both.observed
    sigma, rho = np.exp(theta[-2]), np.tanh(theta[-1])
    index = both.z.values @ theta[:k]
    u = (both.y.values[s, 0] - both.x.values[s] @ theta[k:-2]) / sigma
    return index, u, (index[s] + rho * u) / np.sqrt(1 - rho**2)


def log_likelihood(both: Samples, theta: np.ndarray) -> float:
    """Return the log likelihood (Amemiya 1985, type 2 Tobit)."""
    index, u, a = parts(both, theta)
    inside = -0.5 * u**2 - 0.5 * np.log(2 * np.pi) - theta[-2] + special.log_ndtr(a)
    return float(special.log_ndtr(-index[~both.observed]).sum() + inside.sum())


def scores(both: Samples, theta: np.ndarray) -> np.ndarray:
    """Return each row's derivatives of the log likelihood, shape (n, parameters)."""
    k, s = len(both.z.names), both.observed
    z, x = both.z.values, both.x.values
    sigma, rho = np.exp(theta[-2]), np.tanh(theta[-1])
    root = np.sqrt(1 - rho**2)
    index, u, a = parts(both, theta)
    ratio = mills(a)
    score = np.zeros((len(z), len(theta)))
    score[~s, :k] = -mills(-index[~s])[:, None] * z[~s]
    score[s, :k] = (ratio / root)[:, None] * z[s]
    score[s, k:-2] = ((u - ratio * rho / root) / sigma)[:, None] * x[s]
    score[s, -2] = u**2 - 1 - ratio * rho * u / root
    score[s, -1] = ratio * (u + rho * index[s]) / root
    return score


def hessian(both: Samples, theta: np.ndarray) -> np.ndarray:
    """Return second derivatives by central differences of the scores."""
    columns = []
    for j in range(len(theta)):
        change = np.zeros(len(theta))
        change[j] = STEP * max(1.0, abs(theta[j]))
        up, down = scores(both, theta + change), scores(both, theta - change)
        columns.append((up - down).sum(axis=0) / (2 * change[j]))
    h = np.column_stack(columns)
    return np.asarray((h + h.T) / 2)
