"""Data files of many kinds, one command that writes a study, one that runs it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.integration.conftest import ROOT, Project, checkout
from tests.tex import ENGINES, article_of_tables, faults
from tests.unit.starting import data

pytestmark = pytest.mark.workflow

Write = Callable[[Path, Path], list[Path]]


def textbook(name: str) -> Write:
    """A real panel of a textbook, under its own names."""

    def write(folder: Path, world: Path) -> list[Path]:
        return [Path(shutil.copy(ROOT / "tests/reference/data" / name, folder))]

    return write


def written(write: Callable[[Path], Path], name: str) -> Write:
    """A simulated panel that is written in a way of its own."""
    return lambda folder, world: [write(folder / name)]


def vendor(*names: str) -> Write:
    """Files of the simulated vendors."""
    return lambda folder, world: [
        Path(shutil.copy(world / name, folder)) for name in names
    ]


def beside(folder: Path, world: Path) -> list[Path]:
    """Events, with returns and factors beside them that are not named."""
    return data.event_files(folder)[:1]


def wide(folder: Path, world: Path) -> list[Path]:
    """Events, and returns with a column per security."""
    paths = data.event_files(folder)
    returns = pd.read_csv(paths[1]).pivot(index="date", columns="ticker", values="ret")
    returns.to_csv(paths[1])
    return paths


PANELS = {
    "plain": textbook("Grunfeld.csv"),
    "states": textbook("Produc.csv"),
    "gaps": textbook("EmplUK.csv"),
    "persons": textbook("Wages.csv"),
    "german": written(data.german, "Zahlen 1.csv"),
    "quarters": written(data.quarters, "quarters.dta"),
    "days": written(data.days, "days.parquet"),
    "compustat": vendor("compustat_funda.csv"),
}
EVENTS = {
    "beside": beside,
    "wide": wide,
    "crsp": vendor("confounding_events.csv", "crsp_dsf.parquet", "factors_daily.csv"),
}
REAL = {
    "ratios": ("panel", ("farr/comp.csv",)),
    "filings": ("panel", ("us-large/fundamentals.csv",)),
    "index": (
        "events",
        (
            "us-large/securities.csv",
            "us-large/prices.parquet",
            "us-large/factors_daily.csv",
        ),
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a checkout in which each of these studies is written and run."""
    environ = {k: v for k, v in os.environ.items() if k == "ALLIANCE_VALUE_DATA"}
    return checkout(tmp_path_factory.mktemp("first") / "av", "", **environ)


def first_study(project: Project, name: str, paths: list[Path], kind: str) -> None:
    """Let the tool write a study, run it as the tool says, and look for its report."""
    command = [
        project.python(),
        "workflow/tools/new.py",
        "--study",
        name,
        "--kind",
        kind,
    ]
    shown = [
        p.relative_to(project.root) if p.is_relative_to(project.root) else p
        for p in paths
    ]
    new = subprocess.run(
        [*command, "--data", shlex.join(map(str, shown))],
        cwd=project.root,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert new.returncode == 0, new.stderr
    assert new.stdout.endswith(f"snakemake -c2 --configfile config/{name}.yaml\n")
    run = project.snakemake("-c2", "--configfile", f"config/{name}.yaml")
    assert run.code == 0, run.screen
    assert "Not estimated" not in run.screen
    assert ", of which 0 have" not in new.stdout
    assert (project.root / f"results/{name}/report.html").is_file()


def folder_of(project: Project, name: str) -> Path:
    """Return the folder of a study's raw files."""
    folder = project.root / "data/raw" / name
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("name", PANELS)
def test_a_first_study_of_a_panel_runs(project, worlds, name):
    paths = PANELS[name](folder_of(project, name), worlds["small"])
    first_study(project, name, paths, "panel")


@pytest.mark.parametrize("name", EVENTS)
def test_a_first_study_of_events_runs(project, worlds, name):
    paths = EVENTS[name](folder_of(project, name), worlds["small"])
    first_study(project, name, paths, "events")


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_a_first_study_of_real_files_runs(project, name):
    kind, names = REAL[name]
    paths = [Path(os.environ.get("ALLIANCE_VALUE_DATA", "absent"), n) for n in names]
    if not all(path.is_file() for path in paths):
        pytest.skip(f"ALLIANCE_VALUE_DATA has no {', '.join(names)}")
    first_study(project, name, paths, kind)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_tables_of_first_studies_fit_their_pages(project, engine, tmp_path):
    files = sorted(project.root.glob("results/*/tables/*.tex"))
    if not files:
        pytest.skip("none of these studies was run")
    assert not faults(article_of_tables(tmp_path, engine, files))
