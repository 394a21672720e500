"""The commands of the reviewers' and the researchers' page, run as they stand there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Clone, remote, write_smallest_study
from tests.integration.conftest import ROOT

pytestmark = pytest.mark.workflow
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
# The environment of the tests stands in for the one that 'make setup' makes.
ENVIRONMENT = """\
cd study
mkdir -p .venv/bin
for tool in python snakemake dvc; do
    ln -s "$(command -v $tool)" .venv/bin/$tool
done
echo 'export PATH=$PWD/.venv/bin:$PATH' > .venv/bin/activate
touch .venv/ready
export PYTHONPATH=$PWD/src
"""


def script(page: str, address: str, here: Path) -> str:
    """Return a page's commands to the letter, but for the address of the repository."""
    text = "".join(BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8")))
    for old, new in ((address, str(here)), ("cd study\n", ENVIRONMENT)):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


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


@pytest.fixture
def upstream(project, tmp_path) -> Clone:
    """The repository that pages say to clone, with its remote."""
    shutil.copytree(project.root, tmp_path / "upstream", symlinks=True)
    clone = Clone(tmp_path / "upstream", project.study, project.environ)
    with remote("folder", clone, tmp_path / "remote"):
        clone.commit("Name the remote")
        clone.share("push")
    return clone


def test_the_reviewers_page(upstream, tmp_path):
    commands = script(
        "reviewers.md", "https://example.org/authors/study.git", upstream.root
    )
    screen = run(upstream, tmp_path / "reviewer", commands)
    assert screen.count("Nothing to be done") == 2
    assert "cells equal those of the recorded results" in screen
    assert "cells equal those of published.csv" in screen
    planned = screen.split("# my change")[1]
    assert re.search(r"^table +1$", planned, re.MULTILINE)
    assert not re.search(r"^estimate +\d$", planned, re.MULTILINE)


def test_the_researchers_page(upstream, tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir()
    write_smallest_study(exports)
    study = (exports / "study.yaml").read_text(encoding="utf-8").replace("tiny", "mine")
    (exports / "mine.yaml").write_text(study, encoding="utf-8")
    (exports / "data/raw/tiny/firm_years.csv").rename(exports / "firm_years.csv")
    # who clones to start a study of their own has no remote yet
    upstream.dvc("remote", "remove", "store")
    upstream.commit("Name no remote")
    commands = script(
        "researchers.md", "https://example.org/you/study.git", upstream.root
    )
    screen = run(upstream, tmp_path / "researcher", commands, HOME=str(tmp_path))
    assert "Report: results/mine/report.html" in screen
    assert "objects are whole here, and each is at the remote" in screen
    assert "Package: build/mine/package.zip" in screen


def test_a_first_run_is_what_is_recorded_and_no_pull_takes_it_away(upstream, tmp_path):
    commands = f"git clone -q {upstream.root} study\n{ENVIRONMENT}"
    commands += ". .venv/bin/activate\nmake reproduce\ndvc status\n"
    screen = run(upstream, tmp_path / "newcomer", commands)
    assert "Data and pipelines are up to date" in screen
    newcomer = Clone(tmp_path / "newcomer/study", upstream.study, upstream.environ)
    before = newcomer.hashes("results"), newcomer.hashes("data")
    shutil.rmtree(tmp_path / "remote")
    assert "folder is not there" in newcomer.share("pull", fails=True).screen
    newcomer.dvc("pull")
    assert (newcomer.hashes("results"), newcomer.hashes("data")) == before
