"""A design -> least squares with Gaussian copula terms for endogenous regressors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from alliance_value.models.columns import CONSTANT, plain
from alliance_value.models.design import Design
from alliance_value.models.estimators.control_function import touched_terms
from alliance_value.models.estimators.linear import (
    linear_fit,
    raw_columns,
    root_of,
    sample_of,
    total_variation,
)
from alliance_value.models.estimators.result import EstimationError, Fit, Test, wald
from alliance_value.models.regression import Regression, regress, residuals_on
from alliance_value.models.within import demean, without
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator

PREFIX = "copula of "
MASS = 0.05
LEAST_VALUES = 10


@estimator(
    "copula",
    label="Copula correction",
    gives=("refits",),
    needs=("endogenous",),
    words=(
        "The endogenous term as a normal score, less what the other terms' scores "
        "explain of it, joins the equation; H is its empirical distribution."
    ),
    equation=(
        "x^*_(i t) = Phi^(-1)(H(x_(i t))), quad y_(i t) = x'_(i t) b + d hat(r)_(i t) "
        "+ e_(i t)"
    ),
)
def copula(design: Design, model: Model) -> Fit:
    """Estimate with copula terms, an instrument-free correction of endogeneity.

    The regressor p is turned into ``p* = Phi^-1(H(p))``, H its empirical distribution
    with n/(n+1) at the maximum (Park and Gupta 2012; Qian, Koschmann and Xie 2025 on
    that value and on the constant). With exogenous terms w the term added is the
    residual of p* on w*, their own transforms, the constant and the effects (Yang, Qian
    and Xie 2025, 2sCOPE), so that p may be correlated with w. Products with p get no
    copula term of their own. It rests on a normal disturbance, on Gaussian dependence
    between it and p, and on a p (or w related to it) that is not normal; clusters are
    drawn anew for the standard errors, ranks included.

    Raises
    ------
    EstimationError
        A regressor has too few values to have a continuous distribution.
    """
    names = design.names
    order = [names.index(n) for n in model.endogenous]
    touched = touched_terms(names, model.endogenous)
    touched |= np.array([":" in n or n == CONSTANT for n in names])
    p = design.terms.to_numpy()[:, order]
    for name, column in zip(model.endogenous, p.T, strict=True):
        refuse_discrete(name, column)
    w_raw = design.terms.to_numpy()[:, ~touched]
    raw = raw_columns(design)
    columns = raw.y.beside(raw.x)
    effects, base = design.effects.to_numpy("int64"), root_of(design) ** 2
    labels = [f"{PREFIX}{n}" for n in model.endogenous]

    def estimate(times: np.ndarray) -> Regression:
        rows = times > 0
        w, count = (base * times)[rows], times[rows]
        heavy = np.sqrt(w)
        scores = np.column_stack(
            [normal_scores(c[rows], count) for c in (*p.T, *w_raw.T)]
        )
        part = columns.with_values(columns.values[rows])
        inside = without(part, effects[rows], heavy)
        stars = demean(scores, effects[rows], w) * heavy[:, None]
        added = residuals_on(stars[:, : len(order)], stars[:, len(order) :])
        x = inside.take(slice(1, None))
        return regress(inside.take(slice(0, 1)), x.beside(plain(added, labels)))

    regression = estimate(np.ones(len(p)))
    sample = replace(sample_of(design, model), refit=lambda times: estimate(times).b)
    fit = linear_fit(regression, sample, regression.residuals, total_variation(design))
    k = len(names)
    tests = [t for n, c in zip(model.endogenous, p.T, strict=True) for t in shape(n, c)]
    tests.append(
        wald(
            "copula_terms",
            fit.estimates[k:],
            fit.covariance[k:, k:],
            "no correlation with the disturbance under the null",
            fit.df,
        )
    )
    return replace(fit, r2_within=np.nan, tests=(*tests, *fit.tests))


def normal_scores(column: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return Phi^-1 of the empirical distribution, n/(n+1) at the maximum.

    Parameters
    ----------
    column, count
        float64, shape (n,): values, and how often each row counts.
    """
    values, place = np.unique(column, return_inverse=True)
    total = count.sum()
    share = np.cumsum(np.bincount(place, count, minlength=len(values))) / total
    share[-1] = total / (total + 1)
    return np.asarray(stats.norm.ppf(share)[place])


def refuse_discrete(name: str, column: np.ndarray) -> None:
    """Raise where a regressor has too few values for a copula."""
    values = len(np.unique(column))
    if values < LEAST_VALUES:
        kind = "is binary" if values == 2 else f"takes {values} values"
        raise EstimationError(
            f"the endogenous '{name}' {kind}: its distribution function has steps, and "
            "a copula with the disturbance is not identified",
            "use instruments (iv) or a control function for it",
        )


def shape(name: str, column: np.ndarray) -> list[Test]:
    """Return what says whether a regressor's distribution identifies the correction."""
    skew, peaks = float(stats.skew(column)), float(stats.kurtosis(column))
    square = len(column) * (skew**2 / 6 + peaks**2 / 24)
    distance, p = lilliefors(column)
    values, counts = np.unique(column, return_counts=True)
    mass = counts.max() / len(column)
    note = "normal under the null; identification needs a regressor that is not"
    tests = [
        Test(f"skewness: {name}", skew, note="identification is better with skewness"),
        Test(f"excess_kurtosis: {name}", peaks),
        Test(f"jarque_bera: {name}", square, 2, float(stats.chi2.sf(square, 2)), note),
        Test(f"kolmogorov_smirnov: {name}", distance, np.nan, p, note),
    ]
    if mass > MASS:
        tests.append(
            Test(
                f"mass_point: {name}",
                mass,
                note=f"warning: {mass:.0%} of the values are "
                f"{values[counts.argmax()]:g}; the copula supposes a continuous one",
            )
        )
    return tests


def lilliefors(column: np.ndarray) -> tuple[float, float]:
    """Return the distance to the normal distribution with the sample's moments, and p.

    The p-value is Dallal and Wilkinson's (1986) approximation, good below 0.1; above
    it 0.1 stands for "more than 0.1".
    """
    n = len(column)
    z = np.sort((column - column.mean()) / column.std(ddof=1))
    cdf = stats.norm.cdf(z)
    steps = np.arange(1, n + 1) / n
    d = float(max((steps - cdf).max(), (cdf - steps + 1 / n).max()))
    size, distance = float(n), d
    if n > 100:
        distance, size = d * (n / 100) ** 0.49, 100.0
    log_p = (
        -7.01256 * distance**2 * (size + 2.78019)
        + 2.99587 * distance * np.sqrt(size + 2.78019)
        - 0.122119
        + 0.974598 / np.sqrt(size)
        + 1.67997 / size
    )
    return d, float(min(np.exp(log_p), 0.1))
