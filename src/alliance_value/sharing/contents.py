"""What a replication package tells of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alliance_value.running.provenance import Provenance
from alliance_value.sharing.run_record import RunRecord

CHANGES = "changes.html"


@dataclass(frozen=True)
class Contents:
    """What a package tells of itself.

    Parameters
    ----------
    study
        The resolved study.
    study_file
        Path of the study file in the package.
    provenance
        What made the results.
    files
        What is inside so far, by path.
    run
        What the run left in the checkout.
    withheld
        Results left out or masked, by name, with the reason.
    twin_file
        Study file of the synthetic twin, empty where nothing is licensed.
    date
        Date of the package, ISO 8601.
    """

    study: Mapping[str, Any]
    study_file: str
    provenance: Provenance
    files: Mapping[str, bytes] = field(default_factory=dict)
    run: RunRecord = field(default_factory=RunRecord)
    withheld: Mapping[str, str] = field(default_factory=dict)
    twin_file: str = ""
    date: str = "1980-01-01"
