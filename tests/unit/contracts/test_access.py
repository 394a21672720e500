"""Why a file cannot be read, in words; rights are played where a test runs as root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from alliance_value.contracts.access import no_file, unreadable


@pytest.fixture
def closed(monkeypatch):
    """Close paths, by their right: as chmod does for everybody but root."""
    shut: dict[Path, int] = {}
    access = os.access

    def as_closed(path, mode, **options):
        return not shut.get(Path(path), 0) & mode and access(path, mode, **options)

    monkeypatch.setattr(os, "access", as_closed)
    return shut


def test_a_file_that_is_there_and_open_has_no_problem(tmp_path):
    path = tmp_path / "a.csv"
    path.touch()
    assert no_file(path) is None
    assert unreadable(path) is None
    assert unreadable(tmp_path / "absent" / "b.csv") is None


def test_the_right_that_lacks_is_named_with_who_can_give_it(tmp_path, closed):
    path = tmp_path / "a.csv"
    path.touch()
    closed[path] = os.R_OK
    problem = no_file(path)
    assert problem == unreadable(path)
    assert "the file cannot be read" in problem.rule
    assert problem.remedy == f"allow it: chmod u+r {path}"
    assert problem.where == str(path)


def test_a_closed_folder_on_the_way_is_named(tmp_path, closed):
    path = tmp_path / "licensed" / "a.csv"
    path.parent.mkdir()
    path.touch()
    closed[path.parent] = os.X_OK
    problem = unreadable(path)
    assert f"you may not enter the folder {path.parent}" in problem.rule
    assert f"chmod u+rx {path.parent}" in problem.remedy


def test_the_owner_is_asked_where_the_file_is_not_the_users(
    tmp_path, closed, monkeypatch
):
    path = tmp_path / "a.csv"
    path.touch()
    closed[path] = os.R_OK
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    monkeypatch.setattr(Path, "owner", lambda self: "librarian")
    assert (
        unreadable(path).remedy == "ask its owner (librarian) for the right to read it"
    )


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("absent", "the file is not there"),
        ("folder", "the file is a folder"),
        ("link", "the file is a link that leads nowhere"),
    ],
)
def test_what_is_no_file_is_told(tmp_path, kind, words):
    path = tmp_path / "a.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(tmp_path / "gone.csv")
    assert no_file(path).rule == words
    assert kind == "folder" or unreadable(path) is None
