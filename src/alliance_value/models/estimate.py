"""A design -> a fit by the model's estimator, and its rows in the tables."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd

from alliance_value.models.coefficients import coefficient_table
from alliance_value.models.design import Design
from alliance_value.models.estimators.result import EstimationError, Fit
from alliance_value.models.products import beside_ordinary
from alliance_value.models.second_opinion import Opinion
from alliance_value.study.spec import Model
from alliance_value.vocabulary.collect import entries, implementation
from alliance_value.vocabulary.entries import Estimator, StandardError

__all__ = ["Fit", "fit"]


def fit(design: Design, model: Model) -> Fit:
    """Estimate a model by the estimator that it names.

    Parameters
    ----------
    design
        Complete rows, with neither absorbed nor collinear terms.
    model
        The specification.

    Raises
    ------
    EstimationError
        The rows do not allow this estimator, or give an estimate no variance.
    """
    alone = [f"'{c}'" for c, k in design.clusters.nunique().items() if k < 2]
    by_cluster = entries(StandardError)[model.standard_errors].by_cluster
    if by_cluster and not model.clusters:
        raise EstimationError(
            f"{model.standard_errors} standard errors, but no clusters",
            "name the columns under clusters, or set standard_errors: robust",
        )
    if by_cluster and alone:
        raise EstimationError(
            f"all {len(design.clusters)} rows are in one cluster of {', '.join(alone)}",
            "cluster by a column with many groups, or set standard_errors: robust "
            "and clusters: []",
        )
    result: Fit = implementation(entries(Estimator)[model.estimator])(design, model)
    result = beside_ordinary(result, design, model)
    variance = np.diag(result.covariance)
    sound = np.isfinite(result.estimates) & (variance >= 0)
    if not sound.all():
        names = [n for n, good in zip(result.names, sound, strict=True) if not good]
        raise no_errors(result, ", ".join(names), len(model.clusters), by_cluster)
    return result


def no_errors(
    result: Fit, names: str, dimensions: int, by_cluster: bool
) -> EstimationError:
    """Return why some estimates have no standard error."""
    rule = f"{result.se_type} standard errors do not exist for {names}"
    if by_cluster and dimensions > 1:
        return EstimationError(
            f"{rule}: multiway clustering subtracts the covariance of the clusters' "
            "intersection, which left a negative variance",
            "cluster by one column, or by columns with more groups each",
        )
    if by_cluster:
        return EstimationError(
            rule,
            "too few clusters for so many terms and dummies, most often: use fewer "
            "terms or effects, or other standard errors",
        )
    return EstimationError(
        rule,
        "the rows hardly determine them: use fewer terms or effects, or other "
        "standard errors",
    )


def estimates_table(model: Model, result: Fit) -> pd.DataFrame:
    """Return a fit as rows of the estimates table."""
    table = coefficient_table(
        result.names,
        result.estimates,
        result.covariance,
        result.df,
        model.confidence,
    )
    if result.judged is not None:
        for name, own in zip(("p", "ci_low", "ci_high"), result.judged.T, strict=True):
            table[name] = np.where(np.isnan(own), table[name], own)
    return table.assign(model=model.name, se_type=result.se_type)


def equations_table(model: Model, result: Fit) -> pd.DataFrame:
    """Return first stages and selection equations as rows of the equations table."""
    parts = [
        coefficient_table(
            e.names, e.estimates, e.covariance, e.df, model.confidence
        ).assign(model=model.name, equation=e.name)
        for e in result.equations
    ]
    return pd.concat(parts) if parts else pd.DataFrame()


def diagnostics_table(model: Model, result: Fit) -> pd.DataFrame:
    """Return a fit's tests as rows of the diagnostics table."""
    return pd.DataFrame(
        [
            {
                "model": model.name,
                "test": test.name,
                "statistic": test.statistic,
                "df": test.df,
                "p_value": test.p,
                "note": test.note,
            }
            for test in result.tests
        ]
    )


def apart_table(model: Model, second: Opinion) -> pd.DataFrame:
    """Return a second opinion that differs as a row of the diagnostics table."""
    return pd.DataFrame(
        [
            {
                "model": model.name,
                "test": "second_opinion",
                "statistic": np.nanmax([second.estimates, second.errors]),
                "df": np.nan,
                "p_value": np.nan,
                "note": f"warning: {second.library} {second.version} differs by more "
                "than 1e-6; fits.csv has both differences",
            }
        ]
    )


def fits_row(
    model: Model, design: Design, result: Fit, absorbed: list[str], second: Opinion
) -> dict[str, object]:
    """Return a fit as a row of the fits table."""
    outcome = design.outcome[design.outcome.notna()]
    used = result.left[-1].rows if result.left else slice(None)
    keys, clusters = design.keys.iloc[used], design.clusters.iloc[used]
    return {
        **known_of(model, result, second),
        "effects": ", ".join(design.effect_names),
        "entities": keys.iloc[:, 0].nunique(),
        "periods": keys.iloc[:, 1].nunique(),
        "smallest_cluster_count": (
            int(clusters.nunique().min()) if model.clusters else 0
        ),
        "singletons_dropped": design.singletons_dropped,
        "terms_absorbed": ", ".join(absorbed),
        "outcome_mean": outcome.mean(),
        "outcome_sd": outcome.std(),
    }


def known_of(model: Model, result: Fit, second: Opinion) -> dict[str, object]:
    """Return what a row of the fits table has of model, fit and second opinion."""
    return {
        "model": model.name,
        "outcome": model.outcome,
        "estimator": model.estimator,
        "clusters": ", ".join(model.clusters),
        "n": result.n,
        "r2_within": result.r2_within,
        "r2_overall": result.r2_overall,
        "confidence": model.confidence,
        "weights": model.weights,
        "se_type": result.se_type,
        "df": result.df,
        "library": result.library,
        "library_version": result.library_version,
        **{f"second_{name}": value for name, value in asdict(second).items()},
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
