"""Rows without a key, and what is shown of them."""

from __future__ import annotations

import pandas as pd

from alliance_value.sources.keyed_rows import key_problems
from alliance_value.sources.repeats import FILE, ROW


def test_a_problem_shows_the_value_where_there_is_one():
    bad = pd.DataFrame({FILE: ["a.csv", "a.csv"], ROW: [3, 7]})
    values = pd.Series([pd.NA, "20x1"], dtype="string")
    problems = key_problems(bad, "year", "time_unreadable", values)
    told = [(p.where, p.row, p.column, p.value, p.rule) for p in problems]
    assert told == [
        ("a.csv", 3, "year", None, "time unreadable"),
        ("a.csv", 7, "year", "20x1", "time unreadable"),
    ]
    assert [p.value for p in key_problems(bad, "firm", "firm_missing", None)] == [
        None
    ] * 2
