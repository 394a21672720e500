"""Events on a market, one model -> per-event results and sums by day, in chunks.

Only what a chunk of events needs is in memory at once; what outlives it is one row
per event or one row per group and relative day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from alliance_value.events.abnormal import WindowReturns, cumulate
from alliance_value.events.calendar import Window
from alliance_value.events.matrix import Market
from alliance_value.events.normal_returns import (
    Abnormal,
    abnormal_returns,
    gather,
)
from alliance_value.events.tests_parametric import (
    share_positive,
    spread,
    unit_residuals,
)
from alliance_value.events.tests_rank import (
    RankSums,
    corrado_ranks,
    generalized_ranks,
    ranks,
    sum_over,
    zivney_ranks,
)

CHUNK = 2048
# Up to so many events the estimates are held between passes, some 100 MB.
HELD = 1 << 14


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
        First and last estimation day relative to the event day.
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
    estimation: Window
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
        return self.estimation[1] - self.estimation[0] + 1


@dataclass
class ModelResult:
    """What one model gives for n events, m event days and g groups.

    Parameters
    ----------
    event, variance
        float64, shape (n, m): abnormal returns and forecast-error variances.
    df, positive
        float64, shape (n,): degrees of freedom; share of positive residuals.
    windows
        By window, shape (n,) each.
    correlation
        float64, shape (g, L): sums over each group of unit residuals.
    corrado, zivney
        By group: sums of ranks.
    generalized
        By group and window: sums of generalized ranks.
    """

    event: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    positive: np.ndarray
    windows: list[WindowReturns]
    correlation: np.ndarray
    corrado: list[RankSums] = field(default_factory=list)
    zivney: list[RankSums] = field(default_factory=list)
    generalized: list[list[RankSums]] = field(default_factory=list)


Estimates = Callable[[], Iterator[tuple[slice, Abnormal]]]


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
            found = gather(
                task.market,
                task.rows[part],
                task.positions[part],
                task.estimation,
                task.span,
            )
            abnormal = abnormal_returns(found, model)
            if task.induced is not None:
                abnormal = task.induced(part, abnormal)
            if few:
                held.append((part, abnormal))
            yield part, abnormal

    return chunks


def run_model(task: Task, model: str, tests: Sequence[str]) -> ModelResult:
    """Estimate a model for all events and gather what the tests need."""
    chunks = estimates(task, model)
    first = summarize(task, chunks, tests)
    if "corrado_zivney" in tests:
        first.zivney = [
            zivney_sums(chunks, first, group, task) for group in task.members
        ]
    if "generalized_rank" in tests:
        first.generalized = generalized_sums(chunks, first, task)
    return first


def summarize(task: Task, chunks: Estimates, tests: Sequence[str]) -> ModelResult:
    """Go through the events once and keep what is per event or per group and day."""
    n, m = len(task.rows), task.span[1] - task.span[0] + 1
    groups = len(task.members)
    event, variance = np.full((n, m), np.nan), np.full((n, m), np.nan)
    df, positive = np.full(n, np.nan), np.full(n, np.nan)
    parts: list[list[WindowReturns]] = [[] for _ in task.windows]
    correlation = np.zeros((groups, task.estimation_days))
    width = task.estimation_days + m
    corrado = [RankSums(np.zeros(width), np.zeros(width), 0) for _ in range(groups)]
    for part, abnormal in chunks():
        event[part], variance[part] = abnormal.event, abnormal.day_variance()
        df[part] = abnormal.df
        positive[part] = share_positive(abnormal.estimation)
        for found, window in zip(parts, task.windows, strict=True):
            found.append(cumulate(abnormal, task.columns(window)))
        members = task.members[:, part]
        if any(t.startswith("kolari") for t in tests):
            usable = ~np.isnan(abnormal.variance)
            units = unit_residuals(abnormal.estimation)
            correlation += (members & usable).astype("float64") @ units
        if "corrado" in tests:
            place = corrado_ranks(abnormal.estimation, abnormal.event)
            corrado = [
                total + sum_over(place, group)
                for total, group in zip(corrado, members, strict=True)
            ]
    joined = [
        WindowReturns(*(np.concatenate(x) for x in zip(*map(fields, w), strict=True)))
        if w
        else WindowReturns(*(np.empty(0) for _ in range(5)))
        for w in parts
    ]
    return ModelResult(event, variance, df, positive, joined, correlation, corrado)


def fields(found: WindowReturns) -> tuple[np.ndarray, ...]:
    """Return the arrays of a window's returns in order."""
    return (found.car, found.variance, found.scar, found.bhar, found.days)


def cross_section(values: np.ndarray) -> float:
    """Return the cross-sectional standard deviation; NaN where it says nothing."""
    values = values[~np.isnan(values)]
    sd = spread(values) if len(values) > 1 else 0.0
    return sd if sd > 0 else np.nan


def zivney_sums(
    chunks: Estimates, found: ModelResult, group: np.ndarray, task: Task
) -> RankSums:
    """Rank a group's standardized abnormal returns, event days made comparable."""
    variance = np.where(found.variance > 0, found.variance, np.nan)
    standard = found.event / np.sqrt(variance)
    day_sd = np.array([cross_section(day) for day in standard[group].T])
    width = task.estimation_days + found.event.shape[1]
    total = RankSums(np.zeros(width), np.zeros(width), 0)
    for part, abnormal in chunks():
        members = group[part] & (abnormal.variance > 0)
        scale = np.sqrt(abnormal.variance[members])[:, None]
        place = zivney_ranks(
            abnormal.estimation[members] / scale, standard[part][members] / day_sd
        )
        total = total + sum_over(place, np.ones(len(place), bool))
    return total


def generalized_sums(
    chunks: Estimates, found: ModelResult, task: Task
) -> list[list[RankSums]]:
    """Rank each group's standardized CARs among its standardized residuals."""
    width = task.estimation_days + 1
    totals = [
        [RankSums(np.zeros(width), np.zeros(width), 0) for _ in task.windows]
        for _ in task.members
    ]
    sds = [
        [cross_section(w.scar[group]) for w in found.windows] for group in task.members
    ]
    for part, abnormal in chunks():
        able = abnormal.variance > 0
        scale = np.sqrt(np.where(able, abnormal.variance, np.nan))[:, None]
        residuals = abnormal.estimation / scale
        place = ranks(residuals)
        for g, group in enumerate(task.members):
            members = group[part] & able
            for w, window in enumerate(found.windows):
                value = window.scar[part][members] / sds[g][w]
                one = generalized_ranks(place[members], residuals[members], value)
                totals[g][w] = totals[g][w] + sum_over(one, np.ones(len(one), bool))
    return totals
