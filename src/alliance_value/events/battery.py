"""One model's results -> every test of every group and window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alliance_value.events.engine import ModelResult, Task
from alliance_value.events.tests_parametric import (
    TOO_FEW,
    Statistic,
    bmp,
    cross_sectional,
    kolari_pynnonen,
    mean_correlation,
    patell,
    sign,
    undefined,
)
from alliance_value.events.tests_rank import corrado, corrado_zivney, generalized_rank
from alliance_value.events.tests_resampled import (
    CalendarPortfolio,
    bootstrap,
    calendar_portfolio,
    calendar_time,
)

TESTS = (
    "cross_sectional",
    "patell",
    "bmp",
    "kolari_pynnonen_patell",
    "kolari_pynnonen",
    "corrado",
    "corrado_zivney",
    "generalized_rank",
    "sign",
    "generalized_sign",
    "calendar_time",
    "bootstrap",
)


def portfolio(
    task: Task, found: ModelResult, group: int, window: int
) -> CalendarPortfolio:
    """Return the calendar-time portfolio of a group in one of its windows."""
    members = task.members[group]
    first, last = task.windows[window]
    columns = task.columns((first, last))
    position = task.positions[members, None] + np.arange(first, last + 1)
    return calendar_portfolio(
        found.event[members, columns], found.variance[members, columns], position
    )


def run_tests(
    task: Task, found: ModelResult, group: int, window: int, tests: Sequence[str]
) -> dict[str, Statistic]:
    """Run the tests of one group and window, all but the bootstrap.

    Parameters
    ----------
    task, found
        The events and one model's results.
    group, window
        Places in the task's groups and windows.
    tests
        Names out of `TESTS`.
    """
    members = task.members[group]
    one = found.windows[window]
    car, scar = one.car[members], one.scar[members]
    n = int((~np.isnan(car)).sum())
    usable = int((~np.isnan(found.event[members])).any(axis=1).sum())
    r = mean_correlation(found.correlation[group], usable)
    shift = task.estimation_days
    columns = task.columns(task.windows[window])
    inside = slice(columns.start + shift, columns.stop + shift)
    result: dict[str, Statistic] = {}
    for test in tests:
        match test:
            case "cross_sectional":
                result[test] = cross_sectional(car)
            case "patell":
                result[test] = patell(scar, found.df[members])
            case "bmp":
                result[test] = bmp(scar)
            case "kolari_pynnonen_patell":
                result[test] = patell(scar, found.df[members], r)
            case "kolari_pynnonen":
                result[test] = kolari_pynnonen(scar, r)
            case "corrado":
                result[test] = corrado(found.corrado[group], inside)
            case "corrado_zivney" | "generalized_rank" if n < 2:
                result[test] = undefined(n, TOO_FEW)
            case "corrado_zivney":
                result[test] = corrado_zivney(found.zivney[group], inside)
            case "generalized_rank":
                result[test] = generalized_rank(found.generalized[group][window])
            case "sign":
                result[test] = sign(car)
            case "generalized_sign":
                result[test] = sign(car, found.positive[members])
            case "calendar_time":
                series = portfolio(task, found, group, window)
                result[test] = calendar_time(series, n)
    return result


def run_bootstrap(
    task: Task, results: Sequence[ModelResult], group: int, draws: int, seed: int
) -> list[list[Statistic]]:
    """Bootstrap all models' windows of a group on the same draws.

    Returns
    -------
    list of list of Statistic
        By model, then by window.
    """
    members = task.members[group]
    cars = [w.car[members] for found in results for w in found.windows]
    flat = bootstrap(np.column_stack(cars), draws, seed)
    width = len(task.windows)
    return [flat[i : i + width] for i in range(0, len(flat), width)]
