"""Tests of abnormal returns -> every window in rows, models and samples in columns."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.exhibits.cells import Rows, abnormal, starred, stars
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import label, most_prominent, sentence, window_head
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import EventTest, NormalReturn, table

P_VALUES = {"two_sided": "p", "greater": "p_greater", "less": "p_less"}


@table(
    "event_windows",
    label="mean abnormal returns of every window, model and sample",
    inputs=("event_tests",),
    section="events",
    takes=("unit", "group", "test", "alternative", "stars"),
    asks=("event_study",),
)
def event_windows(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out mean abnormal returns with one test's statistic below each."""
    tests = results["event_tests"]
    unit = table.unit or str(tests.unit.iloc[0])
    group = table.group or "all"
    groups = dict.fromkeys(tests.group[tests.unit == unit].astype(str))
    raise_if(
        [
            Problem(
                f"the event study has no group '{group}'",
                nearest(group, groups),
                f"exhibits.tables.{table.name}.group",
            )
        ]
        if group not in groups
        else [],
        "the table of event windows",
    )
    test = table.test or most_prominent(dict.fromkeys(tests.test))
    shown = tests[(tests.unit == unit) & (tests.group == group) & (tests.test == test)]
    columns = list(dict.fromkeys(zip(shown["model"], shown["sample"], strict=True)))
    cells = {
        (row["window"], row["model"], row["sample"]): row
        for row in shown.to_dict("records")
    }
    p = P_VALUES[table.alternative]
    rows: Rows = []
    for window in dict.fromkeys(shown.window):
        row = [cells[window, model, sample] for model, sample in columns]
        means = tuple(
            f"{abnormal(one['mean'], context.words)}{stars(one[p], table)}"
            for one in row
        )
        rows += [
            (window_head(window), means),
            ("", tuple(in_brackets(one) for one in row)),
        ]
        counts = tuple(f"{one['n']:,}" for one in row)
    rows.append(("Events", counts))
    several = len({sample for _, sample in columns}) > 1
    heads = [
        (sentence(sample) if several else "", sentence(label(NormalReturn, model)))
        for model, sample in columns
    ]
    notes = [
        context.words.say(
            "Mean cumulative abnormal {measures}; in parentheses the statistic of the "
            f"test {label(EventTest, test)}. Events: those with a {{measure}} in the "
            "last window."
        ),
        *starred(table),
    ]
    return finished(table, heads, rows, notes, context, [len(rows) - 1])


def in_brackets(test: Mapping[Hashable, Any]) -> str:
    """Write a statistic in parentheses, nothing where it is not defined."""
    value = test["statistic"]
    return "" if pd.isna(value) else f"({value:z.2f})"
