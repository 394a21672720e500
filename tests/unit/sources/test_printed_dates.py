"""Dates of many formats in one column, and what the record says of them."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from alliance_value.sources.date_formats import date_formats
from alliance_value.sources.printed_dates import NEVER, dates, moments


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
