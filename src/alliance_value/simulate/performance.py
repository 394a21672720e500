"""Portfolios, structures and fundamentals -> ROA by the planted equation."""

from __future__ import annotations

import numpy as np

from alliance_value.simulate.effects import Confounding, Performance, parameters
from alliance_value.simulate.firms import YEARS, Firms
from alliance_value.simulate.portfolios import Portfolios
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.statements import Fundamentals, industry_column
from alliance_value.simulate.streams import autoregression, stream


def planted_part(
    effects: Performance, own: np.ndarray, portfolio: Portfolios
) -> np.ndarray:
    """Return what structure and portfolio of year t add to ROA of year t + 1.

    b1 s + b2 CC + b3 s CC, and the seminar version's terms in M - M0 and a - a0,
    where an undefined share counts as zero (s) or as its centre (M, a).

    Parameters
    ----------
    effects : Performance
    own : ndarray of bool, shape (F, Y)
    portfolio : Portfolios

    Returns
    -------
    ndarray, shape (F, Y)
        ROA points, decimal.
    """
    centers = parameters()["centers"]
    s = np.nan_to_num(portfolio.cc_share)
    m = np.nan_to_num(portfolio.mkt_intensity - centers["marketing"])
    a = np.nan_to_num(portfolio.asym_share - centers["asymmetry"])
    slope = np.where(
        own, effects.cc_share_customer_centric, effects.cc_share_product_centric
    )
    result: np.ndarray = (
        slope * s
        + effects.own_cc * own
        + effects.marketing * m
        + effects.marketing_asymmetry * m * a
        + effects.marketing_own_cc * m * own
    )
    return result


def controls_part(effects: Performance, fundamentals: Fundamentals) -> np.ndarray:
    """Return what the controls of year t add to ROA of year t + 1."""
    result: np.ndarray = (
        effects.size * (np.log(fundamentals.at) - 8.0)
        + effects.leverage * (fundamentals.leverage - 0.25)
        + effects.rd_intensity * np.nan_to_num(fundamentals.rd)
        + effects.ad_intensity * np.nan_to_num(fundamentals.ad)
        + effects.slack * (fundamentals.slack - 0.10)
    )
    return result


def draw_roa(
    settings: WorldSettings,
    firms: Firms,
    fundamentals: Fundamentals,
    own: np.ndarray,
    portfolio: Portfolios,
) -> np.ndarray:
    """Draw return on assets, ib/at.

    ROA(t+1) = planted(t) + controls(t) + firm + year(t+1) + confounder + noise(t+1),
    where noise is a persistent Student process, exogenous to all regressors. In a
    firm's first year the regressors are those of that year.

    Returns
    -------
    ndarray, shape (F, Y)
        Decimal.
    """
    world = settings.section("statements")
    strength: Confounding = settings.effects.confounding
    step = parameters()["confounder"]["roa"]
    shape = firms.alive.shape
    moved = planted_part(settings.effects.performance, own, portfolio)
    moved += controls_part(settings.effects.performance, fundamentals)
    moved += step * (strength.time_varying + strength.selection) * firms.unobserved_path
    trait = parameters()["confounder"]["slope"] * strength.slope * firms.unobserved
    moved += trait[:, None] * np.nan_to_num(portfolio.cc_share)
    first = firms.table["first_year"].to_numpy()
    lagged = np.column_stack([moved[:, :1], moved[:, :-1]])
    lagged = np.where(first[:, None] == YEARS, moved, lagged)
    rng = stream(settings.seed, "roa")
    firm = (
        world["roa_mean"]
        + industry_column(firms, "roa")
        + world["roa_firm_sd"] * rng.standard_normal(shape[0])
        + step * strength.firm * firms.unobserved
    )
    year = world["roa_year_sd"] * stream(settings.seed, "roa-years").standard_normal(
        shape[1]
    )
    noise = autoregression(
        stream(settings.seed, "roa-noise"),
        shape,
        world["roa_noise_persistence"],
        world["roa_noise_df"],
    )
    result: np.ndarray = lagged + firm[:, None] + year + world["roa_noise_sd"] * noise
    result -= write_offs(settings, shape)
    return result


def write_offs(settings: WorldSettings, shape: tuple[int, ...]) -> np.ndarray:
    """Draw what write-offs take from ROA: nothing in most firm-years, seldom much.

    Their mean is taken off again, so that they change no firm's average.
    """
    world = settings.section("statements")
    rng = stream(settings.seed, "write-offs")
    rate, mean = world["write_off_rate"], world["write_off_mean"]
    drawn = (rng.random(shape) < rate) * rng.exponential(1.0, shape) * mean
    result: np.ndarray = drawn - rate * mean
    return result
