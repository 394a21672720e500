"""Rows without a key, and what is shown of them."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.sources.keyed_rows import (
    key_problems,
    mostly_unread,
    repaired_years,
)
from alliance_value.sources.repeats import FILE, LAST_DAY, PERIOD_END, ROW, STATED
from alliance_value.study.spec import TableFile


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


def unread(texts, rows):
    bad = pd.DataFrame({FILE: "a.csv", ROW: range(5, 5 + len(texts)), STATED: texts})
    return mostly_unread(bad, "year", rows, ("NA",))


@pytest.mark.parametrize(
    ("texts", "rows", "filled"),
    [
        (["x", "y"], 4, None),
        (["x", "y"], 3, 3),
        # blank and marked cells are no times
        (["", None, "NA", "x"], 5, None),
        (["", None, "NA", " x "], 4, 1),
    ],
)
def test_times_of_which_more_than_half_cannot_be_read_are_told(texts, rows, filled):
    problems = unread(texts, rows)
    if filled is None:
        assert problems == []
        return
    (problem,) = problems
    count = sum(bool(t) and t != "NA" for t in texts)
    assert problem.rule == f"{count} of {filled} times cannot be read"
    first = next(n for n, t in enumerate(texts) if t and t != "NA")
    assert (problem.where, problem.row, problem.column, problem.value) == (
        *("a.csv", 5 + first, "year", texts[first]),
    )


def test_a_years_period_end_decides_and_what_it_changes_is_noted():
    ends = ["2001-12-31", "2002-12-31", "2003-12-31", "2001-12-31", "x", "", "NA", None]
    years = [2001, 2001, 2001, None, 2005, 2006, 2007, 2008]
    table = pd.DataFrame(
        {
            "firm": ["f", "f", "f", "g", "g", "g", "g", "g"],
            "fiscal_year": pd.array(years, dtype="Int64"),
            STATED: [str(y) for y in years],
            FILE: "a.csv",
            ROW: range(2, 10),
            PERIOD_END: pd.array(ends, dtype="string"),
            LAST_DAY: pd.to_datetime(pd.Series(ends), errors="coerce"),
        }
    )
    layout = TableFile(
        entity="firm", time="y", period_end="end", file="", missing=("NA",)
    )
    log = []
    out = repaired_years(table, layout, log)
    assert out.fiscal_year.tolist() == [2001, 2002, 2003, 2001, 2005, 2006, 2007, 2008]
    noted = pd.concat([part for part in log if len(part)])
    columns = ["row", "column", "value", "rule", "new_value"]
    told = noted[columns].astype(object).fillna("-").to_numpy().tolist()
    repeated = "duplicate_firm_year_as_stated"
    assert told == [
        [6, "end", "x", "period_end_unreadable", "-"],
        [5, "y", "None", "fiscal_year_missing", "2001"],
        [4, "y", "2001", "fiscal_year_implausible", "2003"],
        [3, "y", "2001", "fiscal_year_differs_from_period_end", "2002"],
        [3, "y", "2001", repeated, "2002"],
        [4, "y", "2001", repeated, "2003"],
    ]
    assert set(noted.action) == {"repaired"}
