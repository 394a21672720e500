"""Firms, their structures and an unobservable -> two-partner alliances, 1990-2014."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import YEARS, Firms
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.streams import autoregression, stream

CYCLE = {1998: 1.2, 1999: 1.5, 2000: 1.7, 2001: 1.2, 2009: 0.75}
# By how much the later of two deals of a pair moves that are near each other.
STEP = np.timedelta64(10, "D")
TIED_DAYS = 5 * 365.25
CELLS = 2_000_000
"""Initiators times possible partners that are weighed at a time."""


@dataclass(frozen=True)
class Supply:
    """What alliance formation looks at, by firm and year.

    Parameters
    ----------
    firm : ndarray of int, shape (F,)
        Rows of the population's table, in order.
    eligible, flags : ndarray of bool, shape (F, Y)
        May ally in the calendar year; is customer-centric.
    size : ndarray, shape (F, Y)
        Standardized ln(sales).
    industry, sic : ndarray of int, shape (F,)
    state : ndarray of str, shape (F,)
    ally, rd : ndarray, shape (F,)
        Industry's log odds of allying and R&D intensity.
    unobserved : ndarray, shape (F,), and path : ndarray, shape (F, Y)
        The confounder times its strength.
    selection : ndarray, shape (F, Y)
        The same of what moves formation alone.
    """

    eligible: np.ndarray
    flags: np.ndarray
    size: np.ndarray
    industry: np.ndarray
    sic: np.ndarray
    state: np.ndarray
    ally: np.ndarray
    rd: np.ndarray
    unobserved: np.ndarray
    path: np.ndarray
    selection: np.ndarray


def eligible_years(firms: Firms) -> np.ndarray:
    """Return the calendar years in which a firm may ally, shape (F, Y)."""
    first = firms.table["first_year"].to_numpy()[:, None]
    result: np.ndarray = firms.alive & ((first < YEARS) | (first == YEARS[0]))
    return result


def match_depth(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the leading digits, 0 to 4, that two four-digit SIC codes share."""
    depth = np.zeros(np.broadcast(a, b).shape, int)
    for divisor in (1, 10, 100, 1000):
        depth += a // divisor == b // divisor
    return depth


def draw_pairs(
    settings: WorldSettings, supply: Supply, n_deals: int, years: np.ndarray
) -> pd.DataFrame:
    """Draw who allies with whom in which year.

    Initiators by propensity (size, industry, firm heterogeneity, unobservable),
    partners by propensity, proximity in industry and place, ties of the last five
    years, and both sides' taste for customer-centric partners. That taste moves
    with the unobservable: it is what biases pooled estimates.

    Returns
    -------
    DataFrame, n_deals rows
        year, i, j (rows of the population's table), taste_i.
    """
    confounder = parameters()["confounder"]
    world = parameters()["alliances"]
    n = len(supply.sic)
    rng = stream(settings.seed, "propensity")
    hidden = supply.unobserved[:, None] + supply.path
    inclined = (
        0.9 * supply.size.mean(1)
        + 0.9 * supply.ally
        - 0.8
        + confounder["formation"] * supply.unobserved
    )
    never = rng.random(n) > 1 / (1 + np.exp(-inclined))
    propensity = (
        0.35 * supply.size
        + 0.25 * supply.ally[:, None]
        + 0.4 * rng.standard_normal(n)[:, None]
        + confounder["formation"] * (hidden + supply.selection)
        - 4.0 * never[:, None]
    )
    shape = (int(supply.industry.max()) + 1, len(YEARS))
    rho = world["taste_persistence"]
    wave = autoregression(stream(settings.seed, "waves"), shape, rho)
    fashion = autoregression(stream(settings.seed, "fashions"), shape, rho)
    propensity += world["industry_wave_sd"] * wave[supply.industry]
    rng = stream(settings.seed, "taste")
    taste = (
        0.4 * rng.standard_normal(n)[:, None]
        + world["taste_sd"] * autoregression(rng, supply.flags.shape, rho)
        + world["industry_taste_sd"] * fashion[supply.industry]
        + confounder["taste"] * hidden
    )
    weights = np.array([CYCLE.get(int(y), 1.0) for y in years])
    counts = np.diff(
        np.round(n_deals * np.concatenate([[0], weights.cumsum()]) / weights.sum())
    ).astype(int)
    rng = stream(settings.seed, "partners")
    out: list[pd.DataFrame] = []
    for year, count in zip(years, counts, strict=True):
        t = int(year) - YEARS[0]
        able = supply.eligible[:, t]
        odds = np.where(able, np.exp(propensity[:, t]), 0.0)
        first = rng.choice(n, count, p=odds / odds.sum())
        cc = supply.flags[:, t].astype(float) - 0.3
        recent = ties(out[-5:], n)
        second = []
        for own in np.array_split(first, max(-(-count * n // CELLS), 1)):
            depth = match_depth(supply.sic[own][:, None], supply.sic[None, :])
            utility = (
                propensity[None, :, t]
                + 0.9 * (depth >= 2)
                + 0.4 * (depth >= 3)
                + 0.4 * (supply.state[own][:, None] == supply.state[None, :])
                + 2.2 * np.minimum(np.log1p(recent[own].toarray()), 1.1)
                + taste[own, t][:, None] * cc[None, :]
                + taste[None, :, t] * cc[own][:, None]
            )
            utility += rng.gumbel(size=utility.shape)
            utility[:, ~able] = -np.inf
            utility[np.arange(len(own)), own] = -np.inf
            second.append(np.argmax(utility, axis=1))
        pair = {"i": first, "j": np.concatenate(second)}
        out.append(pd.DataFrame({"year": int(year), **pair}))
    return pd.concat(out, ignore_index=True)


def ties(pairs: Sequence[pd.DataFrame], n: int) -> sparse.csr_array:
    """Return how many deals any two of n firms have, of some years' pairs."""
    i, j = (
        np.concatenate([np.empty(0, int), *(part[side].to_numpy() for part in pairs)])
        for side in ("i", "j")
    )
    both = np.concatenate([i, j]), np.concatenate([j, i])
    return sparse.csr_array((np.ones(2 * len(i), np.float32), both), shape=(n, n))


def draw_terms(
    settings: WorldSettings,
    pairs: pd.DataFrame,
    rd_leaning: np.ndarray,
    exit_date: np.ndarray,
    known_until: str,
) -> pd.DataFrame:
    """Draw dates, types and terms of each deal; a partner's exit terminates it.

    Parameters
    ----------
    pairs : DataFrame
        From `draw_pairs`.
    rd_leaning : ndarray, shape (F,)
        R&D intensity of the industry, decimal.
    exit_date : ndarray of datetime64[D], shape (F,)
        NaT for firms that stay.
    known_until : str
        ISO date; what ends later has not ended yet.

    Returns
    -------
    DataFrame
        One row a deal in order of announcement: alliance, announced, effective,
        terminated, status, i, j, and flags as booleans.
    """
    rng = stream(settings.seed, "terms")
    n = len(pairs)
    i, j = pairs["i"].to_numpy(), pairs["j"].to_numpy()
    start = (
        (pairs["year"].to_numpy() - 1970)
        .astype("datetime64[Y]")
        .astype("datetime64[D]")
    )
    announced = start + rng.integers(0, 365, n).astype("timedelta64[D]")
    back = rng.integers(0, 5, n)
    weekend = ~np.is_busday(announced) & (rng.random(n) < 0.85)
    announced = np.where(
        weekend, np.busday_offset(announced, -back, "backward"), announced
    )
    announced = np.maximum(announced, start)
    leaning = autoregression(
        stream(settings.seed, "leanings"), (len(rd_leaning), len(YEARS)), 0.7
    )
    t = pairs["year"].to_numpy() - YEARS[0]
    tilt = 0.9 * leaning[i, t] + 0.5 * leaning[j, t]
    tech = 9.0 * (rd_leaning[i] + rd_leaning[j])
    marketing = rng.random(n) < 1 / (1 + np.exp(0.4 - tilt))
    rd = rng.random(n) < 1 / (1 + np.exp(1.6 - tech + tilt))
    life = np.ceil(
        rng.exponential(365 / parameters()["alliances"]["termination_rate"], n)
    )
    ended = announced + np.maximum(life.astype(int), 60).astype("timedelta64[D]")
    terminated = np.fmin(ended, np.fmin(exit_date[i], exit_date[j]))
    late = terminated > np.datetime64(known_until)
    terminated = np.where(late, np.datetime64("NaT", "D"), terminated)
    jv = rng.random(n) < 0.16
    # Vendors seldom revise the status of a deal that has ended.
    status = np.full(n, "Completed/Signed")
    minor = rng.random(n)
    status = np.where(~np.isnat(terminated) & (minor > 0.88), "Terminated", status)
    status = np.where(np.isnat(terminated) & (minor < 0.03), "Extended", status)
    status = np.where(np.isnat(terminated) & (minor > 0.985), "Renegotiated", status)
    status = np.where(~np.isnat(terminated) & (minor < 0.04), "Expired", status)
    deals = pd.DataFrame(
        {
            "announced": announced,
            "effective": announced
            + np.where(rng.random(n) < 0.6, 0, rng.integers(1, 90, n)),
            "terminated": terminated,
            "status": status,
            "i": i,
            "j": j,
            "marketing": marketing,
            "rd": rd,
            "licensing": rng.random(n) < 0.18,
            "manufacturing": rng.random(n) < 0.20,
            "supply": rng.random(n) < 0.06,
            "technology_transfer": rng.random(n) < 0.12 + 0.2 * rd,
            "joint_venture": jv,
            "cross_border": rng.random(n) < 0.15,
            "ownership_i": np.where(jv, rng.choice([40, 49, 50, 50, 51, 60], n), 0),
        }
    )
    deals["announced"] = spaced(deals)
    deals["effective"] = deals[["announced", "effective"]].max(axis=1)
    deals = deals.sort_values(["announced", "i", "j"], kind="stable", ignore_index=True)
    deals.insert(0, "alliance", 1_000_001 + 7 * np.arange(n))
    return deals


def rows_by_pair(deals: pd.DataFrame) -> list[np.ndarray]:
    """Return the rows of each pair of firms' deals, in the deals' order."""
    low, high = deals[["i", "j"]].min(axis=1), deals[["i", "j"]].max(axis=1)
    pairs: dict[tuple[int, int], list[int]] = {}
    for row, pair in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        pairs.setdefault(pair, []).append(row)
    return [np.array(rows) for rows in pairs.values()]


def spaced(deals: pd.DataFrame) -> np.ndarray:
    """Return announcement dates with no two deals of a pair within three days.

    A second report of the same pair within three days is a vendor's duplicate, so
    true deals must not look like one. Dates move within their year.
    """
    announced = deals["announced"].to_numpy().astype("datetime64[D]")
    for rows in rows_by_pair(deals):
        for _ in range(len(rows) - 1):
            order = rows[np.argsort(announced[rows], kind="stable")]
            near = np.flatnonzero(np.diff(announced[order]).astype(int) <= 3)
            if not len(near):
                break
            first, second = order[near[0]], order[near[0] + 1]
            later = announced[second] + STEP
            if later.astype("datetime64[Y]") == announced[second].astype(
                "datetime64[Y]"
            ):
                announced[second] = later
            else:
                announced[first] -= STEP
    return announced


def prior_ties(deals: pd.DataFrame) -> np.ndarray:
    """Count earlier deals of the same pair, strictly before, in the last five years.

    Returns
    -------
    ndarray of int, shape (deals,)
    """
    day = deals["announced"].to_numpy().astype("datetime64[D]").astype(int)
    count = np.zeros(len(deals), int)
    for rows in rows_by_pair(deals):
        for place, row in enumerate(rows):
            before = day[row] - day[rows[:place]]
            count[row] = ((before > 0) & (before <= TIED_DAYS)).sum()
    return count
