"""A study run by SLURM has the bytes of a local run, whatever becomes of a node."""

from __future__ import annotations

import subprocess
import time

import pytest

from tests.integration.conftest import Project, Run
from tests.slurm import running_cluster

pytestmark = pytest.mark.workflow

ARGUMENTS = [
    "--workflow-profile",
    "profiles/slurm",
    # what a small cluster without accounting needs: it answers at once
    *("--slurm-init-seconds-before-status-checks", "1"),
    *("--seconds-between-status-checks", "1"),
    *("--slurm-status-command", "squeue"),
    *("--latency-wait", "5"),
]


def test_a_killed_daemon_changes_no_byte(
    first_run: tuple[Project, Run], fresh: Project
) -> None:
    with running_cluster(cores=4, memory=8000) as cluster:
        log = fresh.root / "screen.txt"
        with log.open("w") as screen:
            study = subprocess.Popen(
                fresh.command(*ARGUMENTS),
                cwd=fresh.root,
                env=fresh.environment(),
                stdout=screen,
                stderr=subprocess.STDOUT,
            )
            estimating = fresh.root / "build/tiny/logs/estimate.base.log"
            while not estimating.exists() and study.poll() is None:
                time.sleep(0.2)
            cluster.kill("slurmd")
            time.sleep(3)
            cluster.start_node()
            code = study.wait(400)
        told = cluster.log()
    assert code == 0, log.read_text() + told[-5000:]
    assert told.count("WEXITSTATUS 0") >= 15, told
    assert fresh.hashes() == first_run[0].hashes()
