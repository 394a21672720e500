"""A workspace beside what is recorded -> the files that a checkout would replace."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from alliance_value.running.files import md5
from alliance_value.sharing.objects import Object

# What a copy of DVC's leaves behind when it is killed.
LEFTOVER = re.compile(r"\.[\w-]{22}\.tmp$")


def held(outputs: Iterable[Object], root: Path) -> dict[str, str]:
    """Return the MD5 of each file that stands where outputs belong, by path.

    A link to nothing has no MD5; what a killed copy left behind is no file.
    """
    return {
        path: md5(root / path) if (root / path).is_file() else ""
        for output in outputs
        for path in files(output.path, root)
        if not LEFTOVER.search(path)
    }


def leftovers(outputs: Iterable[Object], root: Path) -> set[str]:
    """Return what killed copies left behind where outputs belong."""
    return {
        path
        for output in outputs
        for path in files(output.path, root)
        if LEFTOVER.search(path)
    }


def files(path: str, root: Path) -> Iterator[str]:
    """Yield a path, or every file below it, as paths from the root."""
    if not (root / path).is_dir():
        if os.path.lexists(root / path):
            yield path
        return
    for folder, _, names in os.walk(root / path, followlinks=True):
        for name in sorted(names):
            yield Path(folder, name).relative_to(root).as_posix()


def in_the_way(items: Iterable[Object], here: Mapping[str, str]) -> dict[str, str]:
    """Return the files of a workspace that a checkout would replace or remove.

    Parameters
    ----------
    items
        All recorded objects.
    here
        MD5 by path of the files that are there.
    """
    right = {item.path: item.digest for item in items}
    return {path: digest for path, digest in here.items() if right.get(path) != digest}
