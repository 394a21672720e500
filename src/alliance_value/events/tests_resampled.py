"""Abnormal returns of a group -> calendar-time portfolio and bootstrap statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance_value.events.arrays import ratio
from alliance_value.events.tests_parametric import (
    TOO_FEW,
    Statistic,
    cross_sectional,
    t_of_mean,
    undefined,
)

BLOCK = 1 << 21


@dataclass(frozen=True)
class CalendarPortfolio:
    """The portfolio of firms in their windows, on the D days when there are any.

    Parameters
    ----------
    position
        int64, shape (D,): days in the trading calendar.
    n, ar, z
        Shape (D,): number of firms, equally weighted abnormal return (decimal), and
        that return over its standard deviation if firms were independent.
    """

    position: np.ndarray
    n: np.ndarray
    ar: np.ndarray
    z: np.ndarray


def calendar_portfolio(
    ar: np.ndarray, variance: np.ndarray, position: np.ndarray
) -> CalendarPortfolio:
    """Put abnormal returns of event windows together by calendar day.

    Parameters
    ----------
    ar, variance
        float64, shape (n, d): abnormal returns and their forecast-error variances.
    position
        int64, shape (n, d): day in the trading calendar.
    """
    there = ~np.isnan(ar)
    place = position[there]
    count = np.bincount(place)
    days = np.flatnonzero(count)
    total = np.bincount(place, ar[there])[days]
    squares = np.bincount(place, variance[there])[days]
    count = count[days]
    return CalendarPortfolio(
        days, count, ratio(total, count), ratio(total, np.sqrt(squares))
    )


def calendar_time(portfolio: CalendarPortfolio, n: int) -> Statistic:
    """T of the mean standardized portfolio return (Jaffe 1974, Mandelker 1974).

    ``mean z / (sd z / sqrt(D))`` with D - 1 degrees of freedom: dependence of firms
    within a day does not matter.
    """
    z = portfolio.z[~np.isnan(portfolio.z)]
    if n < 2:
        return undefined(n, TOO_FEW)
    if len(z) < 2:
        return undefined(n, "fewer than two calendar days in the windows")
    found = t_of_mean(z, len(z), "the portfolio's return does not vary")
    return Statistic(n, found.value, found.p, found.reason)


def bootstrap(cars: np.ndarray, draws: int, seed: int) -> list[Statistic]:
    """Bootstrap the cross-sectional t of several columns of CARs.

    Events are drawn with replacement from CARs less their mean, which puts the null
    into the sample; ``p = (1 + #{|t*| >= |t|}) / (1 + draws)`` (Efron and Tibshirani
    1993, chapter 16; Davison and Hinkley 1997, equation 4.11). Columns with the same
    missing events share their draws.

    Parameters
    ----------
    cars
        float64, shape (n, c): one column per model and window, NaN where missing.
    draws
        Number of bootstrap samples.
    seed
        Seed of the generator.
    """
    plain = [cross_sectional(column) for column in cars.T]
    there = ~np.isnan(cars)
    result = list(plain)
    _, codes = np.unique(there, axis=1, return_inverse=True)
    for code in np.unique(codes):
        columns = [
            c for c in np.flatnonzero(codes.ravel() == code) if not plain[c].reason
        ]
        if not columns:
            continue
        kept = cars[there[:, columns[0]]][:, columns]
        sizes = np.abs([plain[c].value for c in columns])
        beyond = exceedances(kept - kept.mean(axis=0), sizes, draws, seed)
        for c, count in zip(columns, beyond, strict=True):
            p = (1 + int(count)) / (1 + draws)
            result[c] = Statistic(plain[c].n, plain[c].value, p)
    return result


def exceedances(
    centred: np.ndarray, sizes: np.ndarray, draws: int, seed: int
) -> np.ndarray:
    """Count bootstrap samples whose t is at least as large as observed, shape (c,)."""
    n, width = centred.shape
    rng = np.random.default_rng(seed)
    scaled = centred / centred.std(axis=0)
    moments = np.column_stack([scaled, scaled**2])
    beyond = np.zeros(width, dtype="int64")
    block = max(1, BLOCK // n)
    for first in range(0, draws, block):
        rows = min(block, draws - first)
        drawn = rng.integers(0, n, size=(rows, n))
        drawn += np.arange(rows)[:, None] * n
        times = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        sums = times.astype("float64") @ moments / n
        mean, square = sums[:, :width], sums[:, width:]
        variance = np.maximum(square - mean**2, 0) * n / (n - 1)
        # a sample that drew one event again and again is beyond any size
        reach = sizes * np.sqrt(variance / n)
        beyond += (np.abs(mean) >= reach).sum(axis=0)
    return beyond
