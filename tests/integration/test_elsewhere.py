"""The same study in other folders and on other kernels: what is equal, and is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from alliance_value.running.kernels import STATED, processor_has_them

from .conftest import ROOT, Project, Run, checkout, write_tiny_study

# Kernels that every x86-64 processor has.
OLD = {
    "ARROW_USER_SIMD_LEVEL": "NONE",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "NUMBA_CPU_NAME": "generic",
    "OPENBLAS_CORETYPE": "Nehalem",
}
stated_kernels = pytest.mark.skipif(
    not processor_has_them(), reason="the processor lacks AVX2 or FMA"
)


def kernels_of(project: Project) -> str:
    """What the record of a run says of its kernels."""
    path = project.root / "results/tiny/provenance.json"
    told = json.loads(path.read_text(encoding="utf-8"))["environment"]["kernels"]
    return str(told)


@pytest.mark.workflow
@stated_kernels
def test_an_odd_path_and_kernels_named_from_outside_give_the_same_bytes(
    first_run: tuple[Project, Run], tmp_path: Path
) -> None:
    project = checkout(tmp_path / "it's my étude [1] #2 & (b) 100%" / "av", **STATED)
    write_tiny_study(project.root)
    # the interpreter's path has the folder's name in it, as after 'make setup' there
    (project.root / ".venv").symlink_to(sys.prefix)
    python = project.root / ".venv/bin/python"
    done = subprocess.run(
        [python, *project.command("-c2")[1:]],
        cwd=project.root,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert project.hashes() == first_run[0].hashes()
    assert kernels_of(project) == kernels_of(first_run[0])
    assert "OPENBLAS_CORETYPE=Haswell" in kernels_of(project)


@pytest.mark.workflow
@stated_kernels
def test_other_kernels_end_in_one_line_and_no_alarm(
    finished: Project, tmp_path: Path
) -> None:
    recorded = finished.snakemake("-c1", "record")
    count = len(finished.hashes()) - 1  # the record of the run is no result
    assert recorded.jobs == {"record"}, recorded.screen
    assert f"\nEqual to the recorded results: {count} files.\n" in recorded.screen
    other = checkout(tmp_path / "elsewhere", **OLD)
    write_tiny_study(other.root)
    shutil.copytree(
        finished.root / "recorded", other.root / "recorded", dirs_exist_ok=True
    )
    run = other.snakemake("-c2")
    assert run.code == 0, run.screen
    assert f"\nEqual to the recorded results: {count} files" in run.screen
    assert kernels_of(other) == "; ".join(f"{k}={v}" for k, v in sorted(OLD.items()))
    # of another study nothing is said
    other.edit("study.yaml", "share, size]", "share]")
    run = other.snakemake("-c2")
    assert run.code == 0 and "recorded results" not in run.screen, run.screen


@pytest.mark.parametrize(
    "name", ['a"b', "a$HOME", "a`b`", "a\\b", "a:b", "{a}", "a\tb"]
)
def test_the_set_up_refuses_a_path_that_cannot_work_before_it_begins(
    name: str, tmp_path: Path
) -> None:
    done = set_up(tmp_path / name)
    assert done.returncode == 1 and "move it" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["a b", "é", "it's", "[1]", "#", "%20", "(a) & b;~*?"])
def test_the_set_up_begins_in_every_other_path(name: str, tmp_path: Path) -> None:
    done = set_up(tmp_path / name)
    assert done.stdout.startswith("Setting up .venv") and "move it" not in done.stderr


def set_up(folder: Path) -> subprocess.CompletedProcess[str]:
    """Begin the set-up in a folder with a Python that makes no environment."""
    folder.mkdir()
    python = folder.parent / "python"
    python.write_text('#!/bin/sh\n[ "$1" = - ]\n', encoding="utf-8")
    python.chmod(0o755)
    return subprocess.run(
        [ROOT / "workflow/setup.sh"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(python)},
        capture_output=True,
        text=True,
        check=False,
    )
