"""CARs and standardized CARs of a group -> parametric and sign test statistics.

No function warns or raises on degenerate input: the statistic is NaN and says why.
Formulas and their sources are in docs/methods.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from alliance_value.events.arrays import ratio

TOO_FEW = "fewer than two events with an abnormal return"
NO_VARIANCE = "the events' abnormal returns do not vary"


@dataclass(frozen=True)
class Statistic:
    """A test statistic with its two-sided p-value, or the reason why there is none."""

    n: int
    value: float
    p: float
    reason: str = ""


def undefined(n: int, reason: str) -> Statistic:
    """Return the statistic of a test that cannot be computed."""
    return Statistic(n, np.nan, np.nan, reason)


def normal(n: int, value: float) -> Statistic:
    """Return a statistic that is standard normal under the null."""
    return Statistic(n, value, float(2 * special.ndtr(-abs(value))))


def student(n: int, value: float, df: float) -> Statistic:
    """Return a statistic that has Student's t distribution under the null."""
    return Statistic(n, value, float(2 * special.stdtr(df, -abs(value))))


def spread(values: np.ndarray) -> float:
    """Return the standard deviation (n - 1), zero where it is rounding error."""
    sd = float(values.std(ddof=1))
    return 0.0 if sd <= 1e-14 * float(np.abs(values).max()) else sd


def t_of_mean(values: np.ndarray, n: int, reason: str = NO_VARIANCE) -> Statistic:
    """Return ``mean / (sd / sqrt(n))`` with n - 1 degrees of freedom."""
    if n < 2:
        return undefined(n, TOO_FEW)
    sd = spread(values)
    if sd == 0:
        return undefined(n, reason)
    return student(n, float(values.mean() / (sd / np.sqrt(n))), n - 1)


def cross_sectional(car: np.ndarray) -> Statistic:
    """Cross-sectional t of the mean CAR (Brown and Warner 1980).

    Parameters
    ----------
    car
        float64, shape (n,): CARs, NaN where missing.
    """
    car = car[~np.isnan(car)]
    return t_of_mean(car, len(car))


def patell(
    scar: np.ndarray, df: np.ndarray, mean_correlation: float = 0.0
) -> Statistic:
    """Patell's (1976) z, or Kolari and Pynnonen's (2010) adjustment of it.

    ``sum SCAR / sqrt(sum df / (df - 2))``, over ``sqrt(1 + (n-1) r)`` where r, the
    mean correlation of the events' abnormal returns, is given.

    Parameters
    ----------
    scar
        float64, shape (n,): CARs over their forecast-error standard deviations.
    df
        float64, shape (n,): degrees of freedom of each residual variance.
    mean_correlation
        Mean over pairs of events of the correlation of their residuals.
    """
    there = ~np.isnan(scar)
    scar, df = scar[there], df[there]
    n = len(scar)
    if n == 0:
        return undefined(n, "no event has a standardized abnormal return")
    if n == 1 and np.isnan(mean_correlation):
        return undefined(n, TOO_FEW)
    if (df <= 2).any():
        return undefined(n, "an event has too few estimation days for a variance")
    scale = 1 + (n - 1) * mean_correlation
    if not scale > 0:
        return undefined(n, "the events' correlation is undefined")
    value = scar.sum() / np.sqrt((df / (df - 2)).sum())
    return normal(n, float(value / np.sqrt(scale)))


def bmp(scar: np.ndarray) -> Statistic:
    """Boehmer, Musumeci and Poulsen's (1991) t of the mean standardized CAR."""
    scar = scar[~np.isnan(scar)]
    return t_of_mean(scar, len(scar))


def kolari_pynnonen(scar: np.ndarray, mean_correlation: float) -> Statistic:
    """Return Kolari and Pynnonen's (2010) adjusted BMP statistic.

    ``t_BMP * sqrt((1 - r) / (1 + (n-1) r))``.
    """
    plain = bmp(scar)
    if plain.reason:
        return plain
    r, n = mean_correlation, plain.n
    if not (1 + (n - 1) * r > 0 and r < 1):
        return undefined(n, "the events' correlation is undefined")
    factor = np.sqrt((1 - r) / (1 + (n - 1) * r))
    return student(n, float(plain.value * factor), n - 1)


def sign(car: np.ndarray, expected: np.ndarray | None = None) -> Statistic:
    """Sign test, or Cowan's (1992) generalized sign test.

    ``(w - n p) / sqrt(n p (1 - p))`` with w the number of positive CARs and p one
    half, or the mean over events of the share of positive abnormal returns in their
    estimation windows.

    Parameters
    ----------
    car
        float64, shape (n,): CARs, NaN where missing.
    expected
        float64, shape (n,): each event's share of positive estimation residuals.
    """
    there = ~np.isnan(car)
    n = int(there.sum())
    if n < 2:
        return undefined(n, TOO_FEW)
    p = 0.5 if expected is None else float(expected[there].mean())
    if not 0 < p < 1:
        return undefined(n, "estimation residuals all have one sign")
    positive = int((car[there] > 0).sum())
    return normal(n, float((positive - n * p) / np.sqrt(n * p * (1 - p))))


def share_positive(estimation: np.ndarray) -> np.ndarray:
    """Return each event's share of positive estimation residuals, shape (n,)."""
    count = (~np.isnan(estimation)).sum(axis=1)
    above = (estimation > 0).sum(axis=1)
    return ratio(above, count)


def unit_residuals(estimation: np.ndarray) -> np.ndarray:
    """Return residuals centred and scaled to a sum of squares of one; 0 if missing."""
    known = ~np.isnan(estimation)
    count = np.maximum(known.sum(axis=1), 1)
    filled = np.where(known, estimation, 0.0)
    filled = np.where(known, filled - (filled.sum(axis=1) / count)[:, None], 0.0)
    length = np.sqrt(np.einsum("nl,nl->n", filled, filled))
    return filled / np.where(length > 0, length, np.inf)[:, None]


def mean_correlation(day_sums: np.ndarray, n: int) -> float:
    """Return the mean correlation of residuals over all pairs of n events.

    With u the unit residuals, ``sum over pairs of u_i'u_j`` is half of
    ``sum over days (sum_i u_it)^2 - n``, so that the days' sums suffice. Residuals are
    paired by day relative to the event: they are correlated as those of the event
    window are.

    Parameters
    ----------
    day_sums
        float64, shape (L,): sum over events of `unit_residuals`.
    n
        Number of events.
    """
    if n < 2:
        return np.nan
    return float((day_sums @ day_sums - n) / (n * (n - 1)))
