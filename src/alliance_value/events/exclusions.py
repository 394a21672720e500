"""Events, their windows and a list of other news -> the reasons against each event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from alliance_value.contracts.events import REASONS, Events, Exclusions
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.storage import arrange
from alliance_value.events.calendar import Window, window_name


@dataclass(frozen=True)
class Rules:
    """What an event must meet.

    Parameters
    ----------
    minimum
        Least number of estimation days with a return.
    overlap
        ``keep_first``: of events of a firm whose longest windows share a day the
        first one stays; ``flag``: all stay, later ones flagged.
    confound_window
        Trading days around the event day in which other news confounds it
        (McWilliams and Siegel 1997 use two days).
    market_value
        Exclude events without a market value before the longest window.
    """

    minimum: int = 100
    overlap: Literal["keep_first", "flag"] = "keep_first"
    confound_window: Window = (-2, 2)
    market_value: bool = False


def overlapping(
    firm: np.ndarray, position: np.ndarray, event: np.ndarray, span: Window
) -> np.ndarray:
    """Return which events share a day of their windows with an earlier kept one.

    Parameters
    ----------
    firm, position, event
        Shape (n,): firm, event day's position in the calendar, event identifier; of
        events of one firm on one day the first by identifier stays.
    span
        The longest window.

    Returns
    -------
    numpy.ndarray
        Positions in the input of the kept event that is overlapped, shape (n,); -1
        where none is.
    """
    length = span[1] - span[0] + 1
    by = np.full(len(firm), -1)
    codes, _ = pd.factorize(pd.Series(firm))
    order = np.lexsort((event.astype(str), position, codes))
    last = -1
    for i in order:
        same = last >= 0 and codes[i] == codes[last]
        if same and position[i] - position[last] < length:
            by[i] = last
        else:
            last = i
    return by


def confounds_of(
    security: pd.Series,
    position: np.ndarray,
    confounds: pd.DataFrame,
    days: np.ndarray,
    window: Window,
) -> pd.Series:
    """Return the other news in each event's window as text; empty where none is.

    Parameters
    ----------
    security, position
        Shape (n,): security and event day's position, -1 where unknown.
    confounds
        ``security``, ``date``, ``kind``: news on a closed day counts for the next
        trading day.
    days
        datetime64[D], shape (T,): the trading days.
    window
        First and last day relative to the event day.
    """
    listed = confounds[["security", "date", "kind"]].copy()
    dates = listed["date"].to_numpy().astype("datetime64[D]")
    listed["place"] = np.searchsorted(days, dates)
    listed = listed[listed["place"] < len(days)]
    table = pd.DataFrame(
        {
            "security": security.to_numpy(),
            "position": position,
            "row": range(len(position)),
        }
    )
    table = table[position >= 0]
    pairs = table.merge(listed, on="security")
    away = pairs["place"] - pairs["position"]
    pairs = pairs[away.between(*window)].assign(away=away)
    texts = pairs["kind"].astype(str) + " on day " + pairs["away"].astype(str)
    pairs = pairs.assign(text=texts).drop_duplicates(["row", "text"])
    pairs = pairs.sort_values(["row", "away", "text"])
    found = pairs.groupby("row")["text"].agg("; ".join)
    return found.reindex(range(len(position))).fillna("")


def reasons_against(
    events: pd.DataFrame,
    market_days: np.ndarray,
    span: Window,
    rules: Rules,
    confounds: pd.DataFrame | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge every event and return the events with flags, and the exclusions.

    Parameters
    ----------
    events
        ``event, security, firm, position, row, event_return, estimation_days,
        market_value``, one row per event.
    market_days
        datetime64[D], shape (T,).
    span
        The longest window.
    rules
        What an event must meet.
    confounds
        Other news, or None.
    """
    position = events["position"].to_numpy()
    placed = position >= 0
    listed = events["row"].to_numpy() >= 0
    few = events["estimation_days"].to_numpy() < rules.minimum
    broken: dict[str, tuple[np.ndarray, Sequence[str]]] = {}
    nothing = [""] * len(events)
    broken["no_date"] = (events[Events.announced].isna().to_numpy(), nothing)
    broken["no_trading_day"] = (~placed & ~broken["no_date"][0], nothing)
    broken["no_security"] = (~listed, nothing)
    if rules.market_value:
        unvalued = events["market_value"].isna().to_numpy() & placed & listed
        broken["no_market_value"] = (unvalued, nothing)
    silent = np.isnan(events["event_return"].to_numpy()) & placed & listed
    broken["no_event_day_return"] = (silent, nothing)
    counted = [
        f"{n} of at least {rules.minimum} days" for n in events["estimation_days"]
    ]
    broken["too_few_estimation_days"] = (few & placed & listed, counted)
    bad = np.logical_or.reduce([mask for mask, _ in broken.values()])
    good = np.flatnonzero(~bad)
    names = events["event"].to_numpy()
    by = overlapping(events["firm"].to_numpy()[good], position[good], names[good], span)
    over = np.zeros(len(events), bool)
    over[good] = by >= 0
    earlier = np.array([""] * len(events), dtype=object)
    earlier[good[by >= 0]] = [
        f"{window_name(span)} overlaps that of {names[good[j]]}" for j in by[by >= 0]
    ]
    broken["overlapping"] = (over, list(earlier))
    other = np.zeros(len(events), bool)
    if confounds is not None:
        texts = confounds_of(
            events["security"], position, confounds, market_days, rules.confound_window
        )
        other = texts.ne("").to_numpy()
        broken["confounded"] = (other, texts.tolist())
    excluding = set(REASONS) - {"confounded"}
    if rules.overlap == "flag":
        excluding -= {"overlapping"}
    dropped = np.logical_or.reduce(
        [mask for reason, (mask, _) in broken.items() if reason in excluding]
    )
    judged = events.assign(overlapping=over, confounded=other, kept=~dropped)
    parts = [
        pd.DataFrame(
            {
                "event": names[mask],
                "reason": reason,
                "detail": np.array(detail, dtype=object)[mask],
                "excluded": reason in excluding,
            }
        )
        for reason, (mask, detail) in broken.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table.sort_values("event", kind="stable")
    return judged, arrange(table, Exclusions)


WHY = {
    "no_date": "no date of announcement",
    "no_trading_day": "the calendar has no trading day within a week",
    "no_security": "no returns of the security",
    "no_market_value": "no market value before the longest window",
    "no_event_day_return": "no return on the event day",
    "too_few_estimation_days": "fewer estimation days than asked for",
    "overlapping": "window overlaps an earlier event of the firm",
    "confounded": "other news of the firm around the event day",
}


def event_funnel(
    events: pd.DataFrame, exclusions: pd.DataFrame, with_confounds: bool
) -> pd.DataFrame:
    """Count the events that each reason takes, in the order of `REASONS`.

    An event with several reasons is counted at its first one.

    Returns
    -------
    pandas.DataFrame
        Rows of the funnel (`contracts.funnel.Funnel`): the branch ``events`` ends at
        the sample ``all``; with a list of other news, ``unconfounded events`` leads
        on to the sample ``unconfounded``.
    """
    branch = FunnelBranch("events", "events")
    branch.start(events, Events.announced, "every event in the table")
    left = events
    for reason in REASONS:
        gone = exclusions["event"][
            exclusions["excluded"] & (exclusions["reason"] == reason)
        ]
        if len(gone):
            left = branch.keep(left, ~left["event"].isin(gone), reason, WHY[reason])
    if not with_confounds:
        return branch.table()
    further = FunnelBranch("unconfounded events", "events")
    further.start(left, "with returns", "the sample of all events")
    news = exclusions["event"][exclusions["reason"] == "confounded"]
    further.keep(left, ~left["event"].isin(news), "confounded", WHY["confounded"])
    return pd.concat([branch.table(), further.table()], ignore_index=True)
