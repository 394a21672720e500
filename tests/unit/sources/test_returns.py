"""Daily files, names and delistings: quirks by hand, clean against dirty worlds."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

pytest.importorskip("polars", reason="the daily file is read with Polars")

from alliance_value.contracts.problems import UserError
from alliance_value.contracts.storage import conform, empty
from alliance_value.contracts.vendor_tables import Delistings
from alliance_value.events.study import event_study
from alliance_value.sources.delistings import (
    MissingDelisting,
    read_delistings,
)
from alliance_value.sources.names import read_names
from alliance_value.sources.returns import (
    DailyReturns,
    ReturnsReader,
    of_batches,
    read_returns,
)
from alliance_value.study.spec import ReturnsFile
from tests.unit.conftest import Table, ledger, raw_file, rules

HEAD = "permno,permco,date,prc,ret,shrout\n"
CLEAN = HEAD + (
    "1,7,2004-01-05,10,0.01,2000\n"
    "1,7,2004-01-06,11,0.1,2000\n"
    "2,7,2004-01-05,5,0.02,1000\n"
    "2,7,2004-01-06,6,0.2,1000\n"
    "3,9,2004-01-05,1,-0.5,1000\n"
)


def names_of(*pairs: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["security", "company"])


CRSP = ReturnsFile()
NAMES = names_of((1, 7), (2, 7), (3, 9))


def windows(*spans: tuple[int, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(spans, columns=["security", "first", "last"])
    return table.astype({"first": "datetime64[ns]", "last": "datetime64[ns]"})


ALL = windows(*((k, "2004-01-01", "2004-12-31") for k in (1, 2, 3)))


def read(
    folder: Path,
    *texts: str | bytes,
    asked: pd.DataFrame = ALL,
    delistings: pd.DataFrame | None = None,
    **options: Any,
) -> DailyReturns:
    paths = []
    for number, text in enumerate(texts):
        suffix = ".csv.gz" if isinstance(text, bytes) else ".csv"
        path = folder / f"dsf{number}{suffix}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        paths.append(path)
    gone = empty(Delistings) if delistings is None else delistings
    return read_returns(paths, ReturnsFile(**options), asked, gone, NAMES)


def delisting(security: int, day: str, ret: float) -> pd.DataFrame:
    row = {"security": security, "delisted": pd.Timestamp(day), "code": 500}
    row |= {"own_day": pd.NaT, "source_file": "gone.csv", "source_row": security}
    row |= {"source_column": "DLSTDT", "source_value": day}
    return conform(pd.DataFrame([{**row, "ret": ret, "assumed": False}]), Delistings)


def test_values_are_those_of_the_file(tmp_path: Path) -> None:
    table = read(tmp_path, CLEAN).returns
    assert table.ret.tolist() == [0.01, 0.1, 0.02, 0.2, -0.5]
    # 10 x 2000 thousand + 5 x 1000 thousand = $25 million, the same for both classes
    assert table.market_value.tolist() == [25.0, 28.0, 25.0, 28.0, 1.0]
    assert table.company.tolist() == ["7", "7", "7", "7", "9"]


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([gzip.compress(CLEAN.encode(), mtime=0)], id="gzip"),
        pytest.param(
            [HEAD + "".join(sorted(CLEAN.splitlines(True)[1:], reverse=True))],
            id="reversed",
        ),
        pytest.param(
            [
                HEAD + "".join(CLEAN.splitlines(True)[3:]),
                HEAD + "".join(CLEAN.splitlines(True)[1:3]),
            ],
            id="in two files",
        ),
        pytest.param([CLEAN.replace("2004-01-0", "2004010")], id="compact dates"),
        pytest.param([CLEAN.replace("permno,permco", "PERMNO,PERMCO")], id="capitals"),
        pytest.param(
            [CLEAN.replace("date,prc,ret,shrout", "dlycaldt,dlyprc,dlyret,shrout")],
            id="CIZ",
        ),
        pytest.param([CLEAN.replace("\n", "\r\n")], id="Windows line ends"),
        pytest.param(
            [
                "\n".join(
                    ",".join(r.split(",")[:1] + r.split(",")[2:])
                    for r in CLEAN.splitlines()
                )
            ],
            id="no permco",
        ),
    ],
)
def test_form_makes_no_difference(tmp_path: Path, texts: list[str | bytes]) -> None:
    expected = read(tmp_path, CLEAN).returns
    assert_frame_equal(read(tmp_path, *texts).returns, expected)


def test_parquet_with_typed_columns(tmp_path: Path) -> None:
    expected = read(tmp_path, CLEAN).returns
    table = pd.read_csv(tmp_path / "dsf0.csv", parse_dates=["date"])
    table.to_parquet(tmp_path / "dsf.parquet")
    gone = empty(Delistings)
    out = read_returns([tmp_path / "dsf.parquet"], CRSP, ALL, gone, NAMES)
    assert_frame_equal(out.returns, expected)


@pytest.mark.parametrize(
    ("old", "new", "ret", "code", "rule"),
    [
        ("0.01", "C", np.nan, "-66", "return_code"),
        ("0.01", "B", np.nan, "-77", "return_code"),
        ("0.01", ".", np.nan, "-99", "return_code"),
        ("0.01", "-77.0", np.nan, "-77", "return_code"),
        ("0.01", "-1.5", np.nan, "below -1", "return_not_a_number"),
        ("0.01", "abc", np.nan, "ABC", "return_not_a_number"),
        ("0.01", "3780", np.nan, None, "return_implausibly_large"),
        ("0.01", "", np.nan, None, None),
        ("0.01", "inf", np.nan, "INF", "return_not_a_number"),
        ("0.01", "-1", -1.0, None, None),
    ],
)
def test_codes_for_missing_returns(
    tmp_path: Path, old: str, new: str, ret: float, code: str | None, rule: str | None
) -> None:
    out = read(tmp_path, CLEAN.replace(old, new, 1))
    first = out.returns.iloc[0]
    np.testing.assert_equal(first.ret, ret)
    assert (None if pd.isna(first.ret_code) else first.ret_code) == code
    assert rules(out.rejects) == ({rule: 1} if rule else {})
    if rule:
        assert out.rejects.row.item() == 2
        assert out.rejects.value.item() in (new, "3780.0", "-77.0")


@pytest.mark.parametrize(
    ("new", "value", "rule"),
    [
        ("-10", 25.0, "price_is_bid_ask_average"),
        ("0", np.nan, "price_zero_is_missing"),
        ("", np.nan, None),
        ("x", np.nan, "price_not_a_number"),
    ],
)
def test_prices(tmp_path: Path, new: str, value: float, rule: str | None) -> None:
    out = read(tmp_path, CLEAN.replace("05,10,0.01", f"05,{new},0.01"))
    np.testing.assert_equal(out.returns.market_value.iloc[0], value)
    # the company's value is unknown for its other class too
    np.testing.assert_equal(out.returns.market_value.iloc[2], value)
    assert rules(out.rejects) == ({rule: 1} if rule else {})


def test_repeated_days(tmp_path: Path) -> None:
    again = CLEAN + "1,7,2004-01-05,10,0.01,2000\n2,7,2004-01-06,6,C,1000\n"
    out = read(tmp_path, again)
    assert_frame_equal(out.returns, read(tmp_path, CLEAN).returns)
    assert rules(out.rejects) == {
        "repeated_day": 1,
        "repeated_day_differs": 1,
        "return_code": 1,
    }


def test_only_days_of_windows(tmp_path: Path) -> None:
    asked = windows(
        (1, "2004-01-06", "2004-01-06"),
        (1, "2004-01-06", "2004-01-07"),
        (2, "2004-01-05", "2004-01-05"),
        (2, "2003-01-01", "2004-01-04"),
    )
    table = read(tmp_path, CLEAN, asked=asked).returns
    assert table.ret.tolist() == [0.1, 0.02]
    assert table.market_value.tolist() == [28.0, 25.0]


def test_window_inside_a_longer_one(tmp_path: Path) -> None:
    asked = windows((1, "2004-01-01", "2004-12-31"), (1, "2004-01-02", "2004-01-03"))
    assert len(read(tmp_path, CLEAN, asked=asked).returns) == 2


def test_windows_in_batches_are_those_of_one_batch(tmp_path: Path) -> None:
    """Both classes of a company count in its value, and a bad row is told once."""
    text = CLEAN + "2,7,2004-01-07,5,x,1000\n"
    gone = delisting(2, "2004-01-07", -0.3)
    whole = read(tmp_path, text, delistings=gone)
    reader = ReturnsReader(
        [tmp_path / "dsf0.csv"], CRSP, tmp_path, gone, NAMES, None, ALL, batch_rows=1
    )
    parts = [*reader.batches()]
    assert [{*part.returns.security} for part in parts] == [{"1"}, {"2"}, {"3"}]
    returns = pd.concat([part.returns for part in parts], ignore_index=True)
    assert_frame_equal(returns, whole.returns)
    assert len(whole.rejects)
    assert_frame_equal(of_batches([p.rejects for p in parts]), whole.rejects)
    assert_frame_equal(reader.funnel(), whole.funnel)


def test_no_window_reads_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "no file at all", asked=ALL[:0]).returns.empty


@pytest.mark.parametrize(
    ("last", "own", "ret"),
    [
        # the security has an ordinary row on the next trading day
        ("2004-01-05", "2004-01-06", (1.1 * 0.7) - 1),
        ("2004-01-06", "2004-01-07", -0.3),
        # no trading day of the file follows: a Friday's next weekday is a Monday
        ("2004-01-09", "2004-01-12", -0.3),
        # the file's next day is months later
        ("2004-02-12", "2004-02-13", -0.3),
    ],
)
def test_delisting_return_of_a_legacy_file(
    tmp_path: Path, last: str, own: str, ret: float
) -> None:
    text = CLEAN + "2,7,2004-08-02,20,0,100\n"
    out = read(tmp_path, text, delistings=delisting(1, last, -0.3))
    rows = out.returns[out.returns.security == "1"]
    assert rows.ret.iloc[-1] == pytest.approx(ret, abs=1e-15)
    assert rows.date.iloc[-1] == pd.Timestamp(own)
    assert pd.isna(rows.ret_code.iloc[-1])
    assert out.rejects.to_dict("records") == [
        {
            "file": "gone.csv",
            "row": 1,
            "column": "DLSTDT",
            "value": last,
            "rule": "delisting_return_on_next_trading_day",
            "action": "repaired",
            "new_value": own,
        }
    ]


def test_a_delisting_return_without_a_row_before_later_rows_is_told(tmp_path: Path):
    text = CLEAN + "1,7,2004-06-01,20,0,100\n2,7,2004-02-13,20,0,100\n"
    out = read(tmp_path, text, delistings=delisting(1, "2004-02-12", -0.3))
    assert -0.3 not in out.returns.ret.tolist()
    assert rules(out.rejects) == {"delisting_return_on_a_day_without_a_row": 1}


def test_delisting_return_waits_for_the_market_to_open(tmp_path: Path) -> None:
    """The exchanges were closed from 11 to 16 September 2001."""
    header = CLEAN.splitlines()[0]
    text = f"{header}\n1,7,2001-09-10,10,0.1,100\n2,7,2001-09-10,10,0.1,100\n"
    text += "2,7,2001-09-17,10,0.1,100\n"
    asked = windows((1, "2001-09-01", "2001-09-30"), (2, "2001-09-01", "2001-09-30"))
    gone = delisting(1, "2001-09-10", -0.3)
    out = read(tmp_path, text, asked=asked, delistings=gone).returns
    rows = out[out.security == "1"]
    assert rows.ret.tolist() == [0.1, -0.3]
    assert rows.date.iloc[-1] == pd.Timestamp("2001-09-17")


def test_flagged_ciz_row_holds_its_delisting(tmp_path: Path) -> None:
    lines = CLEAN.splitlines()
    flagged = [lines[0] + ",dlydelflg"]
    flagged += [line + (",Y" if ",11,0.1," in line else ",N") for line in lines[1:]]
    text = "\n".join(flagged)
    out = read(tmp_path, text, delistings=delisting(1, "2004-01-06", -0.3))
    assert out.returns.ret.iloc[1] == 0.1


def test_unreadable_keys_are_rejected(tmp_path: Path) -> None:
    bad = CLEAN + "x,7,2004-01-05,1,0,1\n1,7,2004-13-05,1,0,1\n8,8,2004-99-99,1,0,1\n"
    out = read(tmp_path, bad)
    assert rules(out.rejects) == {
        "security_missing_or_unreadable": 1,
        "date_missing_or_unreadable": 1,
    }
    assert sorted(out.rejects.row) == [7, 8]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CLEAN.replace("ret", "returns"), "no column 'ret'"),
        (CLEAN.replace("permno,permco", "id,group"), "no column 'permno'"),
        (
            CLEAN.replace("\n1,", "\n4,")
            .replace("\n2,", "\n5,")
            .replace("\n3,", "\n6,"),
            "none of the securities",
        ),
        (gzip.compress(CLEAN.encode() * 50, mtime=0)[:60], "is a damaged gzip file"),
        ("", "the file is empty"),
    ],
)
def test_bad_files_end_in_a_report(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    with pytest.raises(UserError, match=message) as error:
        read(tmp_path, text)
    assert "dsf0.csv" in str(error.value)


def test_missing_files_are_reported_at_once(tmp_path: Path) -> None:
    paths = [tmp_path / "a.parquet", tmp_path / "b.csv"]
    with pytest.raises(UserError) as error:
        read_returns(paths, CRSP, ALL, None, NAMES)
    assert len(error.value.problems) == 2


DELISTED = "permno,dlstdt,dlstcd,dlret\n"


@pytest.mark.parametrize(
    ("line", "rule", "ret", "broken"),
    [
        ("1,2004-01-06,231,0.05", None, 0.05, {}),
        ("1,2004-01-06,574,", None, -0.3, {"delisting_return_assumed": 1}),
        ("1,2004-01-06,400,", None, -0.3, {"delisting_return_assumed": 1}),
        ("1,2004-01-06,599,", None, -0.3, {"delisting_return_assumed": 1}),
        ("1,2004-01-06,600,", None, np.nan, {"delisting_return_missing": 1}),
        ("1,2004-01-06,231,", None, np.nan, {"delisting_return_missing": 1}),
        (
            "1,2004-01-06,574,",
            MissingDelisting(nasdaq=-0.55),
            -0.55,
            {"delisting_return_assumed": 1},
        ),
        (
            "1,2004-01-06,574,.T",
            None,
            -0.3,
            {"delisting_return_code": 1, "delisting_return_assumed": 1},
        ),
        (
            "1,2004-01-06,231,-55",
            None,
            np.nan,
            {"delisting_return_code": 1, "delisting_return_missing": 1},
        ),
    ],
)
def test_delisting_rules(
    table: Table,
    line: str,
    rule: MissingDelisting | None,
    ret: float,
    broken: dict[str, int],
) -> None:
    names, _ = read_names(table(NAMED, "names.csv"))
    out, rejected = read_delistings(table(DELISTED + line + "\n"), names, rule)
    np.testing.assert_equal(out.ret.item(), ret)
    assert rules(rejected) == broken


def test_securities_that_trade_are_not_delisted(table: Table) -> None:
    names, _ = read_names(table(NAMED, "names.csv"))
    text = DELISTED + "1,2015-12-31,100,\n2,,574,\nx,2004-01-01,574,0\n"
    out, rejected = read_delistings(table(text), names)
    assert out.empty
    assert set(rules(rejected)) == {
        "delisting_date_missing_or_unreadable",
        "security_missing_or_unreadable",
    }


NAMED = (
    "permno,permco,namedt,nameendt,ncusip,comnam,shrcd,exchcd,siccd\n"
    "1,7,1990-01-01,1999-12-31,01234510,OLD NAME,11,1,2834\n"
    "1,7,2000-01-01,,1234510,NEW NAME,11,3,2834\n"
)


def test_names(table: Table) -> None:
    text = NAMED + (
        "1,7,2000-01-01,,1234510,NEW NAME,11,3,2834\n"
        "2,8,2001-01-01,2000-01-01,22222210,BACKWARD,11,3,2834\n"
        "2,8,soon,2000-01-01,22222210,WHEN,11,3,2834\n"
    )
    names, rejected = read_names(table(text))
    assert names.ncusip.tolist() == ["01234510", "01234510"]
    assert names.name.tolist() == ["OLD NAME", "NEW NAME"]
    assert names.name_to.max().year == 2261
    assert rules(rejected) == {
        "cusip_zeros_restored": 1,
        "repeated_row": 1,
        "name_ends_before_it_begins": 1,
        "date_missing_or_unreadable": 1,
    }


def test_names_without_columns(table: Table) -> None:
    with pytest.raises(UserError) as error:
        read_names(table("permno,comnam\n1,A\n"))
    assert len(error.value.problems) == 3


def world_returns(folder: Path) -> tuple[DailyReturns, pd.DataFrame]:
    names, _ = read_names(raw_file(folder / "crsp_dsenames.csv"))
    gone, rejected = read_delistings(raw_file(folder / "crsp_dsedelist.csv"), names)
    asked = pd.DataFrame({"security": names.security.unique()})
    asked = asked.assign(
        first=pd.Timestamp("1990-01-01"), last=pd.Timestamp("2020-01-01")
    )
    paths = list(folder.glob("crsp_dsf.*"))
    return read_returns(paths, CRSP, asked, gone, names), rejected


def test_world_differs_only_where_the_ledger_says(worlds: dict[str, Path]) -> None:
    clean, _ = world_returns(worlds["none"])
    dirty, gone = world_returns(worlds["hostile"])
    # a delisting without a return has no row
    day = ["security", "date"]
    a, b = clean.returns, clean.returns[day].merge(dirty.returns, on=day, how="left")
    assert len(a) - len(dirty.returns) == rules(gone)["delisting_return_missing"]
    differs = ~((a.ret == b.ret) | (a.ret.isna() & b.ret.isna()))
    defects = ledger(worlds["hostile"], "crsp_ds").query("repairable == 'no'")
    lost = defects[defects.column == "ret"]
    assumed = defects[defects.kind == "delisting_missing"]
    assert differs.sum() == len(lost) + len(assumed)
    assert b.ret_code[differs].notna().sum() == len(lost)
    assert {"delisting_return_assumed", "delisting_return_missing"} == set(rules(gone))
    defects = ledger(worlds["hostile"], "crsp_dsf")
    # a cell that was spoiled twice shows the later defect alone
    defects = defects[~defects.duplicated(["row", "column"], keep=False)]
    for kind, column, rule in (
        ("daily_return_code", "ret", "return_code"),
        ("daily_return_code", "prc", "price_zero_is_missing"),
        ("daily_first_code", "ret", "return_code"),
        ("daily_bid_ask", "prc", "price_is_bid_ask_average"),
        ("daily_duplicate", "", "repeated_day"),
    ):
        named = defects[(defects.kind == kind) & (defects.column == column)]
        noted = dirty.rejects[dirty.rejects.rule == rule]
        assert len(named) and set(named.row.astype(int)) <= set(noted.row)


def test_world_as_text_is_the_same(worlds: dict[str, Path]) -> None:
    """Text has letters for the codes of missing returns."""
    expected, _ = world_returns(worlds["few"])
    out, _ = world_returns(worlds["text"])
    assert expected.returns.ret_code.notna().any()
    assert_frame_equal(out.returns, expected.returns)


def test_legacy_and_ciz_exports_give_the_same_returns_and_cars(
    worlds: dict[str, Path],
) -> None:
    """A CIZ row of an unknown delisting return holds nothing that legacy lacks."""
    legacy, unknown = world_returns(worlds["hostile"])
    ciz, _ = world_returns(worlds["ciz"])
    day = ["security", "date"]
    a, b = legacy.returns, ciz.returns
    more = b.merge(a[day], on=day, how="left", indicator="of").of == "left_only"
    assert more.sum() <= rules(unknown)["delisting_return_missing"]
    assert b.loc[more, ["ret", "market_value", "ret_code"]].isna().all(axis=None)
    assert_frame_equal(a, b[~more].reset_index(drop=True))
    names, _ = read_names(raw_file(worlds["hostile"] / "crsp_dsenames.csv"))
    gone, _ = read_delistings(raw_file(worlds["hostile"] / "crsp_dsedelist.csv"), names)
    events = pd.DataFrame(
        {
            "event": gone.security.astype("str"),
            "security": gone.security.astype("str"),
            "announced": gone.delisted,
        }
    )
    market = a.groupby("date").ret.mean().dropna().reset_index(name="mkt")
    windows = [(-1, 0), (0, 1), (-1, 2)]
    cars = [
        event_study(table, events, market, windows=windows, tests=["patell"])
        for table in (a, b)
    ]
    assert cars[0].cars["car"].count() > 30
    assert_frame_equal(cars[0].cars, cars[1].cars)
    assert_frame_equal(cars[0].event_tests, cars[1].event_tests)


DELISTED_ROWS = (
    "PERMNO,PERMCO,DlyCalDt,DlyDelFlg,DlyPrc,DlyRet,DlyRetMissFlg,ShrOut\n"
    "1,7,2004-01-05,N,10,0.02,,1000\n"
    "1,7,2004-01-06,N,11,0.1,,1000\n"
    "1,7,2004-01-07,Y,,-0.5,,\n"
)


@pytest.mark.parametrize("flag", ["flag", "no flag", "no row", "missing", "no day"])
def test_delisting_returns_of_ciz_count_once(tmp_path: Path, flag: str) -> None:
    text = DELISTED_ROWS
    if flag == "no flag":
        lines = (line.split(",") for line in text.splitlines())
        text = "\n".join(",".join(c[:3] + c[4:]) for c in lines)
    if flag == "no row":
        text = "\n".join(text.splitlines()[:-1])
    if flag == "missing":
        text = text.replace(",-0.5,", ",,")
    gone = delisting(1, "2004-01-06", -0.5)
    if flag != "no day":
        gone["own_day"] = pd.Timestamp("2004-01-07")
    out = read(tmp_path, text, delistings=gone).returns
    assert out.ret.tolist() == [0.02, 0.1, -0.5]
    assert out.date.iloc[-1] == pd.Timestamp("2004-01-07")
    # the day after the window does not come into it
    early = pd.DataFrame({"security": [1], "first": ["2004-01-05"]})
    asked = early.assign(last="2004-01-06")
    out = read(tmp_path, text, delistings=gone, asked=asked).returns
    assert out.ret.tolist() == [0.02, 0.1]


def test_a_delisted_class_leaves_the_others_their_value(tmp_path: Path) -> None:
    text = DELISTED_ROWS + "2,7,2004-01-06,N,5,0,,1000\n2,7,2004-01-07,N,6,0.2,,1000\n"
    out = read(tmp_path, text).returns
    other = out[out.security == "2"]
    assert other.market_value.tolist() == [16.0, 6.0]


def test_delistings_between_rows_and_early_ends_are_told(tmp_path: Path) -> None:
    asked = ALL.assign(last=pd.Timestamp("2004-01-31"))
    gone = delisting(1, "2004-01-05", -0.3)
    told = read(tmp_path, CLEAN, delistings=gone, asked=asked).decisions
    assert any("further rows" in word for word in told)
    assert not any("rows end on" in word for word in told)
    whole = read(tmp_path, CLEAN)
    end = whole.returns.date.max()
    for days, said in ((31, False), (32, True)):
        late = ALL.assign(last=end + pd.Timedelta(days=days))
        told = read(tmp_path, CLEAN, asked=late).decisions
        assert any(f"rows end on {end:%Y-%m-%d}" in word for word in told) is said


@pytest.mark.parametrize(
    "head",
    [
        "permno,date,prc,ret,shrout,vol",
        "PERMNO,DlyCalDt,DlyPrc,DlyRet,ShrOut,DlyVol",
    ],
)
def test_shares_traded_are_read_where_they_are_studied(
    tmp_path: Path, head: str
) -> None:
    text = f"{head}\n" + (
        "1,2004-01-05,10,0.01,2000,50000\n"
        "1,2004-01-06,10,0.01,2000,0\n"
        "1,2004-01-07,10,0.01,2000,-99\n"
        "1,2004-01-08,10,0.01,,700\n"
    )
    table = read(tmp_path, text, traded=True).returns
    np.testing.assert_allclose(table.volume, [50000, 0, np.nan, 700])
    np.testing.assert_allclose(table.turnover, [2.5, 0, np.nan, np.nan])
    assert "volume" not in read(tmp_path, text).returns


def test_units_of_a_long_file_make_the_same_turnover(tmp_path: Path) -> None:
    text = "s,d,r,out,v\n1,2004-01-05,0.01,2,50\n1,2004-01-06,0.01,2,many\n"
    columns = {"security": "s", "date": "d", "ret": "r", "shares": "out", "volume": "v"}
    units = {"shares_unit": "millions", "volume_unit": "thousands"}
    daily = read(tmp_path, text, reader="long", traded=True, **columns, **units)
    np.testing.assert_allclose(daily.returns.turnover, [2.5, np.nan])
    assert list(daily.rejects.rule) == ["volume_not_a_number"]
    assert list(daily.rejects.column) == ["v"]


def test_a_file_without_the_shares_traded_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="vol"):
        read(tmp_path, CLEAN, traded=True)


def test_what_was_decided_is_counted(tmp_path: Path) -> None:
    asked = windows(*((k, "2004-01-01", "2004-02-06") for k in (1, 2, 3, 4)))
    text = CLEAN.replace("3,9,2004-01-05,1,-0.5", "3,9,2004-01-05,1,B")
    gone = pd.concat(
        [delisting(1, "2004-01-05", -0.3), delisting(2, "2004-01-06", 0.5)]
    )
    out = read(tmp_path, text, asked=asked, delistings=gone)
    assert out.decisions == (
        "dsf0.csv: encoding utf-8",
        "dsf0.csv: legacy columns",
        "dsf0.csv: dates as YYYY-MM-DD",
        "returns above 10 or below -1 set to missing",
        "1 of 4 securities have no row",
        "1 delisting returns compounded",
        "1 delisting returns on days without a row",
        "0 held by the file already",
        "1 delistings after which the security has further rows: a return counts where "
        "the security has a row that day",
    )
    steps = ["step", "unit", "rows_in", "rows_out", "dropped", "firms_out"]
    assert out.funnel[steps].to_numpy().tolist() == [
        ["rows on the days asked for", "security-days", 5, 5, 0, 3],
        ["rows with a return", "security-days", 5, 4, 1, 2],
    ]


@pytest.mark.parametrize(("last", "told"), [("2004-02-06", 0), ("2004-02-07", 1)])
def test_a_file_that_ends_a_month_early_is_told(tmp_path, last, told) -> None:
    asked = windows((1, "2004-01-01", last), (2, "2004-01-01", "2004-01-05"))
    out = read(tmp_path, CLEAN, asked=asked)
    words = [w for w in out.decisions if "rows end on 2004-01-06" in w]
    assert len(words) == told
    if told:
        assert f"those asked for on {last}: later events" in words[0]


def test_securities_are_read_in_batches(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(CLEAN + ",7,2004-01-05,5,0.02,1000\n1,7,x,5,0.02,1000\n")

    def batches(size, **said):
        reader = ReturnsReader(
            [path], ReturnsFile(**said), tmp_path, names=NAMES, batch_rows=size
        )
        parts = list(reader.batches())
        found = [part.returns.security.unique().tolist() for part in parts]
        return found, [len(part.rejects) for part in parts], reader

    assert batches(9)[0] == [["1", "2", "3"]]
    apart, rejected, reader = batches(2)
    assert apart == [["1"], ["2", "3"]]
    # rows without a security are told once, those of a company in each of its batches
    assert rejected == [2, 1]
    whole, _, whole_reader = batches(9)
    assert reader.decisions() == whole_reader.decisions()
    assert reader.funnel().equals(whole_reader.funnel()) and whole
    assert [w for w in reader.cautions() if "rows end" in w] == []
    early = batches(9, last="2004-03-01")[2]
    assert len([w for w in early.cautions() if "rows end on 2004-01-06" in w]) == 1
    with pytest.raises(UserError) as caught:
        batches(9, first="2005-01-01")
    (problem,) = caught.value.problems
    assert problem.rule.startswith("none of the securities asked for has a row")
    assert problem.where == "d.csv" and caught.value.subject == "reading d.csv"


def test_a_file_without_companies_has_those_of_the_others(tmp_path: Path) -> None:
    lines = CLEAN.splitlines()
    bare = "\n".join(
        ",".join(cells[:1] + cells[2:])
        for line in (lines[0], lines[1])
        for cells in [line.split(",")]
    )
    others = "\n".join([lines[0], *lines[2:]])
    for texts in ((bare, others), (others, bare)):
        folder = tmp_path / texts[0][:12].replace(",", "-")
        folder.mkdir()
        paths = []
        for number, text in enumerate(texts):
            paths.append(folder / f"{number}.csv")
            paths[-1].write_text(text + "\n")
        table = read_returns(paths, CRSP, ALL).returns
        assert table.company.tolist() == ["7", "7", "7", "7", "9"]
        assert table.market_value.tolist() == [25.0, 28.0, 25.0, 28.0, 1.0]
