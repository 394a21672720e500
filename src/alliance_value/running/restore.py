"""Results from elsewhere + their record -> what Snakemake may take as up to date.

Snakemake compares times, and hashes only where it remembers them. A pull brings new
times and no memory. Here every file that no job of this checkout made is set against
the record that travels with it, by hash. What agrees is remembered as the record says;
what does not gets a time before everything else, so that Snakemake compares all of its
inputs by hash and says itself which of them differ.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from typing import Any

from alliance_value.running.evidence import Evidence
from alliance_value.running.files import sha256, under
from alliance_value.running.memory import FORMAT
from alliance_value.running.places import Places
from alliance_value.running.provenance import (
    FILE,
    STAMPS,
    Job,
    Provenance,
    here,
)
from alliance_value.running.stale import (
    LONG_AGO,
    Restored,
    outdated,
    set_time,
    unknown,
)


def restore(
    places: Places,
    records: Mapping[str, Provenance | None],
    evidence: Evidence,
    is_output: Callable[[str], Any],
    versions: Callable[[str], str],
) -> Restored:
    """Let Snakemake know what made files that came from elsewhere, or were changed.

    Parameters
    ----------
    places
        Where the study's files lie.
    records
        The records that came with them, by path; none for a damaged one.
    evidence
        What is known of files that were made here.
    is_output
        Whether a rule of the study, as it is now, writes a path.
    versions
        Gives the version of an installed library.

    Returns
    -------
    Restored
        Empty when every file is what a job of this checkout made.
    """
    result = Restored()
    for path in (path for path, record in records.items() if record is None):
        # made again as a lost one is, with its copy
        (places.root / places.results / FILE).unlink(missing_ok=True)
        result += Restored(reasons=(f"{path} is damaged",))
    record = next((record for record in records.values() if record), None)
    if record is not None:
        jobs = tuple(j for j in record.jobs if any(map(is_output, j.outputs)))
        if any(
            came_from_elsewhere(output, places, evidence)
            for job in jobs
            for output in job.outputs
        ):
            result += settle(replace(record, jobs=jobs), places, evidence, versions)
    folders = (places.processed, places.results)
    result += unknown(places.root, folders, evidence, is_output)
    return result + outdated(places.root, evidence, is_output)


def came_from_elsewhere(output: str, places: Places, evidence: Evidence) -> bool:
    """Whether no job made a file here, or only the copy of an intermediate is there."""
    if (places.root / output).is_file():
        return not (evidence.written_by_job(output) or evidence.unfinished(output))
    return under(output, places.processed) and places.kept(output).is_file()


def settle(
    provenance: Provenance,
    places: Places,
    evidence: Evidence,
    versions: Callable[[str], str],
) -> Restored:
    """Remember the jobs that made files elsewhere; find out which of them are stale."""
    memory = evidence.memory

    def ours(output: str) -> bool:
        path = places.root / output
        return path.is_file() and not came_from_elsewhere(output, places, evidence)

    theirs = {job.outputs for job in provenance.jobs if not all(map(ours, job.outputs))}
    unlike = differing(provenance, evidence, theirs)
    stale = with_descendants(
        provenance,
        {
            job.outputs
            for job in provenance.jobs
            if job.outputs in theirs
            and not unlike.isdisjoint({*job.inputs, *job.outputs})
        },
    )
    now = time.time() - 0.05
    agreed, old = [], []
    for job in provenance.jobs:
        if job.outputs in theirs:
            for path in filter(lambda p: under(p, STAMPS), job.inputs):
                if (places.root / path).is_file():
                    os.utime(places.root / path)  # newer, so that it is compared
        for output in job.outputs:
            file = places.root / output
            if ours(output):
                pass
            elif output in unlike:
                memory.forget(output)
            else:
                if job.outputs not in stale:
                    bring(output, provenance, places)
                memory.write(output, remembered(job, provenance, places, now))
            if file.is_file() and job.outputs in stale:
                old.append(output)
                set_time(file, LONG_AGO, output, memory)
            elif file.is_file() and job.outputs in theirs:
                agreed.append(output)
                set_time(file, now, output, memory)
        if job.outputs in theirs and job.outputs not in stale:
            evidence.note(job)
    reasons = [f"{path} is not what the record of the results says" for path in unlike]
    return Restored(
        tuple(sorted(agreed)),
        tuple(sorted(old)),
        tuple(sorted(reasons)) + tuple(other_versions(provenance, versions)),
    )


def differing(
    provenance: Provenance, evidence: Evidence, jobs: Container[tuple[str, ...]]
) -> set[str]:
    """Return the files of jobs that are not what the record says.

    An input that a job makes may be missing: what made it is judged in its place.
    Parameters are left to Snakemake, which compares them.
    """
    makers = provenance.maker()
    paths = {
        path
        for job in provenance.jobs
        if job.outputs in jobs
        for path in (*job.inputs, *job.outputs)
        if path in provenance.files and not under(path, STAMPS)
    }
    unlike = set()
    for path in paths:
        actual = evidence.places.actual(path)
        if actual.is_file():
            if evidence.prints.of(actual) != provenance.files[path]:
                unlike.add(path)
        elif path not in makers:
            unlike.add(path)
    return unlike


def with_descendants(
    provenance: Provenance, jobs: set[tuple[str, ...]]
) -> set[tuple[str, ...]]:
    """Return jobs, by their outputs, with those that use what they make."""
    affected = set(jobs)
    while True:
        changed = {output for outputs in affected for output in outputs}
        new = {
            job.outputs
            for job in provenance.jobs
            if job.outputs not in affected and not changed.isdisjoint(job.inputs)
        }
        if not new:
            return affected
        affected |= new


def bring(output: str, provenance: Provenance, places: Places) -> None:
    """Take an intermediate from its copy, when that is what the record says."""
    copy, path = places.kept(output), places.root / output
    if not under(output, places.processed) or path.is_file():
        return
    if copy.is_file() and sha256(copy) == provenance.files[output]:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy, path)


def remembered(
    job: Job, provenance: Provenance, places: Places, now: float
) -> dict[str, Any]:
    """Return a record as Snakemake would have written it when the job ended."""
    named = {path: places.written.get(path, path) for path in job.inputs}
    return {
        "record_format_version": FORMAT,
        "rule": job.rule,
        "input": sorted(named[path] for path in job.inputs),
        "input_checksums": {
            named[path]: f"sha256:{provenance.files[path]}" for path in job.inputs
        },
        "starttime": now,
        "endtime": now,
        "incomplete": False,
        **{"software_stack_hash": None, **job.memory},
    }


def other_versions(provenance: Provenance, versions: Callable[[str], str]) -> list[str]:
    """Return, in words, where this environment is not the one that made the results."""
    recorded: dict[str, str] = dict(provenance.environment["libraries"])
    installed = {name: versions(name) for name in recorded}
    for name, value in here().items():
        if name in provenance.environment:
            recorded[name] = str(provenance.environment[name])
            installed[name] = value
    return [
        f"{name} {recorded[name]} made the results, here is {installed[name]}"
        for name in recorded
        if recorded[name] != installed[name]
    ]
