"""Firms -> their CRSP securities: permno, permco, names, life and risk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.simulate import names
from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import YEARS
from alliance_value.simulate.streams import stream
from alliance_value.simulate.world import World

DELISTING = {"merger": 231, "bankruptcy": 574, "dropped": 580, "private": 332}


@dataclass(frozen=True)
class Securities:
    """Securities of the population's firms; arrays are of length S.

    Parameters
    ----------
    table : DataFrame, S rows
        permno, permco, firm (row), primary, twin (column of the first class),
        weight (share of the firm's value), opening (date of listing, which may
        precede the days), begins and ends (indices into the days), exchcd, dlstcd
        (100 while trading), dlret (decimal).
    loadings : ndarray, shape (S, 4)
        On mktrf, smb, hml, umd.
    sd : ndarray
        Daily idiosyncratic s.d., decimal.
    start_price : ndarray
        Dollars.
    dividend : ndarray
        Yearly yield, decimal.
    """

    table: pd.DataFrame
    loadings: np.ndarray
    sd: np.ndarray
    start_price: np.ndarray
    dividend: np.ndarray


def draw_securities(world: World, days: np.ndarray) -> Securities:
    """Draw the securities that trade at some time between the first and last day."""
    seed = world.settings.seed
    firms = world.firms.table
    n = len(firms)
    rng = stream(seed, "securities")
    first = firms["first_year"].to_numpy()
    opening = world.firms.datadate[np.arange(n), first - YEARS[0]]
    opening = opening - rng.integers(60, 300, n)
    old = np.datetime64(f"{YEARS[0] - 3}-01-02") + rng.integers(0, 365, n)
    opening = np.where(first == YEARS[0], old, opening)
    closing = firms["exit_date"].to_numpy().astype("datetime64[D]")
    begins = np.searchsorted(days, opening)
    ends = np.where(np.isnat(closing), len(days), np.searchsorted(days, closing)) - 1
    exchange = rng.choice([1, 3, 2], n, p=[0.72, 0.26, 0.02])
    order = stream(seed, "permnos")
    permno = order.permutation(names.identifiers(order, 2 * n, 93_000, 10_001))
    permco = order.permutation(names.identifiers(order, n, 55_000, 101))
    beta = np.clip(rng.normal(1.0, 0.35, n), 0.1, 2.4)
    loadings = np.column_stack(
        [
            beta,
            rng.normal(0.25, 0.45, n),
            rng.normal(0.15, 0.45, n),
            rng.normal(-0.08, 0.25, n),
        ]
    )
    sd = parameters()["returns"]["idiosyncratic_sd"] * np.exp(rng.normal(0, 0.35, n))
    start = np.exp(rng.normal(3.3, 0.5, n)).clip(6, 100)
    dividend = np.where(rng.random(n) < 0.65, rng.gamma(2.0, 0.011, n), 0.0)

    kept = firms["listed"].to_numpy() & (ends > begins + 5)
    dual = kept & firms["dual_class"].to_numpy()
    one, two = np.flatnonzero(kept), np.flatnonzero(dual)
    firm = np.concatenate([one, two])
    place = np.full(n, -1)
    place[one] = np.arange(len(one))
    reason = firms["exit_reason"].to_numpy()
    code = np.array([DELISTING.get(str(r), 100) for r in reason])
    code = np.where(ends == len(days) - 1, 100, code)
    draw = rng.normal(0, 1, n)
    loss = np.select(
        [code == 231, code == 332, code == 574, code == 580],
        [
            0.01 + 0.02 * draw,
            0.02 + 0.02 * draw,
            -0.55 + 0.2 * draw,
            -0.25 + 0.15 * draw,
        ],
        0.0,
    )
    main = np.arange(len(firm)) < len(one)
    table = pd.DataFrame(
        {
            "permno": np.where(main, permno[firm], permno[n + firm]),
            "permco": permco[firm],
            "firm": firm,
            "primary": main,
            "twin": place[firm],
            "weight": np.where(dual[firm], np.where(main, 0.7, 0.3), 1.0),
            "opening": opening[firm],
            "begins": begins[firm],
            "ends": ends[firm],
            "exchcd": exchange[firm],
            "dlstcd": code[firm],
            "dlret": np.round(np.clip(loss, -1.0, 0.5), 6)[firm],
        }
    )
    return Securities(table, loadings[firm], sd[firm], start[firm], dividend[firm])
