"""Dates of many formats in one column, and what the record says of them."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from alliance_value.sources.date_formats import date_formats
from alliance_value.sources.printed_dates import (
    NEVER,
    dates,
    moments,
    order_of_others,
    own_clock,
)


def read(*cells: str | None) -> list[str]:
    out = dates(pd.Series(cells, dtype="string"))
    return out.dt.strftime("%Y-%m-%d").fillna("").tolist()


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2004-12-31", "2004-12-31"),
        ("2004-12-31 00:00:00", "2004-12-31"),
        ("20041231", "2004-12-31"),
        ("31DEC2004", "2004-12-31"),
        ("31.12.2004", "2004-12-31"),
        ("03.04.2004", "2004-04-03"),
        ("12/31/2004", "2004-12-31"),
        ("03/04/2004", "2004-03-04"),
        ("31/12/2004", "2004-12-31"),
        (" 2004-12-31 ", "2004-12-31"),
        ("2004-02-30", ""),
        ("31/31/2004", ""),
        ("1215-01-01", ""),
        ("12/31/04", "2004-12-31"),
        ("12/31/69", "1969-12-31"),
        ("31-12-2004", "2004-12-31"),
        ("2004/12/31", "2004-12-31"),
        ("31-Dec-2004", "2004-12-31"),
        ("31 December 2004", "2004-12-31"),
        ("December 31, 2004", "2004-12-31"),
        ("Fri, 31 Dec 2004", "2004-12-31"),
        ("Dec. 31, 2004 5:30 PM", "2004-12-31"),
        ("2004-12-31T23:30:00.000Z", "2004-12-31"),
        ("2004-12-31 23:30:00-05:00", "2004-12-31"),
        ("31DEC2004:23:30:00", "2004-12-31"),
        ("20041231173000", "2004-12-31"),
        ("20041231.0", "2004-12-31"),
        ("31.12.04", "2004-12-31"),
        ("2004-12-31 25:00", ""),
        ("Dec-99", ""),
        ("1/2", ""),
        ("soon", ""),
        (None, ""),
    ],
)
def test_one_date(cell: str | None, day: str) -> None:
    assert read(cell) == [day]


@pytest.mark.parametrize(
    ("others", "day"),
    [
        ([], "2004-03-04"),
        (["12/25/2004"], "2004-03-04"),
        (["25/12/2004"], "2004-04-03"),
        (["25/12/2004", "12/25/2004"], ""),
        (["12/25/2004"] * 19 + ["25/12/2004"], "2004-03-04"),
        (["25/12/2004"] * 19 + ["12/25/2004"], "2004-04-03"),
        (["2004-12-25"], "2004-03-04"),
    ],
)
def test_the_column_tells_whether_the_day_comes_first(others, day) -> None:
    assert read("03/04/2004", *others)[0] == day
    assert read(*others, "03/04/2004")[-1] == day
    # the same number twice can be read in one way only
    assert read("04/04/2004", *others)[0] == "2004-04-04"


@pytest.mark.parametrize(
    ("cells", "formats"),
    [
        (["2004-12-31", "", "20041231"], {"YYYY-MM-DD": 1, "YYYYMMDD": 1}),
        (["12/31/2004", "01/02/2004"], {"MM/DD/YYYY": 2}),
        (["31/12/2004", "01/02/2004"], {"DD/MM/YYYY": 2}),
        (["01/15/04", "x", "01/16/04"], {"MM/DD/YY": 2, "unreadable": 1}),
        (["001000", "012345"], {}),
        (["20049999", "20041231"], {"YYYYMMDD": 1, "unreadable": 1}),
        (["12345678", "87654321"], {}),
        (["", ""], {}),
    ],
)
def test_formats_of_a_column(cells: list[str], formats: dict[str, int]) -> None:
    assert date_formats(pd.Series(cells, dtype="str")) == formats


def test_typed_columns() -> None:
    days = pd.Series(pd.to_datetime(["2004-12-31", None]))
    assert date_formats(days) == {"typed": 1}
    assert date_formats(pd.Series([20041231])) == {}


@pytest.mark.parametrize(
    ("cell", "wall", "offset"),
    [
        ("2019-04-10T21:30:00.000Z", "2019-04-10 21:30", 0),
        ("2019-04-10 17:30:00-04:00", "2019-04-10 17:30", -4),
        ("2019-04-10T17:30:00-0400", "2019-04-10 17:30", -4),
        ("20190410T173000+02", "2019-04-10 17:30", 2),
        ("20190410173000", "2019-04-10 17:30", None),
        ("10APR2019:17:30:00", "2019-04-10 17:30", None),
        ("10APR19:17:30:00", "2019-04-10 17:30", None),
        ("04/10/2019 5:30 PM", "2019-04-10 17:30", None),
        ("4/10/2019 5 pm", "2019-04-10 17:00", None),
        ("04/10/2019 12:05 a.m.", "2019-04-10 00:05", None),
        ("April 10, 2019 12:05 p.m. EDT", "2019-04-10 12:05", -4),
        ("10.04.2019 17:30", "2019-04-10 17:30", None),
        ("10.04.2019, 17:30", "2019-04-10 17:30", None),
        ("10.04.2019 17.30", "2019-04-10 17:30", None),
        ("10.04.2019 05.30.10 PM", "2019-04-10 17:30:10", None),
        ("2019-04-10t17:30:00.000z", "2019-04-10 17:30", 0),
        ("2019-04-10 17:30 ET", "2019-04-10 17:30", -4),
        ("2019-01-10 17:30 ET", "2019-01-10 17:30", -5),
        ("2019-07-10 14:30 PT", "2019-07-10 14:30", -7),
        ("2019-04-10 14:30 PDT", "2019-04-10 14:30", -7),
        ("2019-04-10 14:30 CST", "2019-04-10 14:30", -6),
        ("2019-04-10 22:30 BST", "2019-04-10 22:30", 1),
        ("2019-04-10 17:30 UTC-4", "2019-04-10 17:30", -4),
        ("2019-04-10 17:30 GMT+05:30", "2019-04-10 17:30", 5.5),
        # an hour that comes twice, and one that never comes
        ("2019-11-03 01:30 ET", "2019-11-03 01:30", -4),
        ("2019-03-10 02:30 ET", "2019-03-10 02:30", -4),
        ("2019-04-10 17.30.10", "2019-04-10 17:30:10", None),
        ("2019-04-10_17:30", "2019-04-10 17:30", None),
        ("April 10, 2019 at 5:30 PM ET", "2019-04-10 17:30", -4),
        ("10.04.2019, 17:30 Uhr", "2019-04-10 17:30", None),
        ("10/04/2019 17h30", "2019-10-04 17:30", None),
        ("20190410 1730", "2019-04-10 17:30", None),
        ("04/10/2019 1730", "2019-04-10 17:30", None),
        ("17:30 04/10/2019", "2019-04-10 17:30", None),
        ("5:30 PM, April 10, 2019", "2019-04-10 17:30", None),
        ("2019-04-10", "2019-04-10 00:00", None),
        ("2019-04-10 00:00:00+01:00", "2019-04-10 00:00", 1),
    ],
)
def test_moments(cell: str, wall: str, offset: float | None) -> None:
    read = moments(pd.Series([cell]))
    assert read.wall[0] == pd.Timestamp(wall)
    assert read.clock[0] == (read.wall[0].time() != pd.Timestamp("2019-01-01").time())
    zone = read.offset[0]
    assert (None if pd.isna(zone) else zone / pd.Timedelta(1, "h")) == offset


@pytest.mark.parametrize(
    "form", ["%d%b%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%Y-%m-%dT%H%M", "%Y%m%d"]
)
def test_every_day_of_a_year_is_read_in_every_form(form):
    days = pd.date_range("2003-01-01", "2003-12-31")
    for change in (str, str.upper, str.lower):
        if "T" in form and change is str.lower:
            continue
        printed = pd.Series([change(f"{d:{form}}") for d in days], dtype="string")
        assert dates(printed).tolist() == days.tolist()


@pytest.mark.parametrize(
    "cell",
    ["99999999", "99991231", "9999-12-31", "31.12.9999", "31DEC9999", "12/31/9999"],
)
def test_a_day_that_never_comes(cell):
    assert re.fullmatch(NEVER, cell)


@pytest.mark.parametrize("cell", ["21572.6875", "7305.25", "-3652.5", "2003-12-31"])
def test_a_serial_or_day_that_comes(cell):
    assert not re.fullmatch(NEVER, cell)


@pytest.mark.parametrize("mark", "-/")
@pytest.mark.parametrize("years", [(1997, 2003), (2001, 2004), (2013, 2022)])
def test_two_digits_of_a_year_may_come_first(mark: str, years: tuple[int, int]) -> None:
    days = pd.Series(
        pd.bdate_range(f"{years[0]}-01-02", f"{years[1]}-12-31", unit="ns")
    )
    for order in ("%y{}%m{}%d", "%d{}%m{}%y"):
        printed = days.dt.strftime(order.format(mark, mark))
        assert dates(printed).equals(days)
    months = pd.Series(pd.date_range("2001-01-31", "2024-12-31", freq="ME", unit="ns"))
    for order in ("%y{}%m{}%d", "%d{}%m{}%y"):
        printed = months.dt.strftime(order.format(mark, mark))
        assert dates(printed).equals(months)


def test_the_record_says_that_the_year_comes_first() -> None:
    cells = pd.Series(["98-12-31", "04-01-15"], dtype="str")
    assert date_formats(cells) == {"YY-MM-DD": 2}
    assert moments(cells).order == "year_first"


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        # a first number that is no day tells that the year comes first
        (["32-01-05"], ["2032-01-05"]),
        (["31-01-05"], ["2005-01-31"]),
        (["00-01-05", "04-02-06"], ["2000-01-05", "2004-02-06"]),
        # then the last are days, and the ones between months
        (["32-01-32"], [""]),
        (["32-13-05"], [""]),
        (["32-00-05"], [""]),
        (["98-12-01", "98-12-31"], ["1998-12-01", "1998-12-31"]),
        # fewer values of years than of days, of which one ends a month
        (["04-01-28", "04-02-27"], ["2004-01-28", "2004-02-27"]),
        (["04-01-27", "04-02-26"], ["2027-04-01", "2026-04-02"]),
        (["28-01-28", "28-02-27"], ["2028-01-28", "2027-02-28"]),
        # or as many, where all end a month and are three or more
        (
            ["04-01-28", "05-02-29", "06-03-30"],
            ["2004-01-28", "", "2006-03-30"],
        ),
        (["04-01-28", "05-03-29"], ["2028-04-01", "2029-05-03"]),
        (
            ["04-01-27", "05-02-29", "06-03-30"],
            ["2027-04-01", "2029-05-02", "2030-06-03"],
        ),
        # two digits of a year turn at 69
        (["01/31/68", "01/31/69"], ["2068-01-31", "1969-01-31"]),
        (["68-12-31", "69-12-30"], ["2068-12-31", "1969-12-30"]),
    ],
)
def test_years_of_two_digits(cells: list[str], days: list[str]) -> None:
    assert read(*cells) == days


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["13/01/2001"], "day_first"),
        (["01/13/2001"], "month_first"),
        (["12/12/2001"], ""),
        (["11/12/2001"], "undecided"),
        (["13/13/2001"], "undecided"),
        (["13/01/2001", "01/13/2001"], "mixed"),
        (["2001-01-13"], ""),
        # 95 in 100 decide
        (["13/01/2001"] * 19 + ["01/13/2001"], "day_first"),
        (["13/01/2001"] * 18 + ["01/13/2001"], "mixed"),
        (["01/13/2001"] * 19 + ["13/01/2001"], "month_first"),
        (["01/13/2001"] * 18 + ["13/01/2001"], "mixed"),
    ],
)
def test_the_order_that_a_column_tells(cells: list[str], order: str) -> None:
    if cells != ["13/13/2001"]:
        assert moments(pd.Series(cells)).order == order


def test_what_the_study_says_goes_before_the_column() -> None:
    cells = pd.Series(["03/04/2001", "13/04/2001", "04/13/2001", "04/04/2001", "x"])
    for order, first in (("day_first", "2001-04-03"), ("month_first", "2001-03-04")):
        told = dates(cells, order).dt.strftime("%Y-%m-%d").fillna("")
        assert told.tolist() == [first, "2001-04-13", "2001-04-13", "2001-04-04", ""]
    assert moments(cells, "day_first").order == "day_first"


def test_columns_of_a_file_tell_of_each_other_where_they_agree() -> None:
    day, month, either = ["13/04/2001"], ["04/13/2001"], ["03/04/2001"]
    for others, order in (
        ({"a": day}, "day_first"),
        ({"a": month, "b": either}, "month_first"),
        ({"a": day, "b": month}, ""),
        ({"a": either}, ""),
        ({"a": ["2001-04-13"], "b": [1]}, ""),
        ({"a": [" 13/04/01 10:00"]}, "day_first"),
    ):
        table = pd.DataFrame({"x": day, **others})
        assert order_of_others(table, "x") == order, others


def test_typed_days_that_nanoseconds_cannot_hold_are_missing() -> None:
    days = ["1677-12-31", "1678-01-01", "2261-12-31", "2262-01-01"]
    stamps = pd.Series(pd.to_datetime(days).as_unit("us"))
    assert own_clock(stamps).notna().tolist() == [False, True, True, False]
    zoned = pd.Series(pd.to_datetime(["2001-02-03 23:00"]).tz_localize("EST"))
    assert dates(zoned).tolist() == [pd.Timestamp("2001-02-03")]


@pytest.mark.parametrize(
    ("clock", "wall"),
    [
        ("12:00 AM", "00:00"),
        ("12:59 PM", "12:59"),
        ("1:00 PM", "13:00"),
        ("11:59 PM", "23:59"),
        ("0:30 AM", None),
        ("13:30 PM", "13:30"),
        ("23:59:59,5", "23:59:59.5"),
        ("24:00", None),
        ("9h05", "09:05"),
    ],
)
def test_clock_times(clock: str, wall: str | None) -> None:
    told = moments(pd.Series([f"2001-02-03 {clock}"]))
    if wall is None:
        assert told.wall.isna().all() and not told.clock.any()
    else:
        assert told.wall[0] == pd.Timestamp(f"2001-02-03 {wall}")
        assert told.clock[0] == (wall != "00:00")


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [("+5", 300), ("-03:30", -210), ("+0530", 330), ("GMT-3", -180), ("JST", 540)],
)
def test_zones_are_minutes_ahead(zone: str, minutes: int) -> None:
    told = moments(
        pd.Series([f"2001-02-03 10:00{'' if zone[0] in '+-' else ' '}{zone}"])
    )
    ahead = told.offset[0]
    if zone == "+5":
        assert pd.isna(ahead)  # two digits at least
    else:
        assert ahead == pd.Timedelta(minutes, "min")
