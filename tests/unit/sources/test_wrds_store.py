"""Parts of a table that survive, and the file that they make."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alliance_value.sources import wrds_store
from alliance_value.sources.wrds_store import Store, digest, row_groups

SCHEMA = pa.schema([("x", pa.int64())])


def batches(*sizes, begin=0):
    for size in sizes:
        yield pa.RecordBatch.from_pydict({"x": [*range(begin, begin + size)]}, SCHEMA)
        begin += size


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "s", {"table": "t"})
    store.begin({"x": "bigint"})
    return store


def again(store, asked=None):
    return Store(store.folder, asked or {"table": "t"})


def test_parts_become_one_table_and_go(store):
    assert store.finished() is None and not store.has("1")
    assert store.add("1", SCHEMA, batches(2, 3)) == 5
    assert store.add("2", SCHEMA, batches(4, begin=5)) == 4
    assert again(store).has("1") and again(store).state["parts"]["2"]["rows"] == 4
    assert store.assemble(["1", "2"], SCHEMA) == 9
    assert pq.read_table(store.table)["x"].to_pylist() == [*range(9)]
    assert again(store).finished() == 9
    assert sorted(p.name for p in store.folder.iterdir()) == [
        *("manifest.json", "table.parquet")
    ]


def test_what_was_changed_or_asked_otherwise_is_not_there(store):
    store.add("1", SCHEMA, batches(2))
    store.part("1").write_bytes(b"edited")
    assert not again(store).has("1")
    store.add("1", SCHEMA, batches(2))
    assert again(store).has("1") and not again(store, {"table": "u"}).has("1")
    store.manifest.write_text("[]")
    assert not again(store).has("1")
    store.manifest.write_text("{")
    assert not again(store).has("1")


def test_work_begins_with_what_is_of_the_same_types(store):
    store.add("1", SCHEMA, batches(2))
    left = store.folder / "part-2.tmp"
    left.write_bytes(b"x")
    store.state["table"] = {"rows": 1, "sha256": "0"}
    store.begin({"x": "bigint"})
    assert store.has("1") and not left.exists() and "table" not in store.state
    store.begin({"x": "text"})
    assert not store.has("1") and not store.part("1").exists()
    assert again(store).state["types"] == {"x": "text"}


def test_a_finished_table_is_there_by_its_hash(store):
    store.add("1", SCHEMA, batches(2))
    store.assemble(["1"], SCHEMA)
    assert digest(store.table) == store.state["table"]["sha256"]
    store.table.write_bytes(b"edited")
    assert again(store).finished() is None


def test_a_table_is_delivered_in_one_step(store, tmp_path, monkeypatch):
    store.add("1", SCHEMA, batches(2))
    store.assemble(["1"], SCHEMA)
    output = tmp_path / "new" / "t.parquet"
    store.deliver(output)
    output.with_name("t.parquet.tmp").write_bytes(b"left")
    store.deliver(output)
    assert [p.name for p in output.parent.iterdir()] == ["t.parquet"]

    def refused(*_):
        raise OSError

    monkeypatch.setattr(wrds_store.os, "link", refused)
    store.deliver(output)
    assert output.read_bytes() == store.table.read_bytes()


@pytest.mark.parametrize(
    ("parts", "groups"),
    [([2], [2]), ([3], [3]), ([4], [3, 1]), ([2, 2, 3], [3, 3, 1]), ([7], [3, 3, 1])],
)
def test_row_groups_do_not_depend_on_the_parts(parts, groups, store, monkeypatch):
    monkeypatch.setattr(wrds_store, "ROWS", 3)
    begin = 0
    for number, size in enumerate(parts):
        store.add(f"{number}", SCHEMA, batches(size, begin=begin))
        begin += size
    paths = [store.part(f"{n}") for n in range(len(parts))]
    tables = [*row_groups(paths, SCHEMA)]
    assert [len(table) for table in tables] == groups
    rows = [x for table in tables for x in table["x"].to_pylist()]
    assert rows == [*range(sum(parts))]
    store.assemble([f"{n}" for n in range(len(parts))], SCHEMA)
    assert pq.ParquetFile(store.table).num_row_groups == len(groups)


def test_no_rows_are_a_table_too(store):
    assert store.add("1", SCHEMA, []) == 0
    assert store.assemble(["1"], SCHEMA) == 0 and again(store).finished() == 0
