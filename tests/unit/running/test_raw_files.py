"""Raw files that a rule makes: noted before they are in place, over nobody's file."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.running.files import sha256
from alliance_value.running.job import Job
from alliance_value.running.ledger import noted
from alliance_value.running.raw_files import raw_files


@pytest.fixture
def places(tmp_path):
    folder = tmp_path / "data/raw/s"
    folder.mkdir(parents=True)
    return [folder / "a.csv", folder / "b.csv"]


@pytest.fixture
def this(tmp_path):
    """The job that makes them."""
    scratch = tmp_path / "build/s/scratch/simulate"
    return Job({}, print, print, print, tmp_path / "data/records/s", scratch)


def make(places, this, text="made", before=lambda: None):
    with raw_files(list(map(str, places)), this) as folder:
        for place in places:
            (folder / place.name).write_text(f"{text} {place.name}", encoding="utf-8")
        before()


def test_files_are_put_in_place_and_noted(places, this):
    make(places, this)
    assert [p.read_text(encoding="utf-8") for p in places] == [
        "made a.csv",
        "made b.csv",
    ]
    assert noted(this.ledger) == {str(p): {sha256(p)} for p in places}
    assert {p.name for p in places[0].parent.iterdir()} == {"a.csv", "b.csv"}
    assert not this.scratch.exists()


def test_what_fails_puts_nothing_in_place(places, this):
    def fail():
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OSError, match="full"):
        make(places, this, before=fail)
    assert list(places[0].parent.iterdir()) == []
    assert noted(this.ledger) == {}
    make(places, this)  # what is left in the scratch folder does not matter


@pytest.mark.parametrize("killed_at", [0, 1])
def test_every_file_of_a_rule_that_is_killed_is_whole_and_noted(
    places, this, killed_at, monkeypatch
):
    put = Path.replace
    done = []

    def killed(self, target):
        if Path(target) in places:
            if len(done) == killed_at:
                raise KeyboardInterrupt
            done.append(target)
        return put(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        make(places, this)
    monkeypatch.undo()
    there = [p for p in places if p.exists()]
    assert len(there) == killed_at
    known = noted(this.ledger)
    assert all(sha256(p) in known[str(p)] for p in there)
    for place in there:
        place.unlink()  # as Snakemake does before it runs the rule again
    make(places, this)


def test_a_file_that_comes_while_the_rule_runs_is_kept(places, this):
    kept = places[1].with_name("b.csv.kept")
    kept.write_text("of an earlier time", encoding="utf-8")
    with pytest.raises(UserError, match=r"b\.csv\.kept\.kept") as error:
        make(places, this, before=lambda: places[1].write_text("the user's"))
    assert len(error.value.problems) == 1
    assert Path(f"{kept}.kept").read_text(encoding="utf-8") == "the user's"
    assert kept.read_text(encoding="utf-8") == "of an earlier time"
    assert not any(place.exists() for place in places)


def test_a_file_that_comes_while_a_rule_fails_is_kept(places, this):
    def come_and_fail():
        places[0].write_text("the user's", encoding="utf-8")
        raise ConnectionError("lost")

    with pytest.raises(ConnectionError):
        make(places, this, before=come_and_fail)
    kept = places[0].with_name("a.csv.kept")
    assert [*places[0].parent.iterdir()] == [kept]
    assert kept.read_text(encoding="utf-8") == "the user's"


def test_files_reach_another_disk_as_a_whole(places, this, monkeypatch):
    def no_link(source, target):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", no_link)
    make(places, this)
    assert places[0].read_text(encoding="utf-8") == "made a.csv"
    assert {p.name for p in places[0].parent.iterdir()} == {"a.csv", "b.csv"}
