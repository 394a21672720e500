"""Parameters of a unit of work -> a file that changes only when they do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from alliance_value.running.files import replace


@cache
def installed(library: str) -> str:
    """Return a library's version; its record is looked up once."""
    return version(library)


def stamp(path: str | Path, params: Mapping[str, Any], libraries: list[str]) -> str:
    """Write parameters to a file, only when they differ from what it holds.

    Libraries that shape the result are written with their versions, so that a change
    of version reruns what depends on it.

    Returns
    -------
    str
        The path, to be the input of the rule that uses the parameters.
    """
    path = Path(path)
    versions = {name: installed(name) for name in libraries}
    text = json.dumps({**params, "libraries": versions}, indent=1, ensure_ascii=False)
    if not path.is_file() or path.read_bytes() != text.encode():
        replace(path, text)
    return str(path)
