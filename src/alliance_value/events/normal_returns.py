"""Returns and factors around events -> abnormal returns and their variances.

All events are estimated at once: their windows are gathered into one array, and a
missing day is a zero in every cross-product of its event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance_value.events.arrays import ratio
from alliance_value.events.calendar import Window
from alliance_value.events.matrix import Market

REGRESSORS: dict[str, tuple[str, ...]] = {
    "mean": (),
    "market_adjusted": ("mkt",),
    "market": ("mkt",),
    "ff3": ("mkt_rf", "smb", "hml"),
    "carhart": ("mkt_rf", "smb", "hml", "umd"),
    "ff5": ("mkt_rf", "smb", "hml", "rmw", "cma"),
    "scholes_williams": ("mkt",),
    "dimson": ("mkt",),
}
MODELS = tuple(REGRESSORS)
EXCESS = ("ff3", "carhart", "ff5")
# Lags and leads of the market in Dimson's regression.
DIMSON = (-1, 0, 1)
# Squared volume of the unit regressors below which they count as collinear.
SINGULAR = 1e-12
# Residuals below this share of the returns' sum of squares are rounding error.
EXACT = 1e-26


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
    estimation: Window,
    span: Window,
) -> Windows:
    """Gather the returns around events.

    Parameters
    ----------
    rows, positions
        Shape (n,): each event's security and day in the market's arrays.
    estimation, span
        First and last day relative to the event day, both included.
    """
    start = positions + market.before
    length, after = (w[1] - w[0] + 1 for w in (estimation, span))
    return Windows(
        market=market,
        start=start,
        estimation=strips(market.returns, length)[rows, start + estimation[0]],
        event=strips(market.returns, after)[rows, start + span[0]],
        offsets=(estimation[0], span[0]),
    )


def abnormal_returns(windows: Windows, model: str) -> Abnormal:
    """Estimate a model for all events and return abnormal returns on the event days.

    Parameters
    ----------
    windows
        Gathered returns.
    model
        ``mean`` (mean-adjusted, Brown and Warner 1985), ``market_adjusted`` (R - Rm),
        ``market`` (R on Rm), ``ff3``, ``carhart``, ``ff5`` (R - Rf on the factors;
        Fama and French 1993, Carhart 1997, Fama and French 2015), and the market
        model with Scholes and Williams' (1977) or Dimson's (1979) coefficients.

    Returns
    -------
    Abnormal
        NaN for events whose regressors are collinear or that have too few days for
        the parameters.
    """
    y, y0 = windows.estimation, windows.event
    if model in EXCESS:
        before, after = windows.factor("rf")
        y, y0 = y - before, y0 - after
    pairs = [windows.factor(name) for name in REGRESSORS[model]]
    here = np.stack([np.ones_like(y), *(p[0] for p in pairs)], axis=1)
    there = np.stack([np.ones_like(y0), *(p[1] for p in pairs)], axis=1)
    known = ~np.isnan(y)
    count = known.sum(axis=1).astype("float64")
    filled = np.where(known, y, 0.0)
    weighted = here if known.all() else here * known[:, None, :]
    if model == "market_adjusted":
        bread = np.zeros((len(y), 2, 2))
        beta = np.broadcast_to([0.0, 1.0], (len(y), 2))
        parameters = 1
    else:
        bread = inverse(weighted @ here.swapaxes(1, 2))
        moments = (weighted @ filled[:, :, None])[:, :, 0]
        beta = np.einsum("nkl,nl->nk", bread, moments)
        parameters = here.shape[1]
    if model in ("scholes_williams", "dimson"):
        slope = thin_trading_slope(windows, model, filled, known)
        level = mean_of(filled, count) - slope * mean_of(weighted[:, 1], count)
        beta = np.stack([level, slope], axis=1)
    residuals = y - (beta[:, None, :] @ here)[:, 0]
    abnormal = y0 - (beta[:, None, :] @ there)[:, 0]
    errors = np.where(known, residuals, 0.0)
    if model == "market_adjusted":
        errors = np.where(known, errors - mean_of(errors, count)[:, None], 0.0)
    df = count - parameters
    squares = np.einsum("nl,nl->n", errors, errors)
    squares[squares <= EXACT * np.einsum("nl,nl->n", filled, filled)] = 0.0
    variance = ratio(squares, df)
    variance[np.isnan(beta[:, 0])] = np.nan
    abnormal[np.isnan(variance)] = np.nan
    return Abnormal(residuals, abnormal, windows.event, variance, df, bread, there)


def mean_of(values: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return row means of values that are zero where missing."""
    return ratio(values.sum(axis=1), count)


def inverse(gram: np.ndarray) -> np.ndarray:
    """Invert symmetric matrices, shape (n, k, k); NaN where they are singular.

    Regressors are scaled to length one, so that units do not decide.
    """
    scale = np.sqrt(np.einsum("nkk->nk", gram))
    usable = (scale > 0).all(axis=1)
    scale = np.where(usable[:, None], scale, 1.0)
    unit = gram / (scale[:, :, None] * scale[:, None, :])
    usable &= np.linalg.det(unit) > SINGULAR
    unit[~usable] = np.eye(gram.shape[1])
    result: np.ndarray = np.linalg.inv(unit)
    result /= scale[:, :, None] * scale[:, None, :]
    result[~usable] = np.nan
    return result


def thin_trading_slope(
    windows: Windows, model: str, filled: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """Return the market coefficient of thinly traded shares, shape (n,).

    Scholes and Williams (1977): ``(b[-1] + b[0] + b[+1]) / (1 + 2 rho)`` from simple
    regressions on the market a day before, of the day and a day after, with rho the
    market's first autocorrelation over the estimation days. Dimson (1979): the sum of
    the coefficients of one regression on all of them.
    """
    shifted = [windows.factor("mkt", k)[0] for k in DIMSON]
    if model == "dimson":
        x = np.stack([np.ones_like(filled), *shifted], axis=1) * known[:, None, :]
        bread = inverse(x @ x.swapaxes(1, 2))
        moments = (x @ filled[:, :, None])[:, :, 0]
        slopes = np.einsum("nkl,nl->nk", bread, moments)[:, 1:]
        total: np.ndarray = slopes.sum(axis=1)
        return total
    slopes = sum(slope_on(filled, x, known) for x in shifted)
    rho = correlation(shifted[1], shifted[0], known)
    result: np.ndarray = slopes / (1 + 2 * rho)
    return result


def slope_on(y: np.ndarray, x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the slope of y on x over the known days, shape (n,)."""
    dy, dx = centred(y, known), centred(x, known)
    below = np.einsum("nl,nl->n", dx, dx)
    return ratio(np.einsum("nl,nl->n", dx, dy), below)


def correlation(y: np.ndarray, x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the correlation of y and x over the known days, shape (n,)."""
    dy, dx = centred(y, known), centred(x, known)
    below = np.sqrt(np.einsum("nl,nl->n", dx, dx) * np.einsum("nl,nl->n", dy, dy))
    return ratio(np.einsum("nl,nl->n", dx, dy), below)


def centred(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Take row means over the known days out; zero elsewhere."""
    count = known.sum(axis=1).astype("float64")
    means = mean_of(np.where(known, values, 0.0), count)
    return np.where(known, values - means[:, None], 0.0)
