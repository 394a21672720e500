"""What goes into a job beside its files: stamps and fingerprints."""

from __future__ import annotations

import hashlib
import json
import os
from types import SimpleNamespace

from alliance_value.running.job import fingerprints, job, stamp
from alliance_value.running.machine import machine


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


class Input(list):
    """A rule's input: paths, one of them by the name params."""

    @property
    def params(self):
        return self[0]


def test_a_job_notes_what_it_took_and_where(tmp_path):
    params = tmp_path / "params.json"
    params.write_text("{}")
    outputs = [tmp_path / "b.csv", tmp_path / "a.csv"]
    snakemake = SimpleNamespace(
        rule="table",
        log=[str(tmp_path / "build/s/logs/table.main.log")],
        input=Input([str(params)]),
        output=outputs,
    )
    with job(snakemake):
        pass
    path = tmp_path / "build/s/usage/table.main.json"
    usage = json.loads(path.read_text(encoding="utf-8"))
    assert usage["rule"] == "table"
    assert usage["outputs"] == sorted(map(str, outputs))
    assert usage["processor"] > usage["seconds"] >= 0
    assert 1 < usage["megabytes"] < 100_000
    assert usage["machine"] == machine()


def test_a_machine_is_told_in_words():
    told = machine()
    assert told.keys() == {"processor", "cores", "memory", "system"}
    assert told["processor"]
    assert told["system"]
