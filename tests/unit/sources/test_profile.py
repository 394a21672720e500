"""Profiles of source files: counts of cells as they stand."""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import replace

import pandas as pd
import pytest

from alliance_value.sources import profile as room
from alliance_value.sources.profile import key_of, profile_file, profile_files, shown
from alliance_value.study.spec import TableFile

PLAIN = TableFile(entity="", file="")
TEXT = """\
gvkey,lpermno,linkdt,amount,day,mixed,nothing,name
1,10,2001-01-31,1.5,01/02/1999,C,,Ädel
1,10,2001-01-31,1.5,01/02/1999,C,,Ädel
1,11,1999-12-31,-2e3,12/31/2001,7,,"b
c"
2,10,2000-06-30,,02/28/2000,8, ,d
"""


@pytest.fixture
def links(tmp_path):
    path = tmp_path / "links.csv"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def columns(found):
    return {c["column"]: c for c in found["columns"]}


def test_rows_key_and_repeats_are_counted(links):
    found = profile_file(links, PLAIN)
    assert found["rows"] == 4
    assert found["key"] == ["gvkey", "lpermno", "linkdt"]
    assert found["repeated_rows"] == found["repeated_keys"] == 1


@pytest.mark.parametrize(
    ("name", "kind", "other", "missing", "distinct", "low", "high"),
    [
        ("linkdt", "date", 0, 0, 3, "1999-12-31", "2001-01-31"),
        ("amount", "number", 0, 1, 2, "-2000", "1.5"),
        # by time, not by the text
        ("day", "date", 0, 0, 3, "1999-01-02", "2001-12-31"),
        ("mixed", "number", 2, 0, 3, "7", "8"),
        ("nothing", "", 0, 4, 0, None, None),
        ("name", "text", 0, 0, 3, "b\nc", "Ädel"),
    ],
)
def test_columns_are_described(links, name, kind, other, missing, distinct, low, high):
    c = columns(profile_file(links, PLAIN))[name]
    assert (c["kind"], c["other"]) == (kind, other)
    assert (c["missing"], c["distinct"]) == (missing, distinct)
    assert (c["min"], c["max"]) == (low, high)


def test_a_large_file_is_scanned_and_gives_the_same_ranges(links, monkeypatch):
    small = columns(profile_file(links, PLAIN))
    monkeypatch.setattr(room, "LARGE", 0)
    found = profile_file(links, PLAIN)
    assert found["rows"] == 4
    assert found["repeated_rows"] is None
    for name, c in columns(found).items():
        for key in ("kind", "missing", "min", "max"):
            assert c[key] == small[name][key], (name, key)


def test_a_typed_file_is_described_too(tmp_path):
    path = tmp_path / "t.parquet"
    table = pd.DataFrame(
        {
            "permno": [1, 2],
            "date": pd.to_datetime(["2001-05-04", "2001-05-07"]),
            "ret": [0.25, None],
        }
    )
    table.to_parquet(path)
    found = profile_file(str(path), PLAIN)
    assert found["key"] == ["permno", "date"]
    assert columns(found)["ret"]["missing"] == 1
    assert columns(found)["ret"]["max"] == "0.25"
    assert columns(found)["date"]["kind"] == "date"


def test_a_file_that_cannot_be_read_so_says_why_and_stops_nothing(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2,3\n", encoding="utf-8")
    path.write_text("a,b\n1,2\n1,2,3\n", encoding="utf-8")
    found = profile_file(str(path), PLAIN)
    assert found["rows"] is None
    assert "3 cells" in found["not_read"]


def test_the_study_names_the_key_of_a_table_of_no_vendor(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("who,when,x\na,1,2\na,1,3\n", encoding="utf-8")
    layout = TableFile(entity="who", file="", time="when")
    found = profile_file(str(path), layout)
    assert found["key"] == ["who", "when"]
    assert (found["repeated_rows"], found["repeated_keys"]) == (0, 1)


def test_typed_columns_are_described_as_their_texts_would_be(tmp_path):
    table = pd.DataFrame(
        {
            "day": [19980131, 20011231, 20011231, 19500101],
            "month": [199801, 200112, 200111, 199912],
            "year": [1998, 1998, 2001, 2002],
            "level": [1.5, None, float("inf"), -0.25],
            "when": ["2001-01-01", "1850-02-03", None, "2030-01-01"],
            "flag": [True, False, True, True],
        }
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    table["when"] = pd.to_datetime(table.when)
    table.to_parquet(tmp_path / "t.parquet")
    typed, text = (
        columns(profile_file(str(tmp_path / f"t.{ending}"), PLAIN))
        for ending in ("parquet", "csv")
    )
    for name in set(typed) - {"flag"}:
        assert typed[name] == text[name], name
    kinds = {"day": "date", "month": "date", "year": "number", "flag": "text"}
    assert {name: typed[name]["kind"] for name in kinds} == kinds


@pytest.mark.parametrize("large", [0, room.LARGE])
def test_missing_cells_are_no_distinct_value(links, monkeypatch, large):
    monkeypatch.setattr(room, "LARGE", large)
    assert columns(profile_file(links, PLAIN))["nothing"]["distinct"] == 0


def test_each_member_of_an_archive_is_profiled(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("one.csv", "id,x\n1,2\n")
        archive.writestr("two.csv", "id,x\n1,2\n2,3\n")
    found = [*profile_files(str(tmp_path / "a.zip"), PLAIN)]
    assert [p["rows"] for p in found] == [1, 2]
    assert [p["file"].split("/")[-1].split(" ")[-1] for p in found] == [
        *("one.csv", "two.csv")
    ]


def described(tmp_path, values, large=False, **said):
    pd.DataFrame({"x": values}).to_parquet(tmp_path / "t.parquet")
    (column,) = profile_file(str(tmp_path / "t.parquet"), replace(PLAIN, **said))[
        "columns"
    ]
    return column


@pytest.mark.parametrize(
    ("values", "kind", "form"),
    [
        ([19000101, 22991231], "date", "%Y%m%d"),
        ([19000100, 22991232], "number", ""),
        ([190001, 229912], "date", "%Y%m"),
        ([190000, 229913], "number", ""),
        (["1900-01-01", "2299-12-31"], "date", "%Y-%m-%d"),
        (["1899-12-31", "2300-01-01"], "text", ""),
        (["12/31/2001"], "date", "%m/%d/%Y"),
        (["12/31/01"], "date", "%m/%d/%y"),
        (["31DEC2001"], "date", "%d%b%Y"),
        (["200113"], "number", ""),
        # half of the filled cells tell
        (["1.5", "a"], "number", ""),
        (["1.5", "a", "b"], "text", ""),
        (["1.5", "a", None, ""], "number", ""),
        (["1e5", "-.5", "+2."], "number", ""),
        (["1e", ".", "--1"], "text", ""),
        ([0.5, float("inf"), float("nan")], "number", ""),
        ([True, False], "text", ""),
        ([None, None], "", ""),
    ],
)
def test_what_a_column_holds(values, kind, form, tmp_path):
    column = described(tmp_path, values)
    assert (column["kind"], column["format"]) == (kind, form)


def test_markers_are_missing_cells(tmp_path):
    column = described(tmp_path, [1, -99, -99], missing=("-99",))
    assert (column["missing"], column["distinct"], column["min"]) == (2, 1, "1")
    column = described(tmp_path, ["a", " NA ", ""], missing=("NA",))
    assert (column["missing"], column["distinct"], column["other"]) == (2, 1, 0)
    column = described(tmp_path, [1, -99], missing=("NA",))
    assert (column["missing"], column["min"]) == (0, "-99")


def test_smallest_and_largest_values_as_they_are_shown():
    values = (None, 1.0, 1 / 3, 12345678901.5, "a", 3)
    assert [shown(v) for v in values] == [
        *(None, "1", "0.3333333333", "1.23456789e+10", "a", "3")
    ]


@pytest.mark.parametrize(
    ("names", "stated", "key"),
    [
        (["PERMNO", "x", "Date"], [], ["PERMNO", "Date"]),
        (["permno", "date", "namedt"], [], ["permno", "namedt"]),
        (["gvkey", "fyear", "x"], ["gvkey", "fyear"], ["gvkey", "fyear"]),
        (["gvkey", "x"], ["gvkey", "fyear"], ["gvkey"]),
        (["x"], ["gvkey"], []),
    ],
)
def test_the_columns_that_name_a_record(names, stated, key):
    assert key_of(names, stated) == key


def test_three_rules_say_why_a_file_cannot_be_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n" + "1,2,3\n" * 2 + "1\n1,2,3,4\n1,2\n1,2\n1,2\n")
    told = profile_file(str(path), PLAIN)
    assert told["not_read"].count("; ") == 2 and told["columns"] == []


def test_a_large_text_is_scanned_below_its_title(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "LARGE", 5)
    path = tmp_path / "t.csv"
    path.write_text("A title\n\na;b\n1;x\n2;x\n2;x\n")
    told = profile_file(str(path), PLAIN)
    assert told["rows"] == 3 and told["repeated_rows"] is None
    assert [c["distinct"] for c in told["columns"]] == [2, 1]
    table = pd.DataFrame({"a": [1, 2, 2]})
    table.to_parquet(tmp_path / "t.parquet")
    assert profile_file(str(tmp_path / "t.parquet"), PLAIN)["repeated_rows"] is None
    # as large as that is none
    monkeypatch.setattr(room, "LARGE", path.stat().st_size)
    assert profile_file(str(path), PLAIN)["repeated_rows"] == 1


def test_a_large_text_may_have_longer_rows_below(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "LARGE", 5)
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,x\n01,\xe4,more\n")
    told = profile_file(str(path), PLAIN)
    # codes keep their zeros
    assert told["rows"] == 2 and [c["distinct"] for c in told["columns"]] == [2, 2]
    gone = tmp_path / "t.csv.gz"
    gone.write_bytes(gzip.compress(b"a,b\n1,x\n"))
    assert profile_file(str(gone), PLAIN)["repeated_rows"] == 0


def test_records_of_several_lines_are_counted_by_their_first(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("x")
    cells = pd.DataFrame(
        {"who": ["a", "a", "b", "b"], "x": ["1", "2", "1", "2"], "row": [1, 2, 3, 4]}
    )

    def records(file, layout):
        return cells, pd.Series([True, False, True, False])

    layout = TableFile(entity="who", file="")
    told = profile_file(str(path), layout, records)
    assert [c["column"] for c in told["columns"]] == ["who", "x"]
    assert (told["rows"], told["key"]) == (4, ["who"])
    assert (told["repeated_rows"], told["repeated_keys"]) == (0, 0)


def test_days_and_times_of_typed_files_are_days(tmp_path):
    stamps = pd.to_datetime(["2001-02-03 10:00", "2001-02-03 11:00", None])
    column = described(tmp_path, stamps)
    assert (column["kind"], column["distinct"], column["missing"]) == ("date", 1, 1)
    assert (column["min"], column["max"]) == ("2001-02-03", "2001-02-03")
    # the first form by which most cells read
    column = described(tmp_path, ["01/02/03", "2001-02-03", "2001-02-04"])
    assert (column["format"], column["other"]) == ("%Y-%m-%d", 1)
