"""DVC at work in a checkout -> what it says, and one message per mishap."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.sharing.objects import Object

MODULE = (sys.executable, "-m", "dvc")
# Pattern in what DVC says, with the place where it names one; rule; next step.
MISHAPS = (
    (
        r"'(?:\./)?(?P<where>[^'\n]+)' (?:is invalid|validation failed)[^\n]*\s*"
        r"(?P<why>[^\n]*)",
        "DVC cannot read this file",
        "resolve the conflict where a merge left one, or take it back as git has it "
        "(git checkout -- <file>), then run the same command again",
    ),
    (
        r"config file error: (?!remote )(?P<why>[^\n]*)",
        "DVC cannot read its settings",
        "correct them in .dvc/config or .dvc/config.local, or take them back as git "
        "has them (git checkout -- .dvc/config), then run the same command again",
    ),
    (
        r"not inside of a dvc repository|not a git repository",
        "this folder is no clone: DVC needs git's and its own folder (.git, .dvc)",
        "clone the project with git, then run the same command there",
    ),
    (
        r"(?P<where>\S+): repository path .* is not owned by current user",
        "git does not trust this folder, which belongs to another user",
        'git config --global --add safe.directory "$PWD", then run the same command '
        "again",
    ),
    (
        r"'(?P<where>[^'\n]+)' does not exist as an output",
        "dvc.yaml has no stage with this output any more",
        "add the study to studies in dvc.yaml, as docs/researchers.md shows",
    ),
    (
        r"can't remove the following unsaved files",
        "files here are recorded nowhere, and are kept",
        "run the same command again: it names them",
    ),
    (
        r"checkout failed for following targets",
        "not all files could be written into place; DVC's cache has them whole",
        "look whether the disk has room and the folders are yours, then run the same "
        "command again",
    ),
    (
        r"remote '(?P<where>[^'\n]*)' doesn't exist",
        "there is no remote of that name",
        "list them: dvc remote list; correct the name or add it: dvc remote add",
    ),
    (
        r"no space left|errno 28|disk quota|insufficient storage",
        "a disk is full",
        "free space here or at the remote, then run the same command again: what has "
        "arrived stays",
    ),
    (
        r"errno 13\][^'\n]*'(?P<where>[^'\n]+)'",
        "you may not read or write this",
        "get the right from its owner (chmod u+rw), then run the same command again",
    ),
    (
        r"\b40[13]\b|forbidden|access ?denied|invalidaccesskeyid|signaturedoesnotmatch|"
        r"permission denied|authentication|unauthorized|credential|"
        r"not authenticated|publickey",
        "the remote refused the credentials, or they do not allow this",
        "check user and key: dvc remote modify --local <remote> user | password | "
        "access_key_id | secret_access_key | keyfile",
    ),
    (
        r"nosuchbucket|no such bucket|bucket .*does not exist",
        "the bucket is not there",
        "make it, or correct the address: dvc remote modify <remote> url <address>",
    ),
    (
        r"connect|unreachable|timed? ?out|name or service not known|getaddrinfo|"
        r"network|refused|no route",
        "the remote cannot be reached",
        "check that it runs and its address: dvc remote list",
    ),
    (
        r"unable to acquire lock|is already running|locked",
        "another DVC is at work in this checkout",
        "wait until it ends, then run the same command again",
    ),
)
# Paths and addresses, in which any word may stand.
QUOTED = re.compile(r"'[^'\n]*/[^'\n]*'")


@dataclass(frozen=True)
class Said:
    """What a command of DVC's printed, and whether it went well."""

    fine: bool
    text: str
    errors: str

    @property
    def all(self) -> str:
        """Return everything that it printed."""
        return f"{self.text}\n{self.errors}"


@dataclass(frozen=True)
class Dvc:
    """DVC in a checkout.

    Parameters
    ----------
    root
        The checkout.
    remote
        Name of the remote, empty for the default one.
    """

    root: Path
    remote: str = ""

    def call(self, *arguments: str, given: str = "") -> Said:
        """Run DVC, whatever comes of it."""
        done = subprocess.run(
            [*MODULE, *arguments],
            cwd=self.root,
            input=given,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        return Said(not done.returncode, done.stdout.strip(), done.stderr.strip())

    def ask(self, *arguments: str) -> str:
        """Run DVC; what goes wrong becomes one message.

        Raises
        ------
        UserError
            DVC did not do what it was asked.
        """
        said = self.call(*arguments)
        if not said.fine:
            raise UserError([explain(said.all, arguments[0])], f"dvc {arguments[0]}")
        return said.text

    def at_remote(self) -> tuple[str, ...]:
        """Return the options that name the remote."""
        return ("-r", self.remote) if self.remote else ()

    @cached_property
    def cache(self) -> Path:
        """Return the folder of the objects."""
        return self.root / self.ask("cache", "dir") / "files" / "md5"

    def check_remote(self, *, to_read: bool) -> None:
        """Look whether a remote is set; where it is a folder to read, it must be there.

        Raises
        ------
        UserError
            It is not: DVC would take an absent folder for an empty one.
        """
        lines = self.ask("config", "--list").splitlines()
        settings = dict(line.partition("=")[::2] for line in lines)
        name = self.remote or settings.get("core.remote", "")
        address = settings.get(f"remote.{name}.url", "")
        if not name:
            problem = Problem(
                "no remote is set",
                "name one, as docs/researchers.md shows: dvc remote add -d store "
                "<address>",
            )
        elif not address:
            problem = explain(f"remote '{name}' doesn't exist", "remote")
        elif not to_read or "://" in address or Path(address).expanduser().is_dir():
            return
        else:
            problem = Problem(
                "the remote's folder is not there",
                "mount it, make it, or correct the address: dvc remote modify "
                f"{name} url <folder>",
                where=address,
            )
        raise UserError([problem], f"the remote '{name}'" if name else "DVC's remote")

    def lacking(self, outputs: Iterable[Object]) -> set[str]:
        """Return the paths that the remote does not have, file by file.

        Raises
        ------
        UserError
            The remote does not answer.
        """
        wanted = ("--json", "--granular", "--not-in-remote", *self.at_remote())
        paths = [item.path for item in outputs]
        said = json.loads(self.ask("data", "status", *wanted, *paths) or "{}")
        return {path.rstrip("/") for path in said.get("not_in_remote", [])}

    @contextmanager
    def lists_read_anew(self) -> Iterator[None]:
        """Let DVC read the lists of folders again, and again when the body is done.

        It keeps them once read, damaged ones too, and would check out what they say.
        """
        from dvc.repo import Repo

        with Repo(str(self.root)) as repo:
            repo.drop_data_index()
            try:
                yield
            finally:
                repo.drop_data_index()

    def fetch(self, outputs: Iterable[Object]) -> str:
        """Fetch what the cache lacks, as far as it comes; return what DVC says."""
        paths = [item.path for item in outputs]
        return self.call("fetch", *self.at_remote(), *paths).all

    def ignored(self, paths: Iterable[str]) -> set[str]:
        """Return the paths that DVC leaves alone (.dvcignore)."""
        listed = "\n".join(paths)
        if not listed:
            return set()
        return set(self.call("check-ignore", "--stdin", given=listed).text.splitlines())


def mishap(said: str) -> Problem | None:
    """Return what went wrong where DVC's words are known."""
    for pattern, rule, remedy in MISHAPS:
        named = "(?P<" in pattern
        seen = re.search(pattern, said if named else QUOTED.sub("''", said), re.I)
        if seen:
            parts = seen.groupdict()
            why = f": {parts['why'].strip()}" if parts.get("why") else ""
            return Problem(f"{rule}{why}", remedy, parts.get("where") or "")
    return None


def explain(said: str, action: str) -> Problem:
    """Return what went wrong in DVC's words, in one message with the next step.

    Parameters
    ----------
    said
        What DVC wrote to the screen.
    action
        What was being done, such as ``push``.
    """
    if problem := mishap(said):
        return problem
    lines = [
        line.strip()
        for line in said.splitlines()
        if line.strip() and not line.startswith("WARNING")
    ]
    first = next((line for line in lines if line.startswith("ERROR")), "")
    rule = first or next(iter(lines), "DVC gave no reason")
    return Problem(rule.removeprefix("ERROR: "), f"see what 'dvc {action} -v' says")
