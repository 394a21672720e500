"""Estimates with and without controls -> the omitted variable that would undo them.

References
----------
Oster (2019), Unobservable selection and coefficient stability, Journal of Business &
Economic Statistics 37. Cinelli and Hazlett (2020), Making sense of sensitivity, Journal
of the Royal Statistical Society B 82.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from alliance_value.models.engine.grams import Grams
from alliance_value.models.engine.regress import regress

LEVEL = 0.05


@dataclass(frozen=True)
class Stability:
    """What Oster's bounds are made of.

    Parameters
    ----------
    short, short_r2
        Coefficient and R-squared without the observed controls.
    full, full_r2
        The same with them.
    variance_outcome, variance_treatment
        Variances of outcome and treatment.
    variance_left
        Variance of what controls leave of the treatment.
    """

    short: float
    short_r2: float
    full: float
    full_r2: float
    variance_outcome: float
    variance_treatment: float
    variance_left: float


def stability(
    grams: Grams, outcome: str, treatment: str, controls: list[str]
) -> Stability:
    """Collect Oster's ingredients within fixed effects.

    Parameters
    ----------
    grams
        Cross-products.
    outcome, treatment
        Columns of them.
    controls
        The observed controls that selection is measured by.
    """
    y, x = (residual_squares(grams, name, []) for name in (outcome, treatment))
    left = residual_squares(grams, treatment, controls)
    short = regress(grams, outcome, [treatment])
    full = regress(grams, outcome, [treatment, *controls])
    n = grams.n
    return Stability(
        short=float(short.coefficients[0]),
        short_r2=1 - short.squares / y,
        full=float(full.coefficients[0]),
        full_r2=1 - full.squares / y,
        variance_outcome=y / (n - 1),
        variance_treatment=x / (n - 1),
        variance_left=left / (n - 1),
    )


def residual_squares(grams: Grams, outcome: str, terms: list[str]) -> float:
    """Return the sum of squares that terms and effects leave of a column."""
    if terms:
        return regress(grams, outcome, terms).squares
    place = int(grams.index([outcome])[0])
    return float(grams.cells[:, place, place].sum())


def oster_beta(s: Stability, r2_max: float) -> tuple[float, ...]:
    """Return the coefficients if unobservables are as selective as observed controls.

    The bias solves Oster's cubic, a quadratic at this delta of 1. Its real roots are
    returned as coefficients, the one closest to the estimate with controls first.
    """
    moved = s.short - s.full
    t, v = s.variance_left, s.variance_treatment
    rest = (r2_max - s.full_r2) * s.variance_outcome
    gained = (s.full_r2 - s.short_r2) * s.variance_outcome
    polynomial = [
        -t * moved * v,
        rest * (v - t) - gained * t - v * t * moved**2,
        rest * moved * v,
    ]
    roots = np.roots(np.trim_zeros(polynomial, "f"))
    real = roots[np.abs(roots.imag) <= 1e-9 * np.maximum(np.abs(roots), 1e-300)].real
    return tuple(float(s.full - gap) for gap in sorted(real, key=abs))


def oster_delta(s: Stability, r2_max: float) -> float:
    """Return how selective unobservables must be to bring the estimate to zero.

    In units of the selection on observed controls; 1 means as much as on these. It is
    the delta at which the cubic in the bias has the estimate for a root.
    """
    moved, gap = s.short - s.full, s.full
    t, v = s.variance_left, s.variance_treatment
    rest = (r2_max - s.full_r2) * s.variance_outcome
    gained = (s.full_r2 - s.short_r2) * s.variance_outcome
    cubic, square = gap**3 * (t * v - t**2), gap**2 * t * moved * v
    top = cubic + 2 * square + gap * (gained * t + v * t * moved**2)
    bottom = cubic + square + gap * rest * (v - t) + rest * moved * v
    return top / bottom if bottom else np.inf


def benchmark(r2_treatment: float, r2_outcome: float) -> tuple[float, float]:
    """Return bounds on a confounder as strong as an observed control.

    Parameters
    ----------
    r2_treatment, r2_outcome
        Partial R-squared of the control with the treatment given the others, and with
        the outcome given these and the treatment.

    Returns
    -------
    tuple of float
        Partial R-squared of the confounder with treatment and outcome, 1 at most
        (Cinelli and Hazlett 2020, section 4.4).
    """
    of_treatment = r2_treatment / (1 - r2_treatment)
    if of_treatment >= 1:
        return 1.0, 1.0
    shared = of_treatment * r2_treatment / (1 - r2_treatment)
    eta = (1 + np.sqrt(shared)) / np.sqrt(1 - shared)
    of_outcome = eta**2 * r2_outcome / (1 - r2_outcome)
    return float(of_treatment), float(min(of_outcome, 1.0))


@dataclass(frozen=True)
class Robustness:
    """Cinelli and Hazlett's summary of sensitivity.

    Parameters
    ----------
    partial_r2
        Share of the outcome's residual variance that the treatment explains: an
        extreme confounder that explains all the rest needs that share of the treatment.
    value
        Robustness value: the share of residual variance of both treatment and outcome
        that a confounder must explain to bring the estimate to zero.
    value_significance
        The same, to make the estimate insignificant at `LEVEL`.
    """

    partial_r2: float
    value: float
    value_significance: float


def robustness(t: float, df: float) -> Robustness:
    """Return robustness values from a classical t statistic.

    Parameters
    ----------
    t
        Estimate over its homoskedastic standard error.
    df
        Residual degrees of freedom.
    """
    f = abs(t) / np.sqrt(df)
    critical = abs(stats.t.ppf(LEVEL / 2, df - 1)) / np.sqrt(df - 1)
    return Robustness(
        partial_r2=float(t**2 / (t**2 + df)),
        value=robustness_value(f),
        value_significance=robustness_value(f - critical, f, critical),
    )


def robustness_value(
    f: float, full: float | None = None, critical: float = 0.0
) -> float:
    """Return (sqrt(f^4 + 4 f^2) - f^2) / 2; Cinelli and Hazlett, theorem 1.

    Where the bound of equal strength is beyond what significance needs, a confounder
    that explains all of the outcome's residual sets the value (their section 4.2).
    """
    if f <= 0:
        return 0.0
    value = (np.sqrt(f**4 + 4 * f**2) - f**2) / 2
    if full is not None and full > 1 / critical:
        value = (full**2 - critical**2) / (1 + full**2)
    return float(value)


def adjusted(
    estimate: float, se: float, df: float, r2_treatment: float, r2_outcome: float
) -> tuple[float, float]:
    """Return estimate and standard error had a confounder of given strength been added.

    Parameters
    ----------
    estimate, se, df
        Of the treatment, homoskedastic; residual degrees of freedom.
    r2_treatment, r2_outcome
        Partial R-squared of the confounder with the treatment, and with the outcome
        given the treatment; the confounder works against the estimate.
    """
    kept = 1 - r2_treatment
    bias = se * np.sqrt(df * r2_outcome * r2_treatment / kept)
    error = se * np.sqrt((1 - r2_outcome) / kept * df / (df - 1))
    return float(np.sign(estimate) * (abs(estimate) - bias)), float(error)


def left_by_confounder(
    estimate: float,
    partial_r2: float,
    r2_treatment: np.ndarray,
    r2_outcome: np.ndarray,
) -> np.ndarray:
    """Return estimates that confounders of given strengths would leave.

    The same as ``adjusted``, from what tables print: se sqrt(df) is the estimate times
    sqrt((1 - R2) / R2) with R2 the treatment's partial R-squared.

    Parameters
    ----------
    estimate, partial_r2
        Of the treatment.
    r2_treatment, r2_outcome
        As in ``adjusted``, any shape.
    """
    scale = np.sqrt((1 - partial_r2) / partial_r2)
    bias = scale * np.sqrt(r2_outcome * r2_treatment / (1 - r2_treatment))
    return np.asarray(estimate * (1 - bias))
