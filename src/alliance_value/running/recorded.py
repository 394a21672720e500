"""A run's results -> the small record of them that git holds for other machines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alliance_value.running.column_sums import (
    TOLERANCE,
    Column,
    columns_of,
    dumps_column,
    loads_column,
)
from alliance_value.running.provenance import (
    FILE,
    STAMPS,
    Provenance,
    digest_of,
    sha256,
    under,
)

FORMAT = 1


@dataclass(frozen=True)
class Recorded:
    """What git holds of the results of a study.

    Parameters
    ----------
    study
        Name of the study.
    behind
        Digest of the code, settings and given files behind the results.
    environment
        What made the results, as in their provenance.
    files
        SHA-256 by path below the results folder.
    tables
        Columns by name, by path.
    """

    study: str
    behind: str
    environment: Mapping[str, Any]
    files: Mapping[str, str]
    tables: Mapping[str, Mapping[str, Column]]


def record(provenance: Provenance, results: Mapping[str, bytes]) -> Recorded:
    """Return what git is to hold of results.

    Parameters
    ----------
    provenance
        What made them.
    results
        Contents by path below the results folder.
    """
    return Recorded(
        study=provenance.study,
        behind=behind(provenance),
        environment=provenance.environment,
        files={k: hashlib.sha256(v).hexdigest() for k, v in results.items()},
        tables={k: cs for k, v in results.items() if (cs := columns_of(k, v))},
    )


def behind(provenance: Provenance) -> str:
    """Return a digest of the code, settings and given files behind the results."""
    makers = provenance.maker()
    given = {
        path: digest
        for path, digest in provenance.files.items()
        if path not in makers and not under(path, STAMPS)
    }
    return digest_of({"given": given, "settings": dict(provenance.settings)})


def results_of(provenance: Provenance, root: Path) -> dict[str, bytes] | None:
    """Read the results that a run made, none where one is no longer what it made."""
    folder = f"results/{provenance.study}"
    results = {}
    for path in provenance.intermediates(folder):
        file = root / path
        if path == f"{folder}/{FILE}":
            continue
        if not file.is_file() or sha256(file) != provenance.files[path]:
            return None
        results[path.removeprefix(f"{folder}/")] = file.read_bytes()
    return results


def dumps(recorded: Recorded) -> str:
    """Write a record as JSON, one line a column."""
    raw = {"format": FORMAT, "tolerance": TOLERANCE, **asdict(recorded)}
    raw["tables"] = {
        name: {title: dumps_column(column) for title, column in columns.items()}
        for name, columns in recorded.tables.items()
    }
    return json.dumps(raw, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def loads(text: str) -> Recorded | None:
    """Read a record; none where the text is no whole record of this format."""
    try:
        raw = json.loads(text)
        if raw.pop("format") != FORMAT or raw.pop("tolerance") != TOLERANCE:
            return None
        tables = {
            name: {title: loads_column(words) for title, words in columns.items()}
            for name, columns in raw.pop("tables").items()
        }
        return Recorded(**raw, tables=tables)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
