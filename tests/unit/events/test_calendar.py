from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.events.calendar import after_early_close, event_positions, span
from alliance_value.study.event_study import window_name

# Thursday, [Good Friday closed], Monday, Tuesday, ..., then a long gap
DAYS = np.array(
    ["2010-04-01", "2010-04-05", "2010-04-06", "2010-04-07", "2010-05-03"],
    "datetime64[D]",
)


@pytest.mark.parametrize(
    ("announced", "day"),
    [
        ("2010-04-01", "2010-04-01"),
        ("2010-04-01 15:59", "2010-04-01"),
        ("2010-04-01 16:00", "2010-04-05"),
        ("2010-04-02", "2010-04-05"),  # holiday
        ("2010-04-03", "2010-04-05"),  # Saturday
        ("2010-04-04 18:00", "2010-04-05"),  # Sunday evening
        ("2010-04-05 20:15", "2010-04-06"),
        ("2010-04-08", None),  # no trading day within a week
        ("2010-05-04", None),  # after the calendar's end
        ("2010-03-01", None),  # long before its start
        (None, None),
    ],
)
def test_event_day(announced, day):
    place = event_positions(pd.Series([announced], dtype="datetime64[ns]"), DAYS)
    found = None if place[0] < 0 else str(DAYS[place[0]])
    assert found == day


def test_after_hours_flag_moves_to_the_next_trading_day():
    announced = pd.Series(pd.to_datetime(["2010-04-01", "2010-04-01", "2010-04-02"]))
    late = pd.Series([True, None, True], dtype="boolean")
    place = event_positions(announced, DAYS, late)
    assert DAYS[place].astype(str).tolist() == [
        "2010-04-05",
        "2010-04-01",
        "2010-04-05",
    ]


def test_another_close():
    announced = pd.Series(pd.to_datetime(["2010-04-05 13:30"]))
    assert event_positions(announced, DAYS, close=pd.Timedelta(hours=13))[0] == 2


def test_early_closes_of_us_exchanges():
    early = ["2013-07-03 13:00", "2019-11-29 15:59", "2018-12-24 14:00"]
    others = ["2013-07-03 12:59", "2019-11-29 16:00", "2019-11-22 14:00", "2015-07-03"]
    stamps = pd.Series(pd.to_datetime([*early, *others], format="mixed"))
    assert after_early_close(stamps).tolist() == [True] * 3 + [False] * 4


def test_no_calendar_at_all():
    announced = pd.Series(pd.to_datetime(["2010-04-05"]))
    assert event_positions(announced, DAYS[:0]).tolist() == [-1]


def test_span_holds_every_window_and_the_event_day():
    assert span([(1, 3), (5, 9)]) == (0, 9)
    assert span([(-5, -2), (-1, 1)]) == (-5, 1)
    assert window_name((-1, 1)) == "[-1,1]"
