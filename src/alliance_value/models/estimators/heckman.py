"""A design with a selection equation -> Heckman's two steps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from alliance_value.models.columns import CONSTANT, Columns, plain, standardized
from alliance_value.models.covariance import Sample, covariance
from alliance_value.models.design import Design
from alliance_value.models.estimators.linear import sample_of
from alliance_value.models.estimators.probit import Probit, mills, probit
from alliance_value.models.estimators.random_effects import dummies
from alliance_value.models.estimators.result import (
    Equation,
    EstimationError,
    Fit,
    Test,
    wald,
)
from alliance_value.models.regression import Regression, precision, regress
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator

LAMBDA = "lambda"
TWO_STEPS = "Heckman's for two steps"


@dataclass(frozen=True)
class Samples:
    """The columns of both equations.

    Parameters
    ----------
    y, x, z
        Outcome, its terms and those of the selection equation, dummies of effects last,
        standardized; rows of the first two that are not observed are never read.
    observed
        bool, shape (n,).
    shown_x, shown_z
        How many of the terms are reported: dummies are not.
    """

    y: Columns
    x: Columns
    z: Columns
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
    regression
        Of the outcome on its terms and lambda last.
    spread
        Heckman's (1979) covariance in the regression's units, shape (k + 1, k + 1).
    sigma, rho
        Standard deviation of the disturbance, in the regression's units; its
        correlation with the selection's.
    """

    selection: Probit
    regression: Regression
    spread: np.ndarray
    sigma: float
    rho: float


@estimator(
    "heckman",
    label="Heckman two-step",
    gives=("refits", "second_step"),
    errors=("unadjusted",),
    entity="none",
    effects=False,
    needs=("selection",),
    takes=(),
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
    steps = two_steps(both)
    regression = steps.regression
    shown = [*range(both.shown_x), len(regression.b) - 1]
    v = regression.back(steps.spread)
    df, label = float(regression.n - len(regression.b)), TWO_STEPS
    counted: tuple[Test, ...] = ()
    if model.standard_errors != "unadjusted":
        drawn = covariance(regression, refitted(both, design, model))
        v, df, label, counted = drawn.matrix, drawn.df, drawn.label, drawn.tests
    estimates = regression.estimates
    ratio = estimates[-1] / np.sqrt(v[-1, -1])
    return Fit(
        names=tuple(regression.names[i] for i in shown),
        estimates=estimates[shown],
        covariance=v[np.ix_(shown, shown)],
        df=df,
        se_type=label,
        r2_within=np.nan,
        r2_overall=np.nan,
        residuals=regression.residuals * regression.unit,
        n=len(both.observed),
        tests=(
            *selection_tests(both, model, steps.selection),
            Test(
                "selection_t",
                float(ratio),
                df,
                float(2 * stats.t.sf(abs(ratio), df)),
                "no selection on unobservables under the null: lambda",
            ),
            Test(
                "sigma",
                steps.sigma * regression.unit,
                note="standard deviation of the disturbance",
            ),
            Test("rho", steps.rho, note="correlation of the disturbances"),
            precision(regression),
            *counted,
        ),
        equations=(selection_equation(both, steps.selection),),
    )


def refitted(both: Samples, design: Design, model: Model) -> Sample:
    """Return the sample of all rows with both steps as their refit."""
    return replace(
        sample_of(design, model),
        refit=lambda times: two_steps(repeated(both, times)).regression.b,
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
    marks = plain(spread, [f"dummy {i}" for i in range(spread.shape[1])])
    ones = np.ones((len(spread), 1))
    z = standardized(design.instruments.to_numpy("float64"), design.z_names)
    return Samples(
        observed_units(design.outcome.to_numpy("float64")[:, None], ["y"], chosen),
        observed_units(
            design.terms.to_numpy("float64"), list(design.names), chosen
        ).beside(marks),
        z.beside(plain(ones, [CONSTANT]), marks),
        chosen,
        design.terms.shape[1],
        design.instruments.shape[1] + 1,
    )


def observed_units(raw: np.ndarray, names: list[str], rows: np.ndarray) -> Columns:
    """Standardize columns by the rows that are observed; others may be missing."""
    own = standardized(raw[rows], names)
    return own.with_values((raw - own.shift) / own.scale)


def repeated(both: Samples, times: np.ndarray) -> Samples:
    """Return rows as often as a bootstrap sample has them."""
    rows = np.repeat(np.arange(len(times)), times.astype("int64"))
    return Samples(
        both.y.with_values(both.y.values[rows]),
        both.x.with_values(both.x.values[rows]),
        both.z.with_values(both.z.values[rows]),
        both.observed[rows],
        both.shown_x,
        both.shown_z,
    )


def two_steps(both: Samples) -> TwoSteps:
    """Run both steps and Heckman's covariance."""
    s = both.observed
    selection = probit(s, both.z)
    index = selection.index[s]
    ratio = mills(index)
    x = both.x.with_values(both.x.values[s]).beside(plain(ratio[:, None], [LAMBDA]))
    regression = regress(both.y.with_values(both.y.values[s]), x)
    b, e, w = regression.b, regression.residuals, x.values
    delta = ratio * (ratio + index)
    sigma2 = float(e @ e) / len(e) + b[-1] ** 2 * float(delta.mean())
    rho2 = b[-1] ** 2 / sigma2
    cross = (w * delta[:, None]).T @ both.z.values[s]
    inner = (w * (1 - rho2 * delta)[:, None]).T @ w
    inner = inner + rho2 * cross @ selection.spread @ cross.T
    return TwoSteps(
        selection,
        regression,
        sigma2 * regression.bread @ inner @ regression.bread,
        float(np.sqrt(sigma2)),
        float(b[-1] / np.sqrt(sigma2)),
    )


def selection_tests(both: Samples, model: Model, selection: Probit) -> list[Test]:
    """Return how many rows are observed and how strong the exclusion is."""
    assert model.selection is not None
    place = [both.z.names.index(n) for n in model.selection.exclusion]
    excluded = ", ".join(model.selection.exclusion)
    return [
        Test(
            "observed_rows", int(both.observed.sum()), note=f"of {len(both.observed)}"
        ),
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
        both.z.names[: both.shown_z],
        selection.estimates[shown],
        selection.covariance[shown, shown],
        np.inf,
    )
