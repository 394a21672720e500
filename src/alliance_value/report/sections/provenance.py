"""Sources and libraries -> what the results were made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alliance_value.report.content import Block, Points, Section, Text, listing
from alliance_value.report.inputs import Inputs
from alliance_value.vocabulary.entries import section


@section("provenance", label="Provenance", order=100)
def provenance(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """List the source files with their hashes, and the versions that computed."""
    files: Sequence[Mapping[str, Any]] = [
        f for source in inputs.sources for f in source["files"]
    ]
    decisions = tuple(d for source in inputs.sources for d in source["decisions"])
    versions = ", ".join(f"{n} {v}" for n, v in inputs.libraries.items())
    hashes: list[tuple[str, ...]] = [
        (f["file"], f"{f['bytes']:,}", f["sha256"]) for f in files
    ]
    return Section(
        blocks=(
            *shown,
            Text(
                "The resolved study stands beside this report as study.resolved.yaml, "
                "the record of every job in provenance.json."
            ),
            Text(f"Seed {inputs.study['seed']}. {versions}."),
            listing("files", ("Bytes", "SHA-256"), "rl", hashes),
        ),
        folded=(Points(decisions),) if decisions else (),
        folded_title="What was decided in reading them",
    )
