"""A design -> Poisson pseudo maximum likelihood within effects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from alliance_value.models.collinearity import absorbed_terms, dependences
from alliance_value.models.columns import CONSTANT, Columns, plain
from alliance_value.models.covariance import covariance
from alliance_value.models.design import Design
from alliance_value.models.engine.blocks import effect_rank
from alliance_value.models.estimators.linear import raw_columns, root_of, sample_of
from alliance_value.models.estimators.result import EstimationError, Fit, Left, Test
from alliance_value.models.regression import Regression, precision, regress
from alliance_value.models.within import demean, without
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
    gives=("scores", "variance", "periods", "entities"),
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
    kept = informative(y, design.effects.to_numpy("int64"))
    zeros = int((~kept).sum())
    x, effects = raw_columns(design).x, design.effects.to_numpy("int64")
    separated = separated_rows(y[kept], x.values[kept], effects[kept])
    rows = np.flatnonzero(kept)[~separated]
    if separated.any():
        explain(design, rows, int(separated.sum()))
    w = root_of(design) ** 2
    sample = replace(sample_of(design, model), variance=1.0).of(rows)
    if len(rows) < len(y):
        sample = replace(sample, parameters=effect_rank(effects[rows])[0])
    fitted = iterate(y[rows], x.with_values(x.values[rows]), effects[rows], w[rows])
    alone = null_deviance(y[rows], w[rows])
    spread = covariance(fitted.regression, sample)
    return Fit(
        names=design.names,
        estimates=fitted.regression.estimates,
        covariance=spread.matrix,
        df=spread.df,
        se_type=spread.label,
        r2_within=np.nan,
        r2_overall=np.nan,
        residuals=y[rows] - fitted.mu,
        n=len(rows),
        left=(
            Left(
                "outcome not zero throughout an effect",
                "groups of zeros alone tell nothing about slopes",
                np.flatnonzero(kept),
            ),
            Left(
                "zero not certain",
                "a combination of effects predicts these zeros perfectly",
                rows,
            ),
        ),
        tests=(
            precision(fitted.regression),
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
    effects = design.effects.to_numpy("int64")[rows]
    slopes = raw_columns(design).x
    slopes = slopes.take([i for i, n in enumerate(slopes.names) if n != CONSTANT])
    slopes = slopes.with_values(slopes.values[rows])
    inside = slopes.with_values(demean(slopes.values, effects))
    gone = absorbed_terms(slopes, inside)
    place = [i for i, n in enumerate(slopes.names) if n not in gone]
    gone += [d.term for d in dependences(inside.take(place))] if place else []
    if gone:
        raise EstimationError(
            f"separation: {separated} rows without a count are predicted perfectly, "
            f"and {', '.join(repr(n) for n in gone)} has no finite estimate",
            "leave the term out, or take the rows that it marks out with 'where'",
        )


def iterate(y: np.ndarray, x: Columns, effects: np.ndarray, w: np.ndarray) -> Fitted:
    """Iterate weighted least squares until the deviance and the scores stand still."""
    mu = (y + w @ y / w.sum()) / 2
    eta = np.log(mu)
    last = np.inf
    for _ in range(MOST_STEPS):
        regression, working = step(eta, mu, y, x, effects, w)
        eta = working - regression.residuals / np.sqrt(w * mu)
        mu = np.exp(eta)
        now = deviance(y, mu, w)
        if abs(last - now) <= TOLERANCE * (abs(now) + 0.1):
            # once more: bread and scores at the estimates
            regression, _ = step(np.log(mu), mu, y, x, effects, w)
            pearson = (y - mu) / mu * np.sqrt(w * mu)
            return Fitted(replace(regression, residuals=pearson), mu, now)
        last = now
    raise EstimationError(
        f"the Poisson iterations do not converge in {MOST_STEPS} steps",
        "look for a term that predicts zeros, and rescale terms with huge values",
    )


def step(
    eta: np.ndarray,
    mu: np.ndarray,
    y: np.ndarray,
    x: Columns,
    effects: np.ndarray,
    w: np.ndarray,
) -> tuple[Regression, np.ndarray]:
    """Return one weighted least squares, and the outcome that it worked on."""
    working = eta + (y - mu) / mu
    every = plain(working[:, None], ("index",)).beside(x)
    inside = without(every, effects, np.sqrt(w * mu))
    return regress(inside.take(slice(0, 1)), inside.take(slice(1, None))), working


def deviance(y: np.ndarray, mu: np.ndarray, w: np.ndarray) -> float:
    """Return twice the weighted distance of log likelihoods to the saturated model."""
    logs = np.log(np.where(y > 0, y / mu, 1.0))
    return float(2 * w @ (y * logs - (y - mu)))


def null_deviance(y: np.ndarray, w: np.ndarray) -> float:
    """Return the deviance of the mean alone."""
    return deviance(y, np.full(len(y), w @ y / w.sum()), w)
