"""A workspace -> what DVC's cache lacks, or holds damaged, as far as it is recorded.

What is not recorded never enters the cache: DVC deletes from a workspace what its cache
holds.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from alliance_value.running.files import md5
from alliance_value.sharing.objects import (
    Object,
    absent,
    damaged,
    intact,
    objects,
)
from alliance_value.sharing.workspace import files


def mend(outputs: Iterable[Object], cache: Path, root: Path) -> None:
    """Replace damaged objects from the workspace, or discard them, to be fetched."""
    outputs = list(outputs)
    lists = [output for output in outputs if output.is_list]
    discard(damaged(lists, cache), cache, root)
    take_in(outputs, cache, root)
    discard(damaged(objects(outputs, cache), cache), cache, root)
    take_in(outputs, cache, root)


def take_in(outputs: Iterable[Object], cache: Path, root: Path) -> None:
    """Copy objects that the cache lacks from the workspace, where it has them whole.

    A folder's list is written anew where the folder holds exactly what was recorded.
    """
    outputs = list(outputs)
    for item in absent(outputs, cache):
        if item.is_list and (root / item.path).is_dir():
            put(listing(item.path, root), item, cache)
    for item in absent(objects(outputs, cache), cache):
        if not item.is_list and intact(root / item.path, item.digest):
            put(root / item.path, item, cache)


def listing(folder: str, root: Path) -> bytes:
    """Return DVC's list of a folder: MD5 and path of each file, as JSON."""
    entries = [
        {"md5": md5(root / path), "relpath": path.removeprefix(f"{folder}/")}
        for path in files(folder, root)
        if (root / path).is_file()
    ]
    return json.dumps(sorted(entries, key=lambda e: e["relpath"])).encode()


def put(content: Path | bytes, item: Object, cache: Path) -> None:
    """Write an object into the cache, as a whole and only when it is what it should."""
    target = cache / item.name
    new = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if isinstance(content, bytes):
            new.write_bytes(content)
        else:
            shutil.copyfile(content, new)
        if intact(new, item.digest):
            new.chmod(0o444)
            new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def discard(items: Iterable[Object], cache: Path, root: Path) -> None:
    """Remove damaged objects from the cache, so that DVC fetches them anew.

    A file of the workspace that is a link to one becomes a file of its own first.
    """
    for item in items:
        path = root / item.path
        if path.is_symlink() and path.is_file():
            own = path.with_name(f".{path.name}.{os.getpid()}.tmp")
            shutil.copyfile(path, own)
            own.replace(path)
    for item in items:
        (cache / item.name).unlink(missing_ok=True)
