"""Hashes of files, read again only when a file may have changed."""

from __future__ import annotations

import hashlib
import json
import os

import pytest

from alliance_value.running.fingerprints import Fingerprints


def taken(source, cache, afresh=False):
    prints = Fingerprints(cache, afresh)
    digest = prints.of(source)
    prints.keep()
    return digest


def hashed(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def paths(tmp_path):
    return tmp_path / "source.csv", tmp_path / "build" / "cache.json"


def test_a_fingerprint_is_taken_again_when_size_or_time_changed(paths):
    source, cache = paths
    source.write_bytes(b"one")
    assert taken(source, cache) == hashed(b"one")
    written = cache.stat().st_mtime_ns
    assert taken(source, cache) == hashed(b"one")
    assert cache.stat().st_mtime_ns == written
    source.write_bytes(b"two")
    os.utime(source, (10, 10))
    assert taken(source, cache) == hashed(b"two")
    source.write_bytes(b"three")
    os.utime(source, (10, 10))
    assert taken(source, cache) == hashed(b"three")


def test_an_edit_of_the_same_size_under_the_old_time_is_noticed(paths):
    source, cache = paths
    source.write_bytes(b"one")
    os.utime(source, (10, 10))
    assert taken(source, cache) == hashed(b"one")
    source.write_bytes(b"two")
    os.utime(source, (10, 10))
    assert taken(source, cache) == hashed(b"two")


def test_what_no_time_tells_is_noticed_when_every_file_is_read_afresh(paths):
    source, cache = paths
    source.write_bytes(b"one")
    taken(source, cache)
    known = json.loads(cache.read_text(encoding="utf-8"))
    source.write_bytes(b"two")  # and as if the disk itself had changed it
    state = source.stat()
    known[str(source)][:3] = [state.st_size, state.st_mtime_ns, state.st_ctime_ns]
    cache.write_text(json.dumps(known), encoding="utf-8")
    assert taken(source, cache) == hashed(b"one")
    assert taken(source, cache, afresh=True) == hashed(b"two")
    assert taken(source, cache) == hashed(b"two")


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"1",
        b'{"SOURCE": 1}',
        b'{"SOURCE": [1, 2]}',
        b'{"SOURCE": {"a": 1}}',
    ],
)
def test_a_damaged_cache_counts_as_none(paths, damage):
    source, cache = paths
    source.write_bytes(b"one")
    cache.parent.mkdir()
    cache.write_bytes(damage.replace(b"SOURCE", str(source).encode()))
    assert taken(source, cache) == hashed(b"one")
    assert taken(source, cache) == hashed(b"one")


def test_files_that_are_gone_are_forgotten(paths):
    source, cache = paths
    source.write_bytes(b"one")
    taken(source, cache)
    source.rename(source.with_name("other.csv"))
    taken(source.with_name("other.csv"), cache)
    assert str(source) not in json.loads(cache.read_text(encoding="utf-8"))
