"""One or several models' results -> the tables of an event study."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alliance_value.contracts.events import Caar, CalendarTime, EventTests
from alliance_value.contracts.storage import arrange, empty
from alliance_value.events.abnormal import average_path
from alliance_value.events.battery import run_tests, samples_of
from alliance_value.events.engine import ModelResult, Task
from alliance_value.events.samples import Group
from alliance_value.events.tests.calendar_time import calendar_series


def taken(names: pd.Series, places: np.ndarray) -> pd.Series:
    """Return names at places, as text."""
    return pd.Series(names.array.take(places))


def abnormal_table(
    task: Task, models: Sequence[str], results: Sequence[ModelResult], names: pd.Series
) -> pd.DataFrame:
    """Return `AbnormalReturns`, by event, model and day."""
    n, m = len(names), task.span[1] - task.span[0] + 1
    k = len(models)
    return pd.DataFrame(
        {
            "event": taken(names, np.repeat(np.arange(n), k * m)),
            "model": text(np.tile(np.repeat(np.arange(k), m), n), models),
            "day": np.tile(np.arange(task.span[0], task.span[1] + 1), n * k),
            "ar": stack([r.event for r in results]).ravel(),
            "variance": stack([r.variance for r in results]).ravel(),
        }
    )


def stack(parts: list[np.ndarray]) -> np.ndarray:
    """Return arrays of shape (n, ...) side by side along a second axis."""
    return np.stack(parts, axis=1)


def text(codes: np.ndarray, words: Sequence[str]) -> pd.Series:
    """Return coded words as text."""
    return pd.Series(pd.array(list(words), dtype="str").take(codes))


def cars_table(
    task: Task,
    models: Sequence[str],
    results: Sequence[ModelResult],
    names: pd.Series,
    of_returns: bool,
) -> pd.DataFrame:
    """Return `Cars`, by event, model and window; only returns are held."""
    n, k, w = len(names), len(models), len(task.windows)

    def column(field: str) -> np.ndarray:
        by_model = [stack([getattr(x, field) for x in r.windows]) for r in results]
        return stack(by_model).ravel()

    words = [task.window_name(x) for x in range(w)]
    return pd.DataFrame(
        {
            "event": taken(names, np.repeat(np.arange(n), k * w)),
            "model": text(np.tile(np.repeat(np.arange(k), w), n), models),
            "window": text(np.tile(np.arange(w), n * k), words),
            "car": column("car"),
            "variance": column("variance"),
            "scar": column("scar"),
            "bhar": column("bhar") if of_returns else np.nan,
            "n_days": column("days").astype("int64"),
        }
    )


def tests_table(
    groups: Sequence[Group],
    models: Sequence[str],
    labels: Sequence[tuple[str, str]],
    tests: Sequence[str],
) -> pd.DataFrame:
    """Return `EventTests`, by sample, group, model, window and test."""
    rows: list[dict[str, object]] = []
    for group, (sample, name) in zip(groups, labels, strict=True):
        for one in samples_of(group):
            statistics = run_tests(one, tests)
            car = one.car[~np.isnan(one.car)]
            rows += [
                {
                    "sample": sample,
                    "group": name,
                    "model": models[one.model],
                    "window": group.task.window_name(one.window),
                    "test": test,
                    "n": statistic.n,
                    "mean": car.mean() if len(car) else np.nan,
                    "statistic": statistic.value,
                    "p": statistic.p,
                    "p_greater": statistic.greater,
                    "p_less": statistic.less,
                    "reason": statistic.reason or None,
                }
                for test, statistic in statistics.items()
            ]
    return arrange(pd.DataFrame(rows), EventTests) if rows else empty(EventTests)


def caar_table(
    groups: Sequence[Group],
    models: Sequence[str],
    labels: Sequence[tuple[str, str]],
    confidence: float,
) -> pd.DataFrame:
    """Return `Caar`, by sample, group, model and day."""
    parts = []
    for group, (sample, name) in zip(groups, labels, strict=True):
        first, last = group.task.span
        for model, result in zip(models, group.results, strict=True):
            path = average_path(result.event[group.members], confidence)
            parts.append(
                pd.DataFrame(
                    {
                        "sample": sample,
                        "group": name,
                        "model": model,
                        "day": np.arange(first, last + 1),
                        "n": path.n,
                        "aar": path.aar,
                        "caar": path.caar,
                        "lower": path.lower,
                        "upper": path.upper,
                    }
                )
            )
    return arrange(pd.concat(parts, ignore_index=True), Caar)


def calendar_table(
    groups: Sequence[Group], models: Sequence[str], labels: Sequence[tuple[str, str]]
) -> pd.DataFrame:
    """Return `CalendarTime`, by sample, group, model, window and date."""
    parts = []
    for group, (sample, name) in zip(groups, labels, strict=True):
        days, _ = group.task.market.dates()
        for one in samples_of(group):
            series = calendar_series(one)
            parts.append(
                pd.DataFrame(
                    {
                        "sample": sample,
                        "group": name,
                        "model": models[one.model],
                        "window": group.task.window_name(one.window),
                        "date": days[series.position].astype("datetime64[ns]"),
                        "n": series.n,
                        "ar": series.ar,
                        "z": series.z,
                    }
                )
            )
    return arrange(pd.concat(parts, ignore_index=True), CalendarTime)
