"""DVC's cache -> the objects of folders, and which of them are damaged or absent.

DVC passes a damaged object on, to the remote and to clones, and reports success: each
object is named after its MD5, and is checked against it here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alliance_value.running.files import md5

LIST = ".dir"


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
    members = []
    for output in outputs:
        members.append(output)
        listing = cache / output.name
        if output.is_list and intact(listing, output.digest):
            members += [
                Object(entry["md5"], f"{output.path}/{entry['relpath']}")
                for entry in json.loads(listing.read_text(encoding="utf-8"))
            ]
    return sorted(dict.fromkeys(members), key=lambda o: (o.path, o.digest))


def intact(path: Path, digest: str) -> bool:
    """Whether a file is there and holds what its name says."""
    return path.is_file() and md5(path) == digest.removesuffix(LIST)


def damaged(items: Iterable[Object], cache: Path) -> list[Object]:
    """Return the objects that are in the cache and do not hold what they should."""
    return [
        item
        for item in items
        if (cache / item.name).is_file() and not intact(cache / item.name, item.digest)
    ]


def absent(items: Iterable[Object], cache: Path) -> list[Object]:
    """Return the objects that are not in the cache."""
    return [item for item in items if not (cache / item.name).is_file()]
