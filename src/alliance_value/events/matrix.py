"""Returns, long or wide, and factors -> arrays by security and trading day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem, nearest
from alliance_value.events.arrays import ratio

FACTORS = ("mkt", "mkt_rf", "smb", "hml", "umd", "rmw", "cma", "rf")


@dataclass(frozen=True)
class Market:
    """Returns of the securities and factors on the trading calendar.

    The calendars of several markets stand one behind another, with days that are none
    (NaT) between them, so that no window reaches from one into the next.

    Parameters
    ----------
    days
        datetime64[D], shape (T,): the trading days.
    securities
        Shape (S,): identifiers in sorted order.
    returns
        float64 decimals, shape (S, before + T + after): NaN where missing; the days
        before and after the calendar are missing too.
    factors
        By name, decimals, shape (before + T + after,); ``mkt`` is the raw return of
        the market.
    market_values
        $ million, shape (S, T), or None.
    before
        Number of days that pad the calendar's start.
    notes
        What was left out, in words.
    places
        Market -> where its days stand, where there are several.
    """

    days: np.ndarray
    securities: pd.Index
    returns: np.ndarray
    factors: dict[str, np.ndarray]
    market_values: np.ndarray | None
    before: int
    notes: tuple[str, ...]
    places: Mapping[str, slice] = field(default_factory=dict)

    def of(self, market: str) -> slice:
        """Return where the days of a market stand; all where there is one."""
        return self.places.get(market, slice(0, len(self.days)))

    def dates(self) -> tuple[np.ndarray, np.ndarray]:
        """Return all dates, shape (D,), and the place of each day among them, (T,)."""
        if not self.places:
            return self.days, np.arange(len(self.days))
        dates, place = np.unique(self.days, return_inverse=True)
        return dates, place


def by_market(events: pd.DataFrame, factors: pd.DataFrame | None) -> bool:
    """Say whether events go by the calendar and the factors of their own market."""
    both = factors is not None and "market" in factors.columns
    return both and "market" in events.columns


def to_markets(
    returns: pd.DataFrame,
    factors: pd.DataFrame,
    wanted: Mapping[str, pd.Index],
    pad: tuple[int, int],
    market_values: pd.DataFrame | None = None,
) -> tuple[Market | None, list[Problem]]:
    """Put the returns of several markets on their calendars, one behind another.

    Parameters
    ----------
    returns, pad, market_values
        As for `to_market`.
    factors
        ``market``, ``date`` and each market's factors.
    wanted
        Market -> its securities.
    """
    parts: dict[str, Market] = {}
    problems: list[Problem] = []
    for name, securities in wanted.items():
        own = factors[factors["market"] == name].drop(columns="market")
        part, more = to_market(returns, own, securities, pad, market_values)
        problems += [replace(p, where=f"{p.where} of {name}") for p in more]
        if part is not None:
            parts[name] = part
    return (None if problems else stacked(parts, sum(pad))), problems


def stacked(parts: Mapping[str, Market], between: int) -> Market:
    """Put markets one behind another with some days between them."""
    places: dict[str, slice] = {}
    first = 0
    for name, part in parts.items():
        places[name] = slice(first, first + len(part.days))
        first += len(part.days) + between
    width = first - between
    before = next(iter(parts.values())).before
    securities = pd.Index(sorted({s for p in parts.values() for s in p.securities}))
    days = np.full(width, "NaT", "datetime64[D]")
    returns = np.full((len(securities), width + between), np.nan)
    names = sorted({factor for part in parts.values() for factor in part.factors})
    factors = {factor: np.full(width + between, np.nan) for factor in names}
    valued = all(part.market_values is not None for part in parts.values())
    values = np.full((len(securities), width), np.nan) if valued else None
    for name, part in parts.items():
        inside = places[name]
        padded = slice(inside.start, inside.stop + between)
        rows = securities.get_indexer(part.securities)
        days[inside] = part.days
        own = returns[:, padded]
        own[rows] = np.where(np.isnan(part.returns), own[rows], part.returns)
        for factor, column in part.factors.items():
            factors[factor][inside.start + before : inside.stop + before] = column[
                before : before + len(part.days)
            ]
        if values is not None:
            values[rows, inside] = part.market_values
    notes = [f"{name}: {n}" for name, part in parts.items() for n in part.notes]
    return Market(
        days, securities, returns, factors, values, before, tuple(notes), places
    )


def to_market(
    returns: pd.DataFrame,
    factors: pd.DataFrame | None,
    wanted: pd.Index,
    pad: tuple[int, int],
    market_values: pd.DataFrame | None = None,
    own_market: bool = False,
) -> tuple[Market | None, list[Problem]]:
    """Put returns and factors on one calendar, or say what is wrong with them.

    Parameters
    ----------
    returns
        Long (``security``, ``date``, ``ret``, perhaps ``market_value``) or wide (one
        row per date in the index, one column per security); decimals.
    factors
        ``date`` and the factors as decimals; its days are the calendar. Without
        factors the calendar is every day in ``returns``.
    wanted
        The securities that are needed; others are not read.
    pad
        Missing days to put before and after the calendar.
    market_values
        $ million, wide; a long table of returns holds them itself.
    own_market
        Whether the market's is the daily mean of the long returns, and no factor.
    """
    problems: list[Problem] = []
    long = is_long(returns)
    if not long and not is_dates(returns.index):
        problems.append(
            Problem(
                "the returns are neither long nor wide",
                "give columns security, date and ret, or dates as index and one "
                "column per security",
                "returns",
            )
        )
    days, arrays, words = calendar(factors, returns, long, pad, problems)
    if problems:
        return None, problems
    if own_market:
        arrays |= means_of(returns, days, pad)
    if long:
        table = returns[returns["security"].isin(wanted)]
        rows, securities = pd.factorize(table["security"], sort=True)
        index = pd.Index(securities)
        columns = table["date"].to_numpy().astype("datetime64[D]")
        values = {"ret": table["ret"].to_numpy("float64", na_value=np.nan)}
        if "market_value" in table.columns:
            column = table["market_value"]
            values["market_value"] = column.to_numpy("float64", na_value=np.nan)
        place, on = places(columns, days)
        padded, kept = blank(len(index), len(days), pad)
        for name, value in values.items():
            kept.setdefault(name, np.full((len(index), len(days)), np.nan))
            kept[name][rows[on], place[on]] = value[on]
            written = kept[name][rows[on], place[on]]
            again = (written != value[on]) & ~np.isnan(value[on])
            if again.any():
                problems.append(repeated(index, days, rows[on], place[on], again, name))
        skipped = int((~on).sum())
    else:
        table = returns[[c for c in returns.columns if c in wanted]]
        table = table[sorted(table.columns)]
        index = pd.Index(table.columns)
        if returns.index.has_duplicates:
            twice = returns.index[returns.index.duplicated()][0]
            problems.append(
                Problem(
                    "a day stands twice in the index",
                    "keep one row per day",
                    "returns",
                    value=str(twice),
                )
            )
            return None, problems
        padded, kept = blank(len(index), len(days), pad)
        kept["ret"][:] = on_calendar(table, days)
        if market_values is not None:
            wide = market_values.reindex(columns=index)
            kept["market_value"] = on_calendar(wide, days)
        off = ~np.isin(table.index.to_numpy().astype("datetime64[D]"), days)
        skipped = int(table[off].notna().to_numpy().sum())
    if len(wanted) and not len(index):
        known = securities_of(returns)[:3].tolist()
        problems.append(
            Problem(
                "no event's security is among the returns",
                f"write securities alike in both; the returns have {known}",
                "events",
                column="security",
                value=str(wanted[0]),
            )
        )
    if problems:
        return None, problems
    if skipped:
        words.append(f"{skipped:,} returns on days outside the calendar left out")
    padded[~np.isfinite(padded)] = np.nan
    return (
        Market(
            days,
            index,
            padded,
            arrays,
            kept.get("market_value"),
            pad[0],
            tuple(words),
        ),
        problems,
    )


def blank(
    securities: int, days: int, pad: tuple[int, int]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return returns yet to be filled in, with their padding and by name without."""
    padded = np.full((securities, pad[0] + days + pad[1]), np.nan)
    return padded, {"ret": padded[:, pad[0] : pad[0] + days]}


def means_of(
    returns: pd.DataFrame, days: np.ndarray, pad: tuple[int, int]
) -> dict[str, np.ndarray]:
    """Return the mean of all securities by day as the market's, nothing riskless."""
    place, on = places(returns["date"].to_numpy().astype("datetime64[D]"), days)
    values = returns["ret"].to_numpy("float64", na_value=np.nan)
    on &= np.isfinite(values)
    total = np.bincount(place[on], values[on], minlength=len(days))
    count = np.bincount(place[on], minlength=len(days))
    mean = np.pad(ratio(total, count), pad, constant_values=np.nan)
    return {"mkt": mean, "mkt_rf": mean, "rf": np.zeros_like(mean)}


def is_long(returns: pd.DataFrame) -> bool:
    """Say whether a table of returns has one row per security and date."""
    return {"security", "date", "ret"} <= set(returns.columns)


def securities_of(returns: pd.DataFrame) -> pd.Index:
    """Return every security in a table of returns."""
    return pd.Index(
        returns["security"].unique() if is_long(returns) else returns.columns
    )


def is_dates(index: pd.Index) -> bool:
    """Say whether an index holds dates."""
    return isinstance(index, pd.DatetimeIndex)


def with_date(factors: pd.DataFrame) -> pd.DataFrame:
    """Return factors with their days as ``date``: of the index, or the first column."""
    table = factors.reset_index() if is_dates(factors.index) else factors
    if "date" in table.columns:
        return table
    return table.rename(columns={table.columns[0]: "date"})


def calendar(
    factors: pd.DataFrame | None,
    returns: pd.DataFrame,
    long: bool,
    pad: tuple[int, int],
    problems: list[Problem],
) -> tuple[np.ndarray, dict[str, np.ndarray], list[str]]:
    """Return the trading days, the padded factors and what was left out."""
    if factors is None:
        dates = returns["date"] if long else pd.Series(returns.index)
        days = np.unique(dates.dropna().to_numpy().astype("datetime64[D]"))
        return days, {}, []
    table = with_date(factors)
    named = [f for f in FACTORS if f in factors_in(table)]
    if not {"mkt", "mkt_rf"} & set(named):
        problems.append(
            Problem(
                "no column holds the market's return",
                "name it mkt_rf (excess) or mkt; "
                f"{nearest('mkt_rf', map(str, table.columns))}",
                "factors",
            )
        )
        return np.array([], "datetime64[D]"), {}, []
    table = table.sort_values("date")
    days = table["date"].to_numpy().astype("datetime64[D]")
    if (days[1:] == days[:-1]).any():
        twice = days[1:][days[1:] == days[:-1]][0]
        problems.append(
            Problem(
                "a day stands twice",
                "keep one row per day",
                "factors",
                column="date",
                value=str(twice),
            )
        )
    arrays = {
        f: np.pad(
            table[f].to_numpy("float64", na_value=np.nan), pad, constant_values=np.nan
        )
        for f in named
    }
    words: list[str] = []
    if "mkt" not in arrays:
        if "rf" in arrays:
            arrays["mkt"] = arrays["mkt_rf"] + arrays["rf"]
        else:
            arrays["mkt"] = arrays["mkt_rf"]
            words.append("no riskless rate: the market's excess return stands for it")
    if "mkt_rf" not in arrays:
        arrays["mkt_rf"] = arrays["mkt"] - arrays.get("rf", 0.0)
    if "rf" not in arrays:
        arrays["rf"] = np.zeros_like(arrays["mkt"])
    return days, arrays, words


def factors_in(table: pd.DataFrame) -> set[str]:
    """Return the columns of a table of factors that hold a value."""
    return {str(column) for column in table.columns if table[column].notna().any()}


def places(dates: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each date's position in the calendar and whether it is there."""
    place = np.minimum(np.searchsorted(days, dates), max(len(days) - 1, 0))
    on = days[place] == dates if len(days) else np.zeros(len(dates), bool)
    return place, on


def on_calendar(table: pd.DataFrame, days: np.ndarray) -> np.ndarray:
    """Return a wide table as an array by security and trading day."""
    place, on = places(table.index.to_numpy().astype("datetime64[D]"), days)
    result = np.full((table.shape[1], len(days)), np.nan)
    result[:, place[on]] = table.to_numpy("float64", na_value=np.nan)[on].T
    return result


def repeated(
    index: pd.Index,
    days: np.ndarray,
    rows: np.ndarray,
    place: np.ndarray,
    again: np.ndarray,
    name: str,
) -> Problem:
    """Return the problem of a security and day with two different values."""
    first = int(np.flatnonzero(again)[0])
    return Problem(
        f"{int(again.sum()):,} rows repeat a security and day with another {name}, "
        f"first {index[rows[first]]} on {days[place[first]]}",
        "keep one row per security and day",
        "returns",
        column=name,
    )
