"""Batches of Parquet files against the same rows held at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from alliance_value.models import shards as module
from alliance_value.models.shards import (
    Numbering,
    Shards,
    ahead,
    homes,
    numbered,
    numbered_batches,
    numberings,
    plain,
)


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "firm": rng.choice([*"cabd", "é"], 40),
            "year": rng.integers(1998, 2003, 40),
            "x": rng.normal(size=40),
        }
    )


@pytest.fixture
def folder(table, tmp_path, monkeypatch) -> Shards:
    monkeypatch.setattr(module, "ROWS", 7)
    table[:25].to_parquet(tmp_path / "b.parquet")
    table[25:].to_parquet(tmp_path / "c.parquet")
    (tmp_path / "a.txt").write_text("none of these")
    return Shards.of(tmp_path)


def test_files_of_a_folder_are_read_in_the_order_of_their_names(folder, table):
    assert [f.name for f in folder.files] == ["b.parquet", "c.parquet"]
    assert folder.rows == 40
    batches = list(folder.read(["x", "year"]))
    assert [b.num_rows for b in batches] == [7, 7, 7, 4, 7, 7, 1]
    read = pa.Table.from_batches(batches).to_pandas()
    assert read.equals(table[["x", "year"]])
    assert Shards.of(folder.files[1]).rows == 15


@pytest.mark.parametrize(
    ("values", "asked", "codes"),
    [
        ([3, 5, 9], [5, 3, 9, 9, 5], [1, 0, 2, 2, 1]),
        ([3, 5, 9], [5, None, 9], [1, -1, 2]),
        ([3, 10**9], [10**9, 3], [1, 0]),  # too wide for a table
        ([0.5, 2.5], [2.5, None, 0.5, 1.0], [1, -1, 0, -1]),
        (["a", "é"], ["é", "a", None, "b"], [1, 0, -1, -1]),
        ([], [1], [-1]),
    ],
)
def test_values_are_numbered_in_their_order(values, asked, codes):
    numbering = Numbering(pa.array(values))
    assert numbering.codes(pa.array(asked)).tolist() == codes
    if values:
        dictionary = pa.array(asked).dictionary_encode()
        assert numbering.codes(dictionary).tolist() == codes


def test_whole_numbers_close_together_have_a_table():
    assert Numbering(pa.array([3, 5])).table.tolist() == [0, -1, 1]
    most = 4 * 2 + 1_000_000
    assert Numbering(pa.array([1, most])).table is not None
    assert Numbering(pa.array([1, most + 1])).table is None
    assert Numbering(pa.array([0.5])).table is None


def test_numbers_and_texts_as_numpy_compares_them():
    assert plain(pa.array([1, 2], pa.int32())).dtype == "int64"
    assert plain(pa.array([1.5], pa.float32())).dtype == "float64"
    assert plain(pa.array(["é"])).tolist() == ["é".encode()]


def test_missing_and_infinite_values_have_no_number():
    parts = [pa.array([2.0, None]), pa.array([np.inf, np.nan, 1.0, 2.0])]
    assert numbered(parts).values.to_pylist() == [1.0, 2.0]


def test_keys_of_all_files_are_numbered(folder, table):
    known = numberings(folder, ["firm", "year"])
    assert known["firm"].values.to_pylist() == sorted(set(table.firm))
    assert known["year"].values.to_pylist() == sorted(set(table.year))
    many = Shards(folder.files * 80)
    assert numberings(many, ["firm"])["firm"].values.equals(known["firm"].values)


def test_the_group_that_each_inner_one_lies_in(folder, tmp_path):
    known = numberings(folder, ["firm", "year"])
    firm, year = (("firm", known["firm"]), ("year", known["year"]))
    assert homes(folder, firm, year) is None
    assert homes(folder, year, year).tolist() == [*range(len(known["year"].values))]
    nested = pd.DataFrame({"firm": [*"abcab", None], "sector": [2, 1, 1, 2, 1, 9]})
    (tmp_path / "nested").mkdir()
    nested.to_parquet(tmp_path / "nested/d.parquet")
    own = Shards.of(tmp_path / "nested")
    named = numberings(own, ["firm", "sector"])
    pair = [(name, named[name]) for name in ("firm", "sector")]
    assert homes(own, *pair).tolist() == [1, 0, 0]


def test_rows_that_are_used_come_in_numbers(folder, table):
    known = numberings(folder, ["firm", "year"])
    firm = ("firm", Numbering(known["firm"].values.slice(1)))  # "a" has no number
    levels = [("year", known["year"]), ("firm", known["firm"])]

    def design(batch: pa.RecordBatch) -> tuple[np.ndarray, np.ndarray]:
        x = batch.column("x").to_numpy()
        return x[:, None], x > -0.5

    batches = list(numbered_batches(folder, ["x"], design, firm, levels))
    numbers = np.concatenate([b.columns for b in batches])[:, 0]
    np.testing.assert_array_equal(numbers, table.x)
    years, firms = sorted(set(table.year)), sorted(set(table.firm))
    groups = np.concatenate([b.groups for b in batches])
    used = (table.x > -0.5) & (table.firm != "a")
    assert groups.tolist() == [
        firms.index(f) - 1 if is_used else -1
        for f, is_used in zip(table.firm, used, strict=True)
    ]
    places = np.concatenate([b.levels for b in batches])
    assert places.tolist() == [
        [years.index(y), len(years) + firms.index(f)]
        for y, f in zip(table.year, table.firm, strict=True)
    ]


def test_rows_without_a_level_are_in_no_group(tmp_path):
    table = pd.DataFrame({"firm": [1, 1, 2, 2], "year": [1999, None, 1999, 2000]})
    table.astype({"year": "Int64"}).to_parquet(tmp_path / "a.parquet")
    shards = Shards.of(tmp_path)
    known = numberings(shards, ["firm", "year"])

    def design(batch: pa.RecordBatch) -> tuple[np.ndarray, None]:
        return np.zeros((batch.num_rows, 1)), None

    pairs = [(name, known[name]) for name in ("firm", "year")]
    (batch,) = numbered_batches(shards, [], design, pairs[0], pairs[1:])
    assert batch.groups.tolist() == [0, -1, 1, 1]


def test_what_a_thread_meets_ahead_reaches_the_one_that_waits():
    def broken():
        yield 1
        raise OSError("the disk is gone")

    items = ahead(broken())
    assert next(items) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(items)
    assert list(ahead(iter(range(1, 5)))) == [1, 2, 3, 4]
