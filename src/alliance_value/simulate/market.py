"""A world -> daily returns, prices and shares of its securities, news included."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
BLOCK = 500
"""Securities whose prices are held at a time."""

Cell = tuple[int, int]
"""Place of a day and of a security."""


@dataclass(frozen=True)
class Quotes:
    """Prices of some securities; arrays of shape (T, n), NaN outside their lives.

    Parameters
    ----------
    prc : ndarray
        Close, dollars and cents.
    shrout : ndarray
        Thousands of shares.
    split : ndarray
        Splits so far, as a factor (cfacpr of the last day over cfacpr).
    """

    prc: np.ndarray
    shrout: np.ndarray
    split: np.ndarray


@dataclass(frozen=True)
class Market:
    """Daily market data of S securities on T days.

    Returns alone are held; what follows from them is drawn up by `quotes`.

    Parameters
    ----------
    days : ndarray of datetime64[D], shape (T,)
    factors : DataFrame, T rows
        Decimals.
    securities : Securities
    ret : ndarray, shape (T, S)
        Total return, decimal; NaN on the first day and outside a security's life.
    justified : Justified
        Market values that statements justify.
    events : DataFrame
        One row a deal and partner: alliance, firm, day (index into days), cc,
        value ($ million before the event) and car (planted, decimal).
    """

    days: np.ndarray
    factors: pd.DataFrame
    securities: Securities
    ret: np.ndarray
    justified: Justified
    events: pd.DataFrame

    def quotes(self, columns: np.ndarray) -> Quotes:
        """Draw up prices, shares and splits of some securities.

        The statements' part of a firm's value steers how many shares it issues, so
        that prices follow returns alone while market values stay near the fundamentals.
        """
        own = self.securities.table.iloc[columns]
        dividend = self.securities.dividend[columns]
        alive = lives(own, self.days)
        ret, target = self.ret[:, columns], self.justified.values(own)
        issue = market_values(
            ret - dividend / 252, alive, target, quarter_starts(self.days)
        )
        start = self.securities.start_price[columns]
        prc, split = prices(ret, alive, start, dividend)
        began = own["begins"].to_numpy(), np.arange(len(own))
        shares = target[began] * 1e3 / prc[began]
        count = np.cumprod(np.where(alive, issue, 1.0), axis=0) * split * shares
        shrout = np.maximum(np.round(count), 1.0)
        for grid in (prc, shrout, split):
            grid[~alive] = np.nan
        return Quotes(prc, shrout, split)

    def blocks(self) -> Iterator[tuple[np.ndarray, Quotes]]:
        """Yield the places of all securities, and their quotes, in blocks."""
        for columns in in_blocks(np.arange(self.ret.shape[1])):
            yield columns, self.quotes(columns)


def in_blocks(columns: np.ndarray, size: int = BLOCK) -> Iterator[np.ndarray]:
    """Yield places in blocks."""
    for start in range(0, len(columns), size):
        yield columns[start : start + size]


def lives(table: pd.DataFrame, days: np.ndarray) -> np.ndarray:
    """Return whether a security trades on a day, shape (T, n)."""
    t = np.arange(len(days))[:, None]
    alive: np.ndarray = (t >= table["begins"].to_numpy()) & (
        t <= table["ends"].to_numpy()
    )
    return alive


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
    draws = (rng.standard_t(df, len(sd)) / np.sqrt(df / (df - 2)) for _ in factors.rf)
    total: np.ndarray = factors[["mktrf", "smb", "hml", "umd"]].to_numpy() @ loadings.T
    for row, e, rf in zip(
        total, garch(draws, **world["garch"]), factors["rf"], strict=True
    ):
        row += sd * e
        row += rf
    np.maximum(total, -0.7, out=total)
    return total


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
    """Draw the daily market data of a world."""
    settings = parameters()["returns"]
    seed = world.settings.seed
    days = trading_days(str(settings["first_day"]), str(settings["last_day"]))
    factors = draw_factors(world.settings, days)
    securities = draw_securities(world, days)
    table = securities.table
    ret = base_returns(seed, 0, factors, securities.loadings, securities.sd)
    # A second class follows the first but for a little noise of its own.
    twin = np.flatnonzero(~table["primary"].to_numpy())
    first = table["twin"].to_numpy()[twin]
    own = stream(seed, "classes").standard_normal((len(days), len(twin)))
    ret[:, twin] = ret[:, first] + 0.003 * own
    del own
    market = Market(
        days, factors, securities, ret, justified(world, days), pd.DataFrame()
    )
    columns: dict[int, list[int]] = {}
    for column, firm in enumerate(table["firm"].astype("int64").tolist()):
        columns.setdefault(firm, []).append(column)
    events, moves = plant(world, market, columns)
    extra = stream(seed, "event-noise").standard_normal(len(moves))
    spread = np.sqrt(settings["event_variance"] - 1) * securities.sd
    for ((t, column), _), draw in zip(moves, extra, strict=True):
        ret[t, column] += spread[column] * draw
    shocks = [summed(moves), summed(news_of_acquisitions(world, market, columns))]
    for cell in {**shocks[0], **shocks[1]}:
        ret[cell] += shocks[0].get(cell, 0.0) + shocks[1].get(cell, 0.0)
    ret[table["begins"].to_numpy(), np.arange(len(table))] = np.nan
    for places in in_blocks(np.arange(len(table))):
        part = ret[:, places[0] : places[-1] + 1]
        part[~lives(table.iloc[places], days)] = np.nan
    return replace(market, events=events)


def summed(moves: Iterable[tuple[Cell, float]]) -> dict[Cell, float]:
    """Add abnormal returns up by day and security."""
    total: dict[Cell, float] = {}
    for cell, move in moves:
        total[cell] = total.get(cell, 0.0) + move
    return total


def quarter_starts(days: np.ndarray) -> np.ndarray:
    """Return whether a day is the first trading day of a second month of a quarter."""
    months = days.astype("datetime64[M]").astype(int)
    return np.concatenate(
        [[False], (months[1:] != months[:-1]) & (months[1:] % 3 == 1)]
    )


@dataclass(frozen=True)
class Justified:
    """Market values that statements justify.

    Parameters
    ----------
    log_value : ndarray, shape (F, Y)
        ln of $ million at the end of fiscal years.
    place : ndarray, shape (T,)
        Fiscal years since the first one, of each day.
    """

    log_value: np.ndarray
    place: np.ndarray

    def values(self, table: pd.DataFrame) -> np.ndarray:
        """Return the values of securities, $ million, shape (T, n).

        They are interpolated between fiscal years; classes share them 7 to 3.
        """
        own = self.log_value[table["firm"].to_numpy()]
        low = self.place.astype(int)
        weight = (self.place - low)[:, None]
        path = own[:, low].T * (1 - weight) + own[:, low + 1].T * weight
        values: np.ndarray = np.exp(path) * table["weight"].to_numpy()
        return values


def justified(world: World, days: np.ndarray) -> Justified:
    """Return equity times a market-to-book ratio that rises with mean ROA and R&D."""
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
    return Justified(value, np.clip(year - YEARS[0], 0, len(YEARS) - 1.001))


def values_before(market: Market, cells: Collection[Cell]) -> dict[Cell, float]:
    """Return market values on some days without any event's gain, $ million."""
    wanted: dict[int, list[int]] = {}
    for t, column in cells:
        wanted.setdefault(column, []).append(t)
    found: dict[Cell, float] = {}
    for places in in_blocks(np.array(sorted(wanted), int)):
        own = market.securities.table.iloc[places]
        alive, target = lives(own, market.days), market.justified.values(own)
        growth = market.ret[:, places] - market.securities.dividend[places] / 252
        issue = market_values(growth, alive, target, quarter_starts(market.days))
        began = own["begins"].to_numpy(), np.arange(len(own))
        grown = np.where(alive, (1 + growth) * issue, 1.0)
        grown[began] = 1.0
        value = np.cumprod(grown, axis=0) * target[began]
        for k, column in enumerate(places.tolist()):
            for t in wanted[column]:
                found[t, column] = float(value[t, k])
    return found


def plant(
    world: World, market: Market, columns: Mapping[int, Sequence[int]]
) -> tuple[pd.DataFrame, list[tuple[Cell, float]]]:
    """Turn planted joint values into abnormal returns of the partners' securities.

    Market values before each event include the gains of the firm's earlier events,
    so deals are taken in order of time. Returns the events (see `Market`) and the
    abnormal returns by day and security, whose variance the news raises.

    Parameters
    ----------
    world, market
        The world, and its market without news.
    columns
        Places of each firm's securities.
    """
    profile = parameters()["returns"]["event_profile"]
    begins = market.securities.table["begins"].tolist()
    ends = market.securities.table["ends"].tolist()

    def trading(firm: int, t: int) -> list[Cell]:
        return [(t, c) for c in columns.get(firm, ()) if begins[c] <= t <= ends[c]]

    day = np.searchsorted(
        market.days, world.deals["announced"].to_numpy().astype("datetime64[D]")
    )
    shared = world.deals.get("common", pd.Series(0.0, world.deals.index))
    deals = [
        deal
        for deal in zip(
            world.deals["alliance"].tolist(),
            day.tolist(),
            world.deals["i"].tolist(),
            world.deals["j"].tolist(),
            world.deals["joint_value"].tolist(),
            world.deals["log_ratio"].tolist(),
            shared.tolist(),
            strict=True,
        )
        if 6 <= deal[1] < len(market.days) - 1
    ]
    value = values_before(
        market,
        {cell for _, t, *ij in deals for k in ij[:2] for cell in trading(k, t - 6)},
    )
    n_firms = len(world.firms.table)
    boost, since = np.zeros(n_firms), np.zeros(n_firms)
    moves: list[tuple[Cell, float]] = []
    rows = []
    for alliance, t, i, j, joint, ratio, both in deals:
        for k in (i, j):
            # Issues and buy-backs take back part of earlier gains each quarter.
            boost[k] *= (1 - PULL) ** ((t - since[k]) / 63)
            since[k] = t
        mv = [
            float(np.exp(boost[k]) * sum(value[cell] for cell in trading(k, t - 6)))
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
            rows.append((alliance, k, t, worth, gain))
            boost[k] += np.log1p(gain)
            for c in columns[k]:
                moves += [
                    ((t + lag, c), part * gain)
                    for lag, part in profile.items()
                    if begins[c] <= t + lag <= ends[c]
                ]
    events = pd.DataFrame(rows, columns=["alliance", "firm", "day", "value", "car"])
    return events, moves


def news_of_acquisitions(
    world: World, market: Market, columns: Mapping[int, Sequence[int]]
) -> Iterator[tuple[Cell, float]]:
    """Yield acquirers' planted abnormal returns by day and security."""
    if world.lives is None:
        return
    profile = parameters()["returns"]["event_profile"]
    begins = market.securities.table["begins"].tolist()
    ends = market.securities.table["ends"].tolist()
    done = world.lives.acquisitions
    days = done["announced"].to_numpy().astype("datetime64[D]")
    at = np.searchsorted(market.days, days)
    for t, acquirer, car in zip(
        at.tolist(), done["acquirer"].tolist(), done["car"].tolist(), strict=True
    ):
        if not 1 <= t < len(market.days) - 1:
            continue
        for c in columns.get(acquirer, ()):
            for lag, part in profile.items():
                if begins[c] <= t + lag <= ends[c]:
                    yield (t + lag, c), part * car


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
