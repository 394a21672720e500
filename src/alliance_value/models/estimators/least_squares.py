"""A design -> least squares with any number of fixed effects, or none."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS

from alliance_value.models.design import Design
from alliance_value.models.estimators.by_rows import (
    BY_ROWS,
    Fitted,
    covariance_by_rows,
)
from alliance_value.models.estimators.linear import (
    Columns,
    centred,
    linear_fit,
    total_variation,
    within,
)
from alliance_value.models.estimators.regression import (
    counted,
    powers_of_two,
    regress,
    se_type,
    smallest,
)
from alliance_value.models.estimators.result import Fit
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator

LINEARMODELS = ("clustered", "robust", "unadjusted")


@estimator(
    "pooled_ols",
    label="Pooled OLS",
    errors=("clustered", "robust", "unadjusted", "hc2", "hc3", "cr3", "driscoll_kraay"),
    entity="none",
    effects=False,
    words="Least squares on the pooled firm-years.",
    equation="y_(i t) = a + x'_(i t) b + u_(i t)",
)
@estimator(
    "fixed_effects",
    label="Fixed effects",
    errors=("clustered", "robust", "unadjusted", "hc2", "hc3", "cr3", "driscoll_kraay"),
    words=(
        "Least squares within the effects that the table names; rows that are alone in "
        "an effect are dropped and counted."
    ),
    equation="y_(i t) = x'_(i t) b + a_i + g_t + u_(i t)",
)
def least_squares(design: Design, model: Model) -> Fit:
    """Estimate within effects, or with a constant where there are none.

    linearmodels' PanelOLS estimates models of up to two effects with its kinds of
    standard errors; the rest runs on the columns without effects.

    Parameters
    ----------
    design
        Complete rows, with neither absorbed nor collinear terms.
    model
        The specification.
    """
    columns = within(design)
    if design.effects.shape[1] <= 2 and model.standard_errors in LINEARMODELS:
        return by_panel_ols(design, model, columns)
    regression = regress(design.names, columns.y, columns.x)
    own = None
    if model.standard_errors in BY_ROWS:
        own = covariance_by_rows(Fitted(regression, columns, design, model))
    return linear_fit(
        regression,
        columns.groups,
        model,
        columns.y if model.effects else centred(columns.y, columns.root),
        total_variation(design),
        own,
    )


def by_panel_ols(design: Design, model: Model, columns: Columns) -> Fit:
    """Estimate by linearmodels.

    Rows are its entities, so that repeated firm-years and effects other than firm and
    year take the same path; the model's effects are passed as other effects. Clustered
    covariances carry G/(G-1) per cluster dimension and (n-1)/(n-k), as Petersen (2009)
    and Stata, where k counts terms and, by ``count_effects``, fixed effects. Terms are
    scaled by powers of two: PanelOLS's pseudo-inverse takes a term for none whose
    units are about 1e15 times smaller than another's.
    """
    unit = powers_of_two(columns.x)
    index = pd.MultiIndex.from_arrays(
        [np.arange(len(design.outcome)), np.zeros(len(design.outcome), dtype=int)],
        names=["row", "one"],
    )
    weights = None
    if design.weights is not None:
        weights = pd.Series(design.weights, index, name="weights")
    result = PanelOLS(
        design.outcome.set_axis(index),
        design.terms.set_axis(index) / unit,
        weights=weights,
        other_effects=design.effects.set_axis(index) if model.effects else None,
        singletons=True,
        check_rank=False,
    ).fit(debiased=True, auto_df=False, **covariance_options(design, model, index))
    n, k = design.terms.shape
    factor, df = 1.0, float(result.df_resid)
    if model.standard_errors == "clustered":
        df = smallest(columns.groups.clusters) - 1.0
        if model.count_effects == "not_nested":
            factor = (n - k) / (n - k - counted(columns.groups, model))
    estimates = result.params.to_numpy() / unit
    return Fit(
        names=tuple(map(str, result.params.index)),
        estimates=estimates,
        covariance=result.cov.to_numpy() * factor / np.outer(unit, unit),
        df=df,
        se_type=se_type(model),
        r2_within=float(result.rsquared),
        r2_overall=float(result.rsquared_inclusive),
        residuals=columns.y - columns.x @ estimates,
        n=n,
        library="linearmodels",
        library_version=version("linearmodels"),
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
