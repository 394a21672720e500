"""Files from elsewhere, judged by the record of what made them, without Snakemake."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.running.evidence import Evidence
from alliance_value.running.files import sha256
from alliance_value.running.fingerprints import Fingerprints
from alliance_value.running.ledger import UNFINISHED, note
from alliance_value.running.memory import Memory
from alliance_value.running.places import Places
from alliance_value.running.provenance import (
    FILE,
    Job,
    Provenance,
    dumps,
    gather,
    here,
    loads,
    read,
    records_beside,
)
from alliance_value.running.restore import restore as restore_from
from alliance_value.running.stale import LONG_AGO, Restored

PANEL, TABLE = "data/processed/s/panel.parquet", "results/s/table.csv"
RECORD = f"results/s/{FILE}"
CONTENTS = {
    "src/panel.py": "one",
    "src/table.py": "two",
    "data/raw/s/firms.csv": "three",
    "build/s/params/panel.json": json.dumps({"x": 1, "libraries": {"pandas": "3"}}),
    PANEL: "four",
    TABLE: "five",
}
JOBS = (
    Job(
        "panel",
        ("build/s/params/panel.json", "data/raw/s/firms.csv", "src/panel.py"),
        (PANEL,),
        {"log": ["build/s/logs/panel.log"]},
    ),
    Job("table", (PANEL, "src/table.py"), (TABLE,), {"log": ["build/s/table.log"]}),
    Job("provenance", (TABLE,), (RECORD,)),
)


def versions(name: str) -> str:
    return {"pandas": "3"}[name]


def restore(places: Places, versions) -> Restored:
    """Restore as the workflow does when it is read."""
    evidence = Evidence.of(places, Fingerprints(places.root / "build/prints.json"))
    records = records_beside(places)
    outputs = {output for job in JOBS for output in job.outputs}
    return restore_from(places, records, evidence, outputs.__contains__, versions)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A checkout into which results were pulled, without the intermediate."""
    for name, text in CONTENTS.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    provenance = Provenance(
        study="s",
        environment={**here(), "libraries": {"pandas": "3"}},
        files={name: sha256(tmp_path / name) for name in CONTENTS},
        settings={},
        jobs=JOBS,
    )
    copy = tmp_path / "data/steps/s/panel.parquet"
    copy.parent.mkdir(parents=True)
    (tmp_path / PANEL).rename(copy)
    (tmp_path / RECORD).write_text(dumps(provenance), encoding="utf-8")
    return Places(tmp_path, "s")


def times(places: Places) -> dict[str, float]:
    paths = {name: places.root / name for name in (PANEL, TABLE)}
    return {n: p.stat().st_mtime for n, p in paths.items() if p.is_file()}


def test_what_agrees_is_remembered_and_its_intermediates_are_there(places):
    found = restore(places, versions)
    assert found.stale == found.reasons == ()
    assert set(found.agreed) == {PANEL, TABLE, RECORD}
    memory = Memory(places.root)
    record = memory.read(TABLE)
    assert record["rule"] == "table"
    assert record["input_checksums"][PANEL] == f"sha256:{sha256(places.root / PANEL)}"
    assert all(
        memory.written_by_job(places.root / name, name) for name in (PANEL, TABLE)
    )
    # parameters look newer than what they shaped, so that Snakemake compares them
    stamp = places.root / "build/s/params/panel.json"
    assert stamp.stat().st_mtime > times(places)[PANEL]
    assert restore(places, versions) == replace(found, agreed=())


@pytest.mark.parametrize(
    ("changed", "stale"),
    [
        ("src/table.py", {TABLE, RECORD}),
        ("src/panel.py", {TABLE, RECORD}),
        ("data/raw/s/firms.csv", {TABLE, RECORD}),
        (TABLE, {TABLE, RECORD}),
    ],
)
def test_what_differs_is_told_and_looks_older_than_all_else(places, changed, stale):
    (places.root / changed).write_text("other", encoding="utf-8")
    os.utime(places.root / changed, (1e9, 1e9))
    found = restore(places, versions)
    assert set(found.stale) == stale
    assert changed in found.reasons[0]
    assert all(times(places)[name] == LONG_AGO for name in stale & {TABLE})
    # the intermediate comes back only when what made it is what is here
    assert (places.root / PANEL).exists() == (changed in ("src/table.py", TABLE))
    # Snakemake finds out itself what differs; a foreign result has no memory at all
    assert (Memory(places.root).read(TABLE) is None) == (changed == TABLE)


def test_a_damaged_copy_of_an_intermediate_is_not_taken(places):
    (places.root / "data/steps/s/panel.parquet").write_text("?", encoding="utf-8")
    assert restore(places, versions).stale == ()
    assert not (places.root / PANEL).exists()


def test_other_versions_are_told(places):
    found = restore(places, lambda name: "4")
    assert "pandas 3 made the results, here is 4" in found.reasons


def test_without_a_record_nothing_is_trusted(places):
    (places.root / RECORD).unlink()
    found = restore(places, versions)
    assert found.stale == (TABLE,)
    assert "nothing tells what made 1 files" in found.reasons[0]
    assert times(places) == {TABLE: LONG_AGO}


DAMAGED = {
    "torn": lambda text: text[: len(text) // 2],
    "empty": lambda text: b"",
    "binary": lambda text: b"\xff\xfe\x00" + text,
    "list": lambda text: b"[1, 2]",
    "another format": lambda text: text.replace(b'"format": 1', b'"format": 99'),
    "without jobs": lambda text: text.replace(b'"jobs"', b'"yobs"'),
    "odd jobs": lambda text: text.replace(b'"outputs"', b'"puts"'),
    "odd files": lambda text: text.replace(b'"files": {', b'"files": 1, "x": {'),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_record_is_none_and_is_made_again(places, damage):
    path = places.root / RECORD
    path.write_bytes(damage(path.read_bytes()))
    assert read(path) is None
    assert f"{RECORD} is damaged" in restore(places, versions).reasons
    assert not path.exists()


def test_the_copy_of_a_damaged_record_still_tells_what_agrees(places):
    path, copy = places.root / RECORD, places.root / places.steps / FILE
    copy.write_bytes(path.read_bytes())
    path.write_text("{", encoding="utf-8")
    found = restore(places, versions)
    assert set(found.agreed) == {PANEL, TABLE}
    assert not path.exists()


def test_a_record_that_may_not_be_read_is_told(places, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.R_OK)
    with pytest.raises(UserError, match=r"provenance\.json: the file cannot be read"):
        read(places.root / RECORD)


def test_a_pulled_file_that_is_no_longer_what_was_made_here_agrees(places):
    """Jobs of an earlier run here noted another hash."""
    note(places.root / places.ledger, "panel", {PANEL: "0" * 64})
    note(places.root / places.ledger, "table", {TABLE: "0" * 64})
    assert set(restore(places, versions).agreed) == {PANEL, TABLE, RECORD}
    assert restore(places, versions) == Restored()


# Files that were made here, without a record beside results


@pytest.fixture
def made_here(places: Places) -> Places:
    """A checkout in which jobs made everything but the record."""
    restore(places, versions)
    for path in ((places.root / RECORD), (places.root / places.steps / FILE)):
        path.unlink(missing_ok=True)
    assert restore(places, versions) == Restored()
    return places


def put_back(path: Path, text: str) -> None:
    """Edit a file and put back its time."""
    state = path.stat()
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("text", ["", "fo", "FOUR"])
def test_an_intermediate_that_was_changed_is_told_and_made_again(made_here, text, kept):
    path = made_here.root / PANEL
    put_back(path, text) if kept else path.write_text(text, encoding="utf-8")
    found = restore(made_here, versions)
    assert found.stale == (PANEL,)
    assert f"{PANEL} was changed after a job wrote it" in found.reasons
    assert times(made_here)[PANEL] == LONG_AGO
    assert Memory(made_here.root).read(PANEL) is None


def test_an_intermediate_that_is_only_touched_is_what_it_was(made_here):
    (made_here.root / PANEL).touch()
    assert restore(made_here, versions) == Restored()


def test_what_a_killed_job_left_is_left_to_snakemake(made_here):
    note(made_here.root / made_here.ledger, "panel", {PANEL: UNFINISHED})
    (made_here.root / PANEL).write_text("fo", encoding="utf-8")
    assert restore(made_here, versions) == Restored()


def test_a_module_that_was_changed_under_its_old_time_is_noticed(made_here):
    os.utime(made_here.root / "src/table.py", (1e9, 1e9))
    put_back(made_here.root / "src/table.py", "TWO")
    found = restore(made_here, versions)
    assert found.stale == (TABLE,)
    assert "src/table.py was changed after a job read it" in found.reasons[0]
    # Snakemake compares it by hash with what the job read
    assert Memory(made_here.root).read(TABLE)["input_checksums"]["src/table.py"]


def test_a_record_is_gathered_from_snakemakes_memory_and_read_back(places):
    restore(places, versions)
    stamp = places.root / "build/s/params/panel.json"
    stamp.write_text(CONTENTS["build/s/params/panel.json"], encoding="utf-8")
    found = gather("s", places.root, JOBS[2], {})
    assert {job.outputs for job in found.jobs} == {job.outputs for job in JOBS}
    assert found.environment["libraries"] == {"pandas": "3"}
    assert found.leaves(TABLE) == {*JOBS[0].inputs, "src/table.py"}
    assert loads(dumps(found)) == found
    assert str(places.root) not in dumps(found)


def test_a_file_that_changed_after_it_was_read_makes_no_record(places):
    restore(places, versions)
    stamp = places.root / "build/s/params/panel.json"
    stamp.write_text(CONTENTS["build/s/params/panel.json"], encoding="utf-8")
    (places.root / "src/panel.py").write_text("edited", encoding="utf-8")
    with pytest.raises(UserError, match="changed after rule panel had read it"):
        gather("s", places.root, JOBS[2], {})


@pytest.mark.parametrize("length", [10, 300, 1200])
def test_records_lie_where_snakemake_looks_for_them(tmp_path, length):
    from snakemake.persistence.file import FilePersistence

    output = "results/" + "ü" * (length // 2)
    memory = Memory(tmp_path)
    memory.write(output, {"rule": "r", "endtime": 1.0})
    theirs = FilePersistence(path=tmp_path / ".snakemake")
    assert theirs._read_record(output).rule == "r"
    assert memory.outputs() == [output]
    theirs._mark_incomplete(output, None)
    assert memory.is_unfinished(output)
    memory.forget(output)
    assert memory.read(output) is None
