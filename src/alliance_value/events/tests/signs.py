"""Signs of a sample's CARs -> sign test statistics."""

from __future__ import annotations

import numpy as np

from alliance_value.events.samples import Sample
from alliance_value.events.tests.statistic import (
    TOO_FEW,
    Statistic,
    normal,
    undefined,
)
from alliance_value.vocabulary.entries import event_test


@event_test(
    "sign",
    label="Sign",
    order=9,
    estimation=False,
    words="Sign test on the number w of positive CARs.",
    equation="z = (w - n \\/ 2) / sqrt(n \\/ 4)",
    source="Brown and Warner (1980), Journal of Financial Economics 8",
)
def sign(sample: Sample) -> Statistic:
    """Test that half of the CARs are positive."""
    return z_of_signs(sample.car)


@event_test(
    "generalized_sign",
    label="Generalized sign",
    order=10,
    words="Generalized sign test of Cowan (1992), q the share of positive residuals in "
    "the estimation windows.",
    equation="z = (w - n q) / sqrt(n q (1 - q))",
    source="Cowan (1992), Review of Quantitative Finance and Accounting 2",
)
def generalized_sign(sample: Sample) -> Statistic:
    """Test that the share of positive CARs is that of the estimation residuals."""
    return z_of_signs(sample.car, sample.positive)


def z_of_signs(car: np.ndarray, expected: np.ndarray | None = None) -> Statistic:
    """Return ``(w - n p) / sqrt(n p (1 - p))``, w the number of positive CARs.

    Parameters
    ----------
    car
        float64, shape (n,): CARs, NaN where missing.
    expected
        float64, shape (n,): each event's share of positive estimation residuals, whose
        mean is p; p is one half without.
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
