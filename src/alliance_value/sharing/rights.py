"""A study's sources -> whose rows may be shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alliance_value.running.job import listed
from alliance_value.running.provenance import RAW
from alliance_value.simulate.files import (
    files_of_ledger,
    files_of_overlay,
    files_of_world,
)


def simulated_files(study: Mapping[str, Any]) -> set[str]:
    """Return the raw files that rules of the workflow draw."""
    sources, names = study["sources"], list[str]()
    if "simulate" in sources:
        names += files_of_world(sources["simulate"])
    if "overlay" in sources:
        names += files_of_overlay()
    if "simulated_ledger" in sources:
        names += files_of_ledger()
    return {f"{RAW}/{study['study']}/{name}" for name in names}


def with_files(study: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield each source that has files, and its files as the study file writes them."""
    for name, source in study["sources"].items():
        if source.get("file"):
            yield name, listed(source["file"])


def closed_sources(study: Mapping[str, Any]) -> list[str]:
    """Return the sources whose rows may not be shared: all that are not declared open.

    Files that a rule simulates are open.
    """
    drawn = simulated_files(study)
    return [
        name
        for name, files in with_files(study)
        if not drawn.issuperset(files)
        and not study["rights"].get(name, {}).get("open", False)
    ]
