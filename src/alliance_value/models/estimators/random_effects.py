"""A design -> random firm effects by generalized least squares; Hausman's tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
import pandas as pd
from linearmodels.panel import RandomEffects
from scipy import stats

from alliance_value.models.design import CONSTANT, Design
from alliance_value.models.estimators.linear import (
    linear_fit,
    root_of,
    total_variation,
)
from alliance_value.models.estimators.regression import (
    Groups,
    Regression,
    cluster_sums,
    covariance,
    powers_of_two,
    regress,
    residuals_on,
    unadjusted,
)
from alliance_value.models.estimators.result import Fit, Test, wald
from alliance_value.models.within import demean, parameters
from alliance_value.study.spec import Model, StandardErrors
from alliance_value.vocabulary.entries import estimator


@dataclass(frozen=True)
class Quasi:
    """A random-effects regression and what it was run on.

    Parameters
    ----------
    regression
        On quasi-demeaned columns, without the dummies of further effects.
    y
        Quasi-demeaned outcome, shape (n,).
    groups
        What the covariance needs.
    theta
        Share of each firm's means that is subtracted, shape (n,).
    sigma2_firm, sigma2_rest
        Variance of the firm effects and of what is left.
    """

    regression: Regression
    y: np.ndarray
    groups: Groups
    theta: np.ndarray
    sigma2_firm: float
    sigma2_rest: float


@estimator(
    "random_effects",
    label="Random effects",
    entity="random",
    words=(
        "Feasible generalized least squares with the variances of Swamy and Arora, of "
        "Baltagi and Chang in unbalanced panels."
    ),
    equation=(
        "y_(i t) - theta_i macron(y)_i = (x_(i t) - theta_i macron(x)_i)' b + e_(i t), "
        "quad theta_i = 1 - sqrt(s_u^2 / (T_i s_a^2 + s_u^2))"
    ),
)
def random_effects(design: Design, model: Model) -> Fit:
    """Estimate with random firm effects by Swamy and Arora's variance components.

    The components are linearmodels' with ``small_sample=True``, which are those of R's
    plm, of Baltagi and Chang (1994) in unbalanced panels. Further effects enter as
    dummies. Two tests of fixed against random effects: Hausman's (1978), and the
    auxiliary regression with the terms' deviations from firm means added, whose Wald
    test is robust to what the clusters are (Arellano 1993; Wooldridge 2010, 10.7.3).
    """
    fit, quasi = estimate(design, model, design.terms)
    tests = [
        *components(quasi),
        *hausman_tests(design, model, quasi),
    ]
    return replace(fit, tests=tuple(tests))


def estimate(design: Design, model: Model, terms: pd.DataFrame) -> tuple[Fit, Quasi]:
    """Estimate the random-effects model of some terms, the constant among them."""
    quasi = quasi_demeaned(design, terms)
    fit = linear_fit(
        quasi.regression,
        quasi.groups,
        model,
        demean(quasi.y[:, None], np.empty((len(quasi.y), 0), dtype=int))[:, 0],
        total_variation(design),
    )
    raw = design.outcome.to_numpy() - terms.to_numpy() @ fit.estimates
    inside = demean(
        np.column_stack([design.outcome, raw]), design.firms[:, None], design.weights
    )
    w = root_of(design) ** 2
    r2 = 1 - float(w @ inside[:, 1] ** 2) / float(w @ inside[:, 0] ** 2)
    return (
        replace(
            fit,
            r2_within=r2 if design.effects.shape[1] == 0 else np.nan,
            r2_overall=(
                1 - float(w @ (raw - w @ raw / w.sum()) ** 2) / total_variation(design)
                if design.effects.shape[1] == 0
                else np.nan
            ),
            library="linearmodels",
            library_version=version("linearmodels"),
        ),
        quasi,
    )


def quasi_demeaned(design: Design, terms: pd.DataFrame) -> Quasi:
    """Take theta times the firm means out of all columns and regress."""
    spread = dummies(design.effects)
    everything = pd.concat([terms, spread], axis=1)
    order = np.lexsort((np.arange(len(design.firms)), design.firms))
    position = pd.Series(design.firms[order]).groupby(design.firms[order]).cumcount()
    index = pd.MultiIndex.from_arrays([design.firms[order], position.to_numpy()])
    weights = None
    if design.weights is not None:
        weights = pd.Series(design.weights[order], index, name="weights")
    result = RandomEffects(
        pd.Series(design.outcome.to_numpy()[order], index, name="y"),
        everything.div(powers_of_two(everything.to_numpy()), axis=1)
        .iloc[order]
        .set_axis(index),
        weights=weights,
        check_rank=False,
    ).fit(small_sample=True, cov_type="unadjusted")
    theta = result.theta["theta"].to_numpy()[design.firms]
    parts = result.variance_decomposition
    raw = np.column_stack([design.outcome.to_numpy(), everything.to_numpy()])
    w = root_of(design) ** 2
    means = cluster_sums(raw * w[:, None], design.firms)
    means /= np.bincount(design.firms, w)[:, None]
    columns = (raw - theta[:, None] * means[design.firms]) * root_of(design)[:, None]
    inner = columns[:, : 1 + terms.shape[1]]
    if spread.shape[1]:
        inner = residuals_on(inner, columns[:, 1 + terms.shape[1] :])
    effects = design.effects.to_numpy()
    counts = max(0, parameters(effects) - 1) if effects.shape[1] else 0
    return Quasi(
        regress(tuple(map(str, terms.columns)), inner[:, 0], inner[:, 1:]),
        inner[:, 0],
        Groups(design.clusters.to_numpy(), effects, counts),
        theta,
        float(parts["Effects"]),
        float(parts["Residual"]),
    )


def dummies(effects: pd.DataFrame) -> pd.DataFrame:
    """Return the dummies of effects, the first of each left out."""
    columns = {
        f"{name}={code}": (effects[name] == code).astype("float64")
        for name in effects
        for code in np.unique(effects[name])[1:]
    }
    return pd.DataFrame(columns, index=effects.index)


def components(quasi: Quasi) -> list[Test]:
    """Return the variance components as figures."""
    share = quasi.sigma2_firm / (quasi.sigma2_firm + quasi.sigma2_rest)
    return [
        Test("variance_firm", quasi.sigma2_firm, note="variance of the firm effects"),
        Test("variance_rest", quasi.sigma2_rest, note="variance of the disturbance"),
        Test("variance_share_firm", share, note="share of the firm effects"),
        Test("theta_smallest", float(quasi.theta.min()), note="quasi-demeaning"),
        Test("theta_largest", float(quasi.theta.max()), note="quasi-demeaning"),
    ]


def hausman_tests(design: Design, model: Model, quasi: Quasi) -> list[Test]:
    """Test that firm effects are uncorrelated with the terms that vary within firms."""
    names = [n for n in design.names if n != CONSTANT]
    effects = np.column_stack([design.firms, design.effects.to_numpy()])
    inside = demean(design.terms[names].to_numpy(), effects, design.weights)
    outside = design.terms[names].to_numpy()
    scale = np.sqrt((outside**2).mean(axis=0))
    varies = np.sqrt((inside**2).mean(axis=0)) > 1e-9 * scale
    if not varies.any():
        return []
    root = root_of(design)
    x = inside[:, varies] * root[:, None]
    y = demean(design.outcome.to_numpy()[:, None], effects, design.weights)[:, 0] * root
    kept = tuple(n for n, v in zip(names, varies, strict=True) if v)
    fixed = regress(kept, y, x)
    inner = Groups(quasi.groups.clusters, effects, parameters(effects))
    place = [quasi.regression.names.index(n) for n in kept]
    random_v = unadjusted(quasi.regression, quasi.groups, model)
    gap = unadjusted(fixed, inner, model) - random_v[np.ix_(place, place)]
    difference = fixed.estimates - quasi.regression.estimates[place]
    unit = powers_of_two(x)
    gap, difference = gap * np.outer(unit, unit), difference * unit
    statistic = float(difference @ np.linalg.pinv(gap) @ difference)
    note = "fixed against random effects, firm effects uncorrelated under the null"
    tests = []
    if statistic >= 0:
        p = float(stats.chi2.sf(statistic, len(kept)))
        tests.append(Test("hausman", statistic, len(kept), p, f"{note}; classical"))
    both = regress(
        (*quasi.regression.names, *(f"within {n}" for n in kept)),
        quasi.y,
        np.column_stack([quasi.regression.x, x]),
    )
    chosen = slice(len(quasi.regression.names), None)
    kind: StandardErrors = "clustered" if model.clusters else "robust"
    robust = covariance(both, quasi.groups, replace(model, standard_errors=kind))
    by = f"clustered by {' and '.join(model.clusters)}" if model.clusters else "HC1"
    tests.append(
        wald(
            "hausman_robust",
            both.estimates[chosen],
            robust[chosen, chosen],
            f"{note}; auxiliary regression, {by}",
        )
    )
    return tests
