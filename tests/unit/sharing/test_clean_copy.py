"""What git tracks of a checkout, and what becomes of a git that does not answer."""

from __future__ import annotations

import subprocess

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sharing.clean_copy import copy_checkout, tracked


@pytest.fixture
def clone(tmp_path):
    root = tmp_path / "av"
    root.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    (root / ".gitignore").write_text("/data/\n")
    (root / "code.py").write_text("")
    (root / "data/raw/s").mkdir(parents=True)
    (root / "data/raw/s/a.csv").write_text("1")
    return root


def test_a_clone_is_what_git_tracks_or_would_track(clone):
    assert tracked(clone) == [".gitignore", "code.py"]
    assert tracked(clone, new=False) == []


def test_without_git_a_clone_is_told_and_another_folder_is_walked(clone, monkeypatch):
    monkeypatch.setenv("PATH", str(clone))
    with pytest.raises(UserError, match="git is not on this machine"):
        tracked(clone)
    (clone / ".git").rename(clone.parent / "git")
    assert tracked(clone) == [".gitignore", "code.py"]


@pytest.mark.parametrize(
    ("said", "words", "step"),
    [
        ("fatal: detected dubious ownership in repository", "trust", "safe.directory"),
        ("fatal: not a git repository: x", "not a git repository", "mend the clone"),
    ],
)
def test_a_git_that_refuses_is_told(clone, tmp_path, monkeypatch, said, words, step):
    tool = tmp_path / "bin" / "git"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 128\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent))
    with pytest.raises(UserError, match=words) as raised:
        tracked(clone)
    assert step in str(raised.value)


def test_a_copy_holds_no_study_file_from_outside(clone, tmp_path):
    outside = tmp_path / "s.yaml"
    outside.write_text("study: s")
    target = tmp_path / "copies" / "copy"
    copy_checkout(clone, target, str(outside), "data/raw/s")
    copied = [p.relative_to(target).as_posix() for p in target.rglob("*")]
    assert {".gitignore", "code.py", "data/raw/s/a.csv"} < {*copied}
    assert "s.yaml" not in [path.rpartition("/")[2] for path in copied]
    assert [path.name for path in target.parent.iterdir()] == ["copy"]


def test_a_copy_holds_nothing_that_a_run_made(clone, tmp_path):
    (clone / "metrics").mkdir()
    (clone / "metrics/s.json").write_text("{}")
    copy_checkout(clone, tmp_path / "copy", "code.py", "data/raw/s")
    assert not (tmp_path / "copy/metrics").exists()
