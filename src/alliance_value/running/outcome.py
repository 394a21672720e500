"""A run's results + the record of them in git -> in one line what is equal.

Other processors and versions cannot give the same bytes everywhere; a difference in the
last digits is said, one beyond tolerance is an alarm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alliance_value.contracts.problems import SHOWN
from alliance_value.running.column_sums import TABLES, alike, columns_of
from alliance_value.running.places import Places
from alliance_value.running.provenance import (
    FILE,
    Provenance,
    environment_changes,
    read,
)
from alliance_value.running.recorded import Recorded, behind, loads, results_of


@dataclass(frozen=True)
class Outcome:
    """A run's results beside the recorded ones.

    Parameters
    ----------
    files
        How many there are.
    near
        Those that are equal in all but the last digits, or show such numbers.
    differing
        In words, by path, what differs beyond tolerance.
    causes
        In words, what of the environment is another one.
    """

    files: int
    near: tuple[str, ...]
    differing: Mapping[str, str]
    causes: str

    def words(self) -> str:
        """Return what is so, in one line."""
        if self.differing:
            shown = [f"{k}: {v}" for k, v in self.differing.items()][:SHOWN]
            more = len(self.differing) - len(shown)
            places = "; ".join([*shown, *([f"{more} more files"] if more else [])])
            return f"NOT equal to the recorded results ({self.causes}): {places}."
        line = f"Equal to the recorded results: {self.files} files"
        if not self.near:
            return f"{line}."
        tables = any(name.endswith(TABLES) for name in self.near)
        what = "in all but the last digits" if tables else "in their numbers alone"
        return f"{line}, {len(self.near)} of them {what} ({self.causes})."


def compare(
    recorded: Recorded, provenance: Provenance, results: Mapping[str, bytes]
) -> Outcome | None:
    """Set the results of a run beside the recorded ones.

    Parameters
    ----------
    recorded
        What git holds of them.
    provenance, results
        As for ``record``.

    Returns
    -------
    Outcome or None
        None where other code, another study file or other data made them.
    """
    if recorded.behind != behind(provenance):
        return None
    near, differing = [], {}
    for name in sorted({*recorded.files, *results}):
        if name not in results or name not in recorded.files:
            differing[name] = "missing" if name in recorded.files else "new"
        elif recorded.files[name] != hashlib.sha256(results[name]).hexdigest():
            old = recorded.tables.get(name, {})
            new = columns_of(name, results[name])
            columns = [c for c in {**new, **old} if not alike(old.get(c), new.get(c))]
            if columns:
                differing[name] = ", ".join(columns)
            else:
                near.append(name)
    changes = environment_changes(recorded.environment, provenance.environment)
    causes = "; ".join(changes) or "another processor"
    return Outcome(len(results), tuple(near), differing, causes)


def beside_record(root: Path, study: str) -> str:
    """Return, in one line, what the results of a finished run are beside the record.

    Nothing is said of results without a record of just this study, code and data, nor
    of results that were made in part since the last whole run.
    """
    path = root / Places(root, study).recorded
    provenance = read(root / "results" / study / FILE)
    if provenance is None or not path.is_file():
        return ""
    recorded = loads(path.read_text(encoding="utf-8"))
    if recorded is None:
        return f"{path} cannot be read: write it anew with 'snakemake record'."
    results = results_of(provenance, root)
    outcome = compare(recorded, provenance, results) if results is not None else None
    return outcome.words() if outcome else ""
