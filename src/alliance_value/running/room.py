"""Folders that a run fills -> whether it can, or why not, in words."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from alliance_value.contracts.access import unreadable
from alliance_value.contracts.problems import Problem, raise_if

FULL = (errno.ENOSPC, errno.EDQUOT)
REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)
PROBE = 1 << 16


def check_writable(folders: Iterable[str], study: str) -> None:
    """Try to write in each folder that a run fills.

    Raises
    ------
    UserError
        A folder is read-only or no folder, or a disk is full, which is told once.
    """
    problems, disks = [], set()
    for folder in folders:
        place = above(folder, Path.exists)
        disk = place.stat().st_dev
        try:
            probe = place / f".probe.{os.getpid()}"
            try:
                probe.write_bytes(b"0" * PROBE)
            finally:
                if place.is_dir():
                    probe.unlink(missing_ok=True)
        except OSError as error:
            if error.errno not in FULL or disk not in disks:
                problems.append(unwritable(place, error))
            disks |= {disk} if error.errno in FULL else set()
    raise_if(problems, f"the folders of study '{study}'")


def unwritable(path: str | Path, error: OSError) -> Problem:
    """Return, in words, why a file or folder cannot be written, or not even read."""
    where = str(path)
    if error.errno in FULL:
        return full(path)
    if error.errno in REFUSED:
        return unreadable(path) or Problem(
            rule="this is read-only for you",
            remedy=f"make it writable (chmod -R u+w {where}), or work in a clone that "
            "is yours",
            where=where,
        )
    return Problem(
        rule=f"it cannot be written: {error.strerror or error}",
        remedy="remove what is in its place, then run the same command again",
        where=where,
    )


def full(path: str | Path) -> Problem:
    """Return that a disk is full, and which.

    The system need not say what it could not write: of the disk of the path, that of
    Snakemake's own files and that of temporary ones, it is the one with least space.
    """
    places = [Path(path), Path(".snakemake"), Path(tempfile.gettempdir())]
    free = {
        place: shutil.disk_usage(above(place, Path.is_dir)).free for place in places
    }
    place = min(places, key=lambda place: free[place])
    return Problem(
        rule=f"the disk is full ({free[place] / 1e6:.1f} MB free)",
        remedy="free space or move the checkout, then run the same command again: "
        "what is finished stays",
        where=str(place),
    )


def above(path: str | Path, there: Callable[[Path], bool]) -> Path:
    """Return a path, or the nearest one above it that is there."""
    place = Path(path)
    while not there(place):
        place = place.parent
    return place
