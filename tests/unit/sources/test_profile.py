"""Profiles of source files: counts of cells as they stand."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest

from alliance_value.sources import profile as room
from alliance_value.sources.profile import profile_file, profile_files
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
