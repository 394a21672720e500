"""Abnormal returns -> CAR, BHAR, AAR and the CAAR path with its band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy import special

from alliance_value.events.arrays import ratio
from alliance_value.events.normal_returns import Abnormal


@dataclass(frozen=True)
class WindowReturns:
    """What n events have cumulated over one window; float64, shape (n,) each.

    Parameters
    ----------
    car, variance, scar
        Cumulative abnormal return (decimal), its forecast-error variance, and the
        ratio of car to the root of the variance; NaN without a return.
    bhar
        Buy-and-hold abnormal return (decimal).
    days
        Days with a return.
    """

    car: np.ndarray
    variance: np.ndarray
    scar: np.ndarray
    bhar: np.ndarray
    days: np.ndarray

    @classmethod
    def joined(cls, parts: Sequence[WindowReturns]) -> WindowReturns:
        """Put parts of the events together, in order."""
        arrays = [[getattr(part, f.name) for part in parts] for f in fields(cls)]
        return cls(*(np.concatenate(a) if a else np.empty(0) for a in arrays))


def cumulate(abnormal: Abnormal, columns: slice) -> WindowReturns:
    """Cumulate abnormal returns over some event days.

    BHAR is ``prod(1 + R) - prod(1 + R - AR)`` (Barber and Lyon 1997). Days without a
    return are left out of sum and products.
    """
    ar, raw = abnormal.event[:, columns], abnormal.raw[:, columns]
    there = ~np.isnan(ar)
    days = there.sum(axis=1)
    empty = days == 0
    car = np.where(there, ar, 0.0).sum(axis=1)
    held = np.where(there, 1 + raw, 1.0).prod(axis=1)
    normal = np.where(there, 1 + raw - ar, 1.0).prod(axis=1)
    variance = abnormal.window_variance(columns)
    car[empty] = np.nan
    bhar = held - normal
    bhar[empty] = np.nan
    return WindowReturns(car, variance, ratio(car, np.sqrt(variance)), bhar, days)


@dataclass(frozen=True)
class Path:
    """The average path of a group over m days; float64, shape (m,) each."""

    n: np.ndarray
    aar: np.ndarray
    caar: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def average_path(ar: np.ndarray, confidence: float) -> Path:
    """Average abnormal returns over events, day by day and cumulated.

    Parameters
    ----------
    ar
        float64, shape (n, m): abnormal returns, NaN where missing.
    confidence
        Level of the band ``caar -+ t(n-1) sd(CAR)/sqrt(n)``, pointwise, from the
        cross-section of what events have cumulated by that day.
    """
    there = ~np.isnan(ar)
    n = there.sum(axis=0)
    filled = np.where(there, ar, 0.0)
    nothing = np.full(ar.shape[1], np.nan)
    aar = ratio(filled.sum(axis=0), n)
    started = there.any(axis=1) if ar.shape[1] else np.zeros(len(ar), bool)
    cumulated = np.cumsum(filled[started], axis=1)
    count = len(cumulated)
    if count == 0:
        return Path(n, aar, nothing, nothing, nothing)
    caar = cumulated.mean(axis=0)
    if count == 1:
        return Path(n, aar, caar, nothing, nothing)
    error = cumulated.std(axis=0, ddof=1) / np.sqrt(count)
    reach = float(special.stdtrit(count - 1, 0.5 + confidence / 2)) * error
    return Path(n, aar, caar, caar - reach, caar + reach)
