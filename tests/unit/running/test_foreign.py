"""Files in the place of outputs: whose they are, by every record there is."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from alliance_value.contracts.problems import UserError
from alliance_value.running.evidence import Evidence
from alliance_value.running.files import sha256
from alliance_value.running.fingerprints import Fingerprints
from alliance_value.running.foreign import refuse_foreign
from alliance_value.running.ledger import UNFINISHED, note
from alliance_value.running.memory import Memory, name_in
from alliance_value.running.places import Places
from alliance_value.running.provenance import FILE, Job, Provenance

RAW, TABLE, METRICS = "data/raw/s/funda.csv", "results/s/table.csv", "metrics/s.json"
RECORD = "recorded/s.json"
RULES = {
    RAW: "simulate",
    TABLE: "table",
    METRICS: "metrics",
    RECORD: "record",
    f"results/s/{FILE}": "p",
}
OUTPUTS = [RAW, TABLE, METRICS, RECORD]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A checkout with a file in the place of each kind of output."""
    for name in (*OUTPUTS, "data/raw/s/own.csv", "results/s/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return Places(tmp_path, "s")


def refused(places: Places, *records: Provenance) -> dict[str, str]:
    """Return what is refused: the rest of each problem by path."""
    evidence = Evidence.of(places, Fingerprints(places.root / "build/prints.json"))
    found = dict(enumerate(records))
    keys = {"simulate": "sources.simulate"}
    try:
        refuse_foreign(evidence, found, lambda path: RULES.get(path, ""), keys)
    except UserError as error:
        return {p.where: f"{p.rule} -> {p.remedy}" for p in error.problems}
    return {}


def record(places: Places, *paths: str, given: bool = False) -> Provenance:
    """Return a record of a run that made files, or was given them."""
    files = {path: sha256(places.root / path) for path in paths}
    job = Job("r", tuple(paths) if given else (), () if given else tuple(paths))
    return Provenance("s", {"libraries": {}}, files, {}, (job,))


def test_every_file_that_no_run_made_is_named_and_no_other(places):
    found = refused(places)
    assert set(found) == set(OUTPUTS)
    assert "rule simulate would replace this file, but no run made" in found[RAW]
    assert "take sources.simulate out of the study file" in found[RAW]
    assert "move it out of results/s" in found[TABLE]


@pytest.mark.parametrize("path", OUTPUTS)
def test_what_a_job_here_noted_is_the_runs_own_until_it_is_changed(places, path):
    note(places.root / places.ledger, "job", {path: sha256(places.root / path)})
    assert path not in refused(places)
    (places.root / path).write_text("edited", encoding="utf-8")
    assert "it was changed since" in refused(places)[path]


def test_a_raw_file_never_counts_as_being_written(places):
    """A killed rule leaves no half of one behind: it would be the user's."""
    note(places.root / places.ledger, "simulate", {RAW: UNFINISHED})
    name_in(Memory(places.root).unfinished, RAW).parent.mkdir(parents=True)
    name_in(Memory(places.root).unfinished, RAW).touch()
    assert RAW in refused(places)


@pytest.mark.parametrize("how", ["ledger", "snakemake"])
def test_a_result_that_was_being_written_is_the_runs_own(places, how):
    if how == "ledger":
        note(places.root / places.ledger, "table", {TABLE: UNFINISHED})
    else:
        path = name_in(Memory(places.root).unfinished, TABLE)
        path.parent.mkdir(parents=True)
        path.touch()
    assert TABLE not in refused(places)


@pytest.mark.parametrize("path", OUTPUTS)
def test_snakemakes_memory_counts_where_no_hash_is_noted(places, path):
    file = places.root / path
    made = {"rule": "r", "endtime": file.stat().st_mtime}
    Memory(places.root).write(path, made)
    assert path not in refused(places)
    os.utime(file, (1e9, 1e9))
    assert "it was changed since" in refused(places)[path]


@pytest.mark.parametrize("path", OUTPUTS)
def test_the_record_beside_results_tells_what_jobs_made(places, path):
    assert path not in refused(places, record(places, path))
    kept = record(places, path)
    (places.root / path).write_text("edited", encoding="utf-8")
    assert "it was changed since" in refused(places, kept)[path]


def test_a_raw_file_that_was_given_to_the_run_is_the_users(places):
    assert RAW in refused(places, record(places, RAW, given=True))


def test_a_record_is_a_runs_own_in_whatever_state(places):
    (places.root / f"results/s/{FILE}").write_text("{", encoding="utf-8")
    assert f"results/s/{FILE}" not in refused(places)


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("cache", ["cache", "../shared"])
def test_what_dvc_recorded_of_the_workflow_is_its_own(places, cache):
    listing = json.dumps([{"md5": md5(RAW), "relpath": "funda.csv"}])
    digest = md5(listing)
    stages = {
        "data": ("snakemake data", {"path": "data/raw/s", "md5": f"{digest}.dir"}),
        "s": ("snakemake -c1", {"path": METRICS, "md5": md5(METRICS)}),
        "other": ("curl", {"path": TABLE, "md5": md5(TABLE)}),
    }
    lock = {"stages": {n: {"cmd": c, "outs": [o]} for n, (c, o) in stages.items()}}
    (places.root / "dvc.lock").write_text(yaml.safe_dump(lock), encoding="utf-8")
    (places.root / ".dvc").mkdir()
    (places.root / ".dvc/config").write_text(f"[cache]\ndir = {cache}\n")
    # without the list of the folder, nothing is known of its files
    assert set(refused(places)) == {RAW, TABLE, RECORD}
    path = places.root / ".dvc" / cache / "files/md5" / digest[:2] / f"{digest[2:]}.dir"
    path.parent.mkdir(parents=True)
    path.write_text(listing, encoding="utf-8")
    assert set(refused(places)) == {TABLE, RECORD}
    (places.root / RAW).write_text("edited", encoding="utf-8")
    (places.root / METRICS).write_text("edited", encoding="utf-8")
    assert set(refused(places)) == set(OUTPUTS)


@pytest.mark.parametrize(
    "lock",
    [
        "<<<<<<< HEAD\nstages:\n",
        "[]",
        "stages: []",
        "stages: {a: 1}",
        "stages: {a: {cmd: [snakemake], outs: [1]}}",
        "stages: {a: {cmd: snakemake, outs: [{md5: 1.dir, path: data}]}}",
    ],
)
def test_a_damaged_record_of_dvc_tells_nothing(places, lock):
    (places.root / "dvc.lock").write_text(lock, encoding="utf-8")
    (places.root / ".dvc").mkdir()
    (places.root / ".dvc/config").write_text("no section\n", encoding="utf-8")
    assert set(refused(places)) == set(OUTPUTS)


def git(places: Places, *arguments: str) -> None:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=places.root, check=True)


def test_what_the_last_commit_holds_cannot_be_lost_but_raw_files_stay(places):
    git(places, "init", "-q")
    git(places, "add", "-f", *OUTPUTS)
    assert set(refused(places)) == set(OUTPUTS)  # not yet committed
    git(places, "commit", "-qm", "All")
    assert set(refused(places)) == {RAW}
    (places.root / METRICS).write_text("edited", encoding="utf-8")
    assert set(refused(places)) == {RAW, METRICS}


def test_what_a_package_cut_down_is_no_edit(places):
    (places.root / "withheld.json").write_text(json.dumps({TABLE: "masked"}))
    assert set(refused(places)) == {RAW, METRICS, RECORD}


@pytest.mark.parametrize("kind", ["link", "link to nothing", "closed"])
def test_links_and_closed_files_are_nobodys_to_replace(places, kind, monkeypatch):
    path = places.root / RAW
    if kind == "closed":
        note(places.root / places.ledger, "simulate", {RAW: sha256(path)})

        def closed(self, file):
            raise PermissionError(13, "Permission denied", str(file))

        monkeypatch.setattr(Fingerprints, "of", closed)
    else:
        target = places.root / "licensed.csv"
        path.rename(target)
        path.symlink_to(target)
        if kind == "link to nothing":
            target.unlink()
    assert RAW in refused(places)
