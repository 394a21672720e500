"""Returns and factors around events -> abnormal returns and their variances.

All events are estimated at once: their windows are gathered into one array, and a
missing day is a zero in every cross-product of its event. The models themselves stand
in ``normal/``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_value.events.arrays import ratio
from alliance_value.events.calendar import Window
from alliance_value.events.matrix import Market
from alliance_value.vocabulary.collect import entries, implementation
from alliance_value.vocabulary.entries import NormalReturn

# Residuals below this share of the returns' sum of squares are rounding error.
EXACT = 1e-26
RISKLESS = "rf"


def factors_of(models: Iterable[str]) -> set[str]:
    """Return the factors that models take, the riskless rate among them."""
    taken = [entries(NormalReturn)[model] for model in models]
    needed = {factor for entry in taken for factor in entry.factors}
    return needed | {RISKLESS for entry in taken if entry.excess}


@dataclass(frozen=True)
class Abnormal:
    """Abnormal returns of n events under one model; L estimation, m event days.

    Parameters
    ----------
    estimation
        float64, shape (n, L): residuals, NaN where the return is missing.
    event
        float64, shape (n, m): abnormal returns (decimal).
    raw
        float64, shape (n, m): returns.
    variance
        float64, shape (n,): residual variance with ``df`` degrees of freedom.
    df
        float64, shape (n,): estimation days less estimated parameters.
    bread
        float64, shape (n, k, k): inverse cross-products of the regressors; zero
        where the model estimates nothing.
    regressors
        float64, shape (n, k, m): regressors on the event days.
    """

    estimation: np.ndarray
    event: np.ndarray
    raw: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    bread: np.ndarray
    regressors: np.ndarray

    def day_variance(self) -> np.ndarray:
        """Return the forecast-error variance of each day, shape (n, m).

        ``variance * (1 + x0' bread x0)``; NaN where the abnormal return is.
        """
        x = self.regressors
        spread = np.einsum("nkm,nkl,nlm->nm", x, self.bread, x, optimize=True)
        result: np.ndarray = self.variance[:, None] * (1 + spread)
        result[np.isnan(self.event)] = np.nan
        return result

    def window_variance(self, columns: slice) -> np.ndarray:
        """Return the forecast-error variance of the CAR over event days, shape (n,).

        With s the sum of the regressors over the d days that have a return,
        ``variance * (d + s' bread s)``: the estimated parameters are the same on all
        days, so that forecast errors of different days are correlated (Campbell, Lo
        and MacKinlay 1997, equation 4.4.11).
        """
        there = ~np.isnan(self.event[:, columns])
        total = np.einsum("nkm,nm->nk", self.regressors[:, :, columns], there)
        spread = np.einsum("nk,nkl,nl->n", total, self.bread, total, optimize=True)
        count = there.sum(axis=1)
        result: np.ndarray = self.variance * (count + spread)
        result[count == 0] = np.nan
        return result


@dataclass(frozen=True)
class Windows:
    """Returns of n events and the places from which to gather their factors."""

    market: Market
    start: np.ndarray
    estimation: np.ndarray
    event: np.ndarray
    offsets: tuple[int, int]

    def factor(self, name: str, shift: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Return a factor on estimation and event days, shapes (n, L) and (n, m)."""
        values = np.nan_to_num(self.market.factors[name])
        first, event = self.offsets
        length, after = self.estimation.shape[1], self.event.shape[1]
        return (
            strips(values, length)[self.start + first + shift],
            strips(values, after)[self.start + event + shift],
        )


def strips(values: np.ndarray, length: int) -> np.ndarray:
    """Return all runs of days of one length, as a view."""
    return np.lib.stride_tricks.sliding_window_view(values, length, axis=-1)


def gather(
    market: Market,
    rows: np.ndarray,
    positions: np.ndarray,
    estimation: Window | None,
    span: Window,
) -> Windows:
    """Gather the returns around events.

    Parameters
    ----------
    rows, positions
        Shape (n,): each event's security and day in the market's arrays.
    estimation, span
        First and last day relative to the event day, both included; no estimation
        window gives none of its days.
    """
    start = positions + market.before
    estimation = estimation or (0, -1)
    length, after = (w[1] - w[0] + 1 for w in (estimation, span))
    return Windows(
        market=market,
        start=start,
        estimation=strips(market.returns, length)[rows, start + estimation[0]],
        event=strips(market.returns, after)[rows, start + span[0]],
        offsets=(estimation[0], span[0]),
    )


@dataclass(frozen=True)
class Days:
    """What a model of normal returns is estimated on: n events, k regressors.

    Parameters
    ----------
    windows
        Gathered returns and factors.
    y, y0
        float64, shapes (n, L) and (n, m): returns on estimation and event days, less
        the riskless rate where the model explains excess returns.
    x, x0
        float64, shapes (n, k, L) and (n, k, m): a constant and the model's factors.
    """

    windows: Windows
    y: np.ndarray
    y0: np.ndarray
    x: np.ndarray
    x0: np.ndarray

    @cached_property
    def known(self) -> np.ndarray:
        """Which estimation days have a return; bool, shape (n, L)."""
        known: np.ndarray = ~np.isnan(self.y)
        return known

    @cached_property
    def count(self) -> np.ndarray:
        """How many they are; float64, shape (n,)."""
        result: np.ndarray = self.known.sum(axis=1).astype("float64")
        return result

    @cached_property
    def filled(self) -> np.ndarray:
        """Returns on estimation days, zero where missing; shape (n, L)."""
        return np.where(self.known, self.y, 0.0)

    @cached_property
    def weighted(self) -> np.ndarray:
        """Regressors on estimation days, zero where the return is missing."""
        if self.known.all():
            return self.x
        result: np.ndarray = self.x * self.known[:, None, :]
        return result

    def less(self, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what coefficients of shape (n, k) leave of y and y0."""
        residuals: np.ndarray = self.y - (beta[:, None, :] @ self.x)[:, 0]
        event: np.ndarray = self.y0 - (beta[:, None, :] @ self.x0)[:, 0]
        return residuals, event

    def abnormal(
        self, beta: np.ndarray, bread: np.ndarray, parameters: int
    ) -> Abnormal:
        """Return abnormal returns by estimated coefficients.

        Parameters
        ----------
        beta, bread
            float64, shapes (n, k) and (n, k, k).
        parameters
            Number of parameters estimated.

        Returns
        -------
        Abnormal
            NaN for events whose coefficients are undefined or that have too few days
            for the parameters.
        """
        residuals, event = self.less(beta)
        errors = np.where(self.known, residuals, 0.0)
        df = self.count - parameters
        variance = residual_variance(errors, self.filled, df)
        variance[np.isnan(beta[:, 0])] = np.nan
        event[np.isnan(variance)] = np.nan
        raw = self.windows.event
        return Abnormal(residuals, event, raw, variance, df, bread, self.x0)


def residual_variance(
    errors: np.ndarray, returns: np.ndarray, df: np.ndarray
) -> np.ndarray:
    """Return ``sum of squares / df``, zero where it is rounding error; shape (n,)."""
    squares = np.einsum("nl,nl->n", errors, errors)
    squares[squares <= EXACT * np.einsum("nl,nl->n", returns, returns)] = 0.0
    return ratio(squares, df)


def abnormal_returns(windows: Windows, model: str) -> Abnormal:
    """Estimate a model for all events and return abnormal returns on the event days."""
    entry = entries(NormalReturn)[model]
    y, y0 = windows.estimation, windows.event
    if entry.excess:
        before, after = windows.factor(RISKLESS)
        y, y0 = y - before, y0 - after
    pairs = [windows.factor(name) for name in entry.factors]
    x = np.stack([np.ones_like(y), *(p[0] for p in pairs)], axis=1)
    x0 = np.stack([np.ones_like(y0), *(p[1] for p in pairs)], axis=1)
    abnormal: Abnormal = implementation(entry)(Days(windows, y, y0, x, x0))
    return abnormal


def mean_of(values: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return row means of values that are zero where missing."""
    return ratio(values.sum(axis=1), count)
