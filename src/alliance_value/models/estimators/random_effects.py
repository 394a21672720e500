"""A design -> random firm effects by generalized least squares; Hausman's tests."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from linearmodels.panel import RandomEffects
from scipy import stats

from alliance_value.models.collinearity import absorbed_terms
from alliance_value.models.columns import CONSTANT, Columns, plain
from alliance_value.models.covariance import Sample, cluster_sums, covariance
from alliance_value.models.covariances.clustered import clustered
from alliance_value.models.covariances.robust import robust
from alliance_value.models.covariances.unadjusted import unadjusted
from alliance_value.models.design import Design
from alliance_value.models.engine.blocks import effect_rank
from alliance_value.models.estimators.linear import (
    centred,
    linear_fit,
    raw_columns,
    root_of,
    sample_of,
    total_variation,
)
from alliance_value.models.estimators.result import EstimationError, Fit, Test, wald
from alliance_value.models.regression import Regression, regress, residuals_on
from alliance_value.models.second_opinion import Again
from alliance_value.models.within import demean, without
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator


@dataclass(frozen=True)
class Quasi:
    """A random-effects regression and what it was run on.

    Parameters
    ----------
    regression
        On quasi-demeaned columns, without the dummies of further effects.
    y, x
        Quasi-demeaned outcome and terms.
    residuals
        Of the columns themselves, in units of the regression, shape (n,).
    sample
        What the covariance needs.
    theta
        Share of each firm's means that is subtracted, shape (n,).
    sigma2_firm, sigma2_rest
        Variance of the firm effects and of what is left.
    """

    regression: Regression
    y: Columns
    x: Columns
    residuals: np.ndarray
    sample: Sample
    theta: np.ndarray
    sigma2_firm: float
    sigma2_rest: float


@estimator(
    "random_effects",
    label="Random effects",
    gives=("scores", "variance", "periods"),
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
    fit, quasi = estimate(design, model, raw_columns(design).x)
    tests = [
        *components(quasi),
        *hausman_tests(design, quasi),
        *fit.tests,
    ]
    raw = raw_columns(design)
    again = Again(raw.y, raw.x, quasi.sample, entity=design.firms)
    return replace(fit, tests=tuple(tests), again=again)


def estimate(design: Design, model: Model, terms: Columns) -> tuple[Fit, Quasi]:
    """Estimate the random-effects model of some terms, the constant among them."""
    quasi = quasi_demeaned(design, model, terms)
    regression = quasi.regression
    total = total_variation(design)
    fit = linear_fit(
        regression, quasi.sample, centred(quasi.y.values[:, 0], None), total
    )
    raw = quasi.residuals * regression.unit
    inside = demean(
        np.column_stack([design.outcome, raw]), design.firms[:, None], design.weights
    )
    w = root_of(design) ** 2
    r2 = 1 - float(w @ inside[:, 1] ** 2) / float(w @ inside[:, 0] ** 2)
    overall = 1 - float(w @ (raw - w @ raw / w.sum()) ** 2) / total
    further = design.effects.shape[1] > 0
    return (
        replace(
            fit,
            r2_within=np.nan if further else r2,
            r2_overall=np.nan if further else overall,
        ),
        quasi,
    )


def quasi_demeaned(design: Design, model: Model, terms: Columns) -> Quasi:
    """Take theta times the firm means out of all columns and regress.

    Raises
    ------
    EstimationError
        There are too few firms, or no firm has two periods.
    """
    enough(design, len(terms.names))
    spread = dummies(design.effects)
    y = raw_columns(design).y
    every = y.beside(terms, plain(spread.to_numpy("float64"), spread.columns))
    firms = design.firms
    order = np.lexsort((np.arange(len(firms)), firms))
    position = pd.Series(firms[order]).groupby(firms[order]).cumcount()
    index = pd.MultiIndex.from_arrays([firms[order], position.to_numpy()])
    weights = None
    if design.weights is not None:
        weights = pd.Series(design.weights[order], index, name="weights")
    table = pd.DataFrame(every.values[order], index, list(every.names))
    unfit = RandomEffects(
        table.iloc[:, 0], table.iloc[:, 1:], weights=weights, check_rank=False
    )
    try:
        result = unfit.fit(small_sample=True, cov_type="unadjusted")
    except ValueError as error:  # means of terms and dummies leave no degree of freedom
        raise too_few(firms.max() + 1, len(every.names) - 1) from error
    theta = result.theta["theta"].to_numpy()[firms]
    parts = result.variance_decomposition
    w = root_of(design) ** 2
    means = cluster_sums(every.values * w[:, None], firms)
    means /= np.bincount(firms, w)[:, None]
    columns = (every.values - theta[:, None] * means[firms]) * np.sqrt(w)[:, None]
    count = 1 + len(terms.names)
    inner = columns[:, :count]
    raw = every.values[:, :count]
    if spread.shape[1]:
        inner = residuals_on(inner, columns[:, count:])
    y, x = y.with_values(inner[:, :1]), terms.with_values(inner[:, 1:])
    regression = regress(y, x)
    effects = design.effects.to_numpy("int64")
    rank, _ = effect_rank(effects)
    return Quasi(
        regression,
        y,
        x,
        raw[:, 0] - raw[:, 1:] @ regression.b,
        replace(sample_of(design, model), parameters=max(0, rank - 1)),
        theta,
        float(parts["Effects"]) * regression.unit**2,
        float(parts["Residual"]) * regression.unit**2,
    )


def enough(design: Design, terms: int) -> None:
    """Raise where the variance components cannot be estimated."""
    count = np.bincount(design.firms)
    if len(count) <= terms:
        raise too_few(len(count), terms)
    if count.max() < 2:
        raise EstimationError(
            "no entity has two periods: its effect cannot be told from the disturbance",
            "use estimator: pooled_ols, or see why the panel has one period",
        )


def too_few(entities: int, terms: int) -> EstimationError:
    """Return the error of entities that do not tell the variance of their effects."""
    return EstimationError(
        f"{entities} entities are too few to tell the variance of their effects "
        f"from {terms} terms",
        "use fewer terms, fixed effects or pooled least squares",
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
        Test(
            "variance_firm", quasi.sigma2_firm, note="variance of the {entity} effects"
        ),
        Test("variance_rest", quasi.sigma2_rest, note="variance of the disturbance"),
        Test("variance_share_firm", share, note="share of the {entity} effects"),
        Test("theta_smallest", float(quasi.theta.min()), note="quasi-demeaning"),
        Test("theta_largest", float(quasi.theta.max()), note="quasi-demeaning"),
    ]


def hausman_tests(design: Design, quasi: Quasi) -> list[Test]:
    """Test that firm effects are uncorrelated with the terms that vary within firms."""
    raw = raw_columns(design)
    slopes = raw.x.take([i for i, n in enumerate(design.names) if n != CONSTANT])
    effects = np.column_stack([design.firms, design.effects.to_numpy("int64")])
    inside = without(slopes, effects, raw.root)
    absorbed = absorbed_terms(slopes, inside)
    kept = [n for n in slopes.names if n not in absorbed]
    if not kept:
        return []
    x = inside.take([slopes.names.index(n) for n in kept])
    fixed = regress(without(raw.y, effects, raw.root), x)
    rank, _ = effect_rank(effects)
    inner = replace(quasi.sample, effects=effects, parameters=rank)
    place = [quasi.regression.names.index(n) for n in kept]
    random_v = covariance(quasi.regression, quasi.sample, unadjusted).matrix
    unit = x.scale / raw.y.scale[0]
    gap = covariance(fixed, inner, unadjusted).matrix - random_v[np.ix_(place, place)]
    gap = gap * np.outer(unit, unit)
    difference = (fixed.estimates - quasi.regression.estimates[place]) * unit
    statistic = float(difference @ np.linalg.pinv(gap) @ difference)
    note = "fixed against random effects, {entity} effects uncorrelated under the null"
    tests = []
    if statistic >= 0:
        p = float(stats.chi2.sf(statistic, len(kept)))
        tests.append(Test("hausman", statistic, len(kept), p, f"{note}; classical"))
    added = x.deviations().named([f"within {n}" for n in kept])
    both = regress(quasi.y, quasi.x.beside(added))
    chosen = slice(len(quasi.regression.names), None)
    clusters = quasi.sample.model.clusters
    kind = clustered if clusters else robust
    spread = covariance(both, quasi.sample, kind).matrix
    by = f"clustered by {' and '.join(clusters)}" if clusters else "HC1"
    tests.append(
        wald(
            "hausman_robust",
            both.estimates[chosen],
            spread[chosen, chosen],
            f"{note}; auxiliary regression, {by}",
        )
    )
    return tests
