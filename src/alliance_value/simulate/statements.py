"""Firms -> sales, assets and the ratios that ROA is made from, as firm-year grids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import YEARS, Firms
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.streams import autoregression, stream


@dataclass(frozen=True)
class Fundamentals:
    """Firm-year grids, each of shape (F, Y); money in $ million.

    ``rd`` and ``ad`` are NaN where the firm does not report them: their true value
    is then zero. All of them are strictly exogenous to the noise in ROA.
    """

    sale: np.ndarray
    at: np.ndarray
    leverage: np.ndarray
    slack: np.ndarray
    rd: np.ndarray
    ad: np.ndarray
    sga: np.ndarray
    capx: np.ndarray
    dp: np.ndarray
    emp: np.ndarray
    sampled: np.ndarray


def industry_column(firms: Firms, name: str) -> np.ndarray:
    """Return an industry parameter by firm, shape (F,)."""
    values = np.array([row[name] for row in parameters()["industries"]], float)
    result: np.ndarray = values[firms.table["industry"].to_numpy()]
    return result


def draw_fundamentals(settings: WorldSettings, firms: Firms) -> Fundamentals:
    """Draw the exogenous part of the statements."""
    world = settings.section("statements")
    n, shape = len(firms.table), firms.alive.shape
    rng = stream(settings.seed, "sales")
    entrant = firms.table["first_year"].to_numpy() > YEARS[0]
    spread = np.where(entrant, world["entrant_spread"], world["sales_spread"])
    level = np.log(world["sales_floor"]) + rng.exponential(spread)
    growth = rng.standard_t(4, shape) / np.sqrt(2) * world["growth_sd"]
    age = np.where(firms.alive, growth, 0.0)
    # Shocks fade slowly, so that size neither explodes nor returns at once.
    drift = np.zeros(shape)
    for t in range(1, shape[1]):
        drift[:, t] = 0.95 * drift[:, t - 1] + age[:, t]
    cycle = np.cumsum(stream(settings.seed, "cycle").normal(0, 0.02, shape[1]))
    cycle -= cycle.mean()
    log_sale = level[:, None] + world["growth"] * (YEARS - 2000) + drift + cycle
    sale = np.exp(absorb_targets(settings, firms, log_sale))

    def ratio(name: str, between: float, within: float, key: str) -> np.ndarray:
        draws = stream(settings.seed, "ratio", key)
        centre = np.log(np.maximum(industry_column(firms, name), 1e-4))
        firm = draws.standard_normal(n) * between
        path = autoregression(draws, shape, 0.85) * within
        result: np.ndarray = np.exp(centre[:, None] + firm[:, None] + path)
        return result

    turn = ratio("turn", 0.42, 0.10, "turn")
    at = sale / turn
    rng = stream(settings.seed, "reporting")
    reports_rd = (industry_column(firms, "rd") > 0.001) & (rng.random(n) < 0.85)
    reports_ad = (industry_column(firms, "ad") > 0.0) & (rng.random(n) < 0.45)
    rd = np.minimum(ratio("rd", 0.6, 0.30, "rd"), 0.6)
    ad = np.minimum(ratio("ad", 0.6, 0.30, "ad"), 0.3)
    rng = stream(settings.seed, "leverage")
    leverage = (
        industry_column(firms, "lev")[:, None]
        + 0.06
        + 0.13 * rng.standard_normal(n)[:, None]
        + 0.10 * autoregression(rng, shape, 0.8)
    )
    cash = 0.65 * ratio("cash", 0.6, 0.45, "cash") * np.exp(0.6 * (0.25 - leverage))
    emp = ratio("turn", 0.7, 0.08, "emp") / turn * sale / 260.0
    sampled = np.zeros(shape, bool)
    for t in range(shape[1]):
        ranked = np.where(firms.alive[:, t], sale[:, t], -1.0)
        sampled[np.argsort(-ranked, kind="stable")[: settings.firms_per_year], t] = True
    return Fundamentals(
        sale=sale,
        at=at,
        leverage=np.clip(np.where(leverage < 0.02, 0.0, leverage), 0.0, 0.95),
        slack=np.clip(cash, 0.001, 0.8),
        rd=np.where(reports_rd[:, None], rd, np.nan),
        ad=np.where(reports_ad[:, None], ad, np.nan),
        sga=np.clip(ratio("sga", 0.35, 0.15, "sga"), 0.005, 0.7),
        capx=np.clip(0.05 / turn**0.5 * ratio("turn", 0.5, 0.25, "capx"), 0.002, 0.4),
        dp=np.clip(0.038 * np.exp(0.3 * rng.standard_normal(n)), 0.005, 0.12)[:, None]
        * np.ones(shape),
        emp=np.maximum(emp, 0.05),
        sampled=sampled & firms.alive,
    )


def acquirers(settings: WorldSettings, firms: Firms) -> np.ndarray:
    """Return the row of the firm that each merged firm went into; -1 elsewhere."""
    rng = stream(settings.seed, "acquirers")
    table = firms.table
    buyer = np.full(len(table), -1)
    industry, last = table["industry"].to_numpy(), table["last_year"].to_numpy()
    for target in np.flatnonzero(table["exit_reason"].to_numpy() == "merger"):
        year = int(last[target]) - YEARS[0]
        near = industry == industry[target]
        later = firms.alive[:, min(year + 1, len(YEARS) - 1)]
        pool = np.flatnonzero(near & later & firms.alive[:, year])
        pool = pool[pool != target]
        if len(pool):
            buyer[target] = rng.choice(pool)
    return buyer


def absorb_targets(
    settings: WorldSettings, firms: Firms, log_sale: np.ndarray
) -> np.ndarray:
    """Add half of a merged firm's sales to its acquirer's from the next year on."""
    buyer = acquirers(settings, firms)
    merged = np.flatnonzero(buyer >= 0)
    result = log_sale.copy()
    last = firms.table["last_year"].to_numpy()
    for target in merged[np.argsort(last[merged], kind="stable")]:
        t = int(last[target]) - YEARS[0]
        ratio = np.exp(result[target, t] - result[buyer[target], t])
        result[buyer[target], t + 1 :] += np.log1p(min(0.5 * ratio, 1.0))
    return result
