"""Events -> their place in the market's arrays, and what their windows hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alliance_value.contracts.events import Events
from alliance_value.events.calendar import Window, event_positions
from alliance_value.events.matrix import Market
from alliance_value.events.normal_returns import factors_of


def with_known_factors(
    market: Market, models: Sequence[str], notes: list[str]
) -> Market:
    """Make returns missing on days when a factor of any model is.

    All models then use the same days of the same events.
    """
    needed = sorted(factors_of(models))
    inside = market.before + np.flatnonzero(~np.isnat(market.days))
    unknown = np.zeros(market.returns.shape[1], bool)
    for name in needed:
        unknown |= np.isnan(market.factors[name])
    if unknown[inside].any():
        count = int(unknown[inside].sum())
        notes.append(f"{count:,} days without a needed factor count as missing")
        market.returns[:, unknown] = np.nan
    return market


def place_events(
    events: pd.DataFrame,
    market: Market,
    estimation: Window | None,
    own_estimation: np.ndarray | None,
    window: Window,
    close: pd.Timedelta,
) -> pd.DataFrame:
    """Add each event's place in the market's arrays and what its windows hold."""
    announced = pd.to_datetime(events[Events.announced])
    after = events["after_hours"] if "after_hours" in events.columns else None
    position = np.full(len(events), -1)
    named = events["market"] if market.places else pd.Series("", events.index)
    for name, part in named.groupby(named).groups.items():
        days, at = market.of(str(name)), events.index.get_indexer(part)
        late = None if after is None else after.iloc[at]
        own = event_positions(announced.iloc[at], market.days[days], late, close)
        position[at] = np.where(own >= 0, own + days.start, -1)
    row = market.securities.get_indexer(pd.Index(events["security"]))
    placed = np.flatnonzero((position >= 0) & (row >= 0))
    start = position[placed] + market.before
    count = np.zeros(len(events), dtype="int64")
    first_day, last_day = (np.full(len(placed), day) for day in estimation or (0, -1))
    if own_estimation is not None:
        first_day, last_day = own_estimation[placed].T
    known = np.cumsum(~np.isnan(market.returns), axis=1, dtype="int32")
    first, last = start + first_day, start + last_day
    count[placed] = known[row[placed], last] - np.where(
        first > 0, known[row[placed], first - 1], 0
    )
    day_return = np.full(len(events), np.nan)
    day_return[placed] = market.returns[row[placed], start]
    value = np.full(len(events), np.nan)
    if "market_value" in events.columns:
        value = events["market_value"].to_numpy("float64", na_value=np.nan)
    elif market.market_values is not None:
        before = position[placed] + window[0] - 1
        there = before >= 0
        value[placed[there]] = market.market_values[row[placed][there], before[there]]
    value = np.where(value > 0, value, np.nan)
    on = np.full(len(events), np.datetime64("NaT", "ns"))
    on[position >= 0] = market.days[position[position >= 0]].astype("datetime64[ns]")
    stamps = pd.Series(on)
    return pd.DataFrame(
        {
            "event": events["event"].astype("string"),
            "security": events["security"],
            "firm": events["firm"] if "firm" in events.columns else events["security"],
            Events.announced: announced,
            "day": stamps,
            "moved": (stamps.notna() & (stamps != announced.dt.normalize())),
            "market": named,
            "estimation_days": count,
            "market_value": value,
            "position": position,
            "row": row,
            "event_return": day_return,
        }
    )
