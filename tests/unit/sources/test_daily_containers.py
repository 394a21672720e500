"""Stata and SAS files as Parquet: the same rows and columns, piece by piece."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources import daily_containers
from alliance_value.sources.daily_containers import PLACE, head_of, in_pieces, opened
from alliance_value.sources.file_kind import kind_of
from alliance_value.sources.raw_table import PLAIN


def test_a_copy_has_the_rows_and_columns_of_the_file_and_no_other(
    tmp_path, monkeypatch
):
    table = pd.DataFrame({"permno": [1, 2, 3, 4, 5], "ret": [0.1, 0.2, 0.3, 0.4, 0.5]})
    path, copy = tmp_path / "a.dta", tmp_path / "a.parquet"
    table.to_stata(path, write_index=False)
    monkeypatch.setattr(daily_containers, "PIECE", 2)
    in_pieces(path, "stata", copy)
    stored = pq.read_table(copy)
    assert stored.column_names == ["permno", "ret"]
    assert stored.to_pydict() == table.to_dict("list")
    assert pq.ParquetFile(copy).num_row_groups == 3


def test_a_file_without_rows_is_none(tmp_path):
    path = tmp_path / "a.dta"
    pd.DataFrame({"permno": [1]}).head(0).to_stata(path, write_index=False)
    with pytest.raises(ValueError, match="no rows"):
        in_pieces(path, "stata", tmp_path / "a.parquet")


def told(path, copy, **said):
    layout = replace(PLAIN, **said)
    lazy, first, words = opened(path, kind_of(path), copy, layout)
    table = lazy.collect()
    places = [place + first for place in table[PLACE].to_list()]
    rows = table.drop(PLACE)
    return rows.columns, rows.rows(), places, words


ROWS = [("1", "ä"), ("2", "b")]


@pytest.mark.parametrize(
    ("raw", "said", "words"),
    [
        ("id,x\n1,ä\n2,b\n".encode(), {}, ["encoding utf-8"]),
        ("\ufeffid,x\n1,ä\n2,b".encode(), {}, ["encoding utf-8"]),
        ("id, x \n1,ä\n2,b\n".encode("cp1252"), {"encoding": "cp1252"}, None),
        ("id,x\n1,ä\n2,b\n".encode("utf-16"), {}, ["encoding utf-16"]),
        ("id,x\r1,ä\r2,b".encode(), {}, ["encoding utf-8"]),
        ("id;x\r\n1;ä\r\n2;b\r\n".encode(), {}, ["encoding utf-8"]),
        ('id,x\n="1",ä\n="2",b\n'.encode(), {}, ["encoding utf-8"]),
        ("id\tx\n1\tä\n2\tb\n".encode(), {"delimiter": "\\t"}, ["encoding utf-8"]),
    ],
)
def test_texts_are_scanned_as_they_stand_or_as_a_copy(raw, said, words, tmp_path):
    path = tmp_path / "a.csv"
    for content in (raw, gzip.compress(raw)):
        path.write_bytes(content)
        columns, rows, places, said_words = told(path, tmp_path / "copy", **said)
        assert (columns, rows, places) == (["id", "x"], ROWS, [2, 3])
        assert said_words == (words or ["encoding cp1252"])


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_copy_does_not_depend_on_its_pieces(size, tmp_path, monkeypatch):
    monkeypatch.setattr(daily_containers, "PIECE_BYTES", size)
    path = tmp_path / "a.csv"
    path.write_bytes('id,x\n="1",ä\n="2",b'.encode())
    assert told(path, tmp_path / "copy")[1] == ROWS


def test_lines_above_a_table_are_counted(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Title\n\nMore\nid,x\n1,ä\n2,b\n", encoding="utf-8")
    columns, rows, places, words = told(path, tmp_path / "copy")
    assert (columns, rows, places) == (["id", "x"], ROWS, [5, 6])
    assert words == ["encoding utf-8", "3 lines above the table left out"]
    assert head_of(path, path, PLAIN) == (3, ",")
    path.write_text("id  x\n1   2\n")
    assert head_of(path, path, PLAIN) == (0, None)
    path.write_text(" \n\n")
    with pytest.raises(UserError, match="has no header") as caught:
        head_of(path, path, replace(PLAIN, delimiter=","))
    assert caught.value.problems[0].where == "a.csv"


def test_the_last_line_of_a_long_head_is_none(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("id,x\n1,2\n3,4\n5,6\n")
    for size in range(12, 24):
        monkeypatch.setattr(daily_containers, "HEAD_BYTES", size)
        assert head_of(path, path, PLAIN) == (0, ",")


def test_typed_files_count_their_records_from_one(tmp_path):
    table = pd.DataFrame({"id": [1, 2], "x": ["a", None]})
    path = tmp_path / "a.parquet"
    table.to_parquet(path)
    assert told(path, tmp_path / "c")[1:3] == ([(1, "a"), (2, None)], [1, 2])
    packed = tmp_path / "b.parquet"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert told(packed, tmp_path / "c")[1:3] == ([(1, "a"), (2, None)], [1, 2])
    stata = tmp_path / "a.dta"
    table.fillna("").to_stata(stata, write_index=False)
    assert told(stata, tmp_path / "c")[1:3] == ([(1, "a"), (2, "")], [1, 2])
    sheet = tmp_path / "a.xlsx"
    table.assign(x=["a", 5]).to_excel(sheet, index=False)
    assert told(sheet, tmp_path / "c")[1:3] == ([(1, "a"), (2, "5")], [2, 3])
    fixed = tmp_path / "a.txt"
    fixed.write_text("id  x\n 1  a\n 2  b\n")
    _, rows, places, words = told(fixed, tmp_path / "c")
    assert (rows, places, words) == ([("1", "a"), ("2", "b")], [2, 3], [])
