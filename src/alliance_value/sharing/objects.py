"""DVC's cache and a workspace -> which objects are whole, damaged, absent or edited.

DVC passes a damaged object on, to the remote and to clones, and reports success: each
object is named after its MD5, and is checked against it here. What is not recorded
never enters the cache, since DVC deletes from a workspace what its cache holds.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LIST = ".dir"
# What a copy of DVC's leaves behind when it is killed.
LEFTOVER = re.compile(r"\.[\w-]{22}\.tmp$")


@dataclass(frozen=True)
class Object:
    """One file in DVC's cache.

    Parameters
    ----------
    digest
        MD5 in hexadecimal, with ``.dir`` for the list of a folder.
    path
        The file in the workspace that it holds.
    """

    digest: str
    path: str

    @property
    def name(self) -> str:
        """Return where the object lies below the cache's folder."""
        return f"{self.digest[:2]}/{self.digest[2:]}"

    @property
    def is_list(self) -> bool:
        """Whether the object lists a folder."""
        return self.digest.endswith(LIST)


def objects(outputs: Iterable[Object], cache: Path) -> list[Object]:
    """Return outputs with the files inside of folders, as far as the cache knows."""
    found = []
    for output in outputs:
        found.append(output)
        listing = cache / output.name
        if output.is_list and intact(listing, output.digest):
            found += [
                Object(entry["md5"], f"{output.path}/{entry['relpath']}")
                for entry in json.loads(listing.read_text(encoding="utf-8"))
            ]
    return sorted(dict.fromkeys(found), key=lambda o: (o.path, o.digest))


def md5(path: Path) -> str:
    """Return the MD5 by which DVC names a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(
            stream, lambda: hashlib.md5(usedforsecurity=False)
        ).hexdigest()


def intact(path: Path, digest: str) -> bool:
    """Whether a file is there and holds what its name says."""
    return path.is_file() and md5(path) == digest.removesuffix(LIST)


def damaged(found: Iterable[Object], cache: Path) -> list[Object]:
    """Return the objects that are in the cache and do not hold what they should."""
    return [
        item
        for item in found
        if (cache / item.name).is_file() and not intact(cache / item.name, item.digest)
    ]


def absent(found: Iterable[Object], cache: Path) -> list[Object]:
    """Return the objects that are not in the cache."""
    return [item for item in found if not (cache / item.name).is_file()]


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


def in_the_way(found: Iterable[Object], here: Mapping[str, str]) -> dict[str, str]:
    """Return the files of a workspace that a checkout would replace or remove.

    Parameters
    ----------
    found
        All recorded objects.
    here
        MD5 by path of the files that are there.
    """
    right = {item.path: item.digest for item in found}
    return {path: digest for path, digest in here.items() if right.get(path) != digest}


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


def discard(found: Iterable[Object], cache: Path, root: Path) -> None:
    """Remove damaged objects from the cache, so that DVC fetches them anew.

    A file of the workspace that is a link to one becomes a file of its own first.
    """
    for item in found:
        path = root / item.path
        if path.is_symlink() and path.is_file():
            own = path.with_name(f".{path.name}.{os.getpid()}.tmp")
            shutil.copyfile(path, own)
            own.replace(path)
    for item in found:
        (cache / item.name).unlink(missing_ok=True)
