"""The commands of the reviewers' and the researchers' page, run as they stand there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import WHO, Clone, remote, write_smallest_study
from tests.integration.conftest import ROOT

pytestmark = pytest.mark.workflow
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
BIN = Path(sys.executable).parent
# The environment of the tests stands in for the one that 'make setup' makes.
ENVIRONMENT = f"""\
cd study
mkdir -p .venv/bin
for tool in python snakemake dvc; do
    printf '#!/bin/sh\\nexec {BIN}/%s "$@"\\n' $tool > .venv/bin/$tool
done
chmod +x .venv/bin/*
touch .venv/ready
export PYTHONPATH=$PWD/src
"""


def script(page: str, places: dict[str, str]) -> str:
    """Return a page's commands as one script, addresses replaced."""
    text = "".join(BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8")))
    for old, new in {"cd study\n": ENVIRONMENT, **places}.items():
        assert old in text
        text = text.replace(old, new, 1)
    return text.replace(". .venv/bin/activate\n", "export PATH=$PWD/.venv/bin:$PATH\n")


def run(clone: Clone, folder: Path, commands: str, **more: str) -> str:
    """Run a script of commands in a folder; each must succeed."""
    folder.mkdir()
    path = folder / "commands.sh"
    path.write_text(f"set -e\ncd {folder}\n{commands}", encoding="utf-8")
    identity = {
        f"GIT_{who}_{key}": value
        for who in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "Ann"), ("EMAIL", "ann@example.org"))
    }
    return clone.run("bash", "-x", str(path), **identity, **more).screen


def test_the_reviewers_page(author, tmp_path):
    with remote("folder", author, tmp_path / "remote"):
        author.commit("Name the remote")
        author.share("push")
        address = {"https://example.org/authors/study.git": str(author.root)}
        screen = run(
            author,
            tmp_path / "reviewer",
            script("reviewers.md", address),
            STUDY="study.yaml",
        )
    assert screen.count("Nothing to be done") == 2
    assert "cells equal those of the recorded results" in screen
    assert "cells equal those of published.csv" in screen
    planned = screen.split("# my change")[1]
    assert re.search(r"^table +1$", planned, re.MULTILINE)
    assert not re.search(r"^estimate +\d$", planned, re.MULTILINE)


def test_the_researchers_page(author, tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir()
    write_smallest_study(exports)
    study = (exports / "study.yaml").read_text(encoding="utf-8").replace("tiny", "mine")
    (exports / "mine.yaml").write_text(study, encoding="utf-8")
    (exports / "data/raw/tiny/firm_years.csv").rename(exports / "firm_years.csv")
    (tmp_path / "store").mkdir()
    for name in ("dvc.yaml", "dvc.lock"):
        (author.root / name).write_bytes((ROOT / name).read_bytes())
    author.run("git", *WHO, "commit", "-qam", "Start from the project")
    places = {
        "https://example.org/you/study.git": str(author.root),
        # the default study takes minutes: here it is not recorded
        "make reproduce\n": "git rm -q dvc.lock\ngit commit -qm 'Record nothing yet'\n",
    }
    screen = run(
        author,
        tmp_path / "researcher",
        script("researchers.md", places),
        HOME=str(tmp_path),
    )
    assert "Report: results/mine/report.html" in screen
    assert "objects are whole, here and at the remote" in screen
    assert "Package: build/mine/package.zip" in screen
