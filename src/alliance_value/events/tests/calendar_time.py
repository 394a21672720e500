"""Abnormal returns in event windows -> their series in calendar time and its test."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from alliance_value.events.arrays import ratio
from alliance_value.events.samples import Sample
from alliance_value.events.tests.statistic import (
    TOO_FEW,
    Statistic,
    t_of_mean,
    undefined,
)
from alliance_value.vocabulary.entries import event_test


@event_test(
    "calendar_time",
    label="Calendar time",
    order=11,
    words="Calendar-time portfolio of the {entities} in their windows on each of D "
    "dates, z its standardized return.",
    equation="t = m(z) / (s(z) \\/ sqrt(D))",
    source="Jaffe (1974), Journal of Business 47; Mandelker (1974), Journal of "
    "Financial Economics 1",
)
def calendar_time(sample: Sample) -> Statistic:
    """T of the mean return in calendar time (Jaffe 1974, Mandelker 1974).

    ``mean z / (sd z / sqrt(D))`` with D - 1 degrees of freedom: dependence of firms
    within a day does not matter.
    """
    z = calendar_series(sample).z
    z, n = z[~np.isnan(z)], sample.n
    if n < 2:
        return undefined(n, TOO_FEW)
    if len(z) < 2:
        return undefined(n, "fewer than two calendar days in the windows")
    over_days = t_of_mean(z, len(z), "the calendar-time portfolio does not vary")
    return replace(over_days, n=n)


@dataclass(frozen=True)
class CalendarSeries:
    """The mean return of firms in their windows, on D days.

    Parameters
    ----------
    position
        int64, shape (D,): places among the market's dates.
    n, ar, z
        Shape (D,): number of firms, equally weighted abnormal return (decimal), and
        that return over its standard deviation if firms were independent.
    """

    position: np.ndarray
    n: np.ndarray
    ar: np.ndarray
    z: np.ndarray


def calendar_series(sample: Sample) -> CalendarSeries:
    """Put abnormal returns of a sample's windows together by calendar day."""
    ar = sample.ar
    there = ~np.isnan(ar)
    place = sample.dates[there]
    count = np.bincount(place)
    days = np.flatnonzero(count)
    total = np.bincount(place, ar[there])[days]
    squares = np.bincount(place, sample.variance[there])[days]
    count = count[days]
    return CalendarSeries(
        days, count, ratio(total, count), ratio(total, np.sqrt(squares))
    )
