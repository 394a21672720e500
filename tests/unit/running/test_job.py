"""What goes into a job beside its files: stamps and fingerprints."""

from __future__ import annotations

import hashlib
import os

from alliance_value.running.job import fingerprints, stamp


def test_a_stamp_is_written_only_when_it_changes(tmp_path):
    path = tmp_path / "a" / "params.json"
    stamp(path, {"terms": ["x"]}, ["pandas"])
    os.utime(path, (0, 0))
    stamp(path, {"terms": ["x"]}, ["pandas"])
    assert path.stat().st_mtime == 0
    stamp(path, {"terms": ["y"]}, ["pandas"])
    assert path.stat().st_mtime > 0


def test_a_fingerprint_is_taken_again_when_size_or_time_changed(tmp_path):
    source, cache = tmp_path / "source.csv", tmp_path / "build" / "cache.json"

    def taken():
        return fingerprints([str(source)], cache)

    def hashed(content):
        return [hashlib.sha256(content).hexdigest()]

    source.write_bytes(b"one")
    assert taken() == hashed(b"one")
    written = cache.stat().st_mtime_ns
    assert taken() == hashed(b"one")
    assert cache.stat().st_mtime_ns == written
    source.write_bytes(b"two")
    os.utime(source, (10, 10))
    assert taken() == hashed(b"two")
    source.write_bytes(b"three")
    os.utime(source, (10, 10))
    assert taken() == hashed(b"three")
