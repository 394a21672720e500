"""Windows of securities, and delisting returns on their days."""

from __future__ import annotations

from datetime import date

import pandas as pd
import polars as pl
import pytest

from alliance_value.sources.windows import (
    after_last,
    as_spans,
    days_of,
    inside,
    with_delistings,
)


def day(number, month=1):
    return date(2004, month, number)


def test_windows_that_cannot_be_are_left_out_and_others_put_together():
    rows = [
        *(("2", "2004-01-05", "2004-01-06"), ("1", "2004-01-05", "2004-01-05")),
        *(("1", "2004-01-06", "2004-01-07"), ("1", "2004-01-09", "2004-01-12")),
        *(("1", "2004-01-10", "2004-01-10"), ("x", "2004-01-05", "2004-01-06")),
        *(("2", "2004-01-08", "2004-01-07"), ("2", None, "2004-01-07")),
    ]
    windows = pd.DataFrame(rows, columns=["security", "first", "last"])
    assert as_spans(windows, pl.Int64()).rows() == [
        (1, day(5), day(7)),
        (1, day(9), day(12)),
        (2, day(5), day(6)),
    ]


def test_days_and_none():
    assert days_of(pd.Series(["2004-01-05 10:00", None])) == [day(5), None]


def test_rows_on_the_ends_of_a_span_are_inside():
    spans = pl.DataFrame({"security": [1], "first": [day(5)], "last": [day(6)]})
    days = [day(7), day(6), day(5), day(4), day(5)]
    rows = pl.DataFrame({"security": [1, 1, 1, 1, 2], "date": days})
    assert inside(rows, spans).rows() == [(1, day(6)), (1, day(5))]


@pytest.mark.parametrize(
    ("delisted", "open_days", "own"),
    [
        (day(6), [day(6), day(7)], day(7)),
        # up to seven days the market may be closed
        (day(6), [day(13)], day(13)),
        (day(6), [day(14)], day(7)),
        # none follows: the next weekday
        (day(9), [], day(12)),
        (day(10), [], day(12)),
        (day(8), [], day(9)),
    ],
)
def test_a_return_counts_the_trading_day_after_the_last_price(delisted, open_days, own):
    schema = {"delisted": pl.Date, "own_day": pl.Date}
    gone = pl.DataFrame({"delisted": [delisted], "own_day": [None]}, schema=schema)
    days = pl.Series(open_days, dtype=pl.Date)
    assert after_last(gone, days).rows() == [(delisted, own)]
    stated = gone.with_columns(own_day=pl.date(2004, 1, 20))
    assert after_last(stated, days)["own_day"].to_list() == [day(20)]


ROWS = {
    "security": pl.Int64,
    "date": pl.Date,
    "ret": pl.Float64,
    "code": pl.String,
    "delisting_flag": pl.String,
    "company": pl.String,
}
GONE = {"security": pl.Int64, "date": pl.Date, "own": pl.Boolean, "delisting": float}
SPANS = pl.DataFrame(
    {"security": [1, 2], "first": [day(5)] * 2, "last": [day(30)] * 2},
)


def put(rows, gone, held=False):
    table, counts, moved = with_delistings(
        pl.DataFrame([(1, *row, "7") for row in rows], ROWS, orient="row"),
        SPANS,
        pl.DataFrame([(1, *row) for row in gone], GONE, orient="row"),
        held=held,
    )
    returns = [
        (at.day, None if ret is None else round(ret, 12), code)
        for at, ret, code in table.select("date", "ret", "code").rows()
    ]
    counts = {name: count for name, count in counts.items() if count}
    return returns, counts, [(at.day, yes) for _, at, yes in moved.rows()]


def row(number, ret, code=None, flag=None):
    return (day(number), ret, code, flag)


@pytest.mark.parametrize(
    ("rows", "gone", "held", "expected"),
    [
        # a day of its own after the last row
        (
            [row(5, 0.1), row(6, 0.2)],
            (day(7), False, -0.3),
            False,
            ([(5, 0.1, None), (6, 0.2, None), (7, -0.3, None)], {"added": 1}, [(7, 1)]),
        ),
        # the same, which the file of delistings names itself
        (
            [row(5, 0.1)],
            (day(7), True, -0.3),
            False,
            ([(5, 0.1, None), (7, -0.3, None)], {"added": 1}, []),
        ),
        # on an ordinary row: 1.2 x 0.7 - 1
        (
            [row(5, 0.1), row(6, 0.2)],
            (day(6), False, -0.3),
            False,
            (
                [(5, 0.1, None), (6, -0.16, None)],
                {"compounded": 1, "between": 1},
                [(6, 1)],
            ),
        ),
        # on a row without a return, whose code goes
        (
            [row(6, None, "-99")],
            (day(6), False, -0.3),
            False,
            ([(6, -0.3, None)], {"compounded": 1, "between": 1}, [(6, 1)]),
        ),
        # a row of its own keeps its return
        (
            [row(6, 0.2, flag="Y")],
            (day(6), False, -0.3),
            False,
            ([(6, 0.2, None)], {"held": 1, "between": 1}, []),
        ),
        (
            [row(6, 0.2)],
            (day(6), True, -0.3),
            False,
            ([(6, 0.2, None)], {"held": 1}, []),
        ),
        # or takes the known one
        (
            [row(6, None, "-55", "Y")],
            (day(7), False, -0.3),
            False,
            ([(6, -0.3, None)], {"held": 1}, []),
        ),
        (
            [row(6, None, "-55")],
            (day(6), True, -0.3),
            False,
            ([(6, -0.3, None)], {"held": 1}, []),
        ),
        # a file that holds delisting returns: nothing is compounded
        (
            [row(6, 0.2)],
            (day(6), False, -0.3),
            True,
            ([(6, 0.2, None)], {"held": 1}, []),
        ),
        (
            [row(5, 0.1), row(6, 0.2)],
            (day(5), False, -0.3),
            True,
            ([(5, 0.1, None), (6, 0.2, None)], {"held": 1, "between": 1}, []),
        ),
        # between two rows it counts on no day
        (
            [row(5, 0.1), row(8, 0.2)],
            (day(7), False, -0.3),
            False,
            ([(5, 0.1, None), (8, 0.2, None)], {"between": 1}, [(7, 0)]),
        ),
        (
            [row(5, 0.1), row(8, 0.2)],
            (day(7), False, -0.3),
            True,
            ([(5, 0.1, None), (8, 0.2, None)], {"between": 1}, [(7, 0)]),
        ),
        # and outside of the windows on none
        (
            [row(5, 0.1)],
            (day(2, 3), False, -0.3),
            False,
            ([(5, 0.1, None)], {}, []),
        ),
    ],
)
def test_a_delisting_return_counts_once(rows, gone, held, expected):
    assert put(rows, [gone], held) == expected
