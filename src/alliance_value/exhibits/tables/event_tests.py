"""Tests of abnormal returns -> one row per test, groups in columns."""

from __future__ import annotations

import pandas as pd

from alliance_value.exhibits.cells import Rows, abnormal, starred, stars
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import group_head, label, sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.event_study import OWN
from alliance_value.study.exhibit_problems import EVENTS
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import EventTest, NormalReturn, table


def shown_tests(
    table: Table, results: Results, context: Context
) -> tuple[pd.DataFrame, str]:
    """Return the tests of one model, window and unit, and what they are in words."""
    tests = results["event_tests"]
    tests = tests[tests["sample"] == "all"]
    model = table.model or str(tests.model.iloc[0])
    window = table.window or "[-1,1]"
    tests = tests[(tests.model == model) & (tests.window == window)]
    over = "the events' own windows" if window == OWN else window
    words = context.words.say(
        f"Mean cumulative abnormal {{measures}} over {over}, normal {{modelled}} by "
        f"{label(NormalReturn, model)}"
    )
    return tests[tests.unit == table.unit] if table.unit else tests, words


@table(
    "event_tests",
    label="every test of one window",
    inputs=("event_tests",),
    section="events",
    takes=("model", "window", "unit", "stars"),
    asks=("event_study",),
)
def event_tests(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out every test of one window in a row, groups in columns."""
    shown, words = shown_tests(table, results, context)
    groups = {
        (str(unit), str(group)): part.set_index("test")
        for (unit, group), part in shown.groupby(["unit", "group"], sort=False)
    }
    first = [part.iloc[0] for part in groups.values()]
    rows: Rows = [
        ("Events", tuple(f"{int(row.n):,}" for row in first)),
        (
            context.words.say("Mean {cumulated}"),
            tuple(abnormal(row["mean"], context.words) for row in first),
        ),
    ]
    rows += [
        (
            label(EventTest, test),
            tuple(statistic(part, test, table) for part in groups.values()),
        )
        for test in dict.fromkeys(shown.test)
    ]
    units = context.values.get("unit", {})
    upper = len({unit for unit, _ in groups}) > 1
    heads = [
        (
            units.get(u, sentence(u)) if upper else "",
            group_head(g) if u == EVENTS else sentence(g),
        )
        for u, g in groups
    ]
    notes = [
        f"{words}, with the statistic of each test.",
        *undefined(shown),
        *starred(table),
    ]
    return finished(table, heads, rows, notes, context, [2])


def undefined(shown: pd.DataFrame) -> list[str]:
    """Say why tests have no statistic in any group."""
    known = shown.statistic.notna().groupby(shown.test).any()
    lacking = shown[~shown.test.map(known)].drop_duplicates("test")
    return [
        f"{label(EventTest, str(row.test))}: {row.reason}."
        for row in lacking.itertuples()
    ]


def statistic(by_test: pd.DataFrame, name: str, table: Table) -> str:
    """Write a statistic with its stars; nothing where it is not defined."""
    if name not in by_test.index or pd.isna(by_test.statistic[name]):
        return ""
    return f"{by_test.statistic[name]:.2f}{stars(by_test.p[name], table)}"
