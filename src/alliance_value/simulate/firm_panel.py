"""Settings with planted slopes -> a simulated firm-year panel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

CUSTOMER_CENTRIC_SHARE = 0.3
EXIT_RATE = 0.04


@dataclass(frozen=True)
class FirmPanel:
    """A small world: who is in it and what moves ROA.

    Parameters
    ----------
    firms, first_year, last_year
        Its size.
    slope_product_centric, slope_customer_centric
        Planted slopes of next-year ROA on the customer-centric share of a firm's
        alliance portfolio (ROA as a decimal, per unit of share).
    noise
        Standard deviation of the disturbance (decimal).
    seed
        Seed of all draws.
    """

    firms: int = 400
    first_year: int = 1998
    last_year: int = 2014
    slope_product_centric: float = 0.18
    slope_customer_centric: float = -0.17
    noise: float = 0.05
    seed: int = 1998


def simulate(settings: FirmPanel) -> pd.DataFrame:
    """Draw the panel.

    Next-year ROA is ``a_i + g_t + b1 s + b2 CC + b3 s CC + 0.01 size + u``, with s the
    customer-centric share and CC the firm's own structure. The firm effect a moves s
    as well, so that pooled least squares is biased and the within estimator is not.

    Returns
    -------
    pandas.DataFrame
        One row per firm and year: gvkey, fyear, at ($ million), ib ($ million),
        cc_share (decimal), own_cc (0/1).
    """
    rng = np.random.default_rng(settings.seed)
    years = np.arange(settings.first_year, settings.last_year + 1)
    n, periods = settings.firms, len(years)
    ability = rng.normal(0.0, 0.03, n)
    year_effect = rng.normal(0.0, 0.01, periods)
    own_cc = structures(rng, n, periods)
    wave = autoregression(rng, n, periods, 0.5, 0.18)
    share = np.clip(0.35 + 2.0 * ability[:, None] + wave, 0.0, 1.0)
    size = rng.normal(7.5, 1.2, n)[:, None] + autoregression(rng, n, periods, 0.9, 0.15)
    slope = np.where(
        own_cc == 1, settings.slope_customer_centric, settings.slope_product_centric
    )
    noise = rng.normal(0.0, settings.noise, (n, periods))
    roa = ability[:, None] + year_effect + noise
    effect = slope * (share - 0.35) + 0.02 * own_cc + 0.01 * (size - 7.5)
    roa[:, 1:] += effect[:, :-1]
    roa[:, 0] += effect[:, 0]
    roa += 0.045
    last = rng.geometric(EXIT_RATE, n)
    entry = rng.integers(0, periods // 2, n) * (rng.random(n) < 0.4)
    table = pd.DataFrame(
        {
            "gvkey": np.repeat([f"{1000 + i:06d}" for i in range(n)], periods),
            "fyear": np.tile(years, n),
            "at": np.exp(size).ravel(),
            "ib": (roa * np.exp(size)).ravel(),
            "cc_share": share.ravel(),
            "own_cc": own_cc.ravel(),
        }
    )
    position = np.tile(np.arange(periods), n)
    present = (position >= np.repeat(entry, periods)) & (
        position <= np.repeat(entry + last + 2, periods)
    )
    return table[present].reset_index(drop=True)


def structures(rng: np.random.Generator, n: int, periods: int) -> np.ndarray:
    """Return customer-centric flags, shape (n, periods): persistent, rare switches."""
    flags = np.empty((n, periods), dtype=int)
    flags[:, 0] = rng.random(n) < CUSTOMER_CENTRIC_SHARE
    for t in range(1, periods):
        flips = rng.random(n) < np.where(flags[:, t - 1] == 1, 0.02, 0.02)
        flags[:, t] = np.where(flips, 1 - flags[:, t - 1], flags[:, t - 1])
    return flags


def autoregression(
    rng: np.random.Generator, n: int, periods: int, persistence: float, scale: float
) -> np.ndarray:
    """Return stationary AR(1) paths with standard deviation ``scale``, shape (n, t)."""
    paths = np.empty((n, periods))
    paths[:, 0] = rng.normal(0.0, scale, n)
    shock = scale * np.sqrt(1 - persistence**2)
    for t in range(1, periods):
        paths[:, t] = persistence * paths[:, t - 1] + rng.normal(0.0, shock, n)
    return paths
