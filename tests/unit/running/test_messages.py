"""What a run says of mishaps: jobs that fail, are ended, or find a disk full."""

from __future__ import annotations

import atexit
import errno
import logging
import os
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.running import room
from alliance_value.running.ending import Ending
from alliance_value.running.job import job
from alliance_value.running.ledger import UNFINISHED, noted
from alliance_value.running.messages import (
    BLANK,
    leave,
    release,
    reserve,
    show_problems,
    worded,
)

Usage = namedtuple("Usage", "total used free")
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Files(list[str]):
    """A rule's files: a list whose members have names, as Snakemake hands it."""

    params: str


class Rule:
    """What a job reads of the object that Snakemake gives a script."""

    rule = "table"

    def __init__(self, folder: Path):
        params = folder / "build/s/params.json"
        params.parent.mkdir(parents=True)
        params.write_text("{}", encoding="utf-8")
        self.input = Files([str(params)])
        self.input.params = str(params)
        self.output = [str(folder / "results/s/a.csv"), str(folder / "results/s/b.csv")]
        self.log = [str(folder / "build/s/logs/table.models.log")]
        (folder / "results/s").mkdir(parents=True)

    @property
    def logs(self) -> Path:
        return Path(self.log[0]).parent

    def known(self) -> dict[str, set[str]]:
        return noted(self.logs.parents[2] / "data/records/s")


@pytest.fixture
def rule(tmp_path):
    return Rule(tmp_path)


def test_a_job_notes_what_it_wrote_and_leaves_no_message(rule):
    with job(rule):
        assert rule.known() == {path: {UNFINISHED} for path in rule.output}
        for path in rule.output:
            Path(path).write_text(path, encoding="utf-8")
    assert {len(*hashes) for hashes in rule.known().values()} == {64}
    assert show_problems(rule.logs) == ""


def test_a_failed_job_notes_what_is_there_so_that_nothing_else_counts_as_its(rule):
    with pytest.raises(SystemExit), job(rule):
        Path(rule.output[0]).write_text("half", encoding="utf-8")
        raise KeyError("firm")
    assert set(rule.known()) == {rule.output[0]}
    assert UNFINISHED not in rule.known()[rule.output[0]]


class Panic(BaseException):
    """As a library in another language raises it."""


def test_a_panic_of_a_library_is_told_in_words(rule, capsys):
    with pytest.raises(SystemExit) as end, job(rule):
        raise Panic("index out of bounds")
    assert end.value.code == 1
    assert "unexpected error, Panic: index out of bounds" in show_problems(rule.logs)
    assert "Traceback" not in capsys.readouterr().err
    assert "Traceback" in Path(rule.log[0]).read_text(encoding="utf-8")


def test_a_job_that_its_user_interrupts_says_nothing(rule):
    with pytest.raises(KeyboardInterrupt), job(rule):
        raise KeyboardInterrupt
    assert show_problems(rule.logs, rule.log) == ""


def test_a_job_that_is_ended_is_told_with_what_ends_jobs(rule):
    reserve_in_place(rule)
    message = show_problems(rule.logs)
    assert "rule table.models: it was ended before it could say why" in message
    assert "memory" in message
    assert "--cores 1" in message
    assert show_problems(rule.logs) == ""


def reserve_in_place(rule):
    rule.logs.mkdir(parents=True)
    reserve(Path(rule.log[0]))


def test_a_message_takes_the_room_that_was_reserved(rule):
    reserve_in_place(rule)
    place = Path(rule.log[0]).with_suffix(".problems")
    before = place.stat()
    leave(UserError([Problem("a", "b")], "c"), Path(rule.log[0]))
    assert place.stat().st_ino == before.st_ino
    assert place.stat().st_size < len(BLANK)
    assert "1 problem in c\n  1. a\n    -> b" in show_problems(rule.logs)


def test_a_message_that_nothing_can_hold_goes_to_the_screen(rule, capsys):
    # nothing can be written where the folder is a file
    rule.logs.parent.mkdir(parents=True, exist_ok=True)
    rule.logs.write_text("", encoding="utf-8")
    leave(UserError([Problem("a", "b")], "c"), Path(rule.log[0]).parent / "x/y.log")
    assert "1. a" in capsys.readouterr().err


def test_a_disk_that_is_full_for_log_and_message_ends_in_words(
    rule, monkeypatch, capsys
):
    def full(*arguments, **options):
        raise FULL

    monkeypatch.setattr(Path, "write_text", full)
    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(SystemExit), job(rule):
        raise AssertionError("not reached")
    said = capsys.readouterr().err
    assert "the disk is full" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("x.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
)
def test_refused_memory_is_called_so_whoever_says_it(error):
    (problem,) = worded(error, "rule r", "a.log").problems
    assert problem.rule == "the memory does not suffice"
    assert "--cores 1" in problem.remedy
    assert "defect" not in problem.remedy


def test_a_job_without_memory_says_so(tmp_path):
    """In a process of its own, whose memory is limited."""
    script = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.unit.running.test_messages import Rule, job
rule = Rule(Path({folder!r}))
_, most = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (2**31, most))
with job(rule):
    b"0" * 2**32
"""
    root = str(Path(__file__).resolve().parents[3])
    code = script.format(root=root, folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "the memory does not suffice" in show_problems(tmp_path / "build/s/logs")


# Reading and writing


def test_a_file_that_may_not_be_read_is_no_question_of_writing(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    path.touch()
    monkeypatch.setattr(os, "access", lambda p, mode, **o: mode != os.R_OK)
    error = PermissionError(errno.EACCES, "Permission denied", str(path))
    (problem,) = worded(error, "rule r", "a.log").problems
    assert "the file cannot be read" in problem.rule
    assert "u+r" in problem.remedy
    assert "writ" not in f"{problem.rule} {problem.remedy}"


def test_a_file_that_may_be_read_and_not_written_is(tmp_path):
    path = tmp_path / "a.parquet"
    path.touch()
    error = PermissionError(errno.EACCES, "Permission denied", str(path))
    (problem,) = worded(error, "rule r", "a.log").problems
    assert "read-only" in problem.rule
    assert "u+w" in problem.remedy


def test_of_the_disks_that_may_be_full_the_fullest_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".snakemake").mkdir()

    def usage(path):
        return Usage(0, 0, 4096 if Path(path).name == ".snakemake" else 10**12)

    monkeypatch.setattr(room.shutil, "disk_usage", usage)
    (problem,) = worded(FULL, "rule r", "a.log", "results/a.csv").problems
    assert problem.where == ".snakemake"
    assert "the disk is full (0.0 MB free)" in problem.rule


def test_one_full_disk_is_one_problem(tmp_path, monkeypatch):
    def full(self, content):
        raise FULL

    monkeypatch.setattr(Path, "write_bytes", full)
    folders = [str(tmp_path / name) for name in ("results", "build", "data")]
    with pytest.raises(UserError) as error:
        room.check_writable(folders, "s")
    assert len(error.value.problems) == 1


# The end of a run


@pytest.fixture(autouse=True)
def apart(monkeypatch):
    """Keep what an ending does to its process from that of the tests."""
    monkeypatch.setattr(atexit, "register", lambda function: None)
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)


def ending(rule: Rule, *failed: str) -> Ending:
    return Ending(str(rule.logs), [str(rule.logs.parent)], "s", failed)


def test_a_run_that_stops_itself_on_a_full_disk_says_so(rule, monkeypatch, capsys):
    end = ending(rule)
    end.begin()

    def full(self, content):
        raise FULL

    monkeypatch.setattr(Path, "write_bytes", full)
    end.tell()
    assert "the disk is full" in capsys.readouterr().err


def test_a_run_that_stops_tells_the_problems_of_its_jobs_alone(rule, capsys):
    end = ending(rule)
    rule.logs.mkdir(parents=True)
    leave(UserError([Problem("of an earlier run", "b")], "c"), Path(rule.log[0]))
    end.begin()
    leave(UserError([Problem("of this run", "b")], "c"), Path(rule.log[0]))
    end.tell()
    said = capsys.readouterr().err
    assert "of this run" in said
    assert "earlier" not in said


def test_a_job_that_left_nothing_was_ended_before_it_began(rule, capsys):
    rule.logs.mkdir(parents=True)
    leave(UserError([Problem("it said why", "b")], "c"), Path(rule.log[0]))
    end = ending(rule, rule.log[0], str(rule.logs / "early.log"))
    end.running = True
    end.tell()
    said = capsys.readouterr().err
    assert "it said why" in said
    assert said.count("it was ended before it could say why") == 1
    assert "rule early" in said


def test_a_run_that_succeeds_ends_with_its_summary_alone(rule, tmp_path, capsys):
    end = ending(rule)
    end.begin()
    (tmp_path / "summary.txt").write_text("All is well.", encoding="utf-8")
    end.succeed(str(tmp_path / "summary.txt"))
    end.tell()
    said = capsys.readouterr()
    assert "All is well." in said.out
    assert said.err == ""


def test_what_is_no_message_is_that_of_a_job_that_was_ended(rule):
    rule.logs.mkdir(parents=True)
    for text in (b"", b'{"problems": [{', b"[]", b'{"problems": [{"x": 1}]}', b"\xff"):
        Path(rule.log[0]).with_suffix(".problems").write_bytes(text)
        assert "it was ended" in show_problems(rule.logs)


def test_room_that_is_given_back_leaves_nothing(rule):
    reserve_in_place(rule)
    release(Path(rule.log[0]))
    release(Path(rule.log[0]))
    assert list(rule.logs.iterdir()) == []
