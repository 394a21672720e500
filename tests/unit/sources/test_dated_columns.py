"""Days and moments of a file's column: typed, printed and serial, and why not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.dated_columns import (
    clock_moments,
    days,
    days_or_stop,
    no_day,
    vendor_days,
)
from alliance_value.sources.raw_table import PLAIN, RawTable
from alliance_value.sources.record import Reading


def raw(cells, kind="csv", other=None, **said):
    table = pd.DataFrame({"x": pd.Series(cells)})
    if other is not None:
        table["other"] = other
    rows = pd.Series(range(2, len(table) + 2), dtype="int64")
    layout = replace(PLAIN, **said)
    reading = Reading("a.csv", kind, len(table), 1)
    return RawTable(table, rows, "a.csv", False, (), reading, layout=layout)


def read(*cells, by=days, **options):
    problems = []
    told = by(raw([*cells], **options), "x", problems)
    assert told.dtype == "datetime64[ns]"
    stamps = [None if pd.isna(t) else str(t).removesuffix(" 00:00:00") for t in told]
    return stamps, problems


def day(*cells, **options):
    stamps, problems = read(*cells, **options)
    assert not problems
    return stamps


def moment(*cells, **options):
    stamps, problems = read(*cells, by=clock_moments, **options)
    assert not problems
    return stamps


def test_cells_that_are_marked_or_never_come_are_missing():
    cells = ("2001-02-03", " ", "NA", "99999999", "9999-12-31", None)
    assert day(*cells, missing=("NA",)) == ["2001-02-03", *[None] * 5]


def test_a_zone_is_that_of_the_exchange():
    cells = ("2001-02-03 23:00+00:00", "2001-07-03 23:00-05:00", "2001-02-03 20:00")
    stamps = ["2001-02-03 23:00:00", "2001-07-03 23:00:00", "2001-02-03 20:00:00"]
    assert read(*cells, by=clock_moments)[0] == stamps
    # 23:00 UTC is 18:00 in New York; -05:00 is 04:00 UTC, an hour on in summer
    there = ["2001-02-03 18:00:00", "2001-07-04", "2001-02-03 20:00:00"]
    assert moment(*cells, timezone="America/New_York") == there
    typed = pd.to_datetime(["2001-02-03 23:00"]).tz_localize("UTC")
    assert moment(*typed, timezone="America/New_York") == ["2001-02-03 18:00:00"]
    assert day(*typed.tz_convert("America/Chicago")) == ["2001-02-03"]


def test_moments_in_utc_are_told_where_no_zone_is_stated():
    stamps, (problem,) = read("2001-02-03", "2001-02-04 21:30Z", by=clock_moments)
    assert stamps[1] == "2001-02-04 21:30:00"
    rule = "the times are in UTC, and the exchange may be closed at 21:30 UTC"
    assert problem.rule == rule
    assert problem.remedy.startswith("set timezone for this source")
    assert (problem.where, problem.row, problem.column, problem.value) == (
        *("a.csv", 3, "x", "2001-02-04 21:30Z"),
    )
    # midnight is no time, and a zone may be another one
    assert moment("2001-02-04T00:00Z", "2001-02-04 09:30-05:00")


def test_days_in_utc_are_told_where_more_than_half_have_a_time():
    late = "2001-02-04 21:30Z"
    _, (problem,) = read("2001-02-03", late, late)
    assert problem.rule == (
        "the times are in UTC, and a day may begin before or after 21:30 UTC"
    )
    assert day("2001-02-03", late) and day("2001-02-03", late, None, None)
    assert day(late, timezone="UTC") == ["2001-02-04"]


@pytest.mark.parametrize(
    ("said", "cells", "rule"),
    [
        ("day_first", ["03/04/2001"], None),
        ("day_first", ["13/04/2001"], None),
        ("day_first", ["2001-04-03"], None),
        (
            "day_first",
            ["04/13/2001"],
            "the study says day first, but the column has numbers above 12 that make "
            "it month first",
        ),
        (
            "month_first",
            ["13/04/2001"],
            "the study says month first, but the column has numbers above 12 that make "
            "it day first",
        ),
    ],
)
def test_the_study_may_say_which_comes_first(said, cells, rule):
    stamps, problems = read(*cells, dates=said)
    assert [p.rule for p in problems] == ([rule] if rule else [])
    if rule is None:
        assert stamps[0][:7] == "2001-04"


def test_the_first_that_could_be_either_is_shown():
    cells = ["04/04/2001", None, "03/04/2001", "05/06/2001"]
    _, (problem,) = read(*cells)
    assert problem.rule == (
        "day or month first cannot be told from the column: this is 2001-04-03 with "
        "the day first, 2001-03-04 with the month first"
    )
    assert (problem.row, problem.column, problem.value) == (4, "x", "03/04/2001")
    # another column of the file tells, or what is usual
    assert day("03/04/2001", other=["13/04/2001"]) == ["2001-04-03"]
    assert vendor_days(raw(["03/04/2001"]), "x")[0] == pd.Timestamp("2001-03-04")
    with pytest.raises(UserError, match="cannot be told") as caught:
        days_or_stop(raw(["03/04/2001"]), "x")
    assert caught.value.subject == "reading a.csv"


def test_a_column_without_days_is_told():
    file = raw([" ", "-", "abc", "d"], missing=("-",))
    nothing = pd.Series(pd.to_datetime([None] * 4))
    (problem,) = no_day(file, "x", nothing)
    assert problem.rule == "no cell of the column can be read as a day"
    assert (problem.where, problem.row, problem.column, problem.value) == (
        *("a.csv", 4, "x", "abc"),
    )
    some = pd.Series(pd.to_datetime([None, None, "2001-01-01", None]))
    assert no_day(file, "x", some) == []
    assert no_day(raw([" ", None]), "x", nothing[:2]) == []


def test_serial_numbers_count_as_their_container_does():
    assert day("36526", "36527.75", kind="excel") == ["2000-01-01", "2000-01-02"]
    assert moment("14610.5", kind="sas") == ["2000-01-01 12:00:00"]
    assert day(14610.0, None, kind="xport") == ["2000-01-01", None]
    assert day("14610,5", kind="stata", decimal=",") == ["2000-01-01"]
    assert day("36526", kind="sas", dates="excel") == ["2000-01-01"]
    # the last day of all is an open end: 9999-12-31 is so many days after 1899-12-30
    assert day("2958465", "36526", kind="excel") == ["2261-12-31", "2000-01-01"]


def test_seconds_since_1970_are_in_utc():
    _, (problem,) = read("946684799", by=clock_moments, dates="unix")
    assert problem.rule.endswith("the exchange may be closed at 23:59 UTC")
    there = moment("946684799", dates="unix", timezone="America/New_York")
    assert there == ["1999-12-31 18:59:59"]
    assert moment("10957", dates="unix") == ["2000-01-01"]


def test_serial_numbers_of_a_text_are_told_with_what_they_could_be():
    stamps, (problem,) = read("", "14610", "14611")
    assert stamps == [None] * 3
    assert problem.rule == (
        "is a serial number of a day: 1939-12-31 as excel counts, 2000-01-01 as sas "
        "counts, 2000-01-01 as stata counts, 2010-01-01 as unix counts"
    )
    assert problem.remedy == "set dates for this source to excel, sas, stata, unix"
    assert (problem.where, problem.row, problem.column, problem.value) == (
        *("a.csv", 3, "x", "14610"),
    )
    # 1900-01-01 and 2100-01-01 are out of the century, and nothing to tell
    assert read("2")[1] == [] or "excel" not in read("2")[1][0].rule
    assert "excel" in read("3")[1][0].remedy
    assert "excel" in read("73050")[1][0].remedy
    assert "excel" not in "".join(p.remedy for p in read("73051")[1])


def test_words_and_numbers_are_no_serial_numbers():
    assert day("14610", "x1") == [None, None]
    assert day("20010203", "20010204") == ["2001-02-03", "2001-02-04"]
    assert day("E", ".", kind="sas") == [None, None]
