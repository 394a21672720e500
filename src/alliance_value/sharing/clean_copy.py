"""A checkout -> what git tracks of it, and a clean copy with the raw files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from alliance_value.running.git import ask

NEW = ("--others", "--exclude-standard")
# What a package, which has no git, holds beside its files.
HEADLINES = "metrics/"  # of a run too, and git tracks them
MADE = ("build", "data", "results", ".snakemake", ".venv", ".git", ".dvc")


def tracked(root: Path, new: bool = True) -> list[str]:
    """Return the files that git tracks; all without git.

    Parameters
    ----------
    root
        The checkout.
    new
        Whether files that git would track count too.

    Raises
    ------
    UserError
        The folder is a clone, and git does not answer.
    """
    if (root / ".git").exists():
        listed = ask(root, "ls-files", "-z", "--cached", *(NEW if new else ()))
        names = [name for name in listed.split("\0") if name]
    else:
        names = [
            path.relative_to(root).as_posix()
            for path in root.rglob("*")
            if path.relative_to(root).parts[0] not in MADE
            and "__pycache__" not in path.parts
        ]
    return sorted(name for name in set(names) if (root / name).is_file())


def copy_checkout(root: Path, target: Path, study_file: str, raw: str) -> None:
    """Copy code, study file and raw files, and nothing that a run made.

    Parameters
    ----------
    root, target
        The checkout and a folder that is not there yet.
    study_file
        The study file, which git need not track; an absolute path stands for a file
        outside of the checkout, which is read where it is.
    raw
        The folder of raw files, relative to the checkout; its files are linked where
        the file system can, since no rule writes them in a copy.
    """
    own = [] if Path(study_file).is_absolute() else [study_file]
    given = [name for name in tracked(root) if not name.startswith(HEADLINES)]
    for name in dict.fromkeys([*given, *own]):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, target / name)
    for path in sorted((root / raw).rglob("*")):
        place = target / path.relative_to(root)
        if path.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(path, place)
            except OSError:
                shutil.copy2(path, place)
