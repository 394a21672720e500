"""Events on a market, one model -> per-event results, and chunks for what tests sum up.

Only what a chunk of events needs is in memory at once; what outlives it is one row
per event or one row per group and relative day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from alliance_value.events.abnormal import WindowReturns, cumulate
from alliance_value.events.arrays import ratio
from alliance_value.events.calendar import Window
from alliance_value.events.matrix import Market
from alliance_value.events.normal_returns import Abnormal, abnormal_returns, gather

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
    induced
        What happens to abnormal returns once they are estimated; for simulations.
    """

    market: Market
    rows: np.ndarray
    positions: np.ndarray
    estimation: Window | None
    windows: tuple[Window, ...]
    span: Window
    members: np.ndarray
    chunk: int = CHUNK
    induced: Callable[[slice, Abnormal], Abnormal] | None = None

    def columns(self, window: Window) -> slice:
        """Return the window's columns among the event days."""
        return slice(window[0] - self.span[0], window[1] - self.span[0] + 1)

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
        for cumulated, window in zip(parts, task.windows, strict=True):
            cumulated.append(cumulate(abnormal, task.columns(window)))
    windows = [WindowReturns.joined(cumulated) for cumulated in parts]
    return ModelResult(task, chunks, event, variance, df, positive, windows)


def share_positive(estimation: np.ndarray) -> np.ndarray:
    """Return each event's share of positive estimation residuals, shape (n,)."""
    count = (~np.isnan(estimation)).sum(axis=1)
    above = (estimation > 0).sum(axis=1)
    return ratio(above, count)
