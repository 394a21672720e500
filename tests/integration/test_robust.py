"""Runs that are killed, run twice at once, or have nowhere to write.

ALLIANCE_VALUE_KILLS says how often a run is killed; the default keeps tests short.
"""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.running.job import job
from alliance_value.running.room import check_writable, unwritable
from tests.integration.conftest import Project, Run

pytestmark = pytest.mark.workflow
KILLS = int(os.environ.get("ALLIANCE_VALUE_KILLS", "2"))


def begin(
    project: Project, *arguments: str, python: str = sys.executable
) -> subprocess.Popen[str]:
    """Start a run in a process group of its own."""
    return subprocess.Popen(
        project.command("-c2", *arguments, python=python),
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
    started = begin(fresh, python=fresh.python())
    lock = fresh.root / "build/tiny/run.lock"
    while not (lock.is_file() and (process := lock.read_text(encoding="utf-8"))):
        time.sleep(0.05)
    second = fresh.snakemake()
    screen, _ = started.communicate(timeout=300)
    assert second.code != 0
    assert f"another run of this study is at work here (process {process})" in (
        second.screen
    )
    assert "wait until it ends" in second.screen
    assert started.returncode == 0, screen
    assert fresh.hashes() == first_run[0].hashes()


def mounted(project: Project, mount: str, *command: str) -> Run:
    """Run a command in the project with a file system mounted, where one can be."""
    apart = ["unshare", "-rm", "sh", "-c", f'{mount} && "$@"', "sh"]
    tried = subprocess.run(
        [*apart, "true"], cwd=project.root, capture_output=True, check=False
    )
    if tried.returncode:
        pytest.skip("no file system can be mounted here")
    done = subprocess.run(
        [*apart, *command],
        cwd=project.root,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout)


@pytest.mark.parametrize(
    ("options", "words"),
    [("ro", "this is read-only for you"), ("size=8k", "the disk is full (0.")],
)
def test_a_results_folder_that_is_full_or_read_only_is_told(finished, options, words):
    shutil.rmtree(finished.root / "results/tiny")
    (finished.root / "results/tiny").mkdir()
    shutil.rmtree(finished.root / "data/steps")
    mount = f"mount -t tmpfs -o {options} none results/tiny"
    target = "results/tiny/estimates.csv"
    run = mounted(finished, mount, *finished.command("-c2", target))
    assert run.code != 0
    assert words in run.screen
    assert "Traceback" not in run.screen


def last_words(run: Run) -> str:
    """Return the message that ends a run."""
    assert run.code != 0
    assert "Traceback" not in run.screen, run.screen
    return re.split(r"^\d+ problems? in ", run.screen, flags=re.MULTILINE)[-1]


# full before the run, while it restores, and while jobs end
@pytest.mark.parametrize("size", ["4k", "120k", "200k"])
def test_snakemakes_own_folder_on_a_full_disk_is_told(first_run, fresh, finished, size):
    project = fresh if size == "200k" else finished
    shutil.rmtree(project.root / ".snakemake", ignore_errors=True)
    (project.root / ".snakemake").mkdir()
    mount = f"mount -t tmpfs -o size={size} none .snakemake"
    words = last_words(mounted(project, mount, *project.command("-c2", "--quiet")))
    assert ".snakemake: the disk is full (0.0 MB free)" in words
    shutil.rmtree(project.root / ".snakemake")
    finish(project)
    assert project.hashes() == first_run[0].hashes()


def test_a_checkout_on_a_full_disk_is_told(fresh, tmp_path):
    used = sum(p.stat().st_blocks for p in fresh.root.rglob("*")) // 2
    small = tmp_path / "small"
    small.mkdir()
    mount = (
        f"mount -t tmpfs -o size={used + 700}k none {small} "
        f"&& cp -a . {small}/project && cd {small}/project"
    )
    inside = Project(small / "project")
    # compiled modules would fill it before the engine has a log
    environment = {"PYTHONPATH": str(inside.root / "src")}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    project = Project(fresh.root, fresh.study, environment)
    run = mounted(project, mount, *inside.command("-c1", "--quiet"))
    words = last_words(run)
    assert "the disk is full" in words
    assert "what is finished stays" in words


def job_at_work(project: Project) -> int:
    """Return the process of a job that has begun, 0 where there is none."""
    if not list(project.root.glob("build/tiny/logs/*.problems")):
        return 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            here = (process / "cwd").resolve() == project.root.resolve()
        except OSError:
            continue
        if here and b"python" in command[0] and b".snakemake/scripts" in command[-2]:
            return int(process.name)
    return 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc here")
def test_a_job_that_the_system_ends_is_told(first_run, fresh):
    started = begin(fresh)
    while not (job := job_at_work(fresh)):
        assert started.poll() is None
        time.sleep(0.02)
    os.kill(job, signal.SIGKILL)
    screen, _ = started.communicate(timeout=600)
    words = last_words(Run(started.returncode, screen))
    assert "it was ended before it could say why" in words
    assert "memory" in words
    finish(fresh)
    assert fresh.hashes() == first_run[0].hashes()


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
    log = tmp_path / "build/s/logs/table.log"
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
