"""Days and years between them against the calendar of the standard library."""

from __future__ import annotations

import calendar
import datetime

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from alliance_value.panel.dates import (
    days,
    first_day,
    last_day,
    years_before,
    years_between,
)

DATES = st.dates(datetime.date(1930, 1, 1), datetime.date(2090, 12, 31))


def length(day: datetime.date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


@given(DATES, st.integers(0, 30))
def test_years_before_keep_the_day_and_the_end_of_the_month(end, years):
    (shifted,) = years_before(np.array([end], dtype="datetime64[D]"), years).tolist()
    assert (shifted.year, shifted.month) == (end.year - years, end.month)
    if end.day == length(end):
        assert shifted.day == length(shifted)
    else:
        assert shifted.day == min(end.day, length(shifted))


@given(DATES)
def test_first_and_last_day_of_a_month(day):
    month = np.array([day], dtype="datetime64[M]")
    assert first_day(month).tolist() == [day.replace(day=1)]
    assert last_day(month).tolist() == [day.replace(day=length(day))]


@given(DATES, DATES)
def test_years_between_are_days_over_the_mean_year(one, other):
    earlier, later = (np.array([d], dtype="datetime64[D]") for d in (one, other))
    (years,) = years_between(earlier, later)
    assert years == (other - one).days / 365.25


def test_a_missing_day_stays_missing_and_the_time_of_day_is_cut_off():
    column = pd.Series(pd.to_datetime(["2001-02-03 23:59:59", None]))
    found = days(column)
    assert found.dtype == np.dtype("datetime64[D]")
    assert str(found[0]) == "2001-02-03"
    assert np.isnat(found[1])
    assert np.isnan(years_between(found, found)[1])
    assert years_between(found, found)[0] == 0.0
