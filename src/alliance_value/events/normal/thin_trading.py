"""Returns of thinly traded shares -> abnormal returns by corrected market betas."""

from __future__ import annotations

import numpy as np

from alliance_value.events.arrays import ratio
from alliance_value.events.calendar import SHIFT
from alliance_value.events.normal.least_squares import coefficients, inverse
from alliance_value.events.normal_returns import Abnormal, Days, mean_of
from alliance_value.vocabulary.entries import normal_return

SHIFTS = range(-SHIFT, SHIFT + 1)


@normal_return(
    "scholes_williams",
    label="Scholes-Williams",
    factors=("mkt",),
    words="Market model for thin trading of Scholes and Williams: slopes on the market "
    "a day before, the day itself and a day after; r is the market's "
    "autocorrelation.",
    equation="b_i = (b_i^(-) + b_i^0 + b_i^(+)) / (1 + 2 r)",
    source="Scholes and Williams (1977), Journal of Financial Economics 5",
)
def scholes_williams(days: Days) -> Abnormal:
    """Add slopes of simple regressions up, over one plus twice the autocorrelation."""
    shifted = markets(days)
    slopes = sum(slope_on(days.filled, x, days.known) for x in shifted)
    rho = correlation(shifted[1], shifted[0], days.known)
    return with_slope(days, slopes / (1 + 2 * rho))


@normal_return(
    "dimson",
    label="Dimson",
    factors=("mkt",),
    words="Market model for thin trading of Dimson: the slopes of one regression on "
    "lag, day and lead added up.",
    equation="b_i = b_i^(-) + b_i^0 + b_i^(+)",
    source="Dimson (1979), Journal of Financial Economics 7",
)
def dimson(days: Days) -> Abnormal:
    """Add the slopes of one regression on the market's lag, day and lead up."""
    x = np.stack([np.ones_like(days.filled), *markets(days)], axis=1)
    x = x * days.known[:, None, :]
    return with_slope(days, coefficients(x, x, days.filled)[0][:, 1:].sum(axis=1))


def markets(days: Days) -> list[np.ndarray]:
    """Return the market's return a day before, of and a day after estimation days."""
    return [days.windows.factor("mkt", shift)[0] for shift in SHIFTS]


def with_slope(days: Days, slope: np.ndarray) -> Abnormal:
    """Return abnormal returns by a market coefficient of shape (n,)."""
    market = mean_of(days.weighted[:, 1], days.count)
    beta = np.stack([mean_of(days.filled, days.count) - slope * market, slope], axis=1)
    bread = inverse(days.weighted @ days.x.swapaxes(1, 2))
    return days.abnormal(beta, bread, days.x.shape[1])


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
