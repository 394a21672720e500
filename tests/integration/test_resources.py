"""Memory that jobs were measured to take keeps two large ones apart."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml

from tests.integration.conftest import Project

pytestmark = pytest.mark.workflow
FAMILIES = ("estimate.base", "estimate.product")


def interval(project: Project, job: str) -> tuple[float, float]:
    """Return when a job began and ended."""
    file = project.root / f"build/tiny/usage/{job}.json"
    seconds = json.loads(file.read_text(encoding="utf-8"))["seconds"]
    ended = file.stat().st_mtime
    return ended - seconds, ended


def test_large_jobs_do_not_meet_and_are_measured_again(fresh: Project) -> None:
    measured = fresh.root / "profiles/measured.yaml"
    huge = {"megabytes": 10**8, "read": 1, "seconds": 1}
    measured.write_text(yaml.safe_dump({"estimate": huge}), encoding="utf-8")
    run = fresh.snakemake("-c2", "results/tiny/estimates.csv")
    assert run.code == 0, run.screen
    first, second = sorted(interval(fresh, job) for job in FAMILIES)
    assert first[1] < second[0]
    tool = [fresh.python(), "workflow/tools/resources.py"]
    subprocess.run(tool, cwd=fresh.root, env=fresh.environment(), check=True)
    took = yaml.safe_load(measured.read_text(encoding="utf-8"))
    assert 50 < took["estimate"]["megabytes"] < 10_000
    assert {"firm_years", "panel", "results"} < took.keys()
