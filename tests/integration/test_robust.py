"""Runs that are killed, run twice at once, or have nowhere to write.

ALLIANCE_VALUE_KILLS says how often a run is killed; the default keeps tests short.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import time
from types import SimpleNamespace

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.running.job import job
from alliance_value.running.locks import check_writable, unwritable
from tests.integration.conftest import Project

pytestmark = pytest.mark.workflow
KILLS = int(os.environ.get("ALLIANCE_VALUE_KILLS", "2"))


def begin(project: Project, *arguments: str) -> subprocess.Popen[str]:
    """Start a run in a process group of its own."""
    return subprocess.Popen(
        project.command("-c2", *arguments),
        cwd=project.root,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(project: Project) -> None:
    """Run to the end, as soon as the jobs of a killed run have ended."""
    for _ in range(60):
        run = project.snakemake("-c2")
        if "still at work here" not in run.screen:
            break
        time.sleep(1)
    assert run.code == 0, run.screen


def test_a_killed_run_is_taken_up_and_gives_the_same_bytes(first_run, fresh):
    expected = first_run[0].hashes()
    draw = random.Random(1)
    for number in range(KILLS):
        started = begin(fresh)
        time.sleep(draw.uniform(0.5, 9))
        if number % 2:
            os.killpg(started.pid, signal.SIGKILL)
        else:
            started.kill()  # its jobs live on
        started.wait()
        started.stdout.close()
        if draw.random() < 0.3:
            shutil.rmtree(fresh.root / "results", ignore_errors=True)
    finish(fresh)
    assert fresh.hashes() == expected
    assert fresh.plan().idle
    shutil.rmtree(fresh.root / ".snakemake")
    assert fresh.plan().idle


def test_a_second_run_at_once_says_so_and_harms_nothing(first_run, fresh):
    started = begin(fresh)
    lock = fresh.root / "build/tiny/run.lock"
    while not (lock.is_file() and lock.read_text(encoding="utf-8")):
        time.sleep(0.05)
    second = fresh.snakemake()
    screen, _ = started.communicate(timeout=300)
    assert second.code != 0
    assert f"another run of this study is at work here (process {started.pid})" in (
        second.screen
    )
    assert "wait until it ends" in second.screen
    assert started.returncode == 0, screen
    assert fresh.hashes() == first_run[0].hashes()


@pytest.mark.parametrize(
    ("options", "words"),
    [("ro", "this is read-only for you"), ("size=72k", "the disk is full (0.")],
)
def test_a_results_folder_that_is_full_or_read_only_is_told(finished, options, words):
    shutil.rmtree(finished.root / "results/tiny")
    (finished.root / "results/tiny").mkdir()
    shutil.rmtree(finished.root / "data/steps")
    mount = f"mount -t tmpfs -o {options} none results/tiny"
    command = ["unshare", "-rm", "sh", "-c", f'{mount} && "$@"', "sh"]
    tried = subprocess.run(
        [*command, "true"], cwd=finished.root, capture_output=True, check=False
    )
    if tried.returncode:
        pytest.skip("no file system can be mounted here")
    run = subprocess.run(
        [*command, *finished.command("-c2", "--quiet", "rules")],
        cwd=finished.root,
        env=finished.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_a_run_that_has_nowhere_to_write_says_so(finished):
    shutil.rmtree(finished.root / "results/tiny")
    (finished.root / "results/tiny").write_text("in the way", encoding="utf-8")
    run = finished.snakemake()
    assert run.code != 0
    assert "results/tiny: it cannot be written: Not a directory" in run.screen
    assert "Traceback" not in run.screen


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "this is read-only for you"),
        (errno.EACCES, "this is read-only for you"),
    ],
)
def test_a_job_on_a_full_or_read_only_disk_ends_with_a_message(tmp_path, number, words):
    params = tmp_path / "params.json"
    params.write_text("{}", encoding="utf-8")
    log = tmp_path / "logs" / "table.log"
    inputs = SimpleNamespace(params=params)

    class Inputs(list):
        params = str(inputs.params)

    stand_in = SimpleNamespace(log=[str(log)], input=Inputs(), output=[], rule="table")
    with pytest.raises(SystemExit), job(stand_in):
        raise OSError(number, os.strerror(number), str(tmp_path / "results/a.csv"))
    message = log.with_suffix(".problems").read_text(encoding="utf-8")
    assert words in message
    assert "a.csv" in message


def test_folders_are_tried_before_a_run(tmp_path):
    check_writable([str(tmp_path / "new" / "results")], "s")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be written"):
        check_writable([str(tmp_path / "file")], "s")


def test_a_full_disk_is_told_with_the_space_left(tmp_path):
    problem = unwritable(tmp_path / "absent", OSError(errno.ENOSPC, "full"))
    assert "MB free" in problem.rule
