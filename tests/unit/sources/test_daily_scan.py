"""Expressions by which cells of daily files are read, and what is told of files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.daily_dates import LOOKED_AT, frequency
from alliance_value.sources.daily_scan import (
    damaged,
    flag,
    number,
    open_sources,
    wanted_columns,
    whole,
)
from alliance_value.sources.raw_table import PLAIN
from alliance_value.study.spec import ReturnsFile

LONG = ReturnsFile(reader="long", security="ID", date="day", ret="r")
WIDE = ReturnsFile(reader="wide", date="day")


def cells(expression, *values, dtype=None):
    table = pl.DataFrame({"x": pl.Series(values, dtype=dtype)})
    return table.select(expression.alias("x"))["x"].to_list()


def printed(*texts, **said):
    return cells(number("x", replace(PLAIN, **said), typed=False), *texts)


@pytest.mark.parametrize(
    ("texts", "said", "numbers"),
    [
        (["1.5", "x", "inf", "nan", "\u22122"], {}, [1.5, None, None, None, -2]),
        (["-99", "-99.0", "9"], {"missing": ("-99",)}, [None, None, 9]),
        (
            ["1.234.567,5", "12,5", "1.5"],
            {"decimal": ",", "thousands": "."},
            [1234567.5, 12.5, None],
        ),
        (["1,5", "1.5", "2,5e1"], {"decimal": ","}, [1.5, None, 25]),
        (["1,234", "12,34"], {"thousands": ","}, [1234, None]),
        (["1 234", "1\u202f234 567"], {"thousands": " "}, [1234, 1234567]),
        (["$1.5", " 2 € "], {"ignore": "$€"}, [1.5, 2]),
        (["1.5 B", "2 MB", "3"], {"units": {"B": 1000.0, "MB": 10.0}}, [1500, 20, 3]),
    ],
)
def test_numbers_are_read_by_the_marks_of_the_study(texts, said, numbers):
    assert printed(*texts, **said) == numbers


def test_typed_numbers_are_finite():
    values = (1.0, float("inf"), float("nan"), -99.0)
    assert cells(number("x", typed=True), *values) == [1.0, None, None, -99.0]
    marked = replace(PLAIN, missing=("-99",))
    assert cells(number("x", marked, typed=True), *values) == [1.0, None, None, None]


def test_identifiers_are_whole():
    assert cells(whole("x", {"x": pl.Int32()}), 5, dtype=pl.Int32) == [5]
    assert cells(whole("x", {"x": pl.Float64()}), 5.0, 5.5) == [5, None]
    assert cells(whole("x", {"x": pl.String()}), "5.0", "5.5", "a") == [5, None, None]


def test_flags_are_texts():
    assert cells(flag("x"), " Y ", "", None) == ["Y", None, None]
    assert cells(flag(None), "Y") == [None]


def test_columns_that_a_reader_wants():
    required, optional = wanted_columns(ReturnsFile())
    assert [*required] == ["security", "date", "price", "ret", "shares"]
    assert [*optional] == ["company", "missing_flag", "delisting_flag"]
    required, optional = wanted_columns(ReturnsFile(traded=True))
    assert required["volume"] == ("vol", "dlyvol") and "volume" not in optional
    assert wanted_columns(LONG) == (
        {"date": ("day", "day"), "security": ("ID", "id"), "ret": ("r", "r")},
        {},
    )
    traded = replace(LONG, traded=True, volume="V")
    assert wanted_columns(traded)[0]["volume"] == ("V", "v")
    assert wanted_columns(replace(LONG, volume="V")) == wanted_columns(LONG)
    assert wanted_columns(WIDE) == ({"date": ("day", "day")}, {})


def test_files_that_cannot_be_read_are_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x")
    error = ValueError("x" * 201 + "\nmore")
    told = damaged(path, error)
    assert told.rule == "the file cannot be read"
    assert told.remedy == f"fetch it again ({'x' * 200})" and told.where == "a.csv"
    assert damaged(path, ValueError("")).remedy == "fetch it again ()"
    for absent in (damaged(path, FileNotFoundError()), damaged(tmp_path / "b", error)):
        assert absent.rule == "the file is not there"
    with pytest.raises(UserError, match="there is no daily file"):
        open_sources([], LONG, tmp_path)


def opened(folder, text, spec, name="a.csv", **said):
    path = folder / name
    path.write_text(text)
    kept = folder / "kept"
    kept.mkdir(exist_ok=True)
    (source,) = open_sources([path], spec, kept, replace(PLAIN, **said))
    return source


def problems(folder, text, spec, **said):
    with pytest.raises(UserError) as caught:
        opened(folder, text, spec, **said)
    assert caught.value.subject == "reading the daily returns"
    return caught.value.problems


def test_what_was_decided_is_told(tmp_path):
    text = "note\n\nday,ID,r\n2004-01-05,a,0.1\n"
    assert opened(tmp_path, text, LONG).words == (
        *("encoding utf-8", "2 lines above the table left out", "dates as YYYY-MM-DD"),
    )
    text = "permno,date,prc,ret,shrout\n1,20040105,1,0.1,1\n"
    source = opened(tmp_path, text, ReturnsFile())
    assert source.words == ("encoding utf-8", "legacy columns", "dates as YYYYMMDD")
    assert not source.holds_delistings
    ciz = opened(tmp_path, text.replace("ret", "DlyRet"), ReturnsFile())
    assert ciz.holds_delistings and ciz.words[1] == "CIZ columns"


def test_a_wide_files_columns_are_securities_but_for_markers(tmp_path):
    text = "day,A,NA, B \n2004-01-05,0.1,1,0.2\n2004-01-06,,2,0.3\n"
    source = opened(tmp_path, text, WIDE, missing=("NA",))
    assert "columns named 'NA', which means missing, left out" in source.words
    table = source.lazy.collect()
    assert table.select("row", "security", "ret").rows() == [
        *((2, "A", 0.1), (2, "B", 0.2), (3, "B", 0.3)),
    ]
    (problem,) = problems(tmp_path, "day\n2004-01-05\n", WIDE)
    assert "one column" in problem.rule or "no column of a security" in problem.rule


def test_units_are_those_of_the_study(tmp_path):
    spec = replace(LONG, unit="percent", price="p", shares="s", market_value="m")
    spec = replace(spec, shares_unit="ones", market_value_unit="thousands")
    text = "day,ID,r,p,s,m\n2004-01-05,a,10,2,3000000,5\n"
    row = opened(tmp_path, text, spec).lazy.collect()
    cells = row.select("ret", "price", "shares", "value").row(0)
    assert cells == pytest.approx((0.1, 2.0, 3.0, 0.005))
    assert (row["row"].item(), row["file"].item()) == (2, "a.csv")


def test_numbers_printed_otherwise_are_told_with_the_first(tmp_path):
    text = 'day,ID,r\n2004-01-05,a,0.1\n2004-01-06,a,"0,2"\n2004-01-07,a,"0,3"\n'
    (problem,) = problems(tmp_path, text, LONG)
    assert problem.rule == "2 of 3 returns are no numbers"
    assert (problem.row, problem.column, problem.value) == (3, "r", "0,2")
    assert problem.remedy.startswith("set decimal: ','")
    # one is dirt, and a word without digits is none of the numbers
    dirty = text.replace('"0,3"', "0.3").replace("0.1", "many")
    assert opened(tmp_path, dirty, LONG).lazy.collect()["ret"].to_list() == [
        *(None, None, 0.3)
    ]


@pytest.mark.parametrize(
    ("size", "days", "stops"), [(0.11, 50, 1), (0.1, 50, 0), (0.11, 49, 0)]
)
def test_returns_above_a_tenth_are_no_decimals(size, days, stops, tmp_path):
    dates = pd.bdate_range("2004-01-05", periods=days + 2)
    moves = [0.0, 0.0] + [size, -size] * (days // 2) + [size] * (days % 2)
    lines = [f"{d:%Y-%m-%d},a,{r}" for d, r in zip(dates, moves, strict=True)]
    text = "\n".join(["day,ID,r", *lines, ""])
    if not stops:
        opened(tmp_path, text, LONG)
        return
    (problem,) = problems(tmp_path, text, LONG)
    assert problem.rule == (
        "half of the returns are above 0.11 in size: as decimals, 11% a day"
    )
    assert (problem.where, problem.column) == ("a.csv", "r")


def test_a_thousand_rows_tell_whether_a_file_is_daily():
    days = pd.date_range("2004-01-04", periods=6, freq="W").date
    head = pl.DataFrame({"d": [days[0]] * (LOOKED_AT - 4) + [*days[1:5]]})
    (problem,) = frequency(head.lazy(), pl.col("d"), Path("a.csv"))
    assert problem.rule.startswith("the file is weekly") and problem.where == "a.csv"
    later = pl.concat([head[:1], head])
    assert frequency(later.lazy(), pl.col("d"), Path("a.csv")) == []


def test_all_files_that_cannot_be_used_are_told_at_once(tmp_path):
    texts = {
        "a.csv": "day,r\n2004-01-05,0.1\n",
        "b.csv": "day,ID,r\n2004-01-05,a,0.1\n",
        "d.csv": "x,y\n1,2\n",
        "e.csv": "",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "f.parquet").write_bytes(b"PAR1" + bytes(90))
    names = ["f.parquet", "e.csv", "d.csv", "c.csv", "b.csv", "a.csv"]
    with pytest.raises(UserError) as caught:
        open_sources([tmp_path / name for name in names], LONG, tmp_path)
    told = [(Path(p.where).name, p.rule) for p in caught.value.problems]
    assert [name for name, _ in told] == [
        *("a.csv", "c.csv", *["d.csv"] * 3, "e.csv", "f.parquet")
    ]
    assert told[0][1] == "there is no column 'ID'"
    assert told[-1][1] == "the file cannot be read"
    good = [tmp_path / "b.csv", tmp_path / "b.csv"]
    assert len(open_sources(good, LONG, tmp_path)) == 2
