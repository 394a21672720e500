"""A linear model's columns -> how far linearmodels' estimates lie from ours.

linearmodels takes the largest effect out itself and has the others' dummies among its
regressors; columns are handed over centred and scaled, in the units that suit it. Its
covariances are compared but for the factors of small samples, which are the study's.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.models.columns import Columns
from alliance_value.models.covariance import Sample, counted
from alliance_value.models.engine.blocks import (
    blocks,
    dense_codes,
    incidence,
    reduced,
)
from alliance_value.models.estimators.result import Fit

LIBRARY = "linearmodels"

MOST_CELLS = 3_000_000
"""Rows by columns, dummies included, up to which a model is estimated again.

On one processor, 4.1 million cells in 24 columns took 1.1 s, 3 million in 578 columns
2.7 s, many times what the estimation itself takes.
"""

TOLERANCE = 1e-6
"""Relative difference beyond which a run says so."""

COMPARED = ("clustered", "robust", "unadjusted")
"""Standard errors that linearmodels has alike."""

SHARED = "the variance components are linearmodels' in both"

FAILURES = (ValueError, ArithmeticError, np.linalg.LinAlgError)


@dataclass(frozen=True)
class Again:
    """What a linear model can be estimated from once more.

    Parameters
    ----------
    y, x
        Outcome and terms, standardized, effects in, not weighted.
    sample
        Effects, clusters and weights of the rows.
    endogenous
        Positions of the terms that have instruments.
    z
        Excluded instruments, as the terms.
    entity
        Codes of random effects, shape (n,).
    """

    y: Columns
    x: Columns
    sample: Sample
    endogenous: tuple[int, ...] = ()
    z: Columns | None = None
    entity: np.ndarray | None = None


@dataclass(frozen=True)
class Opinion:
    """How far another library's results lie from ours.

    Parameters
    ----------
    library, version
        What estimated again; empty where nothing did.
    estimates, errors
        Powers of ten that differences of estimates, relative to the larger of estimate
        and standard error, and of standard errors, relative to these, do not exceed;
        NaN where there is nothing to compare.
    note
        Why there is no second opinion, or less of it; empty otherwise.
    """

    library: str = ""
    version: str = ""
    estimates: float = np.nan
    errors: float = np.nan
    note: str = ""

    @property
    def apart(self) -> bool:
        """Whether the results differ beyond the tolerance."""
        return bool(np.nanmax([self.estimates, self.errors, 0.0]) > TOLERANCE)


def second_opinion(fit: Fit) -> Opinion:
    """Estimate a model again by linearmodels, and compare.

    Parameters
    ----------
    fit
        The model's fit, with what it was estimated from where that is linear.
    """
    again = fit.again
    if not isinstance(again, Again):
        return Opinion(note="linearmodels has no such estimator")
    n, k = again.x.values.shape
    if n * (k + dummy_count(again)) > MOST_CELLS:
        return Opinion(note=f"no second opinion on more than {MOST_CELLS:,} cells")
    try:
        b, covariance = estimated_again(again)
    except FAILURES as error:
        why = " ".join(str(error).split())[:200]
        return Opinion(
            LIBRARY, version(LIBRARY), note=f"linearmodels does not estimate it: {why}"
        )
    # into raw units, where the way there cancels nothing: a shifted term's constant
    # has a large error, which the way back would take from another large one
    b = fit.turn @ b + fit.offset
    own_se = errors_of(fit.covariance)
    gap = bound(np.abs(b - fit.estimates) / np.maximum(np.abs(fit.estimates), own_se))
    if covariance is None:
        kind = again.sample.model.standard_errors
        note = f"{kind} standard errors are not compared"
        return Opinion(LIBRARY, version(LIBRARY), gap, np.nan, note)
    note = "" if again.entity is None else SHARED
    se = errors_of(fit.turn @ covariance @ fit.turn.T)
    gap_se = bound(np.abs(se - own_se) / own_se)
    return Opinion(LIBRARY, version(LIBRARY), gap, gap_se, note)


def errors_of(covariance: np.ndarray) -> np.ndarray:
    """Return standard errors, zero where a variance is negative."""
    return np.sqrt(np.maximum(np.diag(covariance), 0.0))


def bound(differences: np.ndarray) -> float:
    """Return the power of ten that differences do not exceed, 1e-12 at least.

    The digits of a difference in rounding are those of the machine.
    """
    largest = float(np.max(differences))
    return float(10.0 ** max(-12, np.ceil(np.log10(max(largest, 1e-300)))))


def dummy_count(again: Again) -> int:
    """Return how many dummies stand among linearmodels' regressors."""
    effects = again.sample.effects
    if not effects.shape[1]:
        return 0
    if again.entity is not None:
        return int(sum(len(dense_codes(code)[1]) for code in effects.T))
    return len(blocks(effects).labels)


def dummies_of(again: Again) -> np.ndarray:
    """Return independent dummies of all effects that linearmodels does not take out.

    Beside random effects, and a constant, the first of each effect is left out.
    """
    sample = again.sample
    n, several = sample.effects.shape
    if again.entity is not None and several:
        constant = np.zeros((n, 1), dtype="int64")
        parts = blocks(np.hstack([constant, sample.effects]), 0)
        effect = parts.labels[:, 0]
        kept = np.flatnonzero(np.diff(effect, prepend=0) == 0)
    elif several > 1:
        parts = blocks(sample.effects)
        weights = np.ones(n) if sample.weights is None else sample.weights
        kept = reduced(parts, weights).pivots
    else:
        return np.empty((n, 0))
    return np.asarray(incidence(parts).toarray()[:, kept])


def estimated_again(again: Again) -> tuple[np.ndarray, np.ndarray | None]:
    """Return linearmodels' estimates of the terms and, where alike, the covariance."""
    from linearmodels.iv import IV2SLS
    from linearmodels.panel import PanelOLS, RandomEffects

    sample = again.sample
    kind = sample.model.standard_errors
    dummies = dummies_of(again)
    n, k = again.x.values.shape
    group = np.arange(n)
    if again.entity is not None:
        group = again.entity
    elif sample.effects.shape[1]:
        group = blocks(sample.effects).codes
    order = np.argsort(group, kind="stable")
    place = pd.Series(group[order]).groupby(group[order]).cumcount().to_numpy()
    index = pd.MultiIndex.from_arrays([group[order], place])

    def table(values: np.ndarray, prefix: str) -> pd.DataFrame:
        names = [f"{prefix}{j}" for j in range(values.shape[1])]
        return pd.DataFrame(values[order], index, names)

    alike = kind in COMPARED and (kind != "clustered" or sample.clusters.shape[1] <= 2)
    options: dict[str, Any] = {"cov_type": kind if alike else "unadjusted"}
    if options["cov_type"] == "clustered":
        options["clusters"] = table(sample.clusters, "c")
    weights = None if sample.weights is None else table(sample.weights[:, None], "w")
    y, x = table(again.y.values, "y"), table(again.x.values, "x")
    factor = n / left_over(again)
    if again.z is not None:
        columns = [again.y.values, again.x.values, again.z.values, dummies]
        inside = np.column_stack(columns)
        if sample.effects.shape[1]:
            inside = within_groups(inside, group, sample.weights)
        y, x = table(inside[:, :1], "y"), table(inside[:, 1 : 1 + k], "x")
        first = 1 + k + len(again.z.names)
        z, extra = table(inside[:, 1 + k : first], "z"), table(inside[:, first:], "d")
        names = [x.columns[i] for i in again.endogenous]
        exogenous = pd.concat([x.drop(columns=names), extra], axis=1)
        known = exogenous if exogenous.shape[1] else None
        second = IV2SLS(y, known, x[names], z, weights=weights).fit(
            debiased=True, **options
        )
        factor *= (n - k - extra.shape[1]) / n
    else:
        if options["cov_type"] == "clustered":
            options["group_debias"] = True
        regressors = pd.concat([x, table(dummies, "d")], axis=1)
        if again.entity is not None:
            second = RandomEffects(
                y, regressors, weights=weights, check_rank=False
            ).fit(small_sample=True, debiased=False, **options)
        else:
            second = PanelOLS(
                y,
                regressors,
                weights=weights,
                entity_effects=sample.effects.shape[1] > 0,
                singletons=True,
                check_rank=False,
            ).fit(debiased=False, auto_df=False, count_effects=False, **options)
    params = np.asarray(second.params[x.columns])
    covariance = second.cov.loc[x.columns, x.columns].to_numpy() * factor
    return params, covariance if alike else None


def left_over(again: Again) -> int:
    """Return the rows less the parameters that the study's standard errors count."""
    sample, n, k = again.sample, len(again.x.values), len(again.x.names)
    if sample.model.standard_errors == "clustered":
        return n - k - counted(sample)
    return n - k - sample.parameters


def within_groups(
    columns: np.ndarray, codes: np.ndarray, weights: np.ndarray | None
) -> np.ndarray:
    """Take group means out of columns."""
    frame = pd.DataFrame(columns)
    w = np.ones(len(columns)) if weights is None else weights
    total = pd.Series(w).groupby(codes).transform("sum").to_numpy()[:, None]
    sums = frame.mul(w, axis=0).groupby(codes).transform("sum").to_numpy()
    return np.asarray(columns - sums / total)
