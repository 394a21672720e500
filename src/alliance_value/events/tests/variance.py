"""Squared abnormal returns of a window -> whether they are larger than usual."""

from __future__ import annotations

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
    "variance_ratio",
    label="Variance ratio",
    order=13,
    usual=False,
    words="Variance ratio of Beaver (1968): squared abnormal returns of the window "
    "over their forecast-error variances, u their mean per event, less what chance "
    "alone gives with d degrees of freedom; information shows in it whatever its sign.",
    equation="t = m(u - d \\/ (d - 2)) / (s(u) \\/ sqrt(n))",
    source="Beaver (1968), Journal of Accounting Research 6 (supplement); Patell "
    "(1976), Journal of Accounting Research 14",
)
def variance_ratio(sample: Sample) -> Statistic:
    """T over events of the mean of AR squared over its forecast-error variance.

    With normal returns a ratio is F(1, d), whose mean is d / (d - 2).
    """
    ratios = ratio(sample.ar**2, sample.variance)
    there = ~np.isnan(ratios)
    known = there.any(axis=1) & (sample.df > 2)
    n = int(known.sum())
    if n < 2:
        return undefined(n, TOO_FEW)
    total = np.where(there, ratios, 0.0).sum(axis=1)[known]
    df = sample.df[known]
    excess = total / there.sum(axis=1)[known] - df / (df - 2)
    return t_of_mean(excess, n, "the events' variance ratios do not vary")
