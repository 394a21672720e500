"""Remotes as researchers use them: push and pull over real servers on the loopback."""

from __future__ import annotations

import shutil

import pytest

from tests.end_to_end.conftest import remote

pytestmark = pytest.mark.workflow


@pytest.mark.parametrize("kind", ["folder", "webdav"])
def test_what_one_clone_pushes_another_pulls(author, tmp_path, kind):
    with remote(kind, author, tmp_path / "remote"):
        author.commit("Name the remote")
        author.share("push")
        other = author.clone(tmp_path / "elsewhere" / "b")
        local = author.root / ".dvc/config.local"
        if local.is_file():
            shutil.copy(local, other.root / ".dvc/config.local")
        screen = other.share("pull").screen
    assert "Nothing to be done" in screen
    assert other.hashes("results") == author.hashes("results")
