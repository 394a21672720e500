"""Remotes as researchers use them: real servers, damage, mishaps, interruptions.

S3 and SSH are served to the scripted reviewer; the interruptions end DVC by its id.
"""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import time

import pytest

from tests.end_to_end.conftest import DVC, Clone, add, remote

pytestmark = pytest.mark.workflow


def copy_of(author: Clone, root) -> Clone:
    """Clone an author's commit with the secrets that git does not hold."""
    other = author.clone(root)
    local = author.root / ".dvc/config.local"
    if local.is_file():
        shutil.copy(local, other.root / ".dvc/config.local")
    return other


def objects(folder) -> list:
    return sorted(p for p in folder.rglob("*") if p.is_file() and len(p.name) >= 30)


@pytest.mark.smoke
def test_what_one_clone_pushes_over_webdav_another_pulls(author, tmp_path):
    with remote("webdav", author, tmp_path / "remote"):
        author.commit("Name the remote")
        author.share("push")
        other = copy_of(author, tmp_path / "elsewhere" / "b")
        screen = other.share("pull").screen
    assert "Nothing to be done" in screen
    assert other.hashes("results") == author.hashes("results")


def test_a_damaged_object_neither_spreads_nor_stays(author, tmp_path):
    with remote("folder", author, tmp_path / "remote"):
        author.commit("Name the remote")
        cache = author.root / ".dvc/cache/files/md5"
        victim = max(objects(cache), key=lambda p: p.stat().st_size)
        whole = victim.read_bytes()
        victim.chmod(0o644)
        victim.write_bytes(whole[:-1] + b"?")
        assert "is damaged" in author.share("check", fails=True).screen
        # the workspace still has it whole
        assert "Replaced from a whole copy" in author.share("push").screen
        assert victim.read_bytes() == whole
        sent = objects(tmp_path / "remote")
        assert all(
            p.read_bytes() == (cache / p.parent.name / p.name).read_bytes()
            for p in sent
        )

        # damage at the remote: told on pull, and mended by the next push
        there = next(p for p in sent if p.name == victim.name)
        there.chmod(0o644)
        there.write_bytes(whole[:-1] + b"?")
        other = copy_of(author, tmp_path / "elsewhere" / "b")
        screen = other.share("pull", fails=True).screen
        assert "the remote has no whole copy of this" in screen
        named = re.findall(r"files/md5/\S+", screen)
        assert there in [tmp_path / "remote" / name for name in named]
        for name in named:
            (tmp_path / "remote" / name).unlink()
        author.share("push")
        assert "Nothing to be done" in other.share("pull").screen


def test_mishaps_end_with_one_message_and_the_next_step(author, tmp_path):
    screen = author.share("pull", fails=True).screen
    assert "no remote is set" in screen
    assert "dvc remote add -d" in screen

    add(author, "disk", str(tmp_path / "absent"), {})
    screen = author.share("pull", fails=True).screen
    assert "the remote's folder is not there" in screen

    with remote("s3", author, tmp_path / "s3", "cloud"):
        wrong = ("--local", "cloud", "secret_access_key", "wrong")
        author.dvc("remote", "modify", *wrong)
        screen = author.share("push", fails=True).screen
        assert "refused the credentials" in screen
        assert "secret_access_key" in screen
    screen = author.share("push", fails=True).screen
    assert "the remote cannot be reached" in screen


def test_killed_pushes_and_pulls_are_taken_up(author, tmp_path):
    draw = random.Random(2)

    def interrupted(clone: Clone, action: str) -> None:
        process = subprocess.Popen(
            [DVC, action],
            cwd=clone.root,
            env=clone.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(draw.uniform(0.8, 2.5))
        process.send_signal(signal.SIGKILL)
        process.wait()

    with remote("folder", author, tmp_path / "remote"):
        author.commit("Name the remote")
        interrupted(author, "push")
        author.share("push")
        other = copy_of(author, tmp_path / "elsewhere" / "b")
        interrupted(other, "pull")
        assert "Nothing to be done" in other.share("pull").screen
    assert other.hashes("results") == author.hashes("results")
