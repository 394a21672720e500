"""Files that store types: what becomes of types, indices and damage."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.raw_table import PLAIN
from alliance_value.sources.read_file import printed_grid, read_file, read_files
from alliance_value.sources.typed_file import no_such_kind


def test_labels_periods_and_days_are_plain(tmp_path):
    path = tmp_path / "a.parquet"
    table = pd.DataFrame(
        {
            "kind": pd.Categorical(["a", None]),
            "rank": pd.Categorical([3, 1]),
            "year": pd.period_range("2001", periods=2, freq="Y"),
            "day": [date(2001, 2, 3), None],
            "word": ["x", "y"],
        }
    )
    table.to_parquet(path)
    raw = read_file(path, PLAIN)
    assert raw.cells.kind.fillna("-").tolist() == ["a", "-"]
    assert raw.cells["rank"].tolist() == [3, 1]
    stamps = ["2001-01-01", "2002-01-01"]
    assert raw.cells.year.tolist() == [pd.Timestamp(s) for s in stamps]
    assert raw.cells.day.tolist() == [pd.Timestamp("2001-02-03"), pd.NaT]
    assert raw.rows.tolist() == [1, 2] and raw.typed and raw.rejects.empty
    assert raw.reading.dates == {"year": {"typed": 2}, "day": {"typed": 1}}
    assert (raw.reading.rows, raw.reading.columns) == (2, 5)
    assert raw.decisions == ("read as parquet",)


def test_an_index_is_columns_too(tmp_path):
    path = tmp_path / "a.parquet"
    levels = [("a", 1), ("b", 2)]
    index = pd.MultiIndex.from_tuples(levels, names=["firm", None])
    pd.DataFrame({"x": [5, 6]}, index=index).to_parquet(path)
    assert list(read_file(path, PLAIN).cells) == ["firm", "x"]
    named = pd.Index([7, 8], name="x")
    pd.DataFrame({"x": [5, 6]}).set_index(named).to_parquet(path)
    raw = read_file(path, PLAIN)
    assert list(raw.cells) == ["x"] and raw.cells.x.tolist() == [5, 6]


def test_labels_of_stata_that_repeat_are_codes(tmp_path):
    path = tmp_path / "a.dta"
    table = pd.DataFrame({"x": [1, 2], "y": [1.5, 2.5]})
    labels = {"x": {1: "same", 2: "same"}}
    table.to_stata(path, write_index=False, value_labels=labels)
    assert read_file(path, PLAIN).cells.x.tolist() == [1, 2]
    table.to_stata(path, write_index=False, value_labels={"x": {1: "a", 2: "b"}})
    assert read_file(path, PLAIN).cells.x.tolist() == ["a", "b"]


def test_what_the_study_says_of_days_is_told(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"x": [1]}).to_parquet(path)
    layout = replace(PLAIN, dates="day_first", timezone="UTC")
    assert read_file(path, layout).decisions == (
        "read as parquet",
        "dates as told: day first",
        "moments with a zone are turned to the clock of UTC",
    )


def told(call):
    with pytest.raises(UserError) as caught:
        call()
    return [(p.rule, p.remedy, p.where) for p in caught.value.problems]


def test_a_file_of_another_kind_is_told(tmp_path):
    path = tmp_path / "a.dta"
    path.write_text("a,b\n1,2\n")
    layout = replace(PLAIN, format="stata")
    assert told(lambda: read_file(path, layout)) == [
        (
            "the file is no readable stata file but holds text",
            "set format: csv, or take format out",
            "a.dta",
        )
    ]
    path.write_bytes(b"x" * 1000 + b"\x00")
    assert "holds text" in no_such_kind(path, "sas", ValueError()).problems[0].rule
    path.write_bytes(b"x" * 999 + b"\x00")
    error = ValueError(f"bad {path} here. And more\nthen")
    damaged = no_such_kind(path, "excel", error).problems[0]
    assert damaged.rule == "the file is no readable excel file"
    assert damaged.remedy == "save it as .xlsx or CSV (bad a.dta here)"
    long = no_such_kind(path, "sas", ValueError("x" * 101)).problems[0].remedy
    assert long == f"fetch or export it again ({'x' * 100}... (101 chars))"
    assert no_such_kind(path, "sas", ValueError()).problems[0].remedy.endswith(" ()")


def test_a_table_without_rows_or_with_a_name_twice_is_told(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"x": []}).to_parquet(path)
    ((rule, *_),) = told(lambda: read_file(path, PLAIN))
    assert rule == "the file has a header but no rows"
    sheet = tmp_path / "a.xlsx"
    twice = pd.DataFrame([[1, 2]], columns=["x", "x"])
    twice.to_excel(sheet, index=False)
    ((rule, *_),) = told(lambda: read_file(sheet, PLAIN))
    assert rule == "the column name 'x' stands 2 times"


def test_a_file_by_its_name_is_told_where_it_is_no_text(tmp_path):
    path = tmp_path / "a.sas7bdat"
    path.write_bytes(b"\x81\x8d" * 600)
    ((rule, *_),) = told(lambda: read_file(path, PLAIN))
    assert rule == "the file is no readable sas file"
    empty = tmp_path / "b.csv"
    empty.write_bytes(b"")
    assert told(lambda: read_file(empty, PLAIN)) == [
        ("the file is empty", "export it again", "b.csv")
    ]
    both = told(lambda: read_files([empty, tmp_path / "none.csv"], PLAIN))
    assert [Path(where).name for *_, where in both] == ["b.csv", "none.csv"]


def test_a_typed_file_as_lines_of_text(tmp_path):
    path = tmp_path / "a.parquet"
    days = pd.to_datetime(["2001-02-03 04:05", None])
    table = pd.DataFrame({"day": days, "x": [1.0, np.nan], "y": [0.5, 2.0]})
    table.to_parquet(path)
    assert printed_grid(path, PLAIN) == [
        ["day", "x", "y"],
        ["2001-02-03 04:05:00", "1", "0.5"],
        ["", "", "2.0"],
    ]
    sheet = tmp_path / "a.xlsx"
    table[["x"]].to_excel(sheet, index=False)
    assert printed_grid(sheet, PLAIN) == [["x"], ["1"], [""]]
    text = tmp_path / "a.csv"
    text.write_text("a,b\n")
    assert printed_grid(text, PLAIN) is None
    assert printed_grid(text, replace(PLAIN, format="csv")) is None
