"""A study's word on its sources + the record of its run -> the data as collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pandas as pd
import yaml

from alliance_value.contracts.rejects import in_words
from alliance_value.sharing.contents import Contents
from alliance_value.sharing.rights import (
    closed_sources,
    simulated_files,
    with_files,
)
from alliance_value.study.needs import fetched_files

SAID = ("statement", "licence", "citation", "access", "cost", "certified")
# What the study file says of how files were obtained, as the statement words it.
DECLARED = {
    "obtained": "Obtained",
    "from": "From",
    "by": "By",
    "filters": "Chosen when obtained",
}
ASKED = ("from", "to", "vintage", "tables")
SIMULATED = "simulated by the code of this package"
FETCHED = "fetched from WRDS by the code of this package"


@dataclass(frozen=True)
class SourceFile:
    """One source file: its path as the study file writes it, and what was read.

    Parameters
    ----------
    path, sha256
        From the record of what made the results.
    bytes, rows, format
        From the record of reading; none where the reader does not say.
    inside
        Whether the package holds it.
    """

    path: str
    sha256: str
    bytes: int | None
    rows: int | None
    format: str
    inside: bool


@dataclass(frozen=True)
class Source:
    """One source of a study.

    Parameters
    ----------
    name, files
        The source and its files.
    origin
        How the code makes the files, in words; empty for files that were given.
    open
        Whether its rows may be shared.
    rights
        What the study file says of it.
    settings
        How the study file has it read, defaults aside.
    """

    name: str
    files: Sequence[SourceFile]
    origin: str
    open: bool
    rights: Mapping[str, Any]
    settings: Mapping[str, Any]

    @property
    def simulated(self) -> bool:
        """Whether rules of the workflow draw all of its files."""
        return self.origin == SIMULATED

    @property
    def declared(self) -> dict[str, str]:
        """When, where, by whom and how its files were obtained, as declared."""
        return {
            words: str(self.rights[key]) or "not stated"
            for key, words in DECLARED.items()
            if self.rights[key] or key != "filters"
        }

    @property
    def inside(self) -> bool:
        """Whether the package holds every file of it."""
        return all(file.inside for file in self.files)


def sources_of(contents: Contents) -> list[Source]:
    """Return each source that has files."""
    study, hashes = contents.study, contents.provenance.files
    drawn, fetched = simulated_files(study), fetched_files(dict(study))
    closed = closed_sources(study)
    written = yaml.safe_load(contents.files[contents.study_file])["sources"]
    read = {
        (entry["file"], entry["sha256"]): entry
        for record in contents.run.records.values()
        for entry in record["files"]
    }
    sources = []
    for name, paths in with_files(study):
        files = []
        for path in paths:
            digest = hashes.get(path, "")
            entry = read.get((PurePosixPath(path).name, digest), {})
            reading = entry.get("reading") or {}
            files.append(
                SourceFile(
                    path,
                    digest,
                    entry.get("bytes"),
                    reading.get("rows"),
                    reading.get("format", ""),
                    path in contents.files,
                )
            )
        origin = SIMULATED if drawn.issuperset(paths) else ""
        origin = FETCHED if all(path in fetched for path in paths) else origin
        settings = {k: v for k, v in written[name].items() if k != "file"}
        if origin == FETCHED:
            asked = written["wrds"]
            settings |= {f"wrds.{k}": asked[k] for k in ASKED if k in asked}
        rights = study["rights"].get(name, {})
        sources.append(
            Source(
                name,
                files,
                origin,
                name not in closed,
                {key: rights.get(key, "") for key in (*SAID, *DECLARED)},
                settings,
            )
        )
    return sources


def treatments(rejects: pd.DataFrame) -> list[dict[str, Any]]:
    """Return what was done to each file: rule, action and number of values or rows."""
    if rejects.empty:
        return []
    counts = rejects.groupby(["file", "action", "rule"], sort=True, as_index=False)
    return [
        {**{str(k): v for k, v in row.items()}, "rule": in_words(row["rule"])}
        for row in counts.size().to_dict("records")
    ]


def steps(funnel: pd.DataFrame, models: Sequence[str]) -> list[dict[str, Any]]:
    """Return the steps from the files' rows to the panel that took rows away."""
    if funnel.empty:
        return []
    shared = ~funnel.branch.isin(list(models))
    taken = funnel[shared & funnel.dropped.ne("0")]
    return [
        {**{str(k): v for k, v in row.items()}, "step": in_words(row["step"])}
        for row in taken.to_dict("records")
    ]


def filters(study: Mapping[str, Any]) -> list[str]:
    """Return the conditions of the study file on firm-years, in words."""
    sample = study["sample"]
    conditions = [f"{text} (before variables are made)" for text in sample["require"]]
    conditions += [f"{text} (after)" for text in sample["where"]]
    if sample.get("first") is not None:
        conditions.append(f"from {sample['first']} on")
    if sample.get("last") is not None:
        conditions.append(f"to {sample['last']}")
    return conditions


def unsaid(sources: Sequence[Source]) -> list[str]:
    """Return the keys of rights that a data editor will ask for and that are empty."""
    lines = []
    for source in sources:
        if source.simulated:
            continue
        keys = ["statement", "citation", "obtained", "from", "by", "certified"]
        keys += [] if source.inside else ["access", "cost"]
        absent = [key for key in keys if not source.rights[key]]
        if absent:
            lines.append(f"rights.{source.name}: {', '.join(absent)}")
    return lines
