"""Events on a market, one model -> per-event results, and chunks for what tests sum up.

Only what a chunk of events needs is in memory at once; what outlives it is one row
per event or one row per group and relative day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from alliance_value.events.abnormal import WindowReturns, cumulate
from alliance_value.events.arrays import ratio
from alliance_value.events.calendar import Window
from alliance_value.events.matrix import Market
from alliance_value.events.normal_returns import Abnormal, abnormal_returns, gather
from alliance_value.study.event_study import OWN, window_name

CHUNK = 2048
# Up to so many events the estimates are held between passes, some 100 MB.
HELD = 1 << 14

T = TypeVar("T")


@dataclass(frozen=True)
class Task:
    """The events to estimate: n places in the market and the windows around them.

    Parameters
    ----------
    market
        Returns and factors.
    rows, positions
        int64, shape (n,): security and event day in the market's arrays.
    estimation
        First and last estimation day relative to the event day; None where nothing is
        estimated.
    windows
        Event windows.
    span
        The event days that are kept: at least all windows.
    members
        bool, shape (g, n): which events belong to each group to be tested.
    chunk
        Events to hold at once.
    own_estimation, own_window
        int64, shape (n, 2): first and last day of each event's own windows, within
        ``estimation`` and the last one of ``windows``; None where all have the same.
    induced
        What happens to abnormal returns once they are estimated.
    """

    market: Market
    rows: np.ndarray
    positions: np.ndarray
    estimation: Window | None
    windows: tuple[Window, ...]
    span: Window
    members: np.ndarray
    chunk: int = CHUNK
    own_estimation: np.ndarray | None = None
    own_window: np.ndarray | None = None
    induced: Callable[[slice, Abnormal], Abnormal] | None = None

    def columns(self, window: Window) -> slice:
        """Return the window's columns among the event days."""
        return slice(window[0] - self.span[0], window[1] - self.span[0] + 1)

    def is_own(self, window: int) -> bool:
        """Return whether the window at this place differs by event."""
        return self.own_window is not None and window == len(self.windows) - 1

    def window_name(self, window: int) -> str:
        """Return what the window at this place is called in results."""
        return OWN if self.is_own(window) else window_name(self.windows[window])

    @property
    def estimation_days(self) -> int:
        """Length L of the estimation window."""
        first, last = self.estimation or (0, -1)
        return last - first + 1

    @property
    def all_days(self) -> int:
        """Estimation and event days together, L + m."""
        return self.estimation_days + self.span[1] - self.span[0] + 1


Estimates = Callable[[], Iterator[tuple[slice, Abnormal]]]


@dataclass
class Memory:
    """What was computed once and may be asked for again."""

    kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, compute: Callable[[Any], T]) -> T:
        """Return what a function makes of this, computed the first time only."""
        if compute not in self.kept:
            self.kept[compute] = compute(self)
        result: T = self.kept[compute]
        return result


@dataclass
class ModelResult(Memory):
    """What one model gives for n events and m event days.

    Parameters
    ----------
    task, chunks
        The events, and their abnormal returns in chunks, again at each call.
    event, variance
        float64, shape (n, m): abnormal returns and forecast-error variances.
    df, positive
        float64, shape (n,): degrees of freedom; share of positive residuals.
    windows
        By window, shape (n,) each.
    """

    task: Task
    chunks: Estimates
    event: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    positive: np.ndarray
    windows: list[WindowReturns]


def estimates(task: Task, model: str) -> Estimates:
    """Return a function that yields chunks of estimated events, again at each call.

    Few events are held; many are estimated again.
    """
    held: list[tuple[slice, Abnormal]] = []
    few = len(task.rows) <= HELD

    def chunks() -> Iterator[tuple[slice, Abnormal]]:
        if held:
            yield from list(held)
            return
        for first in range(0, len(task.rows), task.chunk):
            part = slice(first, min(first + task.chunk, len(task.rows)))
            windows = gather(
                task.market,
                task.rows[part],
                task.positions[part],
                task.estimation,
                task.span,
            )
            if task.own_estimation is not None:
                own = within(task.own_estimation[part], task.estimation or (0, -1))
                windows.estimation[~own] = np.nan
            abnormal = abnormal_returns(windows, model)
            if task.induced is not None:
                abnormal = task.induced(part, abnormal)
            if few:
                held.append((part, abnormal))
            yield part, abnormal

    return chunks


def run_model(task: Task, model: str) -> ModelResult:
    """Estimate a model for all events and keep what there is of each."""
    chunks = estimates(task, model)
    n, m = len(task.rows), task.span[1] - task.span[0] + 1
    event, variance = np.full((n, m), np.nan), np.full((n, m), np.nan)
    df, positive = np.full(n, np.nan), np.full(n, np.nan)
    parts: list[list[WindowReturns]] = [[] for _ in task.windows]
    for part, abnormal in chunks():
        event[part], variance[part] = abnormal.event, abnormal.day_variance()
        df[part] = abnormal.df
        positive[part] = share_positive(abnormal.estimation)
        for w, (cumulated, window) in enumerate(zip(parts, task.windows, strict=True)):
            days = abnormal
            if task.own_window is not None and task.is_own(w):
                own = within(task.own_window[part], task.span)
                days = replace(abnormal, event=np.where(own, abnormal.event, np.nan))
            cumulated.append(cumulate(days, task.columns(window)))
    windows = [WindowReturns.joined(cumulated) for cumulated in parts]
    return ModelResult(task, chunks, event, variance, df, positive, windows)


def within(own: np.ndarray, days: Window) -> np.ndarray:
    """Return which of some days are in each event's own window; bool, shape (n, d)."""
    day = np.arange(days[0], days[1] + 1)
    inside: np.ndarray = (own[:, :1] <= day) & (day <= own[:, 1:])
    return inside


def share_positive(estimation: np.ndarray) -> np.ndarray:
    """Return each event's share of positive estimation residuals, shape (n,)."""
    count = (~np.isnan(estimation)).sum(axis=1)
    above = (estimation > 0).sum(axis=1)
    return ratio(above, count)
