"""Patterns of files stand for those that are there and those that rules will write."""

from __future__ import annotations

import pytest

from alliance_value.study.patterns import with_files_of_patterns


def files(written, planned=(), environ=None):
    study = {"sources": {"firm_years": {"file": written}}}
    resolved = with_files_of_patterns(study, environ or {}, planned)
    return resolved["sources"]["firm_years"]["file"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/b.zip").touch()
    return tmp_path


def test_files_that_rules_will_write_fit_before_they_do(folder):
    planned = ["data/c.zip", "data/a.zip", "data/deep/d.zip", "data/a.csv"]
    asked = files("data/*.zip", planned)
    assert asked == ["data/a.zip", "data/b.zip", "data/c.zip"]
    for name in ("a", "c"):
        (folder / f"data/{name}.zip").touch()
    assert files("data/*.zip", planned) == asked


def test_without_a_file_a_pattern_stays(folder):
    assert files("data/*.dta", ["data/a.zip"]) == ["data/*.dta"]
    assert files("data/b.zip", ["data/a.zip"]) == "data/b.zip"
