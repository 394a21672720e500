"""The arguments of an event study -> everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alliance_value.contracts.events import Events
from alliance_value.contracts.problems import Problem, nearest
from alliance_value.events.calendar import Window
from alliance_value.events.matrix import by_market, factors_in
from alliance_value.study.event_study import (
    MARKET,
    overlap,
    window_name,
)
from alliance_value.study.measures import (
    MEANS_OF_ONE,
    measure_problems,
    own_market,
)
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import EventTest, NormalReturn


def whole_days(
    windows: Sequence[Window], problems: list[Problem]
) -> tuple[Window, ...]:
    """Return windows as whole numbers; problems grow where they are none."""
    whole = [w for w in windows if all(float(day).is_integer() for day in w)]
    problems += [
        Problem(
            "a window is not of whole numbers of trading days",
            "write its first and last day, such as (-1, 1)",
            "windows",
            value=str(window),
        )
        for window in windows
        if window not in whole
    ]
    return tuple((int(first), int(last)) for first, last in whole)


def problems_of(
    events: pd.DataFrame,
    factors: pd.DataFrame | None,
    models: Sequence[str],
    windows: Sequence[Window],
    estimation: Window | None,
    path: Window | None,
    tests: Sequence[str],
    confounds: pd.DataFrame | None,
    measure: str,
) -> list[Problem]:
    """Return everything that is wrong with the arguments but the returns."""
    problems = [*measure_problems(measure, models, tests, estimation is not None)]

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
    there = set() if factors is None else factors_in(factors) | {*MARKET}
    if own_market(measure):
        there |= {*MARKET}
    if factors is not None and by_market(events, factors):
        by = dict(list(factors.groupby("market")))
        for name in sorted(events["market"].dropna().unique()):
            if name in by:
                there &= factors_in(by[name]) | {*MARKET}
            else:
                wrong(
                    "a market has no factors",
                    f"{nearest(str(name), map(str, by))}",
                    "events, column market",
                    str(name),
                )
        if events["market"].isna().any():
            wrong("an event has no market", "name it", "events, column market")
        if own_market(measure) and set(models) - {"mean"}:
            wrong(MEANS_OF_ONE, "take the model mean alone", "models")
    returns, known_tests = entries(NormalReturn), entries(EventTest)
    needing = {name: entry.estimation for name, entry in returns.items()}
    needing |= {name: entry.estimation for name, entry in known_tests.items()}
    for where, asked, known in (
        ("models", models, [*returns]),
        ("tests", tests, [*known_tests]),
    ):
        for one in asked:
            if one not in known:
                wrong(f"unknown {where[:-1]}", nearest(one, known), where, one)
            elif needing[one] and estimation is None:
                wrong(f"{one} needs an estimation window", "give one", where, one)
    for model in models:
        entry = returns.get(model)
        lacking = [f for f in entry.factors if f not in there] if entry else []
        if lacking and factors is None:
            wrong(f"the model {model} needs factors", "give factors", "models", model)
        elif lacking:
            wrong(
                f"the model {model} needs {', '.join(lacking)}",
                "add the columns or leave the model out",
                "factors",
            )
    own = "estimation_first" in events.columns
    for window in [*windows, *([path] if path else [])]:
        if window[0] > window[1]:
            wrong("a window ends before it begins", "swap", "windows", str(window))
        elif estimation and not own and overlap(window, estimation):
            wrong(
                f"the window overlaps the estimation window {window_name(estimation)}",
                "let them share no day",
                "windows",
                window_name(window),
            )
    if not (windows or {"window_first"} & {*events.columns}) or not models:
        wrong("nothing to do", "give a window and a model at least", "windows, models")
    if estimation and estimation[0] >= estimation[1]:
        wrong(
            "the estimation window has fewer than two days",
            "give its first and last day, such as (-295, -46)",
            "estimation",
            str(estimation),
        )
    return problems
