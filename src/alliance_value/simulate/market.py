"""A world -> daily returns, prices and shares of its securities, news included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.simulate.announcements import partner_returns
from alliance_value.simulate.calendar import trading_days
from alliance_value.simulate.effects import parameters
from alliance_value.simulate.factors import draw_factors, garch
from alliance_value.simulate.firms import YEARS
from alliance_value.simulate.securities import Securities, draw_securities
from alliance_value.simulate.streams import stream
from alliance_value.simulate.world import World

# Share of the log distance to the statements' value closed per quarter.
PULL = 0.10


@dataclass(frozen=True)
class Market:
    """Daily market data; grids are of shape (T, S), NaN outside a security's life.

    Parameters
    ----------
    days : ndarray of datetime64[D], shape (T,)
    factors : DataFrame, T rows
        Decimals.
    securities : Securities
    ret : ndarray
        Total return, decimal; NaN on the first day.
    prc : ndarray
        Close, dollars and cents.
    shrout : ndarray
        Thousands of shares.
    split : ndarray
        Splits so far, as a factor (cfacpr of the last day over cfacpr).
    events : DataFrame
        One row a deal and partner: alliance, firm, day (index into days), cc,
        value ($ million before the event) and car (planted, decimal).
    """

    days: np.ndarray
    factors: pd.DataFrame
    securities: Securities
    ret: np.ndarray
    prc: np.ndarray
    shrout: np.ndarray
    split: np.ndarray
    events: pd.DataFrame


def base_returns(
    seed: int, block: int, factors: pd.DataFrame, loadings: np.ndarray, sd: np.ndarray
) -> np.ndarray:
    """Return r = rf + b'F + e for a block of securities, e of GARCH form, fat-tailed.

    Parameters
    ----------
    seed, block : int
    factors : DataFrame, T rows
    loadings : ndarray, shape (n, 4)
        On mktrf, smb, hml, umd.
    sd : ndarray, shape (n,)
        Daily idiosyncratic s.d., decimal.

    Returns
    -------
    ndarray, shape (T, n)
    """
    world = parameters()["returns"]
    rng = stream(seed, "idiosyncratic", block)
    df = world["idiosyncratic_df"]
    z = rng.standard_t(df, (len(factors), len(sd))) / np.sqrt(df / (df - 2))
    noise = sd * garch(z, **world["garch"])
    common = factors[["mktrf", "smb", "hml", "umd"]].to_numpy() @ loadings.T
    total: np.ndarray = common + noise + factors["rf"].to_numpy()[:, None]
    result: np.ndarray = np.maximum(total, -0.7)
    return result


def market_values(
    growth: np.ndarray, alive: np.ndarray, target: np.ndarray, quarter: np.ndarray
) -> np.ndarray:
    """Return the share issues and buy-backs that pull market values to a target.

    Parameters
    ----------
    growth : ndarray, shape (T, n)
        Returns without dividends.
    alive : ndarray of bool, shape (T, n)
    target : ndarray, shape (T, n)
        Market value that the statements would justify, $ million.
    quarter : ndarray of bool, shape (T,)
        Days on which the number of shares changes.

    Returns
    -------
    ndarray, shape (T, n)
        Net issuance factor of each day; 1 where nothing is issued.
    """
    issue = np.ones_like(growth)
    value = np.where(alive[0], target[0], np.nan)
    for t in range(1, len(growth)):
        born = alive[t] & ~alive[t - 1]
        value = np.where(born, target[t], value * (1 + growth[t]))
        if quarter[t]:
            pull = np.clip(PULL * np.log(target[t] / value), -0.03, 0.05)
            issue[t] = np.where(alive[t] & ~born, np.exp(pull), 1.0)
            value = value * issue[t]
    return issue


def build_market(world: World) -> Market:
    """Draw the daily market data of a world.

    The statements' part of a firm's value steers how many shares it issues, so that
    prices follow returns alone while market values stay near the fundamentals.
    """
    settings = parameters()["returns"]
    seed = world.settings.seed
    days = trading_days(str(settings["first_day"]), str(settings["last_day"]))
    factors = draw_factors(world.settings, days)
    securities = draw_securities(world, days)
    table = securities.table
    alive = (np.arange(len(days))[:, None] >= table["begins"].to_numpy()) & (
        np.arange(len(days))[:, None] <= table["ends"].to_numpy()
    )
    ret = base_returns(seed, 0, factors, securities.loadings, securities.sd)
    primary = table["primary"].to_numpy()
    # A second class follows the first but for a little noise of its own.
    twin = np.flatnonzero(~primary)
    first = table["twin"].to_numpy()[twin]
    own = stream(seed, "classes").standard_normal((len(days), len(twin)))
    ret[:, twin] = ret[:, first] + 0.003 * own
    target = target_values(world, days, table)
    events, shock, loud = plant(
        world, days, table, ret - securities.dividend / 252, alive, target
    )
    shock += news_of_acquisitions(world, days, table, alive)
    extra = stream(seed, "event-noise").standard_normal((len(loud),))
    spread = np.sqrt(settings["event_variance"] - 1) * securities.sd
    for (t, column), draw in zip(loud, extra, strict=True):
        ret[t, column] += spread[column] * draw
    ret += shock
    growth = ret - securities.dividend / 252
    issue = market_values(growth, alive, target, quarter_starts(days))
    prc, split = prices(ret, alive, securities.start_price, securities.dividend)
    began = np.maximum(table["begins"].to_numpy(), 0)
    columns = np.arange(len(table))
    shares = target[began, columns] * 1e3 / prc[began, columns]
    count = np.cumprod(np.where(alive, issue, 1.0), axis=0) * split * shares
    shrout = np.maximum(np.round(count), 1.0)
    ret[began, columns] = np.nan
    hidden = ~alive
    for grid in (ret, prc, shrout, split):
        grid[hidden] = np.nan
    return Market(days, factors, securities, ret, prc, shrout, split, events)


def quarter_starts(days: np.ndarray) -> np.ndarray:
    """Return whether a day is the first trading day of a second month of a quarter."""
    months = days.astype("datetime64[M]").astype(int)
    return np.concatenate(
        [[False], (months[1:] != months[:-1]) & (months[1:] % 3 == 1)]
    )


def target_values(world: World, days: np.ndarray, table: pd.DataFrame) -> np.ndarray:
    """Return the market value that statements justify, $ million, shape (T, S).

    Equity times a market-to-book ratio that rises with the firm's average ROA and
    R&D, interpolated between fiscal years; classes share it 7 to 3.
    """
    firm = table["firm"].to_numpy()
    f = world.fundamentals
    book = f.at * (1 - np.minimum(0.38 + f.leverage, 0.85))
    rng = stream(world.settings.seed, "market-to-book")
    draw = 0.40 * rng.standard_normal(len(book))
    mean_roa = np.array(
        [
            row[alive].mean()
            for row, alive in zip(world.roa, world.firms.alive, strict=True)
        ]
    )
    multiple = (
        0.75 + 4.0 * np.clip(mean_roa, -0.05, 0.2) + 2.0 * np.nan_to_num(f.rd).mean(1)
    )
    value = np.log(book) + (multiple + draw - 0.08)[:, None]
    year = (
        YEARS[0]
        + (days - np.datetime64(f"{YEARS[0]}-12-31")) / np.timedelta64(1, "D") / 365.25
    )
    place = np.clip(year - YEARS[0], 0, len(YEARS) - 1.001)
    low = place.astype(int)
    weight = (place - low)[:, None]
    path = value[:, low].T * (1 - weight) + value[:, low + 1].T * weight
    result: np.ndarray = np.exp(path)[:, firm] * table["weight"].to_numpy()
    return result


def plant(
    world: World,
    days: np.ndarray,
    table: pd.DataFrame,
    growth: np.ndarray,
    alive: np.ndarray,
    target: np.ndarray,
) -> tuple[pd.DataFrame, np.ndarray, list[tuple[int, int]]]:
    """Turn planted joint values into abnormal returns of the partners' securities.

    Market values before each event include the gains of the firm's earlier events,
    so deals are taken in order of time. Returns the events (see `Market`), the
    abnormal returns, shape (T, S), and the cells whose variance the news raises.
    """
    profile = parameters()["returns"]["event_profile"]
    n_firms = len(world.firms.table)
    issue = market_values(growth, alive, target, quarter_starts(days))
    began = table["begins"].to_numpy().clip(0)
    columns = np.arange(len(table))
    grown = np.where(alive, (1 + growth) * issue, 1.0)
    grown[began, columns] = 1.0
    value = np.cumprod(grown, axis=0) * target[began, columns]
    of_firm: list[list[int]] = [[] for _ in range(n_firms)]
    for column, firm in enumerate(table["firm"]):
        of_firm[firm].append(column)
    boost = np.zeros(n_firms)
    shock = np.zeros_like(growth)
    since = np.zeros(n_firms)
    loud: list[tuple[int, int]] = []
    day = np.searchsorted(
        days, world.deals["announced"].to_numpy().astype("datetime64[D]")
    )
    rows = []
    shared = world.deals.get("common", pd.Series(0.0, world.deals.index))
    for d, (t, i, j, joint, ratio, both) in enumerate(
        zip(
            day.tolist(),
            world.deals["i"].tolist(),
            world.deals["j"].tolist(),
            world.deals["joint_value"].tolist(),
            world.deals["log_ratio"].tolist(),
            shared.tolist(),
            strict=True,
        )
    ):
        if not 6 <= t < len(days) - 1:
            continue
        for k in (i, j):
            # Issues and buy-backs take back part of earlier gains each quarter.
            boost[k] *= (1 - PULL) ** ((t - since[k]) / 63)
            since[k] = t
        mv = [
            float(
                np.exp(boost[k])
                * sum(value[t - 6, c] for c in of_firm[k] if alive[t - 6, c])
            )
            for k in (i, j)
        ]
        if mv[0] > 0 and mv[1] > 0:
            cars = partner_returns(
                np.array([joint]), np.array([ratio]), np.array(mv[:1]), np.array(mv[1:])
            )
            car = [float(c[0]) for c in cars]
        else:
            car = [joint, joint]
        car = [gain + both for gain in car]
        for k, gain, worth in zip((i, j), car, mv, strict=True):
            if worth <= 0:
                continue
            rows.append((world.deals["alliance"].iat[d], k, t, worth, gain))
            boost[k] += np.log1p(gain)
            for c in of_firm[k]:
                for lag, part in profile.items():
                    if alive[t + lag, c]:
                        shock[t + lag, c] += part * gain
                        loud.append((t + lag, c))
    events = pd.DataFrame(rows, columns=["alliance", "firm", "day", "value", "car"])
    return events, shock, loud


def news_of_acquisitions(
    world: World, days: np.ndarray, table: pd.DataFrame, alive: np.ndarray
) -> np.ndarray:
    """Return acquirers' planted abnormal returns by day and security, shape (T, S)."""
    shock = np.zeros(alive.shape)
    if world.lives is None:
        return shock
    profile = parameters()["returns"]["event_profile"]
    done = world.lives.acquisitions
    at = np.searchsorted(days, done["announced"].to_numpy().astype("datetime64[D]"))
    firm = table["firm"].to_numpy()
    for t, acquirer, car in zip(
        at.tolist(), done["acquirer"].tolist(), done["car"].tolist(), strict=True
    ):
        if not 1 <= t < len(days) - 1:
            continue
        for column in np.flatnonzero(firm == acquirer).tolist():
            for lag, part in profile.items():
                shock[t + lag, column] += part * car * alive[t + lag, column]
    return shock


def prices(
    ret: np.ndarray, alive: np.ndarray, start: np.ndarray, dividend: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Turn returns into closing prices with splits at 110 and reverse splits at 2.

    Parameters
    ----------
    ret : ndarray, shape (T, n)
        Total returns.
    alive : ndarray of bool, shape (T, n)
    start : ndarray, shape (n,)
        First price, dollars.
    dividend : ndarray, shape (n,)
        Yearly yield, decimal; taken out of the price evenly.

    Returns
    -------
    prc, split : ndarray, shape (T, n)
        Dollars and cents; cumulative split factor.
    """
    prc = np.empty_like(ret)
    split = np.empty_like(ret)
    price, factor = start.copy(), np.ones_like(start)
    for t in range(len(ret)):
        if t:
            going = alive[t] & alive[t - 1]
            price = np.where(going, price * (1 + ret[t] - dividend / 252), price)
        high, low = price > 110, price < 2
        price = np.where(high, price / 2, np.where(low, price * 10, price))
        factor = np.where(high, factor * 2, np.where(low, factor / 10, factor))
        prc[t], split[t] = price, factor
    return np.round(prc, 2), split
