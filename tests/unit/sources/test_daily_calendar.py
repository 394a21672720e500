"""Trading days, what is no daily file, and spells of listings, by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import polars as pl
import pytest

from alliance_value.sources.daily_calendar import (
    frequency_problems,
    listed,
    spells_of,
    trading_days,
)


def test_days_with_few_rows_are_none():
    days = [date(2001, 1, n) for n in (2, 3, 4, 5)] + [date(2001, 2, 1), None]
    counts = pl.DataFrame({"date": days[::-1], "rows": [9, 4, 10, 10, 5, 4]})
    # half of a month's median, 7.5: less than 3.75, so that a day of 4 is one
    assert trading_days(counts, 0.5).rows() == [
        *((day, False, n) for n, day in enumerate(days[:5])),
    ]
    # 0.6 x 7.5 = 4.5; a month of one day is its own median
    table = trading_days(counts, 0.6)
    assert table.rows() == [
        (days[0], True, None),
        (days[1], False, 0),
        (days[2], False, 1),
        (days[3], False, 2),
        (days[4], False, 3),
    ]
    # as few as the share itself are enough
    even = pl.DataFrame({"date": days[:3], "rows": [4, 4, 2]})
    assert trading_days(even, 0.5)["thin"].to_list() == [False] * 3


@pytest.mark.parametrize(
    ("gap", "kind"),
    [
        (4, None),
        (5, "weekly"),
        (10, "weekly"),
        (11, "monthly"),
        (45, "monthly"),
        (46, "quarterly"),
        (100, "quarterly"),
        (101, "annual"),
    ],
)
def test_days_far_apart_are_no_daily_file(gap, kind):
    days = [*pd.date_range("2001-01-01", periods=5, freq=f"{gap}D")[::-1]]
    told = frequency_problems([*days, None, days[0]], "a.csv")
    rules = [p.rule for p in told]
    line = f"the file is {kind}, not daily: {gap} days lie between its days"
    assert rules == ([line] if kind else [])
    # four days tell nothing, however often each stands
    assert frequency_problems([*days[:4], *days[:4]], "a.csv") == []


def test_spells_are_numbered_by_their_begin_and_open_ends_filled():
    listings = pd.DataFrame(
        {
            "security": ["2", "1", "x", "1"],
            "first": pd.to_datetime(["2001-01-02", None, "2001-01-01", "2001-01-02"]),
            "last": pd.to_datetime(["2001-01-03", "2001-01-01", None, None]),
        }
    )
    begin, end = date(1800, 1, 1), date(2261, 12, 31)
    second = date(2001, 1, 2)
    assert spells_of(listings, pl.Int64()).rows() == [
        (0, 1, begin, date(2001, 1, 1)),
        (1, 1, second, end),
        (2, 2, second, date(2001, 1, 3)),
    ]


def test_rows_are_given_the_spell_in_which_they_lie():
    spells = pl.DataFrame(
        {
            "listing": [0, 1],
            "security": [1, 1],
            "begin": [date(2001, 1, 2), date(2001, 1, 5)],
            "end": [date(2001, 1, 3), date(2001, 1, 5)],
        }
    )
    rows = pl.DataFrame(
        [(1, date(2001, 1, n)) for n in range(1, 7)] + [(2, date(2001, 1, 2))],
        {"security": pl.Int64, "date": pl.Date},
        orient="row",
    )
    out = listed(rows, spells).sort("security", "date")
    assert out.columns == ["security", "date", "listing", "unlisted"]
    assert out["listing"].to_list() == [None, 0, 0, None, 1, None, None]
    # a security without any spell is listed throughout
    assert out["unlisted"].to_list() == [True, False, False, True, False, True, False]
