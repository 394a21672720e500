"""A design -> Poisson pseudo maximum likelihood within effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance_value.models.collinearity import absorbed_terms, dependences
from alliance_value.models.design import CONSTANT, Design
from alliance_value.models.estimators.linear import groups_of, root_of
from alliance_value.models.estimators.regression import (
    Groups,
    Regression,
    covariance,
    degrees_of_freedom,
    regress,
    se_type,
)
from alliance_value.models.estimators.result import EstimationError, Fit, Test
from alliance_value.models.within import demean
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator

TOLERANCE = 1e-12
MOST_STEPS = 100


@dataclass(frozen=True)
class Fitted:
    """A converged Poisson regression.

    Parameters
    ----------
    regression
        The last weighted least squares; its scores are those of the likelihood.
    mu
        Fitted means, shape (n,).
    deviance
        Weighted deviance.
    """

    regression: Regression
    mu: np.ndarray
    deviance: float


@estimator(
    "poisson",
    label="Poisson",
    words="Pseudo maximum likelihood with effects; any outcome that is not negative.",
    equation='"E"(y_(i t)) = exp(x\'_(i t) b + a_i + g_t)',
)
def poisson(design: Design, model: Model) -> Fit:
    """Estimate ``E(y|x) = exp(x'b + effects)`` by Poisson pseudo maximum likelihood.

    Iteratively reweighted least squares with the effects taken out by weighted
    demeaning (Correia, Guimaraes and Zylkin 2020). The estimates equal those of
    conditional fixed-effects Poisson (Hausman, Hall and Griliches 1984) for one effect.
    Groups whose outcomes are all zero tell nothing and are left out and counted; so are
    zeros that combinations of effects predict perfectly.

    Raises
    ------
    EstimationError
        The outcome is negative, a term predicts zeros perfectly (separation), or the
        iterations do not converge.
    """
    y = design.outcome.to_numpy()
    if (y < 0).any():
        raise EstimationError(
            f"the outcome '{model.outcome}' is negative in {int((y < 0).sum())} rows",
            "a Poisson model needs counts or amounts from zero on",
        )
    kept = informative(y, design.effects.to_numpy())
    zeros = int((~kept).sum())
    x, effects = design.terms.to_numpy(), design.effects.to_numpy()
    separated = separated_rows(y[kept], x[kept], effects[kept])
    rows = np.flatnonzero(kept)[~separated]
    if separated.any():
        explain(design, rows, int(separated.sum()))
    w = root_of(design) ** 2
    groups = groups_of(design).of(rows) if len(rows) < len(y) else groups_of(design)
    names = design.names
    fitted = iterate(names, y[rows], x[rows], effects[rows], w[rows])
    alone = null_deviance(y[rows], w[rows])
    errors = likelihood_covariance(fitted.regression, groups, model)
    return Fit(
        names=names,
        estimates=fitted.regression.estimates,
        covariance=errors,
        df=degrees_of_freedom(fitted.regression, groups, model),
        se_type=se_type(model),
        r2_within=np.nan,
        r2_overall=np.nan,
        residuals=y[rows] - fitted.mu,
        n=len(rows),
        tests=(
            Test("deviance", fitted.deviance),
            Test("deviance_explained", 1 - fitted.deviance / alone, note="of the mean"),
            Test(
                "all_zero_rows",
                zeros,
                note="left out: all outcomes of a group of an effect are zero",
            ),
            Test(
                "separated_rows",
                int(separated.sum()),
                note="left out: a combination of effects predicts zero perfectly",
            ),
        ),
    )


def likelihood_covariance(fit: Regression, groups: Groups, model: Model) -> np.ndarray:
    """Return the covariance; homoskedastic means the likelihood's own, variance 1."""
    if model.standard_errors == "unadjusted":
        return fit.bread
    return covariance(fit, groups, model)


def informative(y: np.ndarray, effects: np.ndarray) -> np.ndarray:
    """Return rows in groups that are not all zero, again and again."""
    kept = np.ones(len(y), dtype=bool)
    while True:
        before = kept.sum()
        for code in effects.T:
            total = np.bincount(code, np.where(kept, y, 0.0))
            kept &= total[code] > 0
        if kept.sum() == before:
            return np.asarray(kept)


def separated_rows(y: np.ndarray, x: np.ndarray, effects: np.ndarray) -> np.ndarray:
    """Return zero rows that a combination of terms and effects predicts perfectly.

    Iterative rectifier of Correia, Guimaraes and Zylkin (2021): a certificate z >= 0
    that is zero where y > 0, by least squares with a heavy weight on y > 0.

    Returns
    -------
    numpy.ndarray
        bool, shape (n,).
    """
    zero = y == 0
    if not zero.any():
        return np.asarray(zero)
    heavy = np.where(zero, 1.0, 1e8)
    u = zero.astype("float64")
    for _ in range(MOST_STEPS):
        columns = np.column_stack([u, x])
        inside = demean(columns, effects, heavy) if effects.shape[1] else columns
        root = np.sqrt(heavy)[:, None]
        b = np.linalg.lstsq(inside[:, 1:] * root, inside[:, :1] * root, rcond=1e-12)[0]
        fitted = u - (inside[:, :1] - inside[:, 1:] @ b)[:, 0]
        fitted[np.abs(fitted) < 1e-5] = 0.0
        if (fitted[zero] >= 0).all():
            return np.asarray(zero & (fitted > 0))
        u = np.where(zero, np.maximum(fitted, 0.0), 0.0)
    return np.zeros(len(y), dtype=bool)


def explain(design: Design, rows: np.ndarray, separated: int) -> None:
    """Name the terms that have no finite estimate, where separation is due to terms.

    Raises
    ------
    EstimationError
        Without the separated rows, a term depends on the others.
    """
    effects = design.effects.to_numpy()[rows]
    names = [n for n in design.names if n != CONSTANT]
    inside = demean(design.terms[names].to_numpy()[rows], effects)
    raw = design.terms[names].to_numpy()[rows]
    gone = absorbed_terms(names, raw, inside)
    left = [n for n in names if n not in gone]
    place = [names.index(n) for n in left]
    gone += [d.term for d in dependences(left, inside[:, place])] if left else []
    if gone:
        raise EstimationError(
            f"separation: {separated} rows without a count are predicted perfectly, "
            f"and {', '.join(repr(n) for n in gone)} has no finite estimate",
            "leave the term out, or take the rows that it marks out with 'where'",
        )


def iterate(
    names: tuple[str, ...],
    y: np.ndarray,
    x: np.ndarray,
    effects: np.ndarray,
    w: np.ndarray,
) -> Fitted:
    """Iterate weighted least squares until the deviance and the scores stand still."""
    mu = (y + w @ y / w.sum()) / 2
    eta = np.log(mu)
    last = np.inf
    for _ in range(MOST_STEPS):
        weight = w * mu
        columns = np.column_stack([eta + (y - mu) / mu, x])
        inside = demean(columns, effects, weight) if effects.shape[1] else columns
        root = np.sqrt(weight)
        regression = regress(names, inside[:, 0] * root, inside[:, 1:] * root[:, None])
        eta = columns[:, 0] - (inside[:, 0] - inside[:, 1:] @ regression.estimates)
        mu = np.exp(eta)
        now = deviance(y, mu, w)
        if abs(last - now) <= TOLERANCE * (abs(now) + 0.1):
            return Fitted(final(names, y, x, effects, w, mu), mu, now)
        last = now
    raise EstimationError(
        f"the Poisson iterations do not converge in {MOST_STEPS} steps",
        "look for a term that predicts zeros, and rescale terms with huge values",
    )


def final(
    names: tuple[str, ...],
    y: np.ndarray,
    x: np.ndarray,
    effects: np.ndarray,
    w: np.ndarray,
    mu: np.ndarray,
) -> Regression:
    """Return one more step: bread and scores at the estimates."""
    weight = w * mu
    columns = np.column_stack([np.log(mu) + (y - mu) / mu, x])
    inside = demean(columns, effects, weight) if effects.shape[1] else columns
    root = np.sqrt(weight)
    found = regress(names, inside[:, 0] * root, inside[:, 1:] * root[:, None])
    return Regression(
        names, found.estimates, found.x, (y - mu) / mu * root, found.bread
    )


def deviance(y: np.ndarray, mu: np.ndarray, w: np.ndarray) -> float:
    """Return twice the weighted distance of log likelihoods to the saturated model."""
    logs = np.log(np.where(y > 0, y / mu, 1.0))
    return float(2 * w @ (y * logs - (y - mu)))


def null_deviance(y: np.ndarray, w: np.ndarray) -> float:
    """Return the deviance of the mean alone."""
    return deviance(y, np.full(len(y), w @ y / w.sum()), w)
