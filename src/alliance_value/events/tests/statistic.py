"""A value and its distribution under the null -> a test statistic with its p-value.

No test warns or raises on degenerate input: the statistic is NaN and says why.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

TOO_FEW = "fewer than two events with an abnormal return"
NO_VARIANCE = "the events' abnormal returns do not vary"


@dataclass(frozen=True)
class Statistic:
    """A test statistic with its p-values, or the reason why there is none.

    Parameters
    ----------
    n
        Number of events.
    value
        The statistic.
    p, greater, less
        Against abnormal returns of either sign, positive and negative ones.
    reason
        Why there is no statistic; empty where there is one.
    """

    n: int
    value: float
    p: float
    greater: float
    less: float
    reason: str = ""


def undefined(n: int, reason: str) -> Statistic:
    """Return the statistic of a test that cannot be computed."""
    return Statistic(n, np.nan, np.nan, np.nan, np.nan, reason)


def normal(n: int, value: float) -> Statistic:
    """Return a statistic that is standard normal under the null."""
    both, greater, less = special.ndtr([-abs(value), -value, value])
    return Statistic(n, value, float(2 * both), float(greater), float(less))


def student(n: int, value: float, df: float) -> Statistic:
    """Return a statistic that has Student's t distribution under the null."""
    both, greater, less = special.stdtr(df, [-abs(value), -value, value])
    return Statistic(n, value, float(2 * both), float(greater), float(less))


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
