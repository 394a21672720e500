"""Stacked equations -> difference and system GMM of a dynamic panel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from alliance_value.contracts.firm_years import FIRM
from alliance_value.models.columns import powers_of_two
from alliance_value.models.covariance import cluster_sums
from alliance_value.models.design import Design
from alliance_value.models.estimators.first_differences import differences
from alliance_value.models.estimators.moments import Stacked, stacked
from alliance_value.models.estimators.result import EstimationError, Fit, Test
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator


@dataclass(frozen=True)
class Step:
    """One step of GMM.

    Parameters
    ----------
    b
        Estimates, shape (k,).
    residuals
        Shape (r,).
    weight
        Weights of the moments, shape (m, m).
    bread
        Inverse of x'z weight z'x, shape (k, k).
    """

    b: np.ndarray
    residuals: np.ndarray
    weight: np.ndarray
    bread: np.ndarray


@estimator(
    "difference_gmm",
    label="Difference GMM",
    errors=("clustered",),
    entity="differenced",
    needs=("endogenous", "gmm"),
    takes=(),
    series=True,
    words=(
        "Differences with lagged levels z as instruments; A is the covariance of the "
        "moments in one step or two."
    ),
    equation=(
        "\"E\"(z_(i s) Delta u_(i t)) = 0, quad hat(b) = (X' Z A^(-1) Z' X)^(-1) X' Z "
        "A^(-1) Z' y"
    ),
)
@estimator(
    "system_gmm",
    label="System GMM",
    errors=("clustered",),
    entity="none",
    needs=("endogenous", "gmm"),
    takes=(),
    series=True,
    words=(
        "Differences with lagged levels and levels with lagged differences as "
        "instruments."
    ),
    equation=(
        '"E"(z_(i s) Delta u_(i t)) = 0, quad "E"(Delta z_(i s) (a_i + u_(i t))) = 0'
    ),
)
def dynamic_gmm(design: Design, model: Model) -> Fit:
    """Estimate by difference (Arellano and Bond 1991) or system GMM.

    System GMM adds the equation in levels (Blundell and Bond 1998). The one-step
    weights suppose homoskedastic disturbances without serial correlation; in system GMM
    with their covariance between the two equations (Roodman 2009, h(3)). One-step
    standard errors are robust by firm, two-step ones carry Windmeijer's (2005)
    correction; no further small-sample factor. Tests: Hansen's J of two steps, Sargan's
    of one, and Arellano and Bond's of serial correlation in the differences, on the
    residuals of the step that is reported.

    Raises
    ------
    EstimationError
        Fewer instruments than regressors, fewer firms than regressors in two steps, or
        clusters other than the firm.
    """
    assert model.gmm is not None
    if model.clusters != (FIRM,):
        raise EstimationError(
            "the moments of GMM are summed by firm",
            "set clusters: [entity]",
        )
    rows = stacked(design, model)
    m, k = rows.z.shape[1], len(rows.names)
    if m < k:
        raise EstimationError(
            f"{m} instruments for {k} regressors and dummies",
            "allow more lags under gmm.instruments",
        )
    unit = powers_of_two(rows.x)
    rows = replace(rows, x=rows.x / unit, z=rows.z / powers_of_two(rows.z))
    firms = len(np.unique(rows.firm))
    if model.gmm.steps == 2 and firms < k:
        raise EstimationError(
            f"moments of {firms} firms cannot weigh {k} regressors and dummies in two "
            "steps",
            "set gmm.steps: 1, or leave the effect of time out of effects",
        )
    one = step(rows, first_weight(rows))
    moments = cluster_sums(rows.z * one.residuals[:, None], rows.firm)
    spread = moments.T @ moments
    zx = rows.z.T @ rows.x
    turn = one.bread @ zx.T @ one.weight
    v = turn @ spread @ turn.T
    last = one
    if model.gmm.steps == 2:
        last = step(rows, np.linalg.pinv(spread, rcond=1e-12, hermitian=True))
        v = windmeijer(rows, last, moments, v)
    terms = [n for n in rows.names if n in design.names]
    place = [rows.names.index(n) for n in terms]
    kind = "Windmeijer's correction" if model.gmm.steps == 2 else "one step"
    return Fit(
        names=tuple(terms),
        estimates=last.b[place] / unit[place],
        covariance=v[np.ix_(place, place)] / np.outer(unit[place], unit[place]),
        df=firms - 1.0,
        se_type=f"clustered by {FIRM}, {kind}",
        r2_within=np.nan,
        r2_overall=np.nan,
        residuals=last.residuals,
        n=int((~rows.differenced).sum() or len(rows.y)),
        left=(differences(rows.later),) if rows.differenced.all() else (),
        tests=(
            instrument_count(m, firms),
            over_identification(rows, last, model.gmm.steps),
            *(serial_correlation(rows, last, v, order) for order in (1, 2)),
        ),
    )


def step(rows: Stacked, weight: np.ndarray) -> Step:
    """Return the estimates for some weights of the moments."""
    zx, zy = rows.z.T @ rows.x, rows.z.T @ rows.y
    bread = np.linalg.inv(zx.T @ weight @ zx)
    b = bread @ (zx.T @ weight @ zy)
    return Step(b, rows.y - rows.x @ b, weight, bread)


def first_weight(rows: Stacked) -> np.ndarray:
    """Return the inverse of sum over firms of z'Hz.

    H is the covariance of the rows' disturbances, differences or levels of independent
    ones of variance 1. Every disturbance stands in few rows: the sum runs over pairs of
    rows by the disturbance that they share.
    """
    n = int(max(rows.later.max(), rows.earlier.max())) + 1
    share = np.zeros((n, rows.z.shape[1]))
    np.add.at(share, rows.later, rows.z)
    has = rows.differenced
    np.subtract.at(share, rows.earlier[has], rows.z[has])
    return np.linalg.pinv(share.T @ share, rcond=1e-12, hermitian=True)


def windmeijer(
    rows: Stacked, two: Step, moments: np.ndarray, v1: np.ndarray
) -> np.ndarray:
    """Return the corrected covariance of two-step estimates (Windmeijer 2005, 3.8).

    Parameters
    ----------
    rows, two
        The equations and the second step.
    moments
        Moments of each firm at the one-step estimates, shape (firms, m).
    v1
        Robust covariance of the one-step estimates.
    """
    zx = rows.z.T @ rows.x
    ze = rows.z.T @ two.residuals
    weighted = two.weight @ ze
    columns = []
    for x in rows.x.T:
        by_firm = cluster_sums(rows.z * x[:, None], rows.firm)
        change = by_firm.T @ moments
        columns.append(two.bread @ zx.T @ two.weight @ ((change + change.T) @ weighted))
    d = np.column_stack(columns)
    half = d @ two.bread
    return np.asarray(two.bread + half + half.T + d @ v1 @ d.T)


def over_identification(rows: Stacked, last: Step, steps: int) -> Test:
    """Test that the surplus moments are zero."""
    g = rows.z.T @ last.residuals
    statistic = float(g @ last.weight @ g)
    surplus = rows.z.shape[1] - len(rows.names)
    note = "all instruments valid under the null"
    if steps == 1:
        differences = last.residuals[rows.differenced]
        n = len(differences)
        variance = float(differences @ differences) / (n - len(rows.names)) / 2
        statistic /= variance
        note += "; not robust to heteroskedasticity"
    p = float(stats.chi2.sf(statistic, surplus)) if surplus else np.nan
    return Test("sargan" if steps == 1 else "hansen_j", statistic, surplus, p, note)


def serial_correlation(rows: Stacked, last: Step, v: np.ndarray, order: int) -> Test:
    """Test for serial correlation of some order in differenced disturbances.

    The m statistic of Arellano and Bond (1991, eq. 8), standard normal under the null.
    First order is expected in differences; second order speaks against instruments
    from the second lag on.
    """
    e = np.where(rows.differenced, last.residuals, 0.0)
    w = lagged_residuals(rows, e, order)
    we = np.bincount(rows.firm, w * e)
    wx = w @ rows.x
    zx = rows.z.T @ rows.x
    moments = cluster_sums(rows.z * last.residuals[:, None], rows.firm)
    cross = moments.T @ we
    variance = (
        float(we @ we)
        - 2 * float(wx @ last.bread @ zx.T @ last.weight @ cross)
        + float(wx @ v @ wx)
    )
    name = f"ar{order}"
    note = f"no serial correlation of order {order} in differences under the null"
    if not w.any() or variance <= 0:
        return Test(name, np.nan, note="too few periods to test")
    statistic = float(we.sum()) / np.sqrt(variance)
    return Test(name, statistic, np.nan, float(2 * stats.norm.sf(abs(statistic))), note)


def lagged_residuals(rows: Stacked, e: np.ndarray, order: int) -> np.ndarray:
    """Return each difference's residual ``order`` periods before, zero without one."""
    span = int(rows.year.max() - rows.year.min()) + 1
    place = rows.firm.astype("int64") * (span + order) + (rows.year - rows.year.min())
    grid = np.zeros(int(place.max()) + order + 1)
    grid[place[rows.differenced] + order] = e[rows.differenced]
    return np.where(rows.differenced, grid[place], 0.0)


def instrument_count(instruments: int, firms: int) -> Test:
    """Return the number of instruments, with a warning where there are many."""
    note = "columns of the instrument matrix, dummies of effects included"
    if instruments > firms:
        note += (
            f"; warning: more than the {firms} {{entities}}, which weakens Hansen's "
            "test and biases towards fixed effects (Roodman 2009): collapse, or fewer "
            "lags"
        )
    return Test("instruments", instruments, note=note)
