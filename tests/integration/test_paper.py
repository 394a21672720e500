"""A paper's skeleton holds every table, figure and number of a study, and compiles."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT, Project
from tests.tex import ENGINES, compiled, faults

pytestmark = pytest.mark.workflow


def written_paper(project: Project, folder: Path) -> Path:
    """Return the paper that the tool writes, in a folder of its own."""
    shutil.rmtree(project.root / "paper", ignore_errors=True)
    done = make_paper(project)
    assert done.returncode == 0, done.stderr
    (path,) = (project.root / "paper").glob("*/paper.tex")
    assert f"Next: cd paper/{path.parent.name} && pdflatex" in done.stdout
    text = path.read_text(encoding="utf-8")
    results = project.root / "results" / path.parent.name
    text = text.replace(f"../../results/{results.name}", str(results))
    (folder / "paper.tex").write_text(text, encoding="utf-8")
    return folder / "paper.tex"


def make_paper(project: Project) -> subprocess.CompletedProcess[str]:
    """Run the tool."""
    command = [project.python(), "workflow/tools/paper.py"]
    return subprocess.run(
        [*command, "--configfile", project.study],
        cwd=project.root,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_paper_compiles_and_shows_all(finished, tmp_path, engine):
    path = written_paper(finished, tmp_path)
    text = path.read_text(encoding="utf-8")
    results = finished.root / "results/tiny"
    for table in (results / "tables").glob("*.tex"):
        assert f"/tables/{table.name}}}" in text
    for figure in (results / "figures").glob("*.csv"):
        assert f"/figures/{figure.stem}.pdf}}" in text
    for name in ("base.n", "product.n"):
        assert name in json.loads((results / "numbers.json").read_text())
        assert f"\\studynumber{{{name}}}" in text
    assert not faults(compiled(path, engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_default_studys_paper_compiles(tmp_path, engine):
    if not (ROOT / "results/simulated/numbers.tex").is_file():
        pytest.skip("results/simulated is not there: snakemake makes it")
    project = Project(tmp_path / "av", "config/config.yaml")
    for name in ("config", "src", "workflow", "results/simulated"):
        shutil.copytree(ROOT / name, project.root / name)
    path = written_paper(project, tmp_path)
    assert "H1.estimate" in path.read_text(encoding="utf-8")
    assert not faults(compiled(path, engine))


def test_a_paper_is_never_overwritten_and_needs_results(finished):
    assert make_paper(finished).returncode == 0
    own = finished.root / "paper/tiny/paper.tex"
    own.write_text("Our words.", encoding="utf-8")
    again = make_paper(finished)
    assert again.returncode == 1
    assert "there is a paper already, which stays as it is" in again.stderr
    assert own.read_text(encoding="utf-8") == "Our words."
    shutil.rmtree(finished.root / "paper")
    shutil.rmtree(finished.root / "results")
    assert "the study has no results yet" in make_paper(finished).stderr
