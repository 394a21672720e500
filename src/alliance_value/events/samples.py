"""Events that are tested together -> what a test of one model and window takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliance_value.events.engine import Memory, ModelResult, Task, within


@dataclass
class Group(Memory):
    """The events of one group, under all models and in all windows.

    Parameters
    ----------
    task, results
        The events and each model's results.
    place
        Place of the group among the task's.
    draws, seed
        Samples of resampling tests and the seed of their generator.
    """

    task: Task
    results: Sequence[ModelResult]
    place: int
    draws: int
    seed: int

    @property
    def members(self) -> np.ndarray:
        """Which of the task's events belong to it; bool, shape (N,)."""
        members: np.ndarray = self.task.members[self.place]
        return members

    @property
    def cars(self) -> np.ndarray:
        """CARs of its n events; float64, a column per model and window."""
        columns = [w.car[self.members] for r in self.results for w in r.windows]
        return np.column_stack(columns)


@dataclass(frozen=True)
class Sample:
    """A group's n events under one model in one window.

    Parameters
    ----------
    group
        The events.
    model, window
        Places among the group's results and the task's windows.
    """

    group: Group
    model: int
    window: int

    @property
    def result(self) -> ModelResult:
        """What the model gives for all events."""
        return self.group.results[self.model]

    @property
    def column(self) -> int:
        """Place of the model and window among the columns of `Group.cars`."""
        return self.model * len(self.group.task.windows) + self.window

    @property
    def car(self) -> np.ndarray:
        """CARs; float64, shape (n,), NaN where missing."""
        car: np.ndarray = self.result.windows[self.window].car[self.group.members]
        return car

    @property
    def scar(self) -> np.ndarray:
        """CARs over their forecast-error standard deviations, shape (n,)."""
        scar: np.ndarray = self.result.windows[self.window].scar[self.group.members]
        return scar

    @property
    def df(self) -> np.ndarray:
        """Degrees of freedom of residual variances, shape (n,)."""
        df: np.ndarray = self.result.df[self.group.members]
        return df

    @property
    def positive(self) -> np.ndarray:
        """Shares of positive estimation residuals, shape (n,)."""
        positive: np.ndarray = self.result.positive[self.group.members]
        return positive

    @property
    def n(self) -> int:
        """Number of events with a CAR."""
        return int((~np.isnan(self.car)).sum())

    @property
    def usable(self) -> int:
        """Number of events with an abnormal return on any event day."""
        known = ~np.isnan(self.result.event[self.group.members])
        return int(known.any(axis=1).sum())

    @property
    def columns(self) -> slice:
        """The window's days among the event days."""
        task = self.group.task
        return task.columns(task.windows[self.window])

    @property
    def days(self) -> slice:
        """The window's days among estimation and event days together."""
        shift = self.group.task.estimation_days
        return slice(self.columns.start + shift, self.columns.stop + shift)

    @property
    def ar(self) -> np.ndarray:
        """Abnormal returns in the window; float64, shape (n, d)."""
        ar: np.ndarray = self.result.event[self.group.members, self.columns]
        task = self.group.task
        if task.own_window is not None and task.is_own(self.window):
            own = within(task.own_window[self.group.members], task.windows[self.window])
            ar = np.where(own, ar, np.nan)
        return ar

    @property
    def variance(self) -> np.ndarray:
        """Their forecast-error variances, shape (n, d)."""
        variance: np.ndarray = self.result.variance[self.group.members, self.columns]
        return variance

    @property
    def dates(self) -> np.ndarray:
        """The places of their days among `Market.dates`; int64, shape (n, d)."""
        first, last = self.group.task.windows[self.window]
        start = self.group.task.positions[self.group.members, None]
        days = start + np.arange(first, last + 1)
        return days if not self.group.task.market.places else self.place_of(days)

    def place_of(self, days: np.ndarray) -> np.ndarray:
        """Return the places of days of several calendars among `Market.dates`.

        Days before or after a calendar have no return, and any place does for them.
        """
        _, place = self.group.once(market_dates)
        result: np.ndarray = place[np.clip(days, 0, len(place) - 1)]
        return result


def market_dates(group: Group) -> tuple[np.ndarray, np.ndarray]:
    """Return all dates of a group's market, and the place of each day among them."""
    return group.task.market.dates()
