"""Returns, events and factors -> an event study: tables of effects and their tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.contracts.events import (
    SAMPLES,
    Events,
)
from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.contracts.storage import arrange
from alliance_value.events.battery import TESTS
from alliance_value.events.calendar import (
    CLOSE,
    WINDOWS,
    Window,
    event_positions,
    span,
    window_name,
)
from alliance_value.events.engine import CHUNK, Task, run_model
from alliance_value.events.exclusions import Rules, event_funnel, reasons_against
from alliance_value.events.matrix import Market, to_market
from alliance_value.events.normal_returns import (
    DIMSON,
    EXCESS,
    MODELS,
    REGRESSORS,
)
from alliance_value.events.tables import (
    abnormal_table,
    caar_table,
    calendar_table,
    cars_table,
    tests_table,
)

ESTIMATION: Window = (-295, -46)
EVERY = "all"


@dataclass(frozen=True)
class EventStudy:
    """The tables of an event study; columns and units in `contracts.events`.

    Parameters
    ----------
    events
        Every event, kept or not (`Events`).
    abnormal_returns
        Kept events by model and day (`AbnormalReturns`).
    cars
        Kept events by model and window (`Cars`).
    event_tests
        Samples, groups, models and windows by test (`EventTests`).
    caar
        Average paths with bands (`Caar`).
    calendar_time
        Portfolios of firms in their windows by date (`CalendarTime`).
    exclusions
        Reasons against events (`Exclusions`).
    funnel
        Events left after each reason (`contracts.funnel.Funnel`).
    notes
        What was decided or left out, in words.
    """

    events: pd.DataFrame
    abnormal_returns: pd.DataFrame
    cars: pd.DataFrame
    event_tests: pd.DataFrame
    caar: pd.DataFrame
    calendar_time: pd.DataFrame
    exclusions: pd.DataFrame
    funnel: pd.DataFrame
    notes: tuple[str, ...]


def event_study(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    factors: pd.DataFrame | None = None,
    *,
    models: str | Sequence[str] = ("market",),
    windows: Sequence[Window] = WINDOWS,
    estimation: Window = ESTIMATION,
    path: Window | None = None,
    tests: Sequence[str] = TESTS,
    confounds: pd.DataFrame | None = None,
    market_values: pd.DataFrame | None = None,
    rules: Rules | None = None,
    close: pd.Timedelta = CLOSE,
    confidence: float = 0.95,
    draws: int = 999,
    seed: int = 0,
    chunk: int = CHUNK,
) -> EventStudy:
    """Run an event study.

    Parameters
    ----------
    returns
        Long (``security``, ``date``, ``ret``, perhaps ``market_value`` in $ million)
        or wide (dates as index, one column per security); decimals.
    events
        ``event`` (unique), ``security``, ``announced`` (date or time), and perhaps
        ``after_hours``, ``firm`` (default: the security), ``group``,
        ``market_value``.
    factors
        ``date``, ``mkt_rf`` or ``mkt``, and as the models need ``smb, hml, umd, rmw,
        cma, rf``; decimals. Its days are the trading calendar. Only the model
        ``mean`` does without.
    models
        One or several of `normal_returns.MODELS`.
    windows
        First and last trading day around the event day (0), both included.
    estimation
        First and last estimation day.
    path
        Days of ``abnormal_returns`` and ``caar``; default: the longest window.
    tests
        Names out of `battery.TESTS`.
    confounds
        Other news: ``security``, ``date``, ``kind``.
    market_values
        $ million, wide, beside wide returns.
    rules
        What an event must meet; default `exclusions.Rules()`.
    close
        Time of day from which an announcement counts for the next trading day.
    confidence
        Level of the bands around the average path.
    draws, seed
        Bootstrap samples and the seed of their generator.
    chunk
        Events to hold in memory at once; results do not depend on it.

    Returns
    -------
    EventStudy
        Results do not depend on the order of rows in any input.

    Raises
    ------
    UserError
        Columns, models, windows or tests are not as described; all at once.
    """
    names = (models,) if isinstance(models, str) else tuple(models)
    chosen = tuple((int(a), int(b)) for a, b in windows)
    rules = rules or Rules()
    raise_if(
        problems_of(events, factors, names, chosen, estimation, tests, confounds),
        "the event study",
    )
    days = span([*chosen, *([path] if path else [])])
    listed = events.sort_values("event", kind="stable").reset_index(drop=True)
    reach = (
        max(-estimation[0], -days[0]) - DIMSON[0],
        max(days[1], estimation[1], 0) + DIMSON[-1],
    )
    wanted = pd.Index(listed["security"].dropna().unique())
    market, problems = to_market(returns, factors, wanted, reach, market_values)
    raise_if(problems, "the event study")
    assert market is not None
    notes = list(market.notes)
    market = with_known_factors(market, names, notes)
    placed = place_events(listed, market, estimation, span(chosen), close)
    judged, exclusions = reasons_against(
        placed, market.days, span(chosen), rules, confounds
    )
    table = arrange(judged[list(Events.to_schema().columns)], Events)
    kept = judged[judged["kept"]]
    groups = group_members(kept, confounds is not None)
    task = Task(
        market=market,
        rows=kept["row"].to_numpy(),
        positions=kept["position"].to_numpy(),
        estimation=estimation,
        windows=chosen,
        span=days,
        members=np.stack([mask for _, _, mask in groups]),
        chunk=chunk,
    )
    results = [run_model(task, name, tests) for name in names]
    labels = [(sample, group) for sample, group, _ in groups]
    kept_names = table.loc[table["kept"], "event"]
    return EventStudy(
        events=table,
        abnormal_returns=abnormal_table(task, names, results, kept_names),
        cars=cars_table(task, names, results, kept_names),
        event_tests=tests_table(task, names, results, labels, tests, draws, seed),
        caar=caar_table(task, names, results, labels, confidence),
        calendar_time=calendar_table(task, names, results, labels),
        exclusions=exclusions,
        funnel=event_funnel(table, exclusions, confounds is not None),
        notes=tuple(notes),
    )


def problems_of(
    events: pd.DataFrame,
    factors: pd.DataFrame | None,
    models: Sequence[str],
    windows: Sequence[Window],
    estimation: Window,
    tests: Sequence[str],
    confounds: pd.DataFrame | None,
) -> list[Problem]:
    """Return everything that is wrong with the arguments but the returns."""
    problems: list[Problem] = []

    def wrong(rule: str, remedy: str, where: str, value: str | None = None) -> None:
        problems.append(Problem(rule, remedy, where, value=value))

    for table, needed, where in (
        (events, ("event", "security", Events.announced), "events"),
        (confounds, ("security", "date", "kind"), "confounds"),
    ):
        if table is None:
            continue
        for column in needed:
            if column not in table.columns:
                hint = nearest(column, map(str, table.columns))
                wrong(
                    f"the column {column} is missing", f"add or rename; {hint}", where
                )
    if "event" in events.columns:
        name = events["event"]
        twice = name[name.duplicated() | name.isna()]
        if len(twice):
            wrong(
                f"{len(twice):,} events repeat an identifier or have none",
                "give each event its own identifier (a firm may have several events)",
                "events, column event",
                str(twice.iloc[0]),
            )
    for model in models:
        if model not in MODELS:
            wrong("unknown model", nearest(model, MODELS), "models", model)
        elif factors is None and REGRESSORS[model]:
            wrong(f"the model {model} needs factors", "give factors", "models", model)
        elif factors is not None:
            there = set(map(str, factors.columns)) | {"mkt", "mkt_rf"}
            lacking = [f for f in REGRESSORS[model] if f not in there]
            if lacking:
                wrong(
                    f"the model {model} needs {', '.join(lacking)}",
                    "add the columns or leave the model out",
                    "factors",
                )
    for test in tests:
        if test not in TESTS:
            wrong("unknown test", nearest(test, TESTS), "tests", test)
    for window in windows:
        if window[0] > window[1]:
            wrong("a window ends before it begins", "swap", "windows", str(window))
        elif estimation[1] >= window[0]:
            wrong(
                f"the window overlaps the estimation window {window_name(estimation)}",
                "end the estimation window earlier",
                "windows",
                window_name(window),
            )
    if not windows or not models:
        wrong("nothing to do", "give a window and a model at least", "windows, models")
    if estimation[0] >= estimation[1]:
        wrong(
            "the estimation window has fewer than two days",
            "give its first and last day, such as (-295, -46)",
            "estimation",
            str(estimation),
        )
    return problems


def with_known_factors(
    market: Market, models: Sequence[str], notes: list[str]
) -> Market:
    """Make returns missing on days when a factor of any model is.

    All models then use the same days of the same events.
    """
    needed = {f for m in models for f in REGRESSORS[m]}
    needed |= {"rf"} if set(models) & set(EXCESS) else set()
    inside = slice(market.before, market.before + len(market.days))
    unknown = np.zeros(market.returns.shape[1], bool)
    for name in needed:
        unknown |= np.isnan(market.factors[name])
    if unknown[inside].any():
        count = int(unknown[inside].sum())
        notes.append(f"{count:,} days without a needed factor count as missing")
        market.returns[:, unknown] = np.nan
    return market


def place_events(
    events: pd.DataFrame,
    market: Market,
    estimation: Window,
    days: Window,
    close: pd.Timedelta,
) -> pd.DataFrame:
    """Add each event's place in the market's arrays and what its windows hold."""
    announced = pd.to_datetime(events[Events.announced])
    after = events["after_hours"] if "after_hours" in events.columns else None
    position = event_positions(announced, market.days, after, close)
    row = market.securities.get_indexer(pd.Index(events["security"]))
    found = np.flatnonzero((position >= 0) & (row >= 0))
    start = position[found] + market.before
    count = np.zeros(len(events), dtype="int64")
    length = estimation[1] - estimation[0] + 1
    known = np.cumsum(~np.isnan(market.returns), axis=1, dtype="int32")
    first = start + estimation[0]
    count[found] = known[row[found], first + length - 1] - np.where(
        first > 0, known[row[found], first - 1], 0
    )
    day_return = np.full(len(events), np.nan)
    day_return[found] = market.returns[row[found], start]
    value = np.full(len(events), np.nan)
    if "market_value" in events.columns:
        value = events["market_value"].to_numpy("float64", na_value=np.nan)
    elif market.market_values is not None:
        before = position[found] + days[0] - 1
        there = before >= 0
        value[found[there]] = market.market_values[row[found][there], before[there]]
    value = np.where(value > 0, value, np.nan)
    on = np.full(len(events), np.datetime64("NaT", "ns"))
    on[position >= 0] = market.days[position[position >= 0]].astype("datetime64[ns]")
    stamps = pd.Series(on)
    return pd.DataFrame(
        {
            "event": events["event"].astype("string"),
            "security": events["security"],
            "firm": events["firm"] if "firm" in events.columns else events["security"],
            "group": events["group"] if "group" in events.columns else pd.NA,
            Events.announced: announced,
            "day": stamps,
            "moved": (stamps.notna() & (stamps != announced.dt.normalize())),
            "estimation_days": count,
            "market_value": value,
            "position": position,
            "row": row,
            "event_return": day_return,
        }
    )


def group_members(
    kept: pd.DataFrame, with_confounds: bool
) -> list[tuple[str, str, np.ndarray]]:
    """Return sample, group and members of everything that is tested."""
    samples = {SAMPLES[0]: np.ones(len(kept), bool)}
    if with_confounds:
        samples[SAMPLES[1]] = ~kept["confounded"].to_numpy()
    groups = {EVERY: np.ones(len(kept), bool)}
    named = kept["group"]
    for group in sorted(named.dropna().astype(str).unique()):
        groups[group] = named.astype("string").eq(group).fillna(False).to_numpy(bool)
    return [
        (sample, group, inside & members)
        for sample, inside in samples.items()
        for group, members in groups.items()
    ]
