"""What stands in a file of any kind can be read, or the file is said to be sealed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.sharing.scan.unpack import readable
from tests.unit.sharing.scan.files import as_pickle, hiding, zipped

NOTE = "Zebra Mark stands here"


FILES = hiding(NOTE)


@pytest.mark.parametrize("name", FILES)
def test_a_note_is_read_in_every_kind_of_file(name):
    found = readable(FILES[name])
    assert any(NOTE in text for text in found.texts)
    assert found.sealed == []


def test_what_cannot_be_looked_into_is_said():
    noise = np.random.default_rng(1).bytes(5000)
    assert readable(noise + b"/data/hidden/path/x" + noise).sealed
    assert readable(zipped("a.bin", noise)).sealed
    assert readable(b"PK\x03\x04" + noise).sealed
    assert readable(b"%PDF-1.4 /Encrypt " + noise).sealed
    assert readable(as_pickle(pd.DataFrame({"a": range(500)}))).sealed
    texts = readable(noise + b"/data/hidden/path/x" + noise).texts
    assert any("/data/hidden/path/x" in text for text in texts)


def test_escapes_of_json_are_resolved():
    found = readable(rb'{"p": "\/data\/jdoe\/x"}')
    assert any("/data/jdoe/x" in text for text in found.texts)


def test_files_within_files_without_end_are_sealed():
    content = b"text"
    for _ in range(9):
        content = zipped("a.zip", content)
    assert readable(content).sealed
