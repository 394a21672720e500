"""Least squares -> covariances that need leverage, periods or each cluster's absence.

References
----------
docs/inference.md, Standard errors of a model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alliance_value.contracts.firm_years import YEAR
from alliance_value.models.design import CONSTANT, Design
from alliance_value.models.engine import robust
from alliance_value.models.engine.grams import cross_products
from alliance_value.models.engine.jackknife import NotIdentified, jackknife
from alliance_value.models.engine.regress import Rows, regress
from alliance_value.models.estimators.linear import Columns
from alliance_value.models.estimators.regression import Regression, residual_df
from alliance_value.models.estimators.result import EstimationError
from alliance_value.study.spec import Model

OUTCOME = "outcome"


@dataclass(frozen=True)
class Fitted:
    """A regression with its rows, the weights taken out of them again.

    Parameters
    ----------
    regression
        The fit, everything in it times the root of the weights.
    columns
        What it was fitted to.
    design
        The rows behind it.
    model
        The specification.
    """

    regression: Regression
    columns: Columns
    design: Design
    model: Model

    @property
    def x(self) -> np.ndarray:
        """Terms without effects, shape (n, k)."""
        return np.asarray(self.columns.x / self.columns.root[:, None])

    @property
    def residuals(self) -> np.ndarray:
        """Residuals, shape (n,)."""
        return np.asarray(self.regression.residuals / self.columns.root)

    @property
    def weights(self) -> np.ndarray | None:
        """Weights, shape (n,), or None."""
        return self.design.weights


def covariance_by_rows(fitted: Fitted) -> tuple[np.ndarray, float]:
    """Return the model's covariance, shape (k, k), and its degrees of freedom.

    Raises
    ------
    EstimationError
        The rows do not allow it.
    """
    return BY_ROWS[fitted.model.standard_errors](fitted)


def hc2(fitted: Fitted) -> tuple[np.ndarray, float]:
    """Return MacKinnon and White's HC2; t with n less all parameters."""
    return white(fitted, "HC2")


def hc3(fitted: Fitted) -> tuple[np.ndarray, float]:
    """Return MacKinnon and White's HC3; t with n less all parameters."""
    return white(fitted, "HC3")


def white(fitted: Fitted, kind: robust.Kind) -> tuple[np.ndarray, float]:
    """Return HC2 or HC3, the leverage being that of terms and all effects."""
    effects = fitted.design.effects.to_numpy("int64")
    left = residual_df(fitted.regression, fitted.columns.groups)
    if effects.shape[1]:
        hat = robust.leverage(fitted.x, effects, fitted.weights)
    else:
        x = fitted.regression.x
        hat = np.einsum("ni,ij,nj->n", x, fitted.regression.bread, x)
    try:
        matrix = robust.white(
            fitted.x,
            fitted.residuals,
            kind,
            parameters=len(hat) - left,
            hat=hat,
            weights=fitted.weights,
        )
    except robust.LeverageOne as error:
        raise EstimationError(str(error), "use other standard errors") from error
    return matrix, float(left)


def driscoll_kraay(fitted: Fitted) -> tuple[np.ndarray, float]:
    """Return Driscoll and Kraay's covariance; t with the periods less one.

    Bartlett weights over ``lags`` periods, floor(4 (T/100)^(2/9)) unless given
    (Hoechle 2007), times T/(T-1) (n-1)/(n-k).
    """
    periods = fitted.design.keys[YEAR].to_numpy("int64")
    several = len(np.unique(periods))
    if several < 2:
        raise EstimationError(
            "Driscoll and Kraay's standard errors need several periods, and the rows "
            "are of one",
            "use other standard errors",
        )
    chosen = fitted.model.lags
    lags = robust.usual_lags(several) if chosen is None else chosen
    matrix = robust.driscoll_kraay(
        fitted.x, fitted.residuals, periods, lags, weights=fitted.weights
    )
    return matrix, several - 1.0


def cr3(fitted: Fitted) -> tuple[np.ndarray, float]:
    """Return the delete-one-cluster jackknife; t with the clusters less one.

    (G-1)/G times the sum of squared deviations from the full estimate (CV3 of
    MacKinnon, Nielsen and Webb 2023), all effects estimated anew each time.
    """
    x, names = fitted.x, list(fitted.design.names)
    estimates = fitted.regression.estimates
    y = x @ estimates + fitted.residuals
    cluster = fitted.design.clusters.to_numpy("int64")[:, 0]
    w = np.ones(len(y)) if fitted.weights is None else fitted.weights
    slopes = [j for j, name in enumerate(names) if name != CONSTANT]
    if not slopes:
        raise EstimationError("there is no slope to leave clusters out of", "add terms")
    columns = np.column_stack([y, x[:, slopes]])
    centre = np.zeros(columns.shape[1])
    if len(slopes) < len(names):
        centre = w @ columns / w.sum()
    root = np.sqrt(w)[:, None]
    terms = [names[j] for j in slopes]
    grams = cross_products(
        columns,
        [OUTCOME, *terms],
        fitted.design.effects.to_numpy("int64"),
        cluster,
        fitted.weights,
        carry=True,
    )
    fit = regress(grams, OUTCOME, terms, Rows((columns - centre) * root, cluster))
    try:
        without = jackknife(grams, fit).coefficients
    except NotIdentified as error:
        raise EstimationError(
            str(error), "cluster by a column with more groups, or use clustered"
        ) from error
    deviation = np.empty((len(without), len(names)))
    deviation[:, slopes] = without - estimates[slopes]
    if len(slopes) < len(names):
        code = np.searchsorted(grams.clusters, cluster)
        left = w.sum() - np.bincount(code, w)
        sums = np.column_stack([np.bincount(code, w * c) for c in columns.T])
        means = (w @ columns - sums) / left[:, None]
        constant = names.index(CONSTANT)
        intercepts = means[:, 0] - (means[:, 1:] * without).sum(axis=1)
        deviation[:, constant] = intercepts - estimates[constant]
    count = len(without)
    return (count - 1) / count * deviation.T @ deviation, count - 1.0


BY_ROWS: dict[str, Callable[[Fitted], tuple[np.ndarray, float]]] = {
    "hc2": hc2,
    "hc3": hc3,
    "cr3": cr3,
    "driscoll_kraay": driscoll_kraay,
}
