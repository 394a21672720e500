"""Events with windows of their own -> their days, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem
from alliance_value.events.calendar import Window
from alliance_value.study.event_study import overlap, window_name


def own_days(
    events: pd.DataFrame, name: str, usual: Window | None
) -> np.ndarray | None:
    """Return first and last day of each event's own window; int64, shape (n, 2).

    Parameters
    ----------
    events
        Perhaps with the columns ``{name}_first`` and ``{name}_last``: trading days
        relative to the event.
    name
        ``window`` or ``estimation``.
    usual
        The window of events that have none; without it they have day 0.

    Returns
    -------
    numpy.ndarray or None
        None where the events have no such columns.
    """
    columns = [f"{name}_first", f"{name}_last"]
    if not {*columns} <= {*events.columns}:
        return None
    days = events[columns].astype("Float64").to_numpy("float64", na_value=np.nan)
    known = ~np.isnan(days).any(axis=1)
    result: np.ndarray = np.where(known[:, None], days, usual or (0, 0)).astype("int64")
    return result


def envelope(own: np.ndarray) -> Window:
    """Return the shortest window that holds all of the events'."""
    if not len(own):
        return 0, 0
    return int(own[:, 0].min()), int(own[:, 1].max())


def of_kept(own: np.ndarray | None, kept: pd.Index) -> np.ndarray | None:
    """Return the windows of the kept events."""
    return None if own is None else own[kept.to_numpy()]


def own_problems(
    events: pd.DataFrame,
    windows: Sequence[Window],
    estimation: np.ndarray | None,
    window: np.ndarray | None,
) -> list[Problem]:
    """Return events whose own windows end before they begin, or overlap.

    Parameters
    ----------
    events
        With their identifiers.
    windows
        The windows that all events have.
    estimation, window
        From `own_days`.
    """
    problems = []

    def wrong(broken: list[bool], rule: str, column: str, days: np.ndarray) -> None:
        at = np.flatnonzero(broken)
        if len(at):
            event = events["event"].iloc[at[0]]
            problems.append(
                Problem(
                    f"{rule}: {len(at):,} events, first {event}",
                    "correct the days, trading days relative to the event",
                    "events",
                    column=column,
                    value=window_name(days[at[0]]),
                )
            )

    for name, days, least in (("window", window, 1), ("estimation", estimation, 2)):
        if days is not None:
            short = [bool(last - first + 1 < least) for first, last in days]
            rule = f"a window has fewer than {least} days"
            wrong(short, rule, f"{name}_first, {name}_last", days)
    if estimation is not None:
        each = [list(windows) for _ in estimation]
        if window is not None:
            each = [[*all_, own] for all_, own in zip(each, window, strict=True)]
        shared = [
            any(overlap(one, own) for one in some)
            for some, own in zip(each, estimation, strict=True)
        ]
        rule = "an event's estimation window overlaps its windows"
        wrong(shared, rule, "estimation_first, estimation_last", estimation)
    return problems
