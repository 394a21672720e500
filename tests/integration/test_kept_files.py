"""What a run may replace, and what it notices: the user's files, its own, and edits."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import once
from tests.integration.conftest import Project, Run, checkout
from tests.integration.test_robust import begin

pytestmark = pytest.mark.workflow
TRUTH = "data/raw/simulated/truth.json"


def message(run: Run) -> str:
    """Return the message with which a run was refused."""
    assert run.code != 0, run.screen
    assert "Traceback" not in run.screen
    assert 'File "' not in run.screen
    return run.screen.partition("in the files that this run would replace")[2]


def states(root: Path) -> dict[str, tuple[str, int]]:
    """Return content and time of every file that a user may look at."""
    return {
        str(path): (path.read_bytes().hex()[:64], path.stat().st_mtime_ns)
        for folder in ("data/raw", "data/processed", "data/steps", "results", "metrics")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file()
    }


# Raw files


@pytest.fixture(scope="session")
def simulated(tmp_path_factory) -> Project:
    """The project with the raw files of a tiny world, to be left as it is."""

    def make(folder: Path) -> None:
        project = checkout(folder / "project", "config/config.yaml")
        project.edit("config/config.yaml", "size: default", "size: tiny")
        run = project.snakemake("-c1", TRUTH)
        assert run.code == 0, run.screen

    folder = once(tmp_path_factory, "simulated-raw", make)
    return Project(folder / "project", "config/config.yaml")


@pytest.fixture
def world(simulated, tmp_path) -> Project:
    """A copy of the tiny world."""
    return simulated.copy(tmp_path / "project")


def test_a_key_that_is_left_over_costs_no_raw_file(fresh):
    own = fresh.root / "data/raw/tiny/compustat_funda.csv"
    own.write_text("gvkey,fyear\n001000,2001\n", encoding="utf-8")
    fresh.edit("study.yaml", "sources:\n", "sources:\n  simulate: {size: tiny}\n")
    before = states(fresh.root)
    for arguments in (["-n"], ["-c1"], ["-c1", "--forceall"], ["--delete-all-output"]):
        said = message(fresh.snakemake(*arguments))
        assert (
            "1. data/raw/tiny/compustat_funda.csv: rule simulate would replace" in said
        )
        assert "take sources.simulate out of the study file" in said
    assert states(fresh.root) == before


def test_a_simulated_file_that_is_edited_stays_and_can_be_given(world):
    edited = world.root / "data/raw/simulated/structures.csv"
    edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    before = states(world.root)
    said = message(world.snakemake("-c1"))
    assert "structures.csv: rule simulate would replace this file" in said
    assert "it was changed since" in said
    assert "  2. " not in said
    given = world.snakemake("-n", "--config", "raw=given")
    assert given.code == 0, given.screen
    assert {"structures", "firm_years"} <= given.jobs
    assert "simulate" not in given.jobs
    assert states(world.root) == before
    edited.unlink()
    assert world.plan().jobs >= {"simulate"}


@pytest.mark.parametrize("lost", [[".snakemake"], ["build"], [".snakemake", "build"]])
def test_simulated_files_are_replaced_whatever_of_the_run_is_lost(world, lost):
    for folder in lost:
        shutil.rmtree(world.root / folder)
    world.edit("config/config.yaml", "seed: ", "seed: 1")
    plan = world.snakemake("-n", TRUTH)
    assert plan.code == 0, plan.screen
    assert plan.jobs == {"simulate"}


def test_files_of_other_settings_are_replaced_by_the_same_bytes_as_ever(world):
    folder = "data/raw/simulated"
    before = world.hashes(folder)
    for old, new in (("seed: ", "seed: 9"), ("seed: 9", "seed: ")):
        world.edit("config/config.yaml", old, new)
        run = world.snakemake("-c1", TRUTH)
        assert run.code == 0, run.screen
        assert (world.hashes(folder) == before) == (new == "seed: ")


def test_a_killed_simulation_leaves_no_half_file_and_is_taken_up(world):
    before = world.hashes("data/raw/simulated")
    shutil.rmtree(world.root / "data/raw/simulated")
    started = begin(world, TRUTH)
    scratch = world.root / "build/simulated/scratch/simulate"
    while not (scratch.is_dir() and any(scratch.iterdir())):
        assert started.poll() is None, started.stdout.read()
        time.sleep(0.01)
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    started.stdout.close()
    assert not list((world.root / "data/raw").rglob("*.*"))
    shutil.rmtree(world.root / ".snakemake")
    run = world.snakemake("-c1", TRUTH)
    assert run.code == 0, run.screen
    assert world.hashes("data/raw/simulated") == before


# Results


def test_results_that_were_edited_or_are_nobodys_stop_a_run_untouched(finished):
    estimates = finished.root / "results/tiny/estimates.csv"
    state = estimates.stat()
    estimates.write_text("my own numbers\n", encoding="utf-8")
    os.utime(estimates, ns=(state.st_atime_ns, state.st_mtime_ns))
    (finished.root / "metrics/tiny.json").write_text("{}", encoding="utf-8")
    (finished.root / "results/tiny/notes.txt").write_text("mine", encoding="utf-8")
    finished.edit("study.yaml", "value: log(assets)", "value: log(1 + assets)")
    before = states(finished.root)
    said = message(finished.snakemake("-c1"))
    assert "1. metrics/tiny.json: rule metrics would replace this file" in said
    assert "2. results/tiny/estimates.csv: rule results would replace" in said
    assert "move it out of results/tiny; else delete it" in said
    assert "notes.txt" not in said
    assert states(finished.root) == before


def test_a_result_in_the_place_of_a_first_one_is_kept(fresh):
    own = fresh.root / "results/tiny/tables/models.docx"
    own.parent.mkdir(parents=True)
    own.write_text("a table of another program", encoding="utf-8")
    said = message(fresh.snakemake("-c1"))
    assert "models.docx: rule table would replace this file, but no run made" in said
    assert own.read_text(encoding="utf-8") == "a table of another program"


@pytest.mark.parametrize("lost", [".snakemake", "build"])
def test_results_of_a_run_that_is_not_finished_are_its_own(finished, lost):
    """As after a run that failed half-way: there is no record beside the results."""
    for record in ("results/tiny/provenance.json", "data/steps"):
        path = finished.root / record
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(finished.root / lost)
    assert finished.plan().code == 0


# Files changed since


def changed(path: Path, content: bytes) -> None:
    """Change a file and put back its time."""
    state = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.mark.parametrize("how", ["edited", "torn"])
def test_an_intermediate_changed_before_the_first_full_run_is_made_again(
    first_run, finished, how
):
    """As after ``snakemake --until panel``, or a run that was killed."""
    for folder in ("results", "data/steps", "metrics"):
        shutil.rmtree(finished.root / folder)
    panel = finished.root / "data/processed/tiny/panel.parquet"
    whole = panel.read_bytes()
    if how == "torn":
        changed(panel, whole[:300])
    else:
        import pandas as pd

        pd.read_parquet(panel).assign(roa=1.0).to_parquet(panel)
    plan = finished.plan()
    assert "panel.parquet was changed after a job wrote it" in plan.screen
    assert "panel" in plan.jobs and "firm_years" not in plan.jobs
    if how == "torn":  # by the same jobs as the other
        return
    run = finished.snakemake("-c2")
    assert run.code == 0, run.screen
    assert finished.hashes() == first_run[0].hashes()
    assert panel.read_bytes() == whole


def test_a_module_that_an_archive_brings_with_an_old_time_is_noticed(finished):
    module = finished.root / "src/alliance_value/report/html.py"
    changed(module, module.read_bytes() + b"\n# seen\n")
    assert finished.plan().jobs == {"report"}


def test_what_no_time_tells_is_noticed_when_every_file_is_read_again(finished):
    finished.plan()
    panel = finished.root / "data/processed/tiny/panel.parquet"
    changed(panel, panel.read_bytes()[:-1] + b"?")
    cache = finished.root / "build/tiny/fingerprints.json"
    known = json.loads(cache.read_text(encoding="utf-8"))
    name, state = str(panel.relative_to(finished.root)), panel.stat()
    times = [state.st_size, state.st_mtime_ns, state.st_ctime_ns]
    known[name][:3] = times  # as if the disk itself had changed it
    cache.write_text(json.dumps(known), encoding="utf-8")
    assert finished.plan().idle
    run = finished.snakemake("-n", "--config", "check=all")
    assert "panel.parquet is not what the record of the results says" in run.screen
    assert "panel" in run.jobs


@pytest.mark.parametrize("where", ["results/tiny", "data/steps/tiny"])
def test_a_damaged_record_is_made_again(first_run, finished, where):
    path = finished.root / where / "provenance.json"
    path.write_bytes(path.read_bytes()[:200])
    run = finished.snakemake("-c1")
    assert run.code == 0, run.screen
    assert f"{where}/provenance.json is damaged" in run.screen
    assert run.jobs == set()  # but the rule that writes the record
    assert finished.hashes() == first_run[0].hashes()
    assert finished.hashes("data/steps") == first_run[0].hashes("data/steps")
    assert finished.plan().idle


@pytest.mark.parametrize("damage", [b"", b'{"a', b"\xff", b"[1]"])
def test_damaged_notes_of_a_run_cost_nothing(finished, damage):
    for file in ("build/tiny/fingerprints.json", "data/records/tiny/panel.json"):
        (finished.root / file).write_bytes(damage)
    assert finished.plan().idle
