"""Parameters of a unit of work in a file that changes only when they do."""

from __future__ import annotations

import os

import pytest

from alliance_value.running.stamps import stamp


def test_a_stamp_is_written_only_when_it_changes(tmp_path):
    path = tmp_path / "a" / "params.json"
    stamp(path, {"terms": ["x"]}, ["pandas"])
    os.utime(path, (0, 0))
    stamp(path, {"terms": ["x"]}, ["pandas"])
    assert path.stat().st_mtime == 0
    stamp(path, {"terms": ["y"]}, ["pandas"])
    assert path.stat().st_mtime > 0


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe"])
def test_a_damaged_stamp_is_written_again(tmp_path, damage):
    path = tmp_path / "params.json"
    stamp(path, {"terms": ["x"]}, [])
    whole = path.read_bytes()
    path.write_bytes(damage)
    stamp(path, {"terms": ["x"]}, [])
    assert path.read_bytes() == whole
