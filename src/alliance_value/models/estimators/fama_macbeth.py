"""A design -> least squares in each period, and the mean over periods."""

from __future__ import annotations

import numpy as np

from alliance_value.contracts.firm_years import YEAR
from alliance_value.models.columns import Columns, way_back
from alliance_value.models.covariance import Sample, covariance
from alliance_value.models.design import Design
from alliance_value.models.estimators.linear import centred, raw_columns, root_of
from alliance_value.models.estimators.result import EstimationError, Fit, Left, Test
from alliance_value.models.regression import Regression, regress
from alliance_value.models.within import without
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator


@estimator(
    "fama_macbeth",
    label="Fama-MacBeth",
    gives=("period_estimates",),
    entity="none",
    effects=False,
    words=(
        "Least squares in each {time}'s cross-section; the estimate is the mean over "
        "{times}. {Times} whose rows do not identify all terms are left out."
    ),
    equation="hat(b) = 1/T sum_t hat(b)_t, quad y_(i t) = a_t + x'_(i t) b_t + u_(i t)",
)
def fama_macbeth(design: Design, model: Model) -> Fit:
    """Estimate by Fama and MacBeth's (1973) two passes.

    Raises
    ------
    EstimationError
        Effects are given, or fewer than two periods identify the terms.
    """
    if design.effects.shape[1]:
        raise EstimationError(
            "Fama and MacBeth's cross-sections have no effects",
            "write effects: [], and dummies among the terms",
        )
    raw, root = raw_columns(design), root_of(design)
    columns = raw.y.beside(raw.x)
    years = design.keys[YEAR].to_numpy("int64")
    by_year: dict[int, Regression] = {}
    r2 = []
    for year in np.unique(years):
        rows = years == year
        part = columns.with_values(columns.values[rows])
        part = without(part, np.empty((len(part.values), 0), "int64"), root[rows])
        try:
            if rows.sum() <= len(raw.x.names):
                continue
            fit = regress(part.take(slice(0, 1)), part.take(slice(1, None)))
        except EstimationError:
            continue
        by_year[int(year)] = fit
        around = centred(part.values[:, 0], root[rows])
        total = float(around @ around)
        r2.append(1 - float(fit.residuals @ fit.residuals) / total if total else np.nan)
    if len(by_year) < 2:
        raise EstimationError(
            f"{len(by_year)} periods have rows enough to identify all terms, and the "
            "mean over periods needs two",
            "use fewer terms, or another estimator",
        )
    b = np.array([fit.b for fit in by_year.values()])
    series = mean_of(b, raw.y, raw.x)
    none = np.empty((len(b), 0), dtype="int64")
    sample = Sample(model, none, none, periods=np.array(list(by_year)))
    spread = covariance(series, sample)
    used = np.flatnonzero(np.isin(years, list(by_year)))
    residual = columns.values[:, 0] - raw.x.values @ series.b
    return Fit(
        names=series.names,
        estimates=series.estimates,
        covariance=spread.matrix,
        df=spread.df,
        se_type=spread.label,
        r2_within=np.nan,
        r2_overall=np.nan,
        residuals=residual[used] * float(raw.y.scale[0]),
        n=len(used),
        tests=(
            Test("periods", float(len(by_year)), note="{times} with estimates"),
            Test("average_r2", float(np.nanmean(r2)), note="mean over {times}"),
        ),
        left=(
            Left(
                "{times} that identify all terms",
                "a cross-section of too few or too like rows has no estimates",
                used,
            ),
        ),
    )


def mean_of(b: np.ndarray, y: Columns, x: Columns) -> Regression:
    """Return the mean of periods' estimates as a regression of one row per period.

    Parameters
    ----------
    b
        float64, shape (T, k), in standardized units.
    y, x
        The columns that these units are of.
    """
    mean = b.mean(axis=0)
    turn, offset = way_back(y, x)
    return Regression(
        names=x.names,
        b=mean,
        basis=(b - mean) / len(b),
        residuals=np.ones(len(b)),
        root=np.eye(len(mean)),
        bread=np.eye(len(mean)),
        turn=turn,
        offset=offset,
        unit=float(y.scale[0]),
    )
