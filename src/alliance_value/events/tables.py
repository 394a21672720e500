"""One or several models' results -> the tables of an event study."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alliance_value.contracts.events import Caar, CalendarTime, EventTests
from alliance_value.contracts.storage import arrange
from alliance_value.events.abnormal import average_path
from alliance_value.events.battery import portfolio, run_bootstrap, run_tests
from alliance_value.events.calendar import window_name
from alliance_value.events.engine import ModelResult, Task


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
    task: Task, models: Sequence[str], results: Sequence[ModelResult], names: pd.Series
) -> pd.DataFrame:
    """Return `Cars`, by event, model and window."""
    n, k, w = len(names), len(models), len(task.windows)

    def column(field: str) -> np.ndarray:
        by_model = [stack([getattr(x, field) for x in r.windows]) for r in results]
        return stack(by_model).ravel()

    words = [window_name(x) for x in task.windows]
    return pd.DataFrame(
        {
            "event": taken(names, np.repeat(np.arange(n), k * w)),
            "model": text(np.tile(np.repeat(np.arange(k), w), n), models),
            "window": text(np.tile(np.arange(w), n * k), words),
            "car": column("car"),
            "variance": column("variance"),
            "scar": column("scar"),
            "bhar": column("bhar"),
            "n_days": column("days").astype("int64"),
        }
    )


def tests_table(
    task: Task,
    models: Sequence[str],
    results: Sequence[ModelResult],
    labels: Sequence[tuple[str, str]],
    tests: Sequence[str],
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return `EventTests`, by sample, group, model, window and test."""
    rows: list[dict[str, object]] = []
    for g, (sample, group) in enumerate(labels):
        members = task.members[g]
        resampled = (
            run_bootstrap(task, results, g, draws, seed) if "bootstrap" in tests else []
        )
        for k, (model, found) in enumerate(zip(models, results, strict=True)):
            for w, window in enumerate(task.windows):
                statistics = run_tests(task, found, g, w, tests)
                if resampled:
                    statistics["bootstrap"] = resampled[k][w]
                car = found.windows[w].car[members]
                car = car[~np.isnan(car)]
                rows += [
                    {
                        "sample": sample,
                        "group": group,
                        "model": model,
                        "window": window_name(window),
                        "test": test,
                        "n": statistics[test].n,
                        "mean": car.mean() if len(car) else np.nan,
                        "statistic": statistics[test].value,
                        "p": statistics[test].p,
                        "reason": statistics[test].reason or None,
                    }
                    for test in tests
                ]
    return arrange(pd.DataFrame(rows), EventTests)


def caar_table(
    task: Task,
    models: Sequence[str],
    results: Sequence[ModelResult],
    labels: Sequence[tuple[str, str]],
    confidence: float,
) -> pd.DataFrame:
    """Return `Caar`, by sample, group, model and day."""
    parts = []
    for g, (sample, group) in enumerate(labels):
        for model, found in zip(models, results, strict=True):
            path = average_path(found.event[task.members[g]], confidence)
            parts.append(
                pd.DataFrame(
                    {
                        "sample": sample,
                        "group": group,
                        "model": model,
                        "day": np.arange(task.span[0], task.span[1] + 1),
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
    task: Task,
    models: Sequence[str],
    results: Sequence[ModelResult],
    labels: Sequence[tuple[str, str]],
) -> pd.DataFrame:
    """Return `CalendarTime`, by sample, group, model, window and date."""
    parts = []
    for g, (sample, group) in enumerate(labels):
        for model, found in zip(models, results, strict=True):
            for w, window in enumerate(task.windows):
                series = portfolio(task, found, g, w)
                parts.append(
                    pd.DataFrame(
                        {
                            "sample": sample,
                            "group": group,
                            "model": model,
                            "window": window_name(window),
                            "date": task.market.days[series.position].astype(
                                "datetime64[ns]"
                            ),
                            "n": series.n,
                            "ar": series.ar,
                            "z": series.z,
                        }
                    )
                )
    return arrange(pd.concat(parts, ignore_index=True), CalendarTime)
