"""DVC's objects checked against their names, its mishaps put in words."""

from __future__ import annotations

import hashlib
import json

import pytest

from alliance_value.sharing.remotes import (
    Object,
    absent,
    damaged,
    explain,
    folder_of,
    objects,
    recorded,
)


def put(cache, content: bytes, ending: str = "") -> str:
    digest = hashlib.md5(content).hexdigest() + ending
    path = cache / digest[:2] / digest[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return digest


def test_each_object_of_a_folder_is_checked_against_its_name(tmp_path):
    one, two = put(tmp_path, b"one"), put(tmp_path, b"two")
    gone = hashlib.md5(b"gone").hexdigest()
    listing = [
        {"md5": digest, "relpath": name}
        for digest, name in ((one, "a"), (two, "b/c"), (gone, "d"))
    ]
    folder = put(tmp_path, json.dumps(listing).encode(), ".dir")
    lock = {"stages": {"s": {"outs": [{"md5": folder, "path": "results/s"}]}}}
    found = objects(recorded(lock), tmp_path)
    assert [o.path for o in found] == [
        "results/s",
        "results/s/a",
        "results/s/b/c",
        "results/s/d",
    ]
    assert damaged(found, tmp_path) == []
    assert absent(found, tmp_path) == [Object(gone, "results/s/d")]
    (tmp_path / two[:2] / two[2:]).write_bytes(b"twp")
    assert damaged(found, tmp_path) == [Object(two, "results/s/b/c")]
    (tmp_path / folder[:2] / folder[2:]).write_bytes(b"[]")
    broken = objects(recorded(lock), tmp_path)
    assert damaged(broken, tmp_path) == [Object(folder, "results/s")]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("ERROR: No remote provided and no default remote set.", "no remote is set"),
        ("ERROR: config file error: remote 'x' doesn't exist.", "of that name"),
        ("OSError: [Errno 28] No space left on device", "a disk is full"),
        ("ERROR: An error occurred (403) when calling HeadObject", "credentials"),
        ("ERROR: Permission denied for user ann", "credentials"),
        ("ERROR: NoSuchBucket", "the bucket is not there"),
        ("[Errno 111] Connect call failed ('127.0.0.1', 9)", "cannot be reached"),
        ("ERROR: Unable to acquire lock.", "another DVC"),
        ("WARNING: x\nERROR: something else", "something else"),
    ],
)
def test_a_mishap_is_one_message_with_the_next_step(said, words):
    problem = explain(said, "push")
    assert words in problem.rule
    assert problem.remedy


def test_a_folder_is_told_from_an_address(tmp_path):
    assert folder_of("../store", tmp_path) == tmp_path / "../store"
    assert folder_of("/mnt/store", tmp_path) == tmp_path / "/mnt/store"
    assert folder_of("s3://bucket/path", tmp_path) is None
