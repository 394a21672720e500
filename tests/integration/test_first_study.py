"""A data file, one command that writes its study, one that runs it: a report."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.integration.conftest import ROOT, Project, checkout
from tests.unit.starting import data

pytestmark = pytest.mark.workflow


def produc(folder):
    """A real file, under its own names."""
    shutil.copy(ROOT / "tests/reference/data/Produc.csv", folder)
    return folder / "Produc.csv"


def german(folder):
    """Names with blanks, decimal commas, a repeated row and a bad cell."""
    return data.german(folder / "Zahlen 1.csv")


def events(folder):
    """Events, with returns and factors beside them."""
    return data.event_files(folder)[0]


@pytest.mark.parametrize("write", [produc, german, events], ids=lambda f: f.__name__)
def test_a_first_study_runs_to_its_report(write, tmp_path):
    root = checkout(tmp_path / "av").root
    folder = root / "data/raw/first"
    folder.mkdir(parents=True)
    path = write(folder).relative_to(root)
    kind = "events" if write is events else "panel"
    project = Project(root, "config/first.yaml")
    command = [sys.executable, "workflow/tools/new.py", "--study", "first"]
    command += ["--data", str(path), "--kind", kind]
    new = subprocess.run(
        command,
        cwd=root,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert new.returncode == 0, new.stderr
    assert new.stdout.endswith("snakemake -c2 --configfile config/first.yaml\n")
    run = project.snakemake("-c2")
    assert run.code == 0, run.screen
    assert (root / "results/first/report.html").is_file()
