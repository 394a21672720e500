"""DVC at work in a checkout -> what it says of its cache and its remotes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.sharing.mishaps import explain
from alliance_value.sharing.objects import Object

MODULE = (sys.executable, "-m", "dvc")


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
        self.forget_lists()
        try:
            yield
        finally:
            self.forget_lists()

    def forget_lists(self) -> None:
        """Let DVC forget the lists of folders; it has no command for it."""
        from dvc.exceptions import DvcException
        from dvc.repo import Repo

        try:
            with Repo(str(self.root)) as repo:
                repo.drop_data_index()
        except DvcException as error:
            raise UserError([explain(str(error), "status")], "DVC") from error

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
