"""Copies of the project with a small study in them, and Snakemake run there."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from alliance_value.running.kernels import NAMES
from tests import forks
from tests.conftest import once

ROOT = Path(__file__).resolve().parents[2]

STUDY = """\
study: tiny
title: Eight firms over six years
sources:
  firm_years:
    file: data/raw/tiny/firm_years.csv
    entity: firm_code
    time: year
variables:
  roa:
    numerator: income
    denominator: assets
  size:
    value: log(assets)
models:
  - name: base
    family: base
    outcome: roa
    terms: [share, size]
  - name: product
    family: product
    outcome: roa
    terms: ["share*kind"]
    controls: [size]
exhibits:
  tables:
    - name: models
      models: [base, product]
  figures:
    - name: product
      kind: marginal_effect
      model: product
      of: share
      over: kind
    - name: coefficients
      kind: coefficients
      models: [base]
"""

KERNELS = {name for names in NAMES.values() for name in names}
# What would change what a copy runs on, or have each job compile the package anew.
UNSET = {"ALLIANCE_VALUE_DATA", "PYTHONDONTWRITEBYTECODE", *KERNELS}
# a job of a dry run, and one that is done
JOB = re.compile(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", re.MULTILINE)
STEP = re.compile(r"^step \d+ of \d+, (.+?), \d+ s(?::|$)", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """What a run of Snakemake left: its exit code and its screen, streams merged."""

    code: int
    screen: str

    @property
    def jobs(self) -> set[str]:
        """The jobs run or planned, as rule or rule.wildcard, the target left out."""
        jobs = set()
        for line in STEP.findall(self.screen):
            rule, _, which = line.partition(": ")
            rule = rule.replace(" ", "_")
            jobs |= {f"{rule}.{one}" for one in which.split(", ")} if which else {rule}
        for rule, body in JOB.findall(self.screen):
            wildcards = re.search(r"wildcards: \w+=(\S+)", body)
            jobs.add(f"{rule}.{wildcards.group(1)}" if wildcards else rule)
        # the record of what made the results follows whatever is made again
        return jobs - {"study_and_report", "provenance"}

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do."""
        return "Nothing to be done" in self.screen and not self.jobs


@dataclass(frozen=True)
class Project:
    """A copy of the project in which a test may change anything."""

    root: Path
    study: str = "study.yaml"
    environ: dict[str, str] = field(default_factory=dict)

    def python(self, hash_seed: int = 0) -> str:
        """Return what runs Python: forks of a process that holds the libraries."""
        settings = {k: v for k, v in self.environ.items() if k in KERNELS}
        if hash_seed:
            settings["PYTHONHASHSEED"] = str(hash_seed)
        return forks.python(**settings)

    def command(self, *arguments: str, python: str = sys.executable) -> list[str]:
        """Return the command line of Snakemake on the study."""
        study = ["--configfile", self.study] if self.study else []
        return [python, "-m", "snakemake", *study, *arguments]

    def environment(self, hash_seed: int = 0) -> dict[str, str]:
        """Return an environment in which the copy is the package imported."""
        inherited = {
            name: value for name, value in os.environ.items() if name not in UNSET
        }
        return inherited | {
            "PYTHONPATH": str(self.root / "src"),
            "PYTHONHASHSEED": str(hash_seed),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            **self.environ,
        }

    def snakemake(self, *arguments: str, hash_seed: int = 0) -> Run:
        """Run Snakemake in the copy."""
        done = subprocess.run(
            self.command(*arguments, python=self.python(hash_seed)),
            cwd=self.root,
            env=self.environment(hash_seed),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=900,
        )
        return Run(done.returncode, done.stdout)

    def plan(self) -> Run:
        """Return what a run would do."""
        run = self.snakemake("-n")
        assert run.code == 0, run.screen
        return run

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the one occurrence of a text in a file."""
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old)
        (self.root / file).write_text(text.replace(old, new), encoding="utf-8")

    def hashes(self, folder: str = "results") -> dict[str, str]:
        """Return the SHA-256 of each file below a folder."""
        base = self.root / folder
        return {
            str(path.relative_to(base)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(base.rglob("*"))
            if path.is_file()
        }

    def copy(self, root: Path) -> Project:
        """Return a second copy, times included."""
        shutil.copytree(self.root, root)
        return Project(root, self.study, self.environ)


def checkout(root: Path, study: str = "study.yaml", **environ: str) -> Project:
    """Copy what git tracks, or would track, to a folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    return Project(root, study, environ)


def write_tiny_study(root: Path) -> None:
    """Write the study and its table of 8 firms and 6 years."""
    draws = np.random.default_rng(1)
    lines = ["firm_code,year,income,assets,share,kind"]
    for firm in range(8):
        for year in range(2001, 2007):
            income, assets = draws.normal(5, 2), draws.uniform(50, 150)
            share, kind = draws.uniform(), draws.integers(2)
            lines.append(f"F{firm},{year},{income:.3f},{assets:.3f},{share:.3f},{kind}")
    (root / "study.yaml").write_text(STUDY, encoding="utf-8")
    table = root / "data/raw/tiny/firm_years.csv"
    table.parent.mkdir(parents=True)
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    """The project with the tiny study, not yet run."""
    project = checkout(tmp_path / "fresh")
    write_tiny_study(project.root)
    return project


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Run]:
    """The project after the tiny study's first run, to be left as it is."""

    def make(folder: Path) -> None:
        project = checkout(folder / "project")
        write_tiny_study(project.root)
        run = project.snakemake("-c1")
        assert run.code == 0, run.screen
        (folder / "screen.txt").write_text(run.screen, encoding="utf-8")

    folder = once(tmp_path_factory, "first-run", make)
    screen = (folder / "screen.txt").read_text(encoding="utf-8")
    return Project(folder / "project"), Run(0, screen)


@pytest.fixture
def finished(first_run: tuple[Project, Run], tmp_path: Path) -> Project:
    """A copy of the project after its first run."""
    return first_run[0].copy(tmp_path / "project")
