"""CARs and standardized CARs of a sample -> parametric test statistics.

Formulas and their sources are in docs/methods.md.
"""

from __future__ import annotations

import numpy as np

from alliance_value.events.engine import ModelResult
from alliance_value.events.samples import Sample
from alliance_value.events.tests.statistic import (
    TOO_FEW,
    Statistic,
    normal,
    student,
    t_of_mean,
    undefined,
)
from alliance_value.vocabulary.entries import event_test


@event_test(
    "cross_sectional",
    label="Cross-sectional t",
    order=1,
    prominence=1,
    estimation=False,
    words="Cross-sectional t of n events' CARs with mean m.",
    equation='t = m("CAR") / (s("CAR") \\/ sqrt(n))',
    source="Brown and Warner (1980), Journal of Financial Economics 8",
)
def cross_sectional(sample: Sample) -> Statistic:
    """Return the t of the mean CAR."""
    car = sample.car[~np.isnan(sample.car)]
    return t_of_mean(car, len(car))


@event_test(
    "patell",
    label="Patell",
    order=2,
    words="Patell (1976), with M days of estimation and k parameters.",
    equation='z = (sum_i "SCAR"_i) / sqrt(sum_i (M_i - k) / (M_i - k - 2))',
    source="Patell (1976), Journal of Accounting Research 14",
)
def patell(sample: Sample) -> Statistic:
    """Return the sum of SCARs over its standard deviation."""
    return z_of_sum(sample.scar, sample.df)


@event_test(
    "bmp",
    label="Boehmer-Musumeci-Poulsen",
    order=3,
    prominence=2,
    words="Boehmer, Musumeci and Poulsen (1991).",
    equation='t = m("SCAR") / (s("SCAR") \\/ sqrt(n))',
    source="Boehmer, Musumeci and Poulsen (1991), Journal of Financial Economics 30",
)
def bmp(sample: Sample) -> Statistic:
    """Return the t of the mean standardized CAR."""
    scar = sample.scar[~np.isnan(sample.scar)]
    return t_of_mean(scar, len(scar))


@event_test(
    "kolari_pynnonen_patell",
    label="Kolari-Pynnönen, Patell",
    order=4,
    words="Patell's statistic, adjusted for the mean correlation r of events' "
    "residuals (Kolari and Pynnönen 2010).",
    equation='z = z_"Patell" / sqrt(1 + (n - 1) r)',
    source="Kolari and Pynnönen (2010), Review of Financial Studies 23",
)
def kolari_pynnonen_patell(sample: Sample) -> Statistic:
    """Return Patell's statistic over ``sqrt(1 + (n-1) r)``."""
    return z_of_sum(sample.scar, sample.df, correlation_of(sample))


@event_test(
    "kolari_pynnonen",
    label="Kolari-Pynnönen",
    order=5,
    prominence=3,
    words="The statistic of Boehmer, Musumeci and Poulsen, adjusted for the mean "
    "correlation r of events' residuals (Kolari and Pynnönen 2010).",
    equation='t = t_"BMP" sqrt((1 - r) / (1 + (n - 1) r))',
    source="Kolari and Pynnönen (2010), Review of Financial Studies 23",
)
def kolari_pynnonen(sample: Sample) -> Statistic:
    """Return ``t_BMP * sqrt((1 - r) / (1 + (n-1) r))``."""
    plain = bmp(sample)
    if plain.reason:
        return plain
    r, n = correlation_of(sample), plain.n
    if not (1 + (n - 1) * r > 0 and r < 1):
        return undefined(n, "the events' correlation is undefined")
    factor = np.sqrt((1 - r) / (1 + (n - 1) * r))
    return student(n, float(plain.value * factor), n - 1)


def z_of_sum(
    scar: np.ndarray, df: np.ndarray, mean_correlation: float = 0.0
) -> Statistic:
    """Return ``sum SCAR / sqrt(sum df / (df - 2))`` over ``sqrt(1 + (n-1) r)``.

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


def correlation_of(sample: Sample) -> float:
    """Return the mean correlation of a sample's estimation residuals."""
    sums = sample.result.once(residual_sums)[sample.group.place]
    return mean_correlation(sums, sample.usable)


def residual_sums(result: ModelResult) -> np.ndarray:
    """Sum each group's unit residuals by estimation day; shape (g, L)."""
    task = result.task
    total = np.zeros((len(task.members), task.estimation_days))
    for part, abnormal in result.chunks():
        usable = ~np.isnan(abnormal.variance)
        units = unit_residuals(abnormal.estimation)
        total += (task.members[:, part] & usable).astype("float64") @ units
    return total


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
