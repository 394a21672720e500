"""Events, their windows and a list of other news -> the reasons against each event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from alliance_value.contracts.events import REASONS, Events, Exclusions
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.contracts.storage import arrange
from alliance_value.events.calendar import Window
from alliance_value.events.matrix import Market
from alliance_value.study.event_study import window_name
from alliance_value.vocabulary.words import Words


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
    first, last
        First and last day of announcement, both included; None for no limit. Events
        outside count where overlaps are judged, so that the parts of a divided period
        add up to the whole.
    """

    minimum: int = 100
    overlap: Literal["keep_first", "flag"] = "keep_first"
    confound_window: Window = (-2, 2)
    market_value: bool = False
    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None

    def period(self) -> str:
        """Return the period in words."""
        first, last = (d.date() if d else "any day" for d in (self.first, self.last))
        return f"{first} to {last}"

    def outside(self, announced: pd.Series) -> pd.Series:
        """Return which announcements are outside the period; unknown days are not."""
        day = announced.dt.normalize()
        outside = pd.Series(False, announced.index)
        if self.first is not None:
            outside |= day < self.first
        if self.last is not None:
            outside |= day > self.last
        return outside


def overlapping(
    firm: np.ndarray,
    position: np.ndarray,
    event: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
) -> np.ndarray:
    """Return which events share a day of their windows with an earlier kept one.

    Parameters
    ----------
    firm, position, event
        Shape (n,): firm, event day's position in the calendar, event identifier; of
        events of one firm on one day the first by identifier stays.
    first, last
        int64, shape (n,): days of each event's longest window.

    Returns
    -------
    numpy.ndarray
        Positions in the input of the kept event that is overlapped, shape (n,); -1
        where none is.
    """
    by = np.full(len(firm), -1)
    codes, _ = pd.factorize(pd.Series(firm))
    order = np.lexsort((event.astype(str), position, codes))
    kept = -1
    for i in order:
        same = kept >= 0 and codes[i] == codes[kept]
        if same and position[i] + first[i] <= position[kept] + last[kept]:
            by[i] = kept
        else:
            kept = i
    return by


def confounds_of(
    security: pd.Series,
    position: np.ndarray,
    confounds: pd.DataFrame,
    market: Market,
    names: pd.Series,
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
    market, names
        The trading days, and each event's market.
    window
        First and last day relative to the event day.
    """
    parts = []
    for name in names.unique():
        days = market.of(str(name))
        listed = confounds[["security", "date", "kind"]].assign(market=name)
        dates = listed["date"].to_numpy().astype("datetime64[D]")
        place = np.searchsorted(market.days[days], dates)
        kept = place < days.stop - days.start
        parts.append(listed[kept].assign(place=place[kept] + days.start))
    table = pd.DataFrame(
        {
            "security": security.to_numpy(),
            "market": names.to_numpy(),
            "position": position,
            "row": range(len(position)),
        }
    )
    table = table[position >= 0]
    if not parts:
        return pd.Series("", range(len(position)))
    away = np.arange(window[0], window[1] + 1)
    each = table.loc[np.repeat(table.index, len(away))]
    each = each.assign(away=np.tile(away, len(table)))
    each["place"] = each["position"] + each["away"]
    pairs = each.merge(pd.concat(parts), on=["security", "market", "place"])
    texts = pairs["kind"].astype(str) + " on day " + pairs["away"].astype(str)
    pairs = pairs.assign(text=texts).drop_duplicates(["row", "text"])
    pairs = pairs.sort_values(["row", "away", "text"])
    kinds = pairs.groupby("row")["text"].agg("; ".join)
    return kinds.reindex(range(len(position))).fillna("")


def with_news(
    events: pd.DataFrame, days: np.ndarray, confounds: pd.DataFrame, window: Window
) -> pd.DataFrame:
    """Return events of one market, confounded by the news in another window.

    Parameters
    ----------
    events
        Canonical events.
    days
        datetime64[D], shape (T,), ascending: the trading days.
    confounds, window
        As for `confounds_of`.
    """
    day = events["day"].to_numpy().astype("datetime64[D]")
    known = ~np.isnat(day)
    position = np.full(len(events), -1)
    position[known] = np.searchsorted(days, day[known])
    no_return = np.empty((0, len(days)))
    market = Market(days, pd.Index([]), no_return, {}, None, 0, ())
    names = pd.Series("", range(len(events)))
    texts = confounds_of(events["security"], position, confounds, market, names, window)
    return events.assign(confounded=texts.ne("").to_numpy())


def reasons_against(
    events: pd.DataFrame,
    market: Market,
    rules: Rules,
    confounds: pd.DataFrame | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge every event and return the events with flags, and the exclusions.

    Parameters
    ----------
    events
        ``event, security, firm, market, position, row, event_return,
        estimation_days, market_value`` and ``first`` and ``last`` day of the longest
        window, one row per event.
    market
        The trading days.
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
    firms, firsts, lasts = (events[c].to_numpy() for c in ("firm", "first", "last"))
    by = overlapping(
        firms[good], position[good], names[good], firsts[good], lasts[good]
    )
    over = np.zeros(len(events), bool)
    over[good] = by >= 0
    earlier = np.array([""] * len(events), dtype=object)
    earlier[good[by >= 0]] = [
        f"{window_name((firsts[i], lasts[i]))} overlaps that of {names[good[j]]}"
        for i, j in zip(good[by >= 0], by[by >= 0], strict=True)
    ]
    broken["overlapping"] = (over, list(earlier))
    outside = rules.outside(events[Events.announced]).to_numpy(bool)
    broken["outside_period"] = (outside, [f"not in {rules.period()}"] * len(events))
    other = np.zeros(len(events), bool)
    if confounds is not None:
        texts = confounds_of(
            events["security"],
            position,
            confounds,
            market,
            events["market"],
            rules.confound_window,
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


# Reason -> why, and what a study that loses all events by it should do.
WHY = {
    "no_date": (
        "no date of announcement",
        "correct the column of days under sources.events",
    ),
    "outside_period": (
        "announced outside the period",
        "correct event_study.first and last",
    ),
    "no_trading_day": (
        "the calendar has no trading day within a week",
        "give factors for the days of the events: they are the trading calendar",
    ),
    "no_security": (
        "no {measures} of the security",
        "write securities alike in events and returns",
    ),
    "no_market_value": (
        "no market value before the longest window",
        "give market values, or do not ask for them",
    ),
    "no_event_day_return": (
        "no {measure} on the event day",
        "give {modelled} and factors for the days of the events",
    ),
    "too_few_estimation_days": (
        "fewer estimation days than asked for",
        "give earlier {modelled}, or change event_study.estimation or minimum",
    ),
    "overlapping": (
        "window overlaps an earlier event of the firm",
        "shorten the windows, or write event_study.overlap: flag",
    ),
    "confounded": ("other news of the firm around the event day", ""),
}


def none_kept(
    events: pd.DataFrame, exclusions: pd.DataFrame, words: Words
) -> list[Problem]:
    """Return why a study has no event left, a problem by reason; none where it has.

    Parameters
    ----------
    events, exclusions
        Tables of the event study.
    words
        What is studied, in words.
    """
    if events["kept"].any():
        return []
    why = exclusions[exclusions["excluded"]]
    first = {reason: part.iloc[0] for reason, part in why.groupby("reason")}
    counts = why["reason"].value_counts()
    return [
        Problem(
            f"no event is left: {words.say(WHY[reason][0])} ({counts[reason]:,} of "
            f"{len(events):,} events{', ' if first[reason].detail else ''}"
            f"{first[reason].detail})",
            words.say(WHY[reason][1]),
            "events",
            value=str(first[reason].event),
        )
        for reason in REASONS
        if reason in first
    ] or [Problem("no event is left", "give a list with events", "events")]


def none_in_period(announced: pd.Series, rules: Rules) -> list[Problem]:
    """Return the problem of events of which none was announced in the period."""
    if announced.empty:
        return [
            Problem(
                "there is no event to study",
                "look in the rejects and the funnel of the sources for what was left "
                "out, and correct it or the study's rules",
                "event_study",
            )
        ]
    if not rules.outside(announced).all():
        return []
    days = announced.dt.date
    return [
        Problem(
            f"no event was announced from {rules.period()}: the {len(days):,} events "
            f"are of {days.min()} to {days.max()}",
            WHY["outside_period"][1],
            "event_study",
        )
    ]


def event_funnel(
    events: pd.DataFrame, exclusions: pd.DataFrame, with_confounds: bool, words: Words
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
            why = words.say(WHY[reason][0])
            left = branch.keep(left, ~left["event"].isin(gone), reason, why)
    if not with_confounds:
        return branch.table()
    further = FunnelBranch("unconfounded events", "events")
    with_all = words.say("with {measures}")
    further.start(left, with_all, "the sample of all events")
    news = exclusions["event"][exclusions["reason"] == "confounded"]
    further.keep(left, ~left["event"].isin(news), "confounded", WHY["confounded"][0])
    return pd.concat([branch.table(), further.table()], ignore_index=True)
