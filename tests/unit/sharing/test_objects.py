"""DVC's objects checked against their names; what a checkout would replace."""

from __future__ import annotations

import hashlib
import json

import pytest

from alliance_value.sharing.cache import discard, mend, take_in
from alliance_value.sharing.objects import Object, absent, damaged, objects
from alliance_value.sharing.workspace import held, in_the_way, leftovers


def put(cache, content: bytes, ending: str = "") -> str:
    digest = hashlib.md5(content).hexdigest() + ending
    path = cache / digest[:2] / digest[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return digest


def place(cache, digest: str):
    return cache / digest[:2] / digest[2:]


@pytest.fixture
def folder(tmp_path):
    """A cache and a workspace that hold the same three files, two of them alike."""
    root, cache = tmp_path / "av", tmp_path / "cache"
    contents = {"a": b"one", "b/c": b"two", "b/d": b"one"}
    entries = []
    for name, content in contents.items():
        path = root / "results/s" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        entries.append({"md5": put(cache, content), "relpath": name})
    output = Object(put(cache, json.dumps(entries).encode(), ".dir"), "results/s")
    return root, cache, output


def test_each_object_of_a_folder_is_checked_against_its_name(folder):
    _, cache, output = folder
    found = objects([output], cache)
    assert [o.path for o in found] == [
        "results/s",
        "results/s/a",
        "results/s/b/c",
        "results/s/b/d",
    ]
    assert damaged(found, cache) == absent(found, cache) == []
    place(cache, found[2].digest).unlink()
    assert absent(found, cache) == [found[2]]
    place(cache, found[1].digest).write_bytes(b"onf")
    assert damaged(found, cache) == [found[1], found[3]]
    place(cache, output.digest).write_bytes(b"[]")
    assert damaged(objects([output], cache), cache) == [output]


def test_one_damaged_object_of_two_files_is_discarded_once(folder):
    root, cache, output = folder
    found = objects([output], cache)
    place(cache, found[1].digest).write_bytes(b"onf")
    discard(damaged(found, cache), cache, root)
    assert absent(found, cache) == [found[1], found[3]]


def test_a_file_that_links_to_a_damaged_object_keeps_its_bytes(folder):
    root, cache, output = folder
    found = objects([output], cache)
    target, link = place(cache, found[1].digest), root / found[1].path
    target.write_bytes(b"mine")
    link.unlink()
    link.symlink_to(target)
    discard(damaged(found, cache), cache, root)
    assert link.read_bytes() == b"mine"
    assert not target.exists()


@pytest.mark.parametrize("broken", ["file", "list", "both"])
def test_what_is_damaged_is_replaced_from_the_workspace(folder, broken):
    root, cache, output = folder
    found = objects([output], cache)
    if broken != "list":
        place(cache, found[2].digest).write_bytes(b"???")
    if broken != "file":
        place(cache, output.digest).write_bytes(b"[]")
    mend([output], cache, root)
    assert objects([output], cache) == found
    assert damaged(found, cache) == absent(found, cache) == []


def test_only_what_is_recorded_enters_the_cache(folder):
    root, cache, output = folder
    found = objects([output], cache)
    for item in found:
        place(cache, item.digest).unlink(missing_ok=True)
    (root / "results/s/b/c").write_bytes(b"another machine's two")
    take_in([output], cache, root)
    assert not [path for path in cache.rglob("*") if path.is_file()]

    # where the list is known, what equals it, and no more
    put(cache, json.dumps(entries_of(found)).encode(), ".dir")
    take_in([output], cache, root)
    assert absent(found, cache) == [found[2]]
    assert damaged(found, cache) == []


def entries_of(found):
    return [
        {"md5": item.digest, "relpath": item.path.removeprefix("results/s/")}
        for item in found
        if not item.is_list
    ]


def test_a_checkout_would_replace_what_is_other_or_more_than_recorded(folder):
    root, cache, output = folder
    found = objects([output], cache)
    assert in_the_way(found, held([output], root)) == {}
    (root / "results/s/a").unlink()
    (root / "results/s/b/c").write_bytes(b"mine")
    (root / "results/s/notes.txt").write_bytes(b"mine too")
    (root / "results/s/gone").symlink_to("nowhere")
    killed = root / "results/s/b/.Zm9vYmFyYmF6cXV4eHl6-_.tmp"
    killed.write_bytes(b"tw")
    assert in_the_way(found, held([output], root)) == {
        "results/s/b/c": hashlib.md5(b"mine").hexdigest(),
        "results/s/notes.txt": hashlib.md5(b"mine too").hexdigest(),
        "results/s/gone": "",
    }
    assert leftovers([output], root) == {killed.relative_to(root).as_posix()}


def test_a_file_where_a_folder_belongs_is_in_the_way(folder):
    root, cache, output = folder
    found = objects([output], cache)
    file = next(root.rglob("c")).rename(root / "c")
    (root / "results/s").rename(root / "results/t")
    file.rename(root / "results/s")
    assert list(in_the_way(found, held([output], root))) == ["results/s"]
