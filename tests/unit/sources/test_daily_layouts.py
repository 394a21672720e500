"""Long and wide tables of returns or prices: layouts, formats, units, stated rules."""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.listings import read_listings
from alliance_value.sources.returns import DailyReturns, ReturnsReader, read_returns
from alliance_value.study.spec import ReturnsFile, TableFile
from tests.unit.conftest import Table, rules

DAYS = pd.bdate_range("2010-03-01", periods=12)
UNITS = {"%": 0.01, "B": 1000.0, "M": 1.0}
LONG = {"reader": "long", "security": "Ticker", "date": "day"}


def prices(securities: str = "ABC") -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = [
        {"Ticker": s, "day": d, "close": round(p, 2), "out": 1000.0 + k}
        for k, s in enumerate(securities)
        for d, p in zip(
            DAYS, 20 * np.exp(rng.normal(0, 0.05, len(DAYS)).cumsum()), strict=True
        )
    ]
    return pd.DataFrame(rows)


def read(
    folder: Path,
    table: pd.DataFrame,
    windows: pd.DataFrame | None = None,
    listings: pd.DataFrame | None = None,
    **settings: Any,
) -> DailyReturns:
    path = folder / "daily.parquet"
    table.to_parquet(path, index=False)
    chosen = LONG | {"price": "close"} | settings
    chosen = {k: v for k, v in chosen.items() if v is not None}
    return read_returns([path], ReturnsFile(**chosen), windows, listings=listings)


def ret_of(out: DailyReturns, security: str, day: pd.Timestamp) -> float:
    table = out.returns.set_index(["security", "date"])
    return float(table.loc[(security, day), "ret"])


def test_returns_are_made_from_prices(tmp_path: Path) -> None:
    table = prices()
    out = read(tmp_path, table, shares="out")
    own = table.sort_values(["Ticker", "day"])
    expected = own.groupby("Ticker").close.pct_change()
    np.testing.assert_allclose(out.returns.ret, expected, rtol=1e-14)
    # 20 dollars x 1,000 thousand shares = $20 million
    np.testing.assert_allclose(out.returns.market_value, own.close * own.out / 1000)
    assert out.returns.ret_code.dropna().tolist() == ["-66"] * 3
    assert out.rejects.empty
    assert out.funnel.rows_out.tolist() == [36, 33]


def csv(table: pd.DataFrame, folder: Path) -> list[Path]:
    table.to_csv(folder / "d.csv", index=False)
    return [folder / "d.csv"]


def sas_dates(table: pd.DataFrame, folder: Path) -> list[Path]:
    printed = table.day.dt.strftime("%d%b%Y").str.upper()
    return csv(table.assign(day=printed), folder)


def zipped(table: pd.DataFrame, folder: Path) -> list[Path]:
    text = table.to_csv(index=False).encode()
    (folder / "d.csv.gz").write_bytes(gzip.compress(text, mtime=0))
    return [folder / "d.csv.gz"]


def stata(table: pd.DataFrame, folder: Path) -> list[Path]:
    table.to_stata(folder / "d.dta", write_index=False)
    return [folder / "d.dta"]


def pieces(table: pd.DataFrame, folder: Path) -> list[Path]:
    """Three files in three formats, rows in any order, cut within a security."""
    mixed = table.sample(frac=1, random_state=1)
    mixed[:7].to_csv(folder / "z.csv", index=False)
    mixed[7:20].to_parquet(folder / "a.parquet", index=False)
    mixed[20:].to_stata(folder / "m.dta", write_index=False)
    return [folder / name for name in ("z.csv", "m.dta", "a.parquet")]


@pytest.mark.parametrize("write", [csv, sas_dates, zipped, stata, pieces])
@pytest.mark.parametrize("batch_rows", [10, 10**6])
def test_format_order_and_cuts_make_no_difference(
    tmp_path: Path, write: Callable[..., list[Path]], batch_rows: int
) -> None:
    expected = read(tmp_path, prices(), shares="out").returns
    spec = ReturnsFile(**LONG, price="close", shares="out")
    files = write(prices(), tmp_path)
    (tmp_path / "copies").mkdir()
    reader = ReturnsReader(files, spec, tmp_path / "copies", batch_rows=batch_rows)
    parts = [part.returns for part in reader.batches()]
    assert len(parts) == (1 if batch_rows > 36 else 3)
    out = pd.concat(parts, ignore_index=True)
    pd.testing.assert_frame_equal(out, expected)


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("holds", ["prices", "returns"])
def test_wide_equals_long(tmp_path: Path, text: bool, holds: str) -> None:
    table = prices()
    long = read(tmp_path, table).returns
    wide = table.pivot(index="day", columns="Ticker", values="close")
    if holds == "returns":
        wide = wide.pct_change() * 100
    path = tmp_path / f"wide.{'csv' if text else 'parquet'}"
    wide = wide.reset_index()
    (wide.to_csv if text else wide.to_parquet)(path, index=False)
    unit = "percent" if holds == "returns" else "decimal"
    spec = ReturnsFile(reader="wide", date="day", holds=holds, unit=unit)
    out = read_returns([path], spec).returns
    both = out.merge(long, on=["security", "date"], suffixes=("", "_long"))
    assert len(both) == (36 if holds == "prices" else 33)
    np.testing.assert_allclose(both.ret, both.ret_long, rtol=1e-12)


def test_windows_hold_what_the_whole_holds(tmp_path: Path) -> None:
    """The first day of a window has its return: the price before it is read too."""
    whole = read(tmp_path, prices()).returns
    asked = pd.DataFrame({"security": ["B", "B", "C", "Z"]})
    asked = asked.assign(first=DAYS[[3, 5, 0, 2]], last=DAYS[[6, 7, 1, 4]])
    out = read(tmp_path, prices(), asked).returns
    days = {"B": DAYS[3:8], "C": DAYS[:2]}
    kept = [whole[(whole.security == s) & whole.date.isin(d)] for s, d in days.items()]
    pd.testing.assert_frame_equal(out, pd.concat(kept, ignore_index=True))


@pytest.mark.parametrize(("longest", "missing"), [(1, True), (2, True), (3, False)])
def test_no_return_across_a_gap(tmp_path: Path, longest: int, missing: bool) -> None:
    table = prices()
    table = table[~((table.Ticker == "A") & table.day.isin(DAYS[4:6]))]
    out = read(tmp_path, table, longest_gap=longest)
    assert np.isnan(ret_of(out, "A", DAYS[6])) == missing
    assert rules(out.rejects) == ({"return_across_gap": 1} if missing else {})
    if missing:
        close = table[table.Ticker == "A"].set_index("day").close
        made = close[DAYS[6]] / close[DAYS[3]] - 1
        note = out.rejects.iloc[0]
        assert (note.column, note.row) == ("close", 5)
        assert float(note.value) == pytest.approx(made, rel=1e-5)


@pytest.mark.parametrize(
    ("factor", "settings", "rule"),
    [
        (20.0, {}, "return_implausibly_large"),
        (8.0, {}, None),
        (8.0, {"largest_return": 2.0}, "return_implausibly_large"),
        (0.2, {"smallest_return": -0.5}, "return_implausibly_low"),
        (0.2, {}, None),
    ],
)
def test_returns_that_no_security_earns(
    tmp_path: Path, factor: float, settings: dict[str, float], rule: str | None
) -> None:
    table = prices()
    late = (table.Ticker == "A") & (table.day >= DAYS[5])
    table["close"] = table.close.mask(late, table.close * factor)
    out = read(tmp_path, table, **settings)
    assert np.isnan(ret_of(out, "A", DAYS[5])) == (rule is not None)
    assert rules(out.rejects) == ({rule: 1} if rule else {})


def test_an_adjustment_takes_a_split_out(tmp_path: Path) -> None:
    table = prices().assign(cfacpr=1.0)
    late = table.day >= DAYS[5]
    table["close"] = table.close.where(late, table.close * 30)
    table["cfacpr"] = table.cfacpr.where(late, 30.0)
    out = read(tmp_path, table, adjustment="cfacpr")
    pd.testing.assert_series_equal(
        out.returns.ret, read(tmp_path, prices()).returns.ret, rtol=1e-12
    )


def test_a_ticker_used_again(tmp_path: Path, table: Table) -> None:
    text = "t,from,to\nA,,2010-03-05\nA,2010-03-08,\nB,2010-03-03,\nC,soon,\n"
    listings, rejected = read_listings(table(text), "t", "from", "to")
    assert rules(rejected) == {"date_missing_or_unreadable": 1}
    out = read(tmp_path, prices(), listings=listings)
    assert np.isnan(ret_of(out, "A", pd.Timestamp("2010-03-08")))
    assert not np.isnan(ret_of(out, "A", pd.Timestamp("2010-03-09")))
    assert rules(out.rejects) == {
        "return_across_listings": 1,
        "day_outside_listings": 2,
    }
    assert len(out.returns) == 34


def test_rows_on_a_holiday_are_no_trading_day(tmp_path: Path) -> None:
    many = prices("ABCDEFGHIJKLMNOPQRSTUVWXY")
    closed = (many.day == DAYS[5]) & (many.Ticker != "A")
    out = read(tmp_path, many[~closed])
    assert rules(out.rejects) == {"day_without_trading": 1}
    assert DAYS[5] not in set(out.returns.date)
    # the next day's return runs from the day before, which is no gap
    assert out.returns.ret.isna().sum() == 25


def test_prices_that_are_none(tmp_path: Path) -> None:
    table = prices()
    table.loc[2, "close"] = -5.0
    table.loc[15, "close"] = 0.0
    out = read(tmp_path, table)
    assert rules(out.rejects) == {
        "price_negative": 1,
        "price_zero_is_missing": 1,
        "return_across_gap": 2,
    }


def test_units_of_long_returns(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "Ticker": ["A", "A"],
            "day": DAYS[:2],
            "r": [1.5, -2.0],
            "cap": [2e9, 3e9],
        }
    )
    out = read(
        tmp_path,
        table,
        price=None,
        ret="r",
        unit="percent",
        market_value="cap",
        market_value_unit="ones",
    )
    np.testing.assert_allclose(out.returns.ret, [0.015, -0.02])
    np.testing.assert_allclose(out.returns.market_value, [2000, 3000])


def test_columns_that_are_not_there_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        read(tmp_path, prices(), security="ticker_name", price="clsoe")
    assert "there is no column 'ticker_name'" in str(error.value)
    assert "did you mean 'close'?" in str(error.value)


@pytest.mark.real_data
@pytest.mark.skipif(
    not Path(os.environ.get("ALLIANCE_VALUE_DATA", "-"), "us-large").is_dir(),
    reason="ALLIANCE_VALUE_DATA names no folder with us-large/",
)
def test_the_largest_return_of_real_prices_is_caught() -> None:
    """VC was listed again in 2011, 467 trading days after its last price of $0.02."""
    path = Path(os.environ["ALLIANCE_VALUE_DATA"], "us-large/prices.parquet")
    spec = ReturnsFile(
        reader="long",
        security="ticker",
        date="date",
        price="close",
        largest_return=2.0,
        smallest_return=-0.667,
    )
    asked = pd.DataFrame({"security": ["VC", "PARR", "A"]})
    asked = asked.assign(
        first=pd.Timestamp("2009-01-01"), last=pd.Timestamp("2017-12-31")
    )
    out = read_returns([path], spec, asked)
    noted = out.rejects.set_index("rule").value
    assert "3781.5" in noted["return_across_gap"].to_list()
    assert float(noted["return_implausibly_large"]) == pytest.approx(9.2326, abs=1e-4)
    assert out.returns.ret.max() < 2


@pytest.mark.parametrize("end", ["", "9999-12-31", "NaT", "99999999", "2099-12-31"])
def test_the_end_of_a_listing_may_be_open(table, end):
    listings, rejected = read_listings(
        table(f"T,From,To\nA,2001-02-28,{end}\n"), "t", "from", "to"
    )
    assert listings["last"].isna().all()
    assert rejected.empty


@pytest.mark.parametrize(
    ("step", "kind"), [(7, "weekly"), (30, "monthly"), (91, "quarterly")]
)
@pytest.mark.parametrize("reader", ["long", "wide", "crsp"])
def test_files_that_are_not_daily_stop(tmp_path, reader, step, kind):
    days = pd.date_range("2001-01-01", periods=8, freq=f"{step}D")
    if reader == "crsp":
        rows = {
            "permno": 1,
            "permco": 1,
            "date": days,
            "prc": 9.0,
            "ret": 0.1,
            "shrout": 5,
        }
        spec = ReturnsFile()
    elif reader == "long":
        rows = {"s": "A", "date": days, "r": 0.1}
        spec = ReturnsFile(reader="long", security="s", date="date", ret="r")
    else:
        rows = {"date": days, "A": 0.1}
        spec = ReturnsFile(reader="wide", date="date")
    pd.DataFrame(rows).to_csv(tmp_path / "r.csv", index=False)
    with pytest.raises(UserError, match=f"the file is {kind}, not daily"):
        read_returns([tmp_path / "r.csv"], spec)


def test_a_daily_row_with_a_cell_too_many_stops_and_a_note_below_is_rejected(tmp_path):
    spec = ReturnsFile(reader="long", security="s", date="d", ret="r")
    good = "Own file\n\ns,d,r\nA,2001-01-02,0.1\nA,2001-01-03,0.2\n"
    (tmp_path / "a.csv").write_text(good + "Source: own\n")
    read = read_returns([tmp_path / "a.csv"], spec)
    assert len(read.returns) == 2
    assert "a.csv: 2 lines above the table left out" in read.decisions
    assert read.rejects["row"].tolist() == [6]
    (tmp_path / "a.csv").write_text(good + "A,2001-01-04,0,3\n")
    with pytest.raises(UserError, match=r"a\.csv"):
        read_returns([tmp_path / "a.csv"], spec)


@pytest.mark.parametrize(
    ("written", "keys", "ret", "value"),
    [
        ("20%,$1.5 B|-10 %,$700 M", {"units": UNITS, "ignore": "$"}, [0.2, -0.1], None),
        ("0.2,1500|-99,700", {"missing": ("-99",)}, [0.2, np.nan], None),
        ("0.2,1500|n.s.,700", {"missing": ("n.s.",)}, [0.2, np.nan], None),
        (
            "0,2;1.500,0|-0,1;700",
            {"decimal": ",", "thousands": ".", "delimiter": ";"},
            [0.2, -0.1],
            None,
        ),
        # 1.5 is no number of thousands in groups of three
        (
            "0,2;1.5|-0,1;700",
            {"decimal": ",", "thousands": "."},
            [0.2, -0.1],
            [np.nan, 700.0],
        ),
    ],
)
def test_numbers_as_printed(
    tmp_path: Path,
    written: str,
    keys: dict[str, Any],
    ret: list[float],
    value: list[float] | None,
) -> None:
    mark = ";" if ";" in written else ","
    days = ("2019-04-10", "2019-04-11")
    lines = [
        mark.join(("IBM", day, cells))
        for day, cells in zip(days, written.split("|"), strict=True)
    ]
    path = tmp_path / "d.csv"
    path.write_text("\n".join([mark.join(("t", "d", "r", "m")), *lines, ""]))
    columns = {"security": "t", "date": "d", "ret": "r", "market_value": "m"}
    spec = ReturnsFile(reader="long", market_value_unit="millions", **columns)
    out = read_returns([path], spec, layout=TableFile(entity="", file="", **keys))
    np.testing.assert_allclose(out.returns.ret, ret)
    np.testing.assert_allclose(out.returns.market_value, value or [1500.0, 700.0])
    assert out.returns.ret_code.isna().all()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_markers_and_unreadable_market_values(ending: str, tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "t": ["A", "A", "NA", "B"],
            "d": ["2019-04-10", "2019-04-11", "2019-04-10", "2019-04-10"],
            "r": [0.1, -99.0, 0.3, 0.2],
            "m": ["700", "soon", "1", "-99.0"],
        }
    )
    path = tmp_path / f"d.{ending}"
    table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)
    columns = {"security": "t", "date": "d", "ret": "r", "market_value": "m"}
    spec = ReturnsFile(reader="long", market_value_unit="millions", **columns)
    layout = TableFile(entity="", file="", missing=("NA", "-99"))
    out = read_returns([path], spec, layout=layout)
    assert out.returns.security.tolist() == ["A", "A", "B"]
    np.testing.assert_array_equal(out.returns.ret, [0.1, np.nan, 0.2])
    np.testing.assert_array_equal(out.returns.market_value, [700, np.nan, np.nan])
    told = out.rejects.set_index("rule")
    assert told.loc["security_missing_or_unreadable", "value"] == "NA"
    assert told.loc["market_value_not_a_number", "value"] == "soon"
    assert len(told) == 2


def test_a_decimal_comma_within_a_typed_file(tmp_path: Path) -> None:
    path = tmp_path / "d.parquet"
    table = pd.DataFrame({"t": ["A"], "d": ["2019-04-10"], "r": ["0,2"]})
    table.to_parquet(path)
    spec = ReturnsFile(reader="long", security="t", date="d", ret="r")
    layout = TableFile(entity="", file="", decimal=",")
    assert read_returns([path], spec, layout=layout).returns.ret.tolist() == [0.2]


def test_a_column_named_like_a_marker_is_no_security(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("d,A,NA\n2019-04-10,0.1,0.2\n2019-04-11,0.1,0.2\n")
    spec = ReturnsFile(reader="wide", date="d", holds="returns")
    layout = TableFile(entity="", file="", missing=("NA",))
    out = read_returns([path], spec, layout=layout)
    assert set(out.returns.security) == {"A"}
    assert any("'NA', which means missing" in word for word in out.decisions)


WIDE = "day;A;B\n02/03/2010;0,01;-0,02\n15/03/2010;0,03;0,04\n16/03/2010;0;0,01\n"


def test_returns_that_are_printed_otherwise_stop(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(WIDE)
    spec = ReturnsFile(reader="wide", date="day")
    with pytest.raises(UserError, match="5 of 6 returns are no numbers") as told:
        read_returns([path], spec)
    assert "decimal: ','" in told.value.problems[0].remedy
    layout = TableFile(entity="", file="", decimal=",")
    assert read_returns([path], spec, layout=layout).returns.ret.notna().all()


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("kept", ["plain", "zip", "zip of two"])
def test_an_archive_or_other_line_ends_make_no_difference(ends, kept, tmp_path):
    rows = WIDE.replace(",", ".").replace(";", ",").splitlines()
    parts = {"a/w.csv": rows} if kept != "zip of two" else {"a/w.csv": rows[:3]}
    if kept == "zip of two":
        parts |= {"b/w.csv": [rows[0], *rows[3:]]}
    path = tmp_path / ("w.csv" if kept == "plain" else "w.zip")
    texts = {name: ends.join([*lines, ""]) for name, lines in parts.items()}
    if kept == "plain":
        path.write_text(texts["a/w.csv"], newline="")
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in texts.items():
                archive.writestr(name, text)
    out = read_returns([path], ReturnsFile(reader="wide", date="day"))
    assert out.returns.ret.tolist() == [0.01, 0.03, 0.0, -0.02, 0.04, 0.01]


def test_days_that_cannot_be_told_are_named_by_their_own_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("day,A\n01/02/2010,0.1\n02/03/2010,0.2\n")
    with pytest.raises(UserError) as told:
        read_returns([path], ReturnsFile(reader="wide", date="day"))
    (problem,) = told.value.problems
    assert (problem.column, problem.row) == ("day", None)


def printed_returns(printed: Callable[[float], str], day: str = "%Y-%m-%d") -> str:
    lines = (
        f"{d:{day}},{s},{printed(v)},{n}\n"
        for s in "AB"
        for n, d in enumerate(DAYS)
        for v in [round(float(np.sin(n)) / 9, 4)]
    )
    return "day,Ticker,ret,row\n" + "".join(lines)


def of_text(folder: Path, text: str) -> DailyReturns:
    path = folder / "daily.csv"
    path.write_text(text, encoding="utf-8")
    return read_returns([path], ReturnsFile(**LONG, ret="ret"))


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        (lambda v: str(v).replace("-", "\u2212"), "%Y-%m-%d"),
        (str, '="%Y-%m-%d"'),
    ],
)
def test_signs_and_guards_of_print_are_none_of_the_cells(
    printed: Callable[[float], str], day: str, tmp_path: Path
) -> None:
    plain = of_text(tmp_path, printed_returns(str)).returns
    pd.testing.assert_frame_equal(
        of_text(tmp_path, printed_returns(printed, day)).returns, plain
    )


def test_losses_printed_in_parentheses_are_not_left_out(tmp_path: Path) -> None:
    text = printed_returns(lambda v: f"({-v})" if v < 0 else str(v))
    with pytest.raises(UserError, match="of 24 returns are no numbers") as caught:
        of_text(tmp_path, text)
    assert "minus sign" in caught.value.problems[0].remedy


def test_days_in_a_form_that_is_not_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can be read as a day"):
        of_text(tmp_path, printed_returns(str, "day %j"))


@pytest.mark.parametrize("wide", [False, True])
def test_percent_is_not_taken_for_decimals(wide: bool, tmp_path: Path) -> None:
    days = pd.bdate_range("2010-03-01", periods=60)
    moves = np.random.default_rng(4).normal(0, 1.2, (60, 2)).round(3)
    table = pd.DataFrame(moves, columns=["A", "B"]).assign(day=days)
    told: dict[str, Any] = {"reader": "wide", "holds": "returns", "date": "day"}
    if not wide:
        table = table.melt("day", var_name="Ticker", value_name="ret")
        told = LONG | {"ret": "ret"}
    path = tmp_path / "daily.parquet"
    table.to_parquet(path, index=False)
    with pytest.raises(UserError, match="half of the returns are above 0") as caught:
        read_returns([path], ReturnsFile(**told))
    assert "unit: percent" in caught.value.problems[0].remedy
    out = read_returns([path], ReturnsFile(**told, unit="percent"))
    assert ret_of(out, "A", days[1]) == pytest.approx(moves[1, 0] / 100)
