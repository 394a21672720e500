"""DVC's cache and what DVC says -> damaged objects, and one message per mishap.

DVC passes a damaged object on, to the remote and to clones, and reports success: each
object is named after its MD5, and is checked against it here before it leaves.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance_value.contracts.problems import Problem


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


def recorded(lock: Mapping[str, Any]) -> list[Object]:
    """Return the outputs that a lock file names."""
    return [
        Object(out["md5"], out["path"])
        for stage in (lock.get("stages") or {}).values()
        for out in stage.get("outs", [])
        if "md5" in out
    ]


def objects(outputs: Iterable[Object], cache: Path) -> list[Object]:
    """Return outputs with the files inside of folders, as far as the cache knows."""
    found = []
    for output in outputs:
        found.append(output)
        listing = cache / output.name
        if output.digest.endswith(".dir") and intact(listing, output.digest):
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
    return path.is_file() and md5(path) == digest.removesuffix(".dir")


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


MISHAPS = (
    (
        r"no remote (?:provided|specified|setup)|no default remote",
        "no remote is set",
        "name one, as docs/researchers.md shows: dvc remote add -d store <address>",
    ),
    (
        r"remote '[^']*' doesn't exist",
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


def explain(said: str, action: str) -> Problem:
    """Return what went wrong in DVC's words, in one message with the next step.

    Parameters
    ----------
    said
        What DVC wrote to the screen.
    action
        What was being done, such as ``push``.
    """
    lowered = said.lower()
    for pattern, rule, remedy in MISHAPS:
        if re.search(pattern, lowered):
            return Problem(rule=rule, remedy=remedy)
    lines = [line for line in said.splitlines() if line.startswith("ERROR")]
    first = (lines or said.strip().splitlines() or ["DVC gave no reason"])[0]
    return Problem(
        rule=first.removeprefix("ERROR: "), remedy=f"see what 'dvc {action} -v' says"
    )


def folder_of(url: str, base: Path) -> Path | None:
    """Return the folder of a remote that is one, none of other remotes."""
    if re.match(r"[a-z0-9+]+://", url):
        return None
    return base / url
