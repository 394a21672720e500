"""Clones with git, DVC and a small study, and real servers on the loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests import forks
from tests.conftest import once
from tests.integration.conftest import Project, Run, checkout, write_tiny_study

PIPELINE = """\
vars:
  - studies:
      tiny: study.yaml
stages:
  study:
    foreach: ${studies}
    do:
      cmd: snakemake --cores 2 --configfile ${item}
      params:
        - ${item}:
      deps: [Snakefile, "data/raw/${key}", profiles, requirements.lock, src, workflow]
      outs: ["data/steps/${key}", "results/${key}"]
      metrics: ["metrics/${key}.json": {cache: false}]
plots:
  - results/tiny/figures/coefficients.svg
"""
WHO = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
DVC = str(Path(sys.executable).with_name("dvc"))
KEY, SECRET = "reviewer", "reviewers-secret"


@dataclass(frozen=True)
class Clone(Project):
    """A clone with git and DVC."""

    def run(self, *command: str, fails: bool = False, **more: str) -> Run:
        """Run a command in the clone; it must succeed, or must fail."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment() | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=1200,
        )
        assert (done.returncode != 0) == fails, (command, done.stdout)
        assert "Traceback" not in done.stdout, done.stdout
        return Run(done.returncode, done.stdout)

    def dvc(self, *arguments: str, fails: bool = False) -> Run:
        """Run DVC."""
        return self.run(self.python(), "-m", "dvc", *arguments, fails=fails)

    def tool(self, name: str, *arguments: str, fails: bool = False) -> Run:
        """Run one of the project's tools."""
        return self.run(
            self.python(), f"workflow/tools/{name}.py", *arguments, fails=fails
        )

    def share(self, action: str, *arguments: str, fails: bool = False) -> Run:
        """Push, pull or check."""
        return self.tool(
            "share", action, "--configfile", self.study, *arguments, fails=fails
        )

    def commit(self, words: str) -> None:
        """Commit everything."""
        self.run("git", "add", "-A")
        self.run("git", *WHO, "commit", "-qm", words)

    def clone(self, root: Path) -> Clone:
        """Clone what is committed."""
        subprocess.run(["git", "clone", "-q", str(self.root), str(root)], check=True)
        return Clone(root, self.study, self.environ)


def write_smallest_study(root: Path) -> None:
    """Write the tiny study with one of its two models, for fewer jobs."""
    write_tiny_study(root)
    path = root / "study.yaml"
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    del study["models"][1:]
    study["exhibits"]["tables"][0]["models"] = ["base"]
    del study["exhibits"]["figures"][0]
    path.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")


def write_small_default_study(root: Path) -> None:
    """Write the default study with one model on a tiny world, for fewer jobs.

    What is recorded of the whole study is removed.
    """
    for record in ("dvc.lock", "metrics/simulated.json", "recorded/simulated.json"):
        (root / record).unlink(missing_ok=True)
    path = root / "config/config.yaml"
    default = yaml.safe_load(path.read_text(encoding="utf-8"))
    study = {
        **{key: default[key] for key in ("study", "title", "simulated", "seed")},
        "sources": {
            "simulate": {**default["sources"]["simulate"], "size": "tiny"},
            "firm_years": default["sources"]["firm_years"],
        },
        "variables": {
            "roa": {"numerator": "oibdp", "denominator": "at"},
            "size": {"value": "log(at)"},
        },
        "models": [{"name": "base", "outcome": "roa", "terms": ["size"]}],
        "exhibits": {"tables": [{"name": "models", "models": ["base"]}]},
    }
    path.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")


def isolated(folder: Path) -> dict[str, str]:
    """Keep DVC's and git's own settings and caches out of a test."""
    folders = (str(Path(python).parent) for python in (forks.python(), sys.executable))
    return {
        "DVC_SITE_CACHE_DIR": str(folder / "site"),
        "DVC_GLOBAL_CONFIG_DIR": str(folder / "global"),
        "DVC_SYSTEM_CONFIG_DIR": str(folder / "system"),
        "DVC_NO_ANALYTICS": "1",
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": os.pathsep.join([*folders, os.environ["PATH"]]),
    }


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """Clone A: the tiny study, run by DVC and committed; to be left as it is."""

    def make(folder: Path) -> None:
        project = checkout(folder / "a")
        write_smallest_study(project.root)
        (project.root / "dvc.yaml").write_text(PIPELINE, encoding="utf-8")
        (project.root / "dvc.lock").unlink()
        clone = Clone(project.root, "study.yaml", isolated(folder))
        clone.run("git", "init", "-q")
        clone.dvc("add", "-q", "data/raw/tiny")
        clone.dvc("repro")
        clone.commit("Record the tiny study")

    folder = once(tmp_path_factory, "published", make)
    return Clone(folder / "a", "study.yaml", isolated(folder))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """The project as it is, its default study made small, recorded; to be left so."""

    def make(folder: Path) -> None:
        copy = checkout(folder / "project")
        write_small_default_study(copy.root)
        clone = Clone(copy.root, "config/config.yaml", isolated(folder))
        clone.run("git", "init", "-q")
        clone.dvc("repro")
        clone.commit("Record the default study")

    folder = once(tmp_path_factory, "default", make)
    return Clone(folder / "project", "config/config.yaml", isolated(folder))


@pytest.fixture
def author(published: Clone, tmp_path: Path) -> Clone:
    """A copy of clone A in which a test may change anything."""
    shutil.copytree(published.root, tmp_path / "a", symlinks=True)
    return Clone(tmp_path / "a", published.study, published.environ)


@contextmanager
def server(kind: str, folder: Path, *options: str) -> Iterator[int]:
    """Serve a folder on the loopback with rclone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    rclone = Path(sys.executable).with_name("rclone")
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [rclone, "serve", kind, str(folder), "--addr", f"127.0.0.1:{port}", *options],
        env={**os.environ, "HOME": str(folder.parent), "RCLONE_CONFIG": "/dev/null"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        else:
            raise RuntimeError(f"rclone serve {kind} did not start")
        yield port
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def remote(
    kind: str, clone: Clone, folder: Path, name: str = "store"
) -> Iterator[None]:
    """Give a clone a default remote of a kind, over a real server."""
    options: dict[str, str] = {}
    with_server = {
        "s3": ("--auth-key", f"{KEY},{SECRET}"),
        "sftp": ("--user", KEY, "--pass", SECRET),
        "webdav": ("--user", KEY, "--pass", SECRET),
    }
    if kind == "folder":
        folder.mkdir()
        add(clone, name, str(folder), options)
        yield
        return
    (folder / "store").mkdir(parents=True)
    with server(kind, folder, *with_server[kind]) as port:
        if kind == "s3":
            url = "s3://store/alliance"
            options = {
                "endpointurl": f"http://127.0.0.1:{port}",
                "access_key_id": KEY,
                "secret_access_key": SECRET,
                "region": "us-east-1",
            }
        else:
            scheme = {"sftp": "ssh", "webdav": "webdav"}[kind]
            url = f"{scheme}://{KEY}@127.0.0.1:{port}/store"
            if kind == "webdav":
                url = f"webdav://127.0.0.1:{port}/store"
                options["user"] = KEY
            options["password"] = SECRET
        add(clone, name, url, options)
        yield


def add(clone: Clone, name: str, url: str, options: dict[str, str]) -> None:
    """Add a remote as docs/researchers.md does: checked, secrets kept out of git."""
    clone.dvc("remote", "add", "-q", "-f", "-d", name, url)
    clone.dvc("remote", "modify", name, "verify", "true")
    local = clone.root / ".dvc/config.local"
    lines = [f"    {key} = {value}\n" for key, value in options.items()]
    with local.open("a", encoding="utf-8") as stream:
        stream.write(f"['remote \"{name}\"']\n{''.join(lines)}" if lines else "")
