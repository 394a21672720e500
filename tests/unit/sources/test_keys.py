"""Keys of time: whole numbers, years, quarters and months, and where they end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.sources.keys import (
    dated_time,
    fiscal_year_of,
    integer_time,
    looks_like,
    time_key,
    two_digit_quarters,
    with_quarters,
)
from alliance_value.study.spec import TableFile
from tests.unit.conftest import Table


def text(*cells: str | None) -> pd.Series:
    return pd.Series(cells, dtype="string")


def known(values: pd.Series) -> list[int | None]:
    return [None if pd.isna(v) else int(v) for v in values]


def test_whole_numbers_below_a_milliard_are_times():
    cells = text("2000", "-3", "2000.0", "2000.5", "inf", "1e9", "999999999", "x", None)
    expected = [2000, -3, 2000, None, None, None, 999_999_999, None, None]
    assert known(integer_time(cells)) == expected
    assert known(integer_time(pd.Series([1999.0, np.nan]))) == [1999, None]


@pytest.mark.parametrize(
    ("cell", "year", "quarter", "month"),
    [
        ("2001Q1", 2001, 8004, 24014),
        ("2001 q4", 2001, 8007, 24023),
        ("2001:Q02", 2001, 8005, 24017),
        ("20013", 2001, 8006, 24020),
        ("2001-07", 2001, 8006, 24018),
        ("2001m12", 2001, 8007, 24023),
        ("200101", 2001, 8004, 24012),
        ("2001-03-31", 2001, 8004, 24014),
        ("2001-04-01", 2001, 8005, 24015),
        ("1800", 1800, None, None),
        ("2200", 2200, None, None),
        ("20015", None, None, None),
    ],
)
def test_periods_are_counted_from_year_0(cell, year, quarter, month):
    """1 quarter a quarter, 1 month a month: 4 x 2001 = 8004, 12 x 2001 = 24012."""
    for unit, expected in (("year", year), ("quarter", quarter), ("month", month)):
        assert known(dated_time(text(cell), unit)) == [expected], unit


def test_quarters_of_two_digits_are_told_by_the_column():
    assert two_digit_quarters(text("201301", "201304"))
    assert not two_digit_quarters(text("201301", "201301"))
    assert not two_digit_quarters(text("201301", "201305"))
    assert not two_digit_quarters(text("2013", None))
    both = text("201301", "201304")
    assert known(dated_time(both, "quarter")) == [8052, 8055]
    assert known(dated_time(both, "month")) == [24156, 24159]


def test_files_tell_together_that_they_hold_quarters(table: Table):
    quarters = TableFile(entity="id", time="t", file="", time_format="quarter")
    months = replace(quarters, time_format="month")
    raws = [table(f"id,t\na,{t}\n", f"{t}.csv") for t in ("201302", "201303")]
    pairs = [*zip(raws, (quarters, quarters), strict=True), (raws[1], months)]
    cells = [raw.cells.t.tolist() for raw, _ in with_quarters(pairs)]
    assert cells == [["2013Q2"], ["2013Q3"], ["201303"]]
    assert [layout for _, layout in with_quarters(pairs)] == [
        quarters,
        quarters,
        months,
    ]
    # one of them alone could be a month
    alone = with_quarters(pairs[:1])
    assert alone[0][0].cells.t.tolist() == ["201302"]


@pytest.mark.parametrize(
    ("numbers", "period"),
    [
        ([20131, 20144], "quarter"),
        ([20131, 20134], ""),  # one year
        ([20131, 20145], ""),
        ([20130, 20141], ""),
        ([18001, 22004], "quarter"),
        ([17991, 20141], ""),
        ([20131, 22011], ""),
        ([201301, 201412], "month"),
        ([201301, 201413], ""),
        ([201300, 201401], ""),
        ([20130131, 20130201], "day"),
        ([20130131, 20130131], ""),
        ([20130131, 20130231], ""),
        ([18000101, 18000102], "day"),
        ([2013, 2014], ""),
        ([None], ""),
        ([20131, None, 20144], "quarter"),
    ],
)
def test_what_whole_numbers_spell(numbers, period):
    assert looks_like(pd.Series(numbers, dtype="Int64")) == period


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2000", "2001", "5"], [2000, 2001, None]),  # most are years
        (["2000", "5"], [2000, 5]),  # half are not most
        (["1800", "2200", "2201"], [1800, 2200, None]),
        (["1", "2", "3"], [1, 2, 3]),
    ],
)
def test_among_years_other_numbers_are_unreadable(cells, expected):
    layout = TableFile(entity="firm", file="", time="year")
    assert known(time_key(text(*cells), layout)) == expected


def test_days_are_years_where_nothing_is_said():
    layout = TableFile(entity="firm", file="", time="day")
    days = pd.Series(pd.to_datetime(["2001-12-31", "2002-01-01"]))
    assert known(time_key(days, layout)) == [2001, 2002]
    quarters = TableFile(entity="firm", file="", time="day", time_format="quarter")
    assert known(time_key(text("2001Q4"), quarters)) == [8007]


@pytest.mark.parametrize(
    ("closing", "year"),
    [
        ("2001-05-31", 2000),
        ("2001-06-30", 2001),
        ("2001-06-07", 2000),  # the 52/53-week year of May
        ("2001-06-08", 2001),
        ("2001-12-31", 2001),
        ("2002-01-05", 2001),
        ("2002-01-31", 2001),
    ],
)
def test_a_fiscal_year_that_ends_by_may_is_of_the_year_before(closing, year):
    assert known(fiscal_year_of(text(closing))) == [year]
