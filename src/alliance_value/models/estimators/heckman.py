"""A design with a selection equation -> Heckman's two steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from alliance_value.models.design import CONSTANT, Design
from alliance_value.models.estimators.bootstrap import cluster_bootstrap
from alliance_value.models.estimators.probit import Probit, mills, probit
from alliance_value.models.estimators.random_effects import dummies
from alliance_value.models.estimators.regression import regress, se_type, smallest
from alliance_value.models.estimators.result import (
    Equation,
    EstimationError,
    Fit,
    Test,
    wald,
)
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator

LAMBDA = "lambda"


@dataclass(frozen=True)
class Samples:
    """The columns of both equations.

    Parameters
    ----------
    x_names, z_names
        Terms of the outcome's and of the selection equation, dummies of effects last.
    y, x
        Shapes (n,) and (n, k), of which rows not observed are never read.
    z
        Shape (n, l).
    observed
        bool, shape (n,).
    shown_x, shown_z
        How many of the terms are reported: dummies are not.
    """

    x_names: tuple[str, ...]
    z_names: tuple[str, ...]
    y: np.ndarray
    x: np.ndarray
    z: np.ndarray
    observed: np.ndarray
    shown_x: int
    shown_z: int


@dataclass(frozen=True)
class TwoSteps:
    """Both steps at their solution.

    Parameters
    ----------
    selection
        The probit.
    b
        Estimates of the outcome's terms and of lambda last, shape (k + 1,).
    covariance
        Heckman's (1979), shape (k + 1, k + 1).
    sigma, rho
        Standard deviation of the disturbance; its correlation with the selection's.
    residuals
        Of the rows observed.
    """

    selection: Probit
    b: np.ndarray
    covariance: np.ndarray
    sigma: float
    rho: float
    residuals: np.ndarray


@estimator(
    "heckman",
    label="Heckman two-step",
    errors=("bootstrap", "unadjusted"),
    entity="none",
    effects=False,
    needs=("selection",),
    takes=(),
    dimensions=1,
    words=(
        "A probit of being observed, then least squares with the inverse Mills ratio."
    ),
    equation="y = x' b + d lambda(z' c) + e, quad lambda(v) = phi(v) / Phi(v)",
)
def heckman(design: Design, model: Model) -> Fit:
    """Estimate by a probit and least squares with the inverse Mills ratio.

    Unadjusted standard errors are Heckman's (1979), with the probit's observed
    information; others draw clusters anew for both steps.
    """
    both = samples(design)
    found = two_steps(both)
    shown = [*range(both.shown_x), len(found.b) - 1]
    v, df = found.covariance, float(both.observed.sum() - len(found.b))
    failed = 0
    if model.standard_errors == "bootstrap":
        clusters = design.clusters.to_numpy()
        v, failed = cluster_bootstrap(
            lambda times: two_steps(repeated(both, times)).b,
            clusters[:, 0],
            model.draws,
            model.seed,
        )
        df = smallest(clusters) - 1.0
    names = (*both.x_names[: both.shown_x], LAMBDA)
    ratio = found.b[-1] / np.sqrt(v[-1, -1])
    return Fit(
        names=names,
        estimates=found.b[shown],
        covariance=v[np.ix_(shown, shown)],
        df=df,
        se_type=(
            se_type(model)
            if model.standard_errors == "bootstrap"
            else "Heckman's for two steps"
        ),
        r2_within=np.nan,
        r2_overall=np.nan,
        residuals=found.residuals,
        n=len(both.y),
        tests=(
            *selection_tests(both, model, found.selection),
            Test(
                "selection_t",
                float(ratio),
                df,
                float(2 * stats.t.sf(abs(ratio), df)),
                "no selection on unobservables under the null: lambda",
            ),
            Test("sigma", found.sigma, note="standard deviation of the disturbance"),
            Test("rho", found.rho, note="correlation of the disturbances"),
            Test("bootstrap_failures", failed, note="samples without a solution"),
        ),
        equations=(selection_equation(both, found.selection),),
    )


def samples(design: Design) -> Samples:
    """Return the columns of both equations, dummies of effects in both.

    Raises
    ------
    EstimationError
        All rows are observed, or none.
    """
    spread = dummies(design.effects).to_numpy()
    chosen = design.observed & design.outcome.notna().to_numpy()
    if chosen.all() or not chosen.any():
        raise EstimationError(
            f"{'all' if chosen.all() else 'no'} rows are observed: there is no "
            "selection to model",
            "name the 0/1 variable of rows observed under selection.observed, or keep "
            "rows without an outcome in the sample",
        )
    marks = [f"dummy {i}" for i in range(spread.shape[1])]
    z = np.column_stack([design.instruments, np.ones(len(spread)), spread])
    return Samples(
        (*design.names, *marks),
        (*design.z_names, CONSTANT, *marks),
        design.outcome.to_numpy(),
        np.column_stack([design.terms, spread]),
        z,
        chosen,
        design.terms.shape[1],
        design.instruments.shape[1] + 1,
    )


def repeated(both: Samples, times: np.ndarray) -> Samples:
    """Return rows as often as a bootstrap sample has them."""
    rows = np.repeat(np.arange(len(times)), times.astype("int64"))
    return Samples(
        both.x_names,
        both.z_names,
        both.y[rows],
        both.x[rows],
        both.z[rows],
        both.observed[rows],
        both.shown_x,
        both.shown_z,
    )


def two_steps(both: Samples) -> TwoSteps:
    """Run both steps and Heckman's covariance."""
    s = both.observed
    selection = probit(list(both.z_names), s, both.z)
    index = selection.index[s]
    ratio = mills(index)
    w = np.column_stack([both.x[s], ratio])
    regression = regress((*both.x_names, LAMBDA), both.y[s], w)
    b, e = regression.estimates, regression.residuals
    delta = ratio * (ratio + index)
    sigma2 = float(e @ e) / len(e) + b[-1] ** 2 * float(delta.mean())
    rho2 = b[-1] ** 2 / sigma2
    cross = (w * delta[:, None]).T @ both.z[s]
    inner = (w * (1 - rho2 * delta)[:, None]).T @ w
    inner = inner + rho2 * cross @ selection.covariance @ cross.T
    return TwoSteps(
        selection,
        b,
        sigma2 * regression.bread @ inner @ regression.bread,
        float(np.sqrt(sigma2)),
        float(b[-1] / np.sqrt(sigma2)),
        e,
    )


def selection_tests(both: Samples, model: Model, selection: Probit) -> list[Test]:
    """Return how many rows are observed and how strong the exclusion is."""
    assert model.selection is not None
    place = [both.z_names.index(n) for n in model.selection.exclusion]
    excluded = ", ".join(model.selection.exclusion)
    return [
        Test("observed_rows", int(both.observed.sum()), note=f"of {len(both.y)}"),
        wald(
            "exclusion",
            selection.estimates[place],
            selection.covariance[np.ix_(place, place)],
            f"excluded from the outcome by assumption: {excluded}; no effect on "
            "selection under the null",
        ),
    ]


def selection_equation(both: Samples, selection: Probit) -> Equation:
    """Return the probit as an equation."""
    shown = slice(0, both.shown_z)
    return Equation(
        "selection",
        both.z_names[: both.shown_z],
        selection.estimates[shown],
        selection.covariance[shown, shown],
        np.inf,
    )
