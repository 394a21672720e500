"""A design -> estimates with the standard errors of the project's one policy."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS
from scipy import stats

from alliance_value.models.design import Design
from alliance_value.study.spec import Model


@dataclass(frozen=True)
class Fit:
    """One estimated model.

    Parameters
    ----------
    names
        The k terms, in the order of the specification.
    estimates
        float64, shape (k,): units of the outcome per unit of the term.
    covariance
        float64, shape (k, k).
    df
        Degrees of freedom of t statistics: the smallest number of clusters less one,
        or rows less parameters where errors are not clustered.
    se_type
        What the standard errors are robust to and what the correction counts.
    r2_within, r2_overall
        Share of the outcome's variance that terms explain once the effects are out,
        and that terms and effects explain together (decimal).
    """

    names: tuple[str, ...]
    estimates: np.ndarray
    covariance: np.ndarray
    df: float
    se_type: str
    r2_within: float
    r2_overall: float


def fit(design: Design, model: Model) -> Fit:
    """Estimate by least squares with up to two fixed effects.

    linearmodels' PanelOLS is the reference estimator. Rows are its entities, so that
    repeated firm-years and effects other than firm and year take the same path; the
    model's effects are passed as other effects. Clustered covariances carry the factors
    G/(G-1) per cluster dimension and (n-1)/(n-k), as Petersen (2009) and Stata, where k
    counts terms and, by ``count_effects``, fixed effects.

    Parameters
    ----------
    design
        Complete rows, with neither absorbed nor collinear terms.
    model
        The specification.
    """
    index = pd.MultiIndex.from_arrays(
        [np.arange(len(design.outcome)), np.zeros(len(design.outcome), dtype=int)],
        names=["row", "one"],
    )
    effects = design.effects.set_axis(index) if model.effects else None
    regression = PanelOLS(
        design.outcome.set_axis(index),
        design.terms.set_axis(index),
        other_effects=effects,
        singletons=True,
        check_rank=False,
    )
    result = regression.fit(
        debiased=True,
        auto_df=False,
        **covariance_options(design, model, index),
    )
    covariance = result.cov.to_numpy() * not_nested_factor(design, model)
    return Fit(
        names=tuple(map(str, result.params.index)),
        estimates=result.params.to_numpy(),
        covariance=covariance,
        df=degrees_of_freedom(design, model, float(result.df_resid)),
        se_type=se_type(model),
        r2_within=float(result.rsquared),
        r2_overall=float(result.rsquared_inclusive),
    )


def covariance_options(
    design: Design, model: Model, index: pd.MultiIndex
) -> dict[str, Any]:
    """Return the covariance arguments of PanelOLS, every one of them explicit."""
    if model.standard_errors != "clustered":
        return {"cov_type": model.standard_errors, "count_effects": True}
    return {
        "cov_type": "clustered",
        "clusters": design.clusters.set_axis(index),
        "group_debias": True,
        "count_effects": model.count_effects == "all",
    }


def not_nested_factor(design: Design, model: Model) -> float:
    """Return (n-k)/(n-k-p), p being the parameters of effects outside all clusters.

    An effect is nested when each of its groups lies in a single cluster of one of the
    dimensions. p is 1 for the constant, plus the groups less one of every effect that
    is not nested, as Stata's reghdfe and fixest count.
    """
    if model.standard_errors != "clustered" or model.count_effects != "not_nested":
        return 1.0
    if not model.effects:
        return 1.0
    n, k = design.terms.shape
    parameters = 1 + sum(
        int(design.effects[e].nunique()) - 1
        for e in design.effects
        if not any(
            nested(design.effects[e], design.clusters[c]) for c in design.clusters
        )
    )
    return (n - k) / (n - k - parameters)


def nested(effect: pd.Series, cluster: pd.Series) -> bool:
    """Return whether each group of the effect lies in one cluster."""
    return bool(cluster.groupby(effect).nunique().max() == 1)


def degrees_of_freedom(design: Design, model: Model, residual: float) -> float:
    """Return the degrees of freedom of t statistics and intervals.

    With clusters: the smallest number of clusters less one (Cameron and Miller 2015).
    """
    if model.standard_errors == "clustered":
        return float(design.clusters.nunique().min() - 1)
    return residual


def se_type(model: Model) -> str:
    """Name the standard errors for the tables."""
    if model.standard_errors == "clustered":
        return f"clustered by {' and '.join(model.clusters)}"
    return {"robust": "robust (HC1)", "unadjusted": "homoskedastic"}[
        model.standard_errors
    ]


def estimates_table(model: Model, result: Fit) -> pd.DataFrame:
    """Return a fit as rows of the estimates table."""
    se = np.sqrt(np.diag(result.covariance))
    t = result.estimates / se
    half = stats.t.ppf(0.5 + model.confidence / 2, result.df) * se
    return pd.DataFrame(
        {
            "model": model.name,
            "term": list(result.names),
            "estimate": result.estimates,
            "se": se,
            "df": result.df,
            "t": t,
            "p": 2 * stats.t.sf(np.abs(t), result.df),
            "ci_low": result.estimates - half,
            "ci_high": result.estimates + half,
            "se_type": result.se_type,
        }
    )


def fits_row(
    model: Model, design: Design, result: Fit, absorbed: list[str]
) -> dict[str, object]:
    """Return a fit as a row of the fits table."""
    return {
        "model": model.name,
        "outcome": model.outcome,
        "estimator": model.estimator,
        "effects": ", ".join(model.effects),
        "clusters": ", ".join(model.clusters),
        "n": len(design.outcome),
        "entities": design.keys.iloc[:, 0].nunique(),
        "periods": design.keys.iloc[:, 1].nunique(),
        "smallest_cluster_count": (
            int(design.clusters.nunique().min()) if model.clusters else 0
        ),
        "singletons_dropped": design.singletons_dropped,
        "terms_absorbed": ", ".join(absorbed),
        "r2_within": result.r2_within,
        "r2_overall": result.r2_overall,
        "outcome_mean": design.outcome.mean(),
        "outcome_sd": design.outcome.std(),
        "confidence": model.confidence,
        "library": f"linearmodels {version('linearmodels')}",
    }


def covariance_table(model: Model, result: Fit) -> pd.DataFrame:
    """Return a fit's covariance matrix, one row per pair of terms."""
    k = len(result.names)
    return pd.DataFrame(
        {
            "model": model.name,
            "term": np.repeat(result.names, k),
            "other_term": np.tile(result.names, k),
            "covariance": result.covariance.ravel(),
        }
    )
