"""What users get wrong before a tool begins: one message, no traceback."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests import forks
from tests.integration.conftest import checkout, write_tiny_study

pytestmark = pytest.mark.workflow

TOOLS = ("package", "verify", "pull", "push")
ESTIMATES = "model,term,estimate,se\nbase,size,0.5,0.1\n"
RECORD = {
    "format": 1,
    "study": "tiny",
    "environment": {"libraries": {}},
    "files": {},
    "settings": {},
    "jobs": [],
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A clone with a study and results, to be left as it is."""
    project = checkout(tmp_path_factory.mktemp("tools") / "av")
    write_tiny_study(project.root)
    results = project.root / "results/tiny"
    results.mkdir(parents=True)
    (results / "estimates.csv").write_text(ESTIMATES)
    (results / "provenance.json").write_text(json.dumps(RECORD))
    subprocess.run(["git", "init", "-q"], cwd=project.root, check=True)
    return project.root


def said(root, tool: str, *arguments: str, **environ: str) -> str:
    """Run a tool, which must fail, and return its message."""
    script = {"pull": ["share.py", "pull"], "push": ["share.py", "push"]}
    name, *action = script.get(tool, [f"{tool}.py"])
    done = subprocess.run(
        [
            forks.python(),
            f"workflow/tools/{name}",
            *action,
            *arguments,
        ],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src"), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "problem" in done.stderr
    assert "defect of the program" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("tool", TOOLS)
def test_a_mistyped_study_file_is_named(root, tool):
    message = said(root, tool, "--configfile", "config/confg.yaml")
    assert "config/confg.yaml: the file is not there" in message
    assert "did you mean 'config/config.yaml'?" in message


@pytest.mark.parametrize("tool", TOOLS)
def test_a_malformed_study_file_is_named(root, tool, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("study: tiny\nsources: [\n")
    message = said(root, tool, "--configfile", str(wrong))
    assert f"{wrong}, line 3" in message


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("absent.csv", None, "the file is not there"),
        ("odd.csv", b"\xff\xfe\x00\x01", "odd.csv"),
        ("ragged.csv", b"model,term,estimate\na,b,1,2\na,b\n", "row 2"),
        ("other.csv", b"a,b\n1,2\n", "column 'model' is not there"),
    ],
)
def test_a_published_table_that_is_none_is_named(root, tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    study = ("--configfile", "study.yaml")
    message = said(root, "verify", *study, "--against", str(tmp_path / name))
    assert words in message


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (".dvc/config", "DVC cannot read its settings"),
        (".dvc/config.local", "DVC cannot read its settings"),
        ("dvc.yaml", "dvc.yaml, line 1: a merge left both versions"),
        ("dvc.lock", "dvc.lock, line 1: a merge left both versions"),
        ("data/raw/tiny.dvc", "data/raw/tiny.dvc, line 1: a merge left both versions"),
    ],
)
@pytest.mark.parametrize("tool", ["pull", "push"])
def test_what_a_merge_left_is_named(root, tool, name, words):
    path = root / name
    before = path.read_bytes() if path.is_file() else None
    path.write_text(f"<<<<<<< HEAD\n{(before or b'').decode()}=======\n>>>>>>> other\n")
    try:
        assert words in said(root, tool)
    finally:
        path.unlink()
        if before is not None:
            path.write_bytes(before)


@pytest.mark.parametrize("tool", ["package", "verify"])
def test_a_clone_without_git_names_git(root, tool):
    message = said(root, tool, "--configfile", "study.yaml", PATH=str(root / "src"))
    assert "git is not on this machine" in message


def test_a_package_takes_no_study_file_from_elsewhere(root, tmp_path):
    (tmp_path / "mine.yaml").write_text((root / "study.yaml").read_text())
    message = said(root, "package", "--configfile", str(tmp_path / "mine.yaml"))
    assert f"{tmp_path}/mine.yaml: the study file lies outside" in message
