"""A checkout -> what git says of it, or why git does not answer."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from alliance_value.contracts.problems import Problem, UserError

UNTRUSTED = "dubious ownership"


def git(root: Path, *arguments: str) -> str:
    """Return what git says, nothing where it is absent or refuses."""
    try:
        return ask(root, *arguments).strip()
    except UserError:
        return ""


def ask(root: Path, *arguments: str) -> str:
    """Return what git prints.

    Raises
    ------
    UserError
        There is no git on this machine, or it does not answer in this folder.
    """
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=root,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        raise no_answer(
            root,
            "git is not on this machine, or not on the PATH",
            "install or load it (module load git), then run the same command again",
        ) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        if UNTRUSTED in said:
            raise no_answer(
                root,
                "git does not trust this folder, which belongs to another user",
                f'git config --global --add safe.directory "{root.resolve()}"',
            )
        raise no_answer(
            root,
            f"git does not answer: {(said.strip().splitlines() or ['no reason'])[0]}",
            "mend the clone, or make a new one, then run the same command again",
        )
    return done.stdout.decode("utf-8", "surrogateescape")


def no_answer(root: Path, rule: str, remedy: str) -> UserError:
    """Return a problem with git as an error."""
    return UserError([Problem(rule, remedy, str(root.resolve()))], "what git tracks")
