"""A study's own events and other news, read from text."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.listed_events import listed_events
from alliance_value.sources.listings import identified, spells_in
from alliance_value.sources.news import news
from alliance_value.sources.raw_table import in_their_files, own_files
from alliance_value.sources.read_file import read_as_one, read_file
from alliance_value.study.spec import TableFile

COLUMNS = {"security": "ticker", "announced": "day", "groups": ["kind"]}
COLUMNS_OF_NEWS = {"security": "security", "date": "date", "kind": "kind"}
TEXT = """ticker,day,kind
0012,2001-03-01,big
AB,2001-03-02,
,2001-03-03,big
AB,soon,small
AB,2001-03-05 17:30,small
"""


def test_events_keep_their_codes_and_rejects_their_rows(table):
    events, rejected = listed_events(table(TEXT), COLUMNS)
    names = ["event", "security", "firm", "announced", "group: kind"]
    assert list(events.columns) == names
    assert events.security.tolist() == ["0012", "AB", "AB"]
    assert events.event.is_unique and events.event.is_monotonic_increasing
    assert events.firm.equals(events.security)
    assert events["group: kind"].isna().tolist() == [False, True, False]
    assert [(r.row, r.rule) for r in rejected.itertuples()] == [
        (4, "security_missing"),
        (5, "date_missing_or_unreadable"),
    ]
    assert len(events) + len(rejected) == 5


@pytest.mark.parametrize("group", ["ticker", "day"])
def test_a_column_that_is_a_key_may_group_as_well(table, group):
    events, _ = listed_events(table(TEXT), COLUMNS | {"groups": [group]})
    plain, _ = listed_events(table(TEXT), COLUMNS)
    keys = ["event", "security", "firm", "announced"]
    pd.testing.assert_frame_equal(events[keys], plain[keys])
    assert events[f"group: {group}"].notna().all()


def test_own_identifiers_that_repeat_are_rejected(table):
    text = (
        "id,ticker,day,firm\ne2,A,2001-01-02,F\ne1,B,2001-01-02,F\ne2,C,2001-01-03,G\n"
    )
    columns = {"event": "id", "firm": "firm", "security": "ticker", "announced": "day"}
    events, rejected = listed_events(table(text), columns)
    assert events.event.tolist() == ["e1", "e2"]
    assert events.firm.tolist() == ["F", "F"]
    assert rejected.rule.tolist() == ["event_repeated"]
    assert rejected.row.tolist() == [4]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2001-03-05 17:30", "2001-03-05 17:30"),
        ("2001-03-05T09:05:10", "2001-03-05 09:05:10"),
        ("20010305 7:30", "2001-03-05 07:30"),
        ("2001-03-05 00:00:00", "2001-03-05"),
        ("05MAR2001", "2001-03-05"),
        ("2001-03-05 25:00", None),
        ("2001-03-05 noon", None),
    ],
)
def test_a_clock_time_is_kept_and_nonsense_is_not(table, cell, moment):
    events, rejected = listed_events(
        table(f"s,d\nA,{cell}\nB,2001-03-05\n"), {"security": "s", "announced": "d"}
    )
    kept = events[events.security == "A"]
    assert kept.announced.tolist() == ([pd.Timestamp(moment)] if moment else [])
    assert len(rejected) == (0 if moment else 1)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["soon", "later"], "date_missing_or_unreadable 2"),
        (["03/04/2001", "05/06/2001"], "2001-04-03 with the day first, 2001-03-04"),
        (["2001-03-05T21:30:00Z", "2001-03-06"], "the times are in UTC"),
        (["36955", "36956.5"], "2001-03-05 as excel counts"),
    ],
)
def test_what_no_column_tells_stops(table, cells, says):
    text = "s,d\n" + "".join(f"A,{cell}\n" for cell in cells)
    with pytest.raises(UserError, match=says) as caught:
        listed_events(table(text), {"security": "s", "announced": "d"})
    assert "-> " in caught.value.render()


def test_all_missing_columns_are_named_at_once(table):
    with pytest.raises(UserError) as caught:
        listed_events(
            table("tickr,day\nA,2001-01-02\n"), COLUMNS | {"groups": ["kind"]}
        )
    words = caught.value.render()
    assert "'ticker'" in words and "'kind'" in words and "tickr" in words


def test_news_needs_a_security_and_a_day(tmp_path):
    path = tmp_path / "news.csv"
    path.write_text(
        "Permno,Day,Kind\n7,2001-01-02,earnings\n,2001-01-02,x\n7,never,x\n"
    )
    columns = {"security": "Permno", "date": "Day", "kind": "Kind"}
    found, rejected = news([str(path), str(path)], columns)
    assert found is not None
    assert [*zip(rejected.row, rejected.rule, strict=True)] == [
        (3, "security_missing"),
        (3, "security_missing"),
        (4, "date_missing_or_unreadable"),
        (4, "date_missing_or_unreadable"),
    ]
    assert found.values.tolist() == [["7", pd.Timestamp("2001-01-02"), "earnings"]] * 2
    plain = tmp_path / "plain.csv"
    plain.write_text("Permno,Day\n7,2001-01-02\n")
    found, _ = news([str(plain)], columns)
    assert found is not None and found.kind.tolist() == ["news"]
    assert news([], columns)[0] is None
    with pytest.raises(UserError, match="no row can be used"):
        news([str(path)], columns | {"security": "Kind", "missing": ["earnings", "x"]})
    with pytest.raises(UserError, match="Day"):
        news([str(path)], columns | {"date": "When"})


@pytest.mark.parametrize(
    ("cells", "order", "days"),
    [
        (["03/04/2001", "05/06/2001"], "day_first", ["2001-04-03", "2001-06-05"]),
        (["03/04/2001", "05/06/2001"], "month_first", ["2001-03-04", "2001-05-06"]),
        (["03/04/2001", "25/06/2001"], "day_first", ["2001-04-03", "2001-06-25"]),
        (["36955", "36956.5"], "excel", ["2001-03-05", "2001-03-06 12:00"]),
        (["15039", "15040"], "sas", ["2001-03-05", "2001-03-06"]),
        (["1299369600", "1299456000"], "sas", ["2001-03-05", "2001-03-06"]),
        (["1299369600000", "1299456000000"], "stata", ["2001-03-05", "2001-03-06"]),
        (["11386", "11387"], "unix", ["2001-03-05", "2001-03-06"]),
        (["983750400", "983836800"], "unix", ["2001-03-05", "2001-03-06"]),
    ],
)
def test_the_study_says_how_days_are_printed(tmp_path, cells, order, days):
    path = tmp_path / "e.csv"
    path.write_text("s,d\n" + "".join(f"A,{cell}\n" for cell in cells))
    raw = read_file(path, TableFile(entity="", file="", dates=order))
    events, _ = listed_events(raw, {"security": "s", "announced": "d"})
    assert events.announced.tolist() == [pd.Timestamp(day) for day in days]
    assert f"dates as told: {order.replace('_', ' ')}" in raw.decisions


@pytest.mark.parametrize("unit", [1, 1000])
def test_unix_times_are_in_utc(tmp_path, unit):
    path = tmp_path / "e.csv"
    path.write_text(f"s,d\nA,{983825400 * unit}\n")
    said = {"entity": "", "file": "", "dates": "unix"}
    with pytest.raises(UserError, match="in UTC"):
        listed_events(
            read_file(path, TableFile(**said)), {"security": "s", "announced": "d"}
        )
    raw = read_file(path, TableFile(**said, timezone="America/New_York"))
    events, _ = listed_events(raw, {"security": "s", "announced": "d"})
    assert events.announced.tolist() == [pd.Timestamp("2001-03-05 15:50")]


def test_an_archive_of_several_files_is_one_table(tmp_path):
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2001/e.csv", "s,d\nA,2001-03-05 16:30\nB,soon\n")
        archive.writestr("2002/e.csv", "s,d\nC,2002-03-05\nD,never\n")
    raw = read_as_one([path], TableFile(entity="", file=""))
    events, rejected = listed_events(raw, {"security": "s", "announced": "d"})
    assert events.security.tolist() == ["A", "C"]
    assert events.event.is_unique
    own = in_their_files(rejected, raw)
    assert own.file.tolist() == ["e.zip/2001/e.csv", "e.zip/2002/e.csv"]
    assert own.row.tolist() == [3, 3]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "s,d\nA,25/03/2001\n")
        archive.writestr("b.csv", "s,d\nB,03/25/2001\nC,2001-03-05T17:30Z\n")
    raw = read_as_one([path], TableFile(entity="", file=""))
    with pytest.raises(UserError) as told, own_files(raw):
        listed_events(raw, {"security": "s", "announced": "d"})
    assert [(p.where, p.row) for p in told.value.problems] == [("e.zip/b.csv", 3)]


def test_a_stated_order_that_the_column_denies_stops(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("s,d\nA,03/04/2001\nA,25/06/2001\n")
    raw = read_file(path, TableFile(entity="", file="", dates="month_first"))
    with pytest.raises(UserError, match="the study says month first"):
        listed_events(raw, {"security": "s", "announced": "d"})


SPELLS = """PERMNO,TICKER,FROM,TO
10,FB,2012-05-18,2022-06-08
10,META,2022-06-09,
20,META,2021-06-30,2022-01-28
30,X,,2001-01-01
40,X,2000-12-31,9999-12-31
"""


def spells(table):
    said = {"security": "PERMNO", "identifier": "TICKER", "first": "FROM", "last": "TO"}
    return spells_in(table(SPELLS), said)


def test_an_old_ticker_leads_to_the_security_that_bore_it_that_day(table, tmp_path):
    listings, rejected = spells(table)
    assert rejected.empty
    days = ["FB,2015-03-02 17:00", "META,2023-03-02", "META,2021-07-01", "X,2005-01-03"]
    none = ["FB,2022-06-09", "META,2022-03-01", "Y,2005-01-03", "X,2000-12-31"]
    none += [",2005-01-03", "FB,soon"]
    text = "\n".join(["ticker,day", *days, *none, ""])
    columns = {"security": "ticker", "announced": "day"}
    events, rejected = listed_events(table(text), columns, listings)
    assert events.security.tolist() == ["10", "10", "20", "40"]
    assert events.firm.tolist() == ["10", "10", "20", "40"]
    assert rejected["row"].tolist() == [6, 7, 8, 9, 10, 11]
    assert rejected.rule.tolist() == [
        *["no_listing_on_the_day"] * 3,
        "several_listings_on_the_day",
        "security_missing",
        "date_missing_or_unreadable",
    ]
    assert rejected.value.tolist()[:4] == ["FB", "META", "Y", "X"]
    path = tmp_path / "news.csv"
    path.write_text("security,date\nFB,2015-03-03\nFB,2023-03-03\n")
    found, rejected = news([str(path)], COLUMNS_OF_NEWS, listings=listings)
    assert found is not None and found.security.tolist() == ["10"]
    assert rejected.rule.tolist() == ["no_listing_on_the_day"]


def test_own_windows_are_whole_days(table):
    text = (
        "ticker,day,a,b\nA,2001-03-01,-1,1\nB,2001-03-01,-1.5,1\nC,2001-03-01,-1,x\n"
        "D,2001-03-01,-1,2.0\n"
    )
    columns = {"security": "ticker", "announced": "day", "window": ["a", "b"]}
    events, rejected = listed_events(table(text), columns)
    windows = events[["security", "window_first", "window_last"]].to_numpy().tolist()
    assert windows == [["A", -1, 1], ["D", -1, 2]]
    told = [(r.row, r.column, r.rule) for r in rejected.itertuples()]
    assert told == [
        (3, "a", "day_missing_or_unreadable"),
        (4, "b", "day_missing_or_unreadable"),
    ]


def test_listings_of_several_files_tell_what_an_identifier_stood_for(tmp_path):
    said = {"security": "permno", "first": "first", "last": "last", "file": "*.csv"}
    for name, code in (("a", "10"), ("b", "11.0")):
        (tmp_path / f"{name}.csv").write_text(
            f"permno,first,last,ticker\n{code},2001-01-01,2001-12-31,T\n"
        )
    paths = [str(tmp_path / f"{name}.csv") for name in "ab"]
    assert identified(paths, None) is None and identified(paths, said) is None
    listings = identified(paths, said | {"identifier": "ticker"})
    assert listings.index.tolist() == [0, 1]
    assert listings[["security", "identifier"]].to_numpy().tolist() == [
        *(["10", "T"], ["11", "T"])
    ]
