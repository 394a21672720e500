"""A checkout after a run -> what the run left of its time, its files and their rows."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from alliance_value.sharing.verify import cells_of


@dataclass(frozen=True)
class RunRecord:
    """What a run left beside its results.

    Parameters
    ----------
    usage
        What each job took: rule, outputs, seconds, processor (seconds), megabytes and
        the machine. Empty where the results came from elsewhere.
    records
        What each job that reads files says of them, by the job's name.
    rejects, funnel
        The tables of these names, each cell as its text.
    storage
        Bytes by what they hold.
    """

    usage: Sequence[Mapping[str, Any]] = ()
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rejects: pd.DataFrame = field(default_factory=pd.DataFrame)
    funnel: pd.DataFrame = field(default_factory=pd.DataFrame)
    storage: Mapping[str, int] = field(default_factory=dict)


def run_record(root: Path, study: str, raw: Sequence[str]) -> RunRecord:
    """Read what a run of a study left in a checkout.

    Parameters
    ----------
    root, study
        The checkout and the study's name.
    raw
        The source files.
    """
    processed, steps = (root / "data" / n / study for n in ("processed", "steps"))
    results = root / "results" / study
    storage = {
        "source files": sum(size(root / path) for path in dict.fromkeys(raw)),
        "intermediate files": size(processed),
        "copies of them for sharing": size(steps),
        "results": size(results),
    }
    if sys.prefix != sys.base_prefix:
        storage["software environment"] = size(Path(sys.prefix))
    made_here = parsed(processed / "sources")
    return RunRecord(
        usage=[*parsed(root / "build" / study / "usage").values()],
        records=made_here or parsed(steps / "sources"),
        rejects=table(results / "rejects.csv"),
        funnel=table(results / "funnel.csv"),
        storage={name: total for name, total in storage.items() if total},
    )


def parsed(folder: Path) -> dict[str, Any]:
    """Return the content of each whole JSON file of a folder, by its name."""
    contents = {}
    for path in sorted(folder.glob("*.json")):
        with suppress(ValueError):  # cut off by a crash; the next run writes it anew
            contents[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    return contents


def table(path: Path) -> pd.DataFrame:
    """Return a table of results; an empty one where it is not there."""
    return cells_of(path.read_bytes()) if path.is_file() else pd.DataFrame()


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(
        (Path(folder) / name).lstat().st_size
        for folder, _, names in os.walk(path)
        for name in names
    )
