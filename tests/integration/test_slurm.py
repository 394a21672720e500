"""A study run by SLURM has the bytes of a local run, whatever becomes of a node."""

from __future__ import annotations

import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.integration.conftest import Project, Run
from tests.slurm import Cluster, running_cluster

pytestmark = pytest.mark.workflow

CERTIFICATE = ("worlds.yaml", "certificate")
ARGUMENTS = [
    "--workflow-profile",
    "profiles/slurm",
    # Without accounting a small cluster answers at once. Whenever no job has ended the
    # executor waits ten seconds longer: most jobs here end within five.
    *("--slurm-init-seconds-before-status-checks", "5"),
    *("--seconds-between-status-checks", "1"),
    *("--slurm-status-command", "squeue"),
    *("--latency-wait", "5"),
]


GRID = """\
multiverse:
  - name: share
    model: base
    term: share
    choices:
      years: {all: {}, late: {where: ["fiscal_year >= 2003"]}}
    subsets: [size]
    draws: 99
"""


def with_a_grid_and_worlds(project: Project) -> Project:
    """Give the study a grid, and write a certificate of two worlds, a job each."""
    study = project.root / project.study
    study.write_text(study.read_text(encoding="utf-8") + GRID, encoding="utf-8")
    text = (project.root / "config/certificate.yaml").read_text(encoding="utf-8")
    asked = yaml.safe_load(text)
    del asked["event_study"], asked["multiverse"]
    asked["models"] = asked["models"][:1]
    certificate = asked["certificate"]
    certificate["quantities"] = certificate["quantities"][:3]
    certificate["designs"] = [{"name": "two", "words": "two worlds", "worlds": 2}]
    certificate["shard"] = 1
    (project.root / "worlds.yaml").write_text(yaml.safe_dump(asked), encoding="utf-8")
    return project


def scattered(project: Project, *arguments: str) -> dict[str, str]:
    """Run grid and worlds; return what they left, without logs and what stamps say."""
    for study, target in ((project.study, "multiverse_in_whole"), CERTIFICATE):
        run = replace(project, study=study).snakemake(*arguments, "--", target)
        assert run.code == 0, run.screen
    return {
        name: digest
        for folder in ("tiny/multiverse", "certificate/certificate")
        for name, digest in project.hashes(f"build/{folder}").items()
    }


def test_a_study_scattered_has_the_bytes_of_a_local_run_whatever_a_node_does(
    first_run: tuple[Project, Run], fresh: Project, tmp_path: Path
) -> None:
    # one cluster: a machine has its settings in one place
    apart = with_a_grid_and_worlds(fresh.copy(tmp_path / "apart"))
    here = apart.copy(tmp_path / "here")
    with running_cluster(cores=4, memory=8000) as cluster:
        by_cluster = scattered(apart, *ARGUMENTS)
        assert cluster.log().count("WEXITSTATUS 0") >= 8, cluster.log()
        run_while_a_daemon_is_killed(fresh, cluster)
    assert {"multiverse.csv", "certificate.csv"} <= set(by_cluster)
    assert sum(name.startswith("worlds/") for name in by_cluster) == 2
    assert by_cluster == scattered(here, "-c2")
    assert fresh.hashes() == first_run[0].hashes()


def run_while_a_daemon_is_killed(project: Project, cluster: Cluster) -> None:
    """Run the study to its end although its node is away for a while."""
    done = cluster.log().count("WEXITSTATUS 0")
    log = project.root / "screen.txt"
    with log.open("w") as screen:
        study = subprocess.Popen(
            project.command(*ARGUMENTS, python=project.python()),
            cwd=project.root,
            env=project.environment(),
            stdout=screen,
            stderr=subprocess.STDOUT,
        )
        estimating = project.root / "build/tiny/logs/estimate.base.log"
        while not estimating.exists() and study.poll() is None:
            time.sleep(0.1)
        cluster.kill("slurmd")
        time.sleep(3)
        cluster.start_node()
        code = study.wait(400)
    assert code == 0, log.read_text() + cluster.log()[-5000:]
    assert cluster.log().count("WEXITSTATUS 0") >= done + 15, cluster.log()
