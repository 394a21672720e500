"""The files that jobs of a checkout wrote <-> their hashes, a small file per job.

Snakemake remembers times, and only as long as ``.snakemake`` is there. Here contents
are told, at a place that no clean-up takes, since it leaves raw files and metrics too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from alliance_value.running.files import replace

UNFINISHED = ""


def note(folder: Path, job: str, hashes: Mapping[str, str]) -> None:
    """Write what a job wrote, instead of what it wrote before.

    Parameters
    ----------
    folder
        The ledger.
    job
        Name of the job.
    hashes
        SHA-256 by path; `UNFINISHED` for a file that is being written.
    """
    text = json.dumps(dict(hashes), indent=1, sort_keys=True, ensure_ascii=False)
    replace(folder / f"{job}.json", text)


def noted(folder: Path) -> dict[str, set[str]]:
    """Return the hashes that jobs wrote at each path; a torn file tells nothing."""
    known: dict[str, set[str]] = {}
    for file in sorted(folder.glob("*.json")):
        try:
            hashes = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue
        for path, digest in hashes.items() if isinstance(hashes, dict) else ():
            known.setdefault(path, set()).add(str(digest))
    return known
