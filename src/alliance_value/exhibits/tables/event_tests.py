"""Tests of abnormal returns -> one row per test, groups in columns."""

from __future__ import annotations

import pandas as pd

from alliance_value.exhibits.cells import Rows, share, starred, stars
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import label, sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import EventTest, NormalReturn, table


def shown_tests(table: Table, results: Results) -> tuple[pd.DataFrame, str]:
    """Return the tests of one model, window and unit, and what they are in words."""
    tests = results["event_tests"]
    tests = tests[tests["sample"] == "all"]
    model = table.model or str(tests.model.iloc[0])
    window = table.window or "[-1,1]"
    tests = tests[(tests.model == model) & (tests.window == window)]
    words = (
        f"Mean cumulative abnormal returns over {window}, normal returns by "
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
    shown, words = shown_tests(table, results)
    groups = {
        (str(unit), str(group)): part.set_index("test")
        for (unit, group), part in shown.groupby(["unit", "group"], sort=False)
    }
    first = [part.iloc[0] for part in groups.values()]
    rows: Rows = [
        ("Events", tuple(f"{int(row.n):,}" for row in first)),
        ("Mean CAR", tuple(share(row["mean"]) for row in first)),
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
        (units.get(u, sentence(u)) if upper else "", sentence(g)) for u, g in groups
    ]
    notes = [f"{words}, with the statistic of each test.", *starred(table)]
    return finished(table, heads, rows, notes, context, [2])


def statistic(by_test: pd.DataFrame, name: str, table: Table) -> str:
    """Write a statistic with its stars; nothing where it is not defined."""
    if name not in by_test.index or pd.isna(by_test.statistic[name]):
        return ""
    return f"{by_test.statistic[name]:.2f}{stars(by_test.p[name], table)}"
