"""Pulls that fail change nothing, whatever is wrong with remote, cache or workspace.

A repository of a few bytes, real DVC and git, no Snakemake.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.running.files import md5
from alliance_value.sharing import remotes
from alliance_value.sharing.objects import Object
from alliance_value.sharing.records import outputs_of
from alliance_value.sharing.remotes import Dvc
from alliance_value.sharing.transfer import keep, pull, push
from tests import forks
from tests.conftest import once

pytestmark = pytest.mark.workflow

PIPELINE = """\
stages:
  study:
    foreach: {s: s.yaml}
    do: {cmd: "true", deps: ["data/raw/${key}"], outs: ["results/${key}"]}
"""
RESULTS = {"estimates.csv": "0.1", "fits.csv": "0.2", "figures/estimates.csv": "0.1"}
OTHER = "0.1000000001"
IDENTITY = {
    f"GIT_{who}_{key}": value
    for who in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "Ann"), ("EMAIL", "ann@example.org"))
}


@dataclass(frozen=True)
class Lab:
    """A clone with one study, and the folder that is its remote."""

    root: Path
    store: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.root, capture_output=True, text=True, check=False
        )

    def dvc(self, *arguments: str) -> str:
        done = self.run(forks.python(), "-m", "dvc", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def git(self, *arguments: str) -> None:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stderr

    def record(self, words: str) -> None:
        self.dvc("commit", "-f", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", words)

    def result(self, name: str) -> Path:
        return self.root / "results/s" / name

    def write(self, name: str, content: str) -> None:
        path = self.result(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(content)

    @property
    def outputs(self) -> list[Object]:
        return outputs_of("s", self.root)

    def object(self, content: str, folder: Path) -> Path:
        """Return the object of a result's content, at the remote or in the cache."""
        file = self.root / ".probe"
        file.write_text(content)
        digest = md5(file)
        file.unlink()
        return folder / "files/md5" / digest[:2] / digest[2:]

    def list(self, folder: Path) -> Path:
        (found,) = [o for o in self.outputs if o.path == "results/s"]
        return folder / "files/md5" / found.name

    @property
    def cache(self) -> Path:
        return self.root / ".dvc/cache"

    def pull(self, *, replace: bool = False) -> None:
        pull(self.outputs, Dvc(self.root), replace=replace, to_replace="R=1")

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for folder in ("results", "data")
            for path in sorted((self.root / folder).rglob("*"))
            if path.is_file()
        }


def spoil(path: Path, content: str) -> None:
    path.chmod(0o644)
    path.write_text(content)


@pytest.fixture(autouse=True)
def isolated(tmp_path, monkeypatch):
    """Keep DVC's and git's own settings and caches out of a test."""
    monkeypatch.setattr(remotes, "MODULE", (forks.python(), "-m", "dvc"))
    for name in ("SITE_CACHE", "GLOBAL_CONFIG", "SYSTEM_CONFIG"):
        monkeypatch.setenv(f"DVC_{name}_DIR", str(tmp_path / name))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def lab(tmp_path, tmp_path_factory):
    """A clone whose study is recorded, committed and pushed."""

    def make(folder: Path) -> None:
        made = Lab(folder / "av", folder / "store")
        (made.root / "data/raw/s").mkdir(parents=True)
        (made.root / "data/raw/s/raw.csv").write_text("raw")
        (made.root / "dvc.yaml").write_text(PIPELINE)
        for name, content in RESULTS.items():
            made.write(name, content)
        made.store.mkdir()
        made.git("init", "-q")
        made.dvc("init", "-q")
        made.dvc("add", "-q", "data/raw/s")
        made.dvc("remote", "add", "-q", "-d", "store", "../store")
        made.record("Record the study")
        made.dvc("push")

    folder = once(tmp_path_factory, "lab", make)
    for name in ("av", "store"):
        shutil.copytree(folder / name, tmp_path / name)
    return Lab(tmp_path / "av", tmp_path / "store")


def no_remote(lab: Lab) -> None:
    lab.dvc("remote", "remove", "store")


def empty(lab: Lab) -> None:
    shutil.rmtree(lab.store / "files")


def not_mounted(lab: Lab) -> None:
    shutil.rmtree(lab.store)


def dead(lab: Lab) -> None:
    lab.dvc("remote", "modify", "store", "url", "ssh://ann@127.0.0.1:9/store")


def one_file_less(lab: Lab) -> None:
    lab.object(RESULTS["fits.csv"], lab.store).unlink()


def damaged_file(lab: Lab) -> None:
    spoil(lab.object(RESULTS["fits.csv"], lab.store), "9.9")


def damaged_list(lab: Lab) -> None:
    spoil(lab.list(lab.store), "[]")


def list_of_nothing(lab: Lab) -> None:
    spoil(lab.list(lab.store), "?")


@pytest.mark.parametrize(
    ("mishap", "words"),
    [
        (no_remote, "no remote is set"),
        (empty, "results/s: the remote does not have this"),
        (not_mounted, "the remote's folder is not there"),
        (dead, "the remote cannot be reached"),
        (one_file_less, "results/s/fits.csv: the remote has no whole copy"),
        (damaged_file, "results/s/fits.csv: the remote has no whole copy"),
        (damaged_list, "results/s: the remote has no whole copy"),
        (list_of_nothing, "results/s: the remote has no whole copy"),
    ],
)
def test_a_failed_pull_leaves_every_file_as_it_was(lab, mishap, words):
    """Results of another machine, taken into the cache as far as they are recorded."""
    shutil.rmtree(lab.cache)
    lab.write("estimates.csv", OTHER)
    lab.result("fits.csv").unlink()
    keep(lab.outputs, Dvc(lab.root))
    mishap(lab)
    before = lab.files()
    with pytest.raises(UserError, match=words):
        lab.pull()
    assert lab.files() == before
    plain = lab.run(forks.python(), "-m", "dvc", "pull")
    assert plain.returncode != 0
    assert lab.files() == before


@pytest.mark.parametrize("mishap", [no_remote, empty])
def test_results_that_are_what_is_recorded_stay_too(lab, mishap):
    shutil.rmtree(lab.cache)
    keep(lab.outputs, Dvc(lab.root))
    assert "up to date" in lab.dvc("status")
    mishap(lab)
    before = lab.files()
    lab.run(forks.python(), "-m", "dvc", "pull")
    assert lab.files() == before
    try:
        lab.pull()
    except UserError:
        assert mishap is no_remote
    assert lab.files() == before


@pytest.mark.parametrize(
    ("broken", "here"),
    [("file", False), ("list", False), ("both", False), ("both", True)],
)
def test_damaged_objects_are_fetched_anew(lab, broken, here):
    recorded = lab.files()
    if broken != "list":
        spoil(lab.object(RESULTS["estimates.csv"], lab.cache), "9.9")
    if broken != "file":
        spoil(lab.list(lab.cache), "[]")
    if not here:
        shutil.rmtree(lab.root / "results/s")
    lab.pull()
    assert lab.files() == recorded
    assert lab.object(RESULTS["estimates.csv"], lab.cache).read_text() == "0.1"


def test_what_is_recorded_nowhere_is_named_and_kept_until_told(lab):
    recorded = lab.files()
    was = lab.result("fits.csv").stat()
    lab.write("fits.csv", "0.3")  # as long, and as old
    os.utime(lab.result("fits.csv"), ns=(was.st_atime_ns, was.st_mtime_ns))
    lab.write("notes.txt", "mine")
    (lab.root / "data/raw/s/more.csv").write_text("mine")
    lab.result("figures/estimates.csv").unlink()
    edited = lab.files()
    with pytest.raises(UserError) as raised:
        lab.pull()
    assert [problem.where for problem in raised.value.problems] == [
        "data/raw/s/more.csv",
        "results/s/fits.csv",
        "results/s/notes.txt",
    ]
    assert "R=1" in str(raised.value)
    assert lab.files() == edited
    lab.pull(replace=True)
    assert lab.files() == recorded


def test_what_a_commit_names_is_replaced_and_what_none_does_is_not(lab):
    first = lab.files()
    lab.write("fits.csv", "0.3")
    lab.record("Record other results")
    lab.dvc("push")
    second = lab.files()
    lab.git("checkout", "-q", "HEAD~")
    lab.pull()
    assert lab.files() == first
    lab.git("checkout", "-q", "-")
    lab.pull()
    assert lab.files() == second

    # in DVC's cache, but the record of it was given up
    lab.write("fits.csv", "0.4")
    lab.dvc("commit", "-f", "-q")
    lab.git("checkout", "-q", "--", "dvc.lock")
    with pytest.raises(UserError, match=r"results/s/fits\.csv: .*no recorded copy"):
        lab.pull()
    assert lab.result("fits.csv").read_text() == "0.4"


def test_a_killed_pull_is_taken_up(lab):
    recorded = lab.files()
    lab.result("fits.csv").unlink()
    killed = lab.result("figures/.Zm9vYmFyYmF6cXV4eHl6-_.tmp")
    killed.write_text("0")
    shutil.rmtree(lab.cache / "files/md5" / lab.outputs[0].name[:2])
    lab.pull()
    assert lab.files() == recorded


def test_files_that_dvc_ignores_stay(lab):
    (lab.root / ".dvcignore").write_text("*.pyc\n")
    lab.write("x.pyc", "mine")
    lab.pull()
    assert lab.result("x.pyc").read_text() == "mine"


@pytest.mark.parametrize("kind", ["symlink", "hardlink"])
def test_an_edit_through_a_link_into_the_cache_is_kept(lab, kind):
    lab.dvc("config", "cache.type", kind)
    shutil.rmtree(lab.root / "results/s")
    lab.pull()
    edited = lab.result("fits.csv")
    spoil(edited, "mine")
    with pytest.raises(UserError, match=r"results/s/fits\.csv: .*no recorded copy"):
        lab.pull()
    assert edited.read_text() == "mine"
    lab.pull(replace=True)
    assert edited.read_text() == RESULTS["fits.csv"]


def test_a_push_ends_with_every_object_at_the_remote_or_says_which_is_not(lab):
    lines: list[str] = []
    empty(lab)
    spoil(lab.object(RESULTS["fits.csv"], lab.cache), "9.9")
    spoil(lab.list(lab.cache), "[]")
    push(lab.outputs, Dvc(lab.root), lines.append)
    assert lines[-1].startswith("6 objects are whole here")
    assert lab.object(RESULTS["fits.csv"], lab.store).read_text() == "0.2"

    one_file_less(lab)  # DVC trusts the list, which is there
    with pytest.raises(UserError, match=r"results/s/fits\.csv: the remote does not"):
        push(lab.outputs, Dvc(lab.root), lines.append)
    lab.list(lab.store).unlink()
    push(lab.outputs, Dvc(lab.root), lines.append)
    assert lab.object(RESULTS["fits.csv"], lab.store).read_text() == "0.2"


def test_a_push_of_what_is_nowhere_whole_is_refused(lab):
    shutil.rmtree(lab.cache)
    lab.write("fits.csv", "0.3")
    empty(lab)
    with pytest.raises(UserError, match=r"results/s: .*no whole copy of it"):
        push(lab.outputs, Dvc(lab.root), print)
    assert lab.result("fits.csv").read_text() == "0.3"
