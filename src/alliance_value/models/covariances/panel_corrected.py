"""Residuals of entities that share periods -> Beck and Katz's covariance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.models.covariance import (
    Covariance,
    Sample,
    sandwich,
    with_rows_left,
)
from alliance_value.models.engine.blocks import dense_codes
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error

MOST_ENTITIES = 5_000


@standard_error(
    "panel_corrected",
    label="panel-corrected",
    needs=("scores", "periods", "entities", "residuals"),
    words=(
        "Panel-corrected standard errors: disturbances of one variance per {entity}, "
        "correlated across {entities} within a {time} and not over time; each pair's "
        "covariance from the {times} that both have; t with n - k degrees of freedom."
    ),
    equation=(
        "V = (X' X)^(-1) (sum_t X'_t hat(Sigma)_t X_t) (X' X)^(-1), quad "
        "hat(sigma)_(i j) = 1/T_(i j) sum_t hat(u)_(i t) hat(u)_(j t)"
    ),
    source="Beck and Katz (1995)",
)
def panel_corrected(fit: Regression, sample: Sample) -> Covariance:
    """Return Beck and Katz's covariance, without a factor for small samples.

    Raises
    ------
    EstimationError
        A firm-year has several rows, or there are too many firms.
    """
    assert sample.periods is not None and sample.entities is not None
    left = with_rows_left(fit, sample)
    period, times = dense_codes(sample.periods)
    entity, firms = dense_codes(sample.entities)
    if len(firms) > MOST_ENTITIES:
        raise EstimationError(
            f"panel-corrected standard errors of {len(firms):,} entities: more than "
            f"{MOST_ENTITIES:,} covariances of each with all others, from "
            f"{len(times)} periods",
            "use clustered or driscoll_kraay",
        )
    if pd.DataFrame({"entity": entity, "period": period}).duplicated().any():
        raise EstimationError(
            "panel-corrected standard errors need one row per entity and period",
            "set sources.firm_years.duplicates to first or stop, or use other errors",
        )
    residuals = np.zeros((len(times), len(firms)))
    residuals[period, entity] = fit.residuals
    there = np.zeros_like(residuals)
    there[period, entity] = 1.0
    sigma = residuals.T @ residuals / np.maximum(there.T @ there, 1.0)
    meat = np.zeros((len(fit.names),) * 2)
    for time in range(len(times)):
        rows = np.flatnonzero(period == time)
        among = entity[rows]
        meat += fit.basis[rows].T @ sigma[np.ix_(among, among)] @ fit.basis[rows]
    return Covariance(sandwich(fit, meat), float(left), "panel-corrected")
