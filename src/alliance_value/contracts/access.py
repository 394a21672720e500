"""A path -> in words, why no file can be read there."""

from __future__ import annotations

import os
from pathlib import Path

from alliance_value.contracts.problems import Problem

ABSENT = "the file is not there"


def no_file(path: Path) -> Problem | None:
    """Return what is wrong with a path that is no file to be read, or nothing."""
    try:
        if path.is_file():
            return unreadable(path)
    except OSError as error:
        remedy = f"check it and its rights ({error.strerror})"
        problem = Problem("the file cannot be opened", remedy, str(path))
        return unreadable(path) or problem
    if path.is_dir():
        rule, remedy = "the file is a folder", "name a file in it"
    elif path.is_symlink():
        rule, remedy = "the file is a link that leads nowhere", "put its target there"
    else:
        rule, remedy = ABSENT, "put it there"
    return Problem(rule, remedy, str(path))


def unreadable(path: str | Path) -> Problem | None:
    """Return, in words, what keeps this user from reading a file, or nothing.

    A folder on the way to it may be closed, or the file itself.
    """
    path = Path(path)
    for folder in reversed(path.absolute().parents):
        if not folder.exists():
            return None
        if not os.access(folder, os.X_OK):
            rule = f"the file cannot be read: you may not enter the folder {folder}"
            return Problem(rule, right_to(folder, "u+rx"), str(path))
    if os.access(path, os.R_OK) or absent(path):
        return None
    rule = "the file cannot be read: its rights do not allow it to you"
    return Problem(rule, right_to(path, "u+r"), str(path))


def absent(path: Path) -> bool:
    """Whether nothing is at a path, or a link that leads nowhere."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def right_to(path: Path, right: str) -> str:
    """Return who can give a right, and how."""
    try:
        if path.stat().st_uid == os.geteuid():
            return f"allow it: chmod {right} {path}"
        return f"ask its owner ({path.owner()}) for the right to read it"
    except (OSError, KeyError):  # a link into a closed folder, an owner without name
        return "ask its owner for the right to read it"
