"""The record of a run + the checkout -> what is not as the run read or made it."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from alliance_value.contracts.problems import Problem
from alliance_value.running.provenance import (
    FILE,
    RAW,
    STAMPS,
    Provenance,
    sha256,
    under,
)

PROCESSED = "data/processed"
RESOLVED = "study.resolved.yaml"


def not_as_recorded(
    provenance: Provenance,
    study: Mapping[str, Any],
    places: Mapping[str, str],
    kept: Container[str],
    again: str,
) -> list[Problem]:
    """Return a problem per file that is not what the record of the results says.

    Results, the study, the raw files and the programs are looked at. Intermediates, and
    raw files that a rule makes, may be away.

    Parameters
    ----------
    provenance
        The record of the results.
    study
        The resolved study as it is now.
    places
        Path on this machine of each raw file, by how the study file writes it.
    kept
        The files that git tracks, or all.
    again
        The command that runs the study.
    """
    name = study["study"]
    results = f"results/{name}"
    if provenance.study != name:
        return [
            Problem(
                rule=f"it is the record of the study '{provenance.study}'",
                remedy=f"run the study again: {again}",
                where=f"{results}/{FILE}",
            )
        ]
    problems = [*unlike(provenance, results, places, again)]
    problems += unrecorded(provenance, results)
    problems += untracked(provenance, kept)
    resolved = Path(results, RESOLVED)
    if not any(problem.where == resolved.as_posix() for problem in problems):
        problems += other_study(resolved, study, again)
    return sorted(problems, key=lambda problem: problem.where)


def unlike(
    provenance: Provenance, results: str, places: Mapping[str, str], again: str
) -> Iterator[Problem]:
    """Yield recorded files that are away, or hold other bytes."""
    makers = provenance.maker()
    for path, digest in provenance.files.items():
        if under(path, STAMPS) or under(path, PROCESSED):
            continue
        actual = Path(places.get(path, path))
        is_output = path in makers
        given = under(path, RAW) or path in places
        if not actual.is_file():
            if given and is_output:
                continue
            rule = "the file is away"
        elif sha256(actual) == digest:
            continue
        elif under(path, results) or (is_output and not given):
            rule = f"it is not what rule {makers[path].rule} made"
        else:
            rule = "it was changed after the run that made the results"
        remedy = f"run the study again: {again}"
        if not is_output:
            remedy += "; or put the file back as it was"
        yield Problem(rule=rule, remedy=remedy, where=path)


def unrecorded(provenance: Provenance, results: str) -> Iterator[Problem]:
    """Yield files among the results that no job made."""
    known = {*provenance.maker(), f"{results}/{FILE}"}
    for path in sorted(Path(results).rglob("*")):
        if not path.is_dir() and path.as_posix() not in known:
            yield Problem(
                rule="no job of the recorded run made this file",
                remedy="move it out of the results, or remove it",
                where=path.as_posix(),
            )


def programs_of(provenance: Provenance) -> list[str]:
    """Return the files that jobs read and no job made, but for raw files."""
    makers = provenance.maker()
    return [
        path
        for path in provenance.files
        if path not in makers
        and not path.startswith("${")
        and not any(under(path, folder) for folder in (STAMPS, RAW, PROCESSED))
    ]


def untracked(provenance: Provenance, kept: Container[str]) -> Iterator[Problem]:
    """Yield programs behind the results that git does not track."""
    for path in programs_of(provenance):
        if path not in kept and Path(path).is_file():
            yield Problem(
                rule="it made results, and git does not track it",
                remedy=f"record it: git add {path}",
                where=path,
            )


def other_study(
    resolved: Path, study: Mapping[str, Any], again: str
) -> Sequence[Problem]:
    """Return a problem where the study is not the one that was run."""
    ran = yaml.safe_load(resolved.read_text(encoding="utf-8"))
    now = json.loads(json.dumps(study))
    keys = sorted(k for k in {*ran, *now} if ran.get(k) != now.get(k))
    if not keys:
        return []
    return [
        Problem(
            rule="the study file was changed after the run that made the results: "
            + ", ".join(keys),
            remedy=f"run the study again: {again}",
            where=resolved.as_posix(),
        )
    ]
