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
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alliance_value.contracts.problems import SHOWN
from alliance_value.running.memory import FORMAT, Memory
from alliance_value.running.provenance import (
    FILE,
    RAW,
    STAMPS,
    Job,
    Provenance,
    here,
    read,
    sha256,
    under,
)

# Snakemake takes a time of 0 for none.
LONG_AGO = 1.0


@dataclass(frozen=True)
class Places:
    """Where a study's files lie, relative to the checkout.

    Parameters
    ----------
    root
        The checkout.
    results, processed, steps
        Results, intermediates, and the copies of intermediates that travel.
    written
        Path on this machine of each file outside of the checkout, by how the study
        file writes it.
    """

    root: Path
    results: str
    processed: str
    steps: str
    written: Mapping[str, str] = field(default_factory=dict)

    def actual(self, path: str) -> Path:
        """Return where a file of the record lies on this machine."""
        return self.root / self.written.get(path, path)

    def kept(self, path: str) -> Path:
        """Return where the copy of an intermediate lies."""
        return self.root / self.steps / path.removeprefix(f"{self.processed}/")


@dataclass(frozen=True)
class Restored:
    """What was found.

    Parameters
    ----------
    agreed, stale
        Outputs that agree with their record and its inputs, and those that do not.
    reasons
        In words, why outputs are stale.
    """

    agreed: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def told(self) -> list[str]:
        """Return lines for the screen, none when there is nothing to tell."""
        lines = []
        if self.agreed:
            lines.append(
                f"{len(self.agreed)} files that came from elsewhere agree with the "
                "record of what made them."
            )
        if self.stale:
            lines.append(f"{len(self.stale)} files are to be made again.")
        lines += [f"  {reason}" for reason in self.reasons[:SHOWN]]
        return lines


def restore(places: Places, versions: Callable[[str], str]) -> Restored:
    """Let Snakemake know what made files that came from elsewhere.

    Parameters
    ----------
    places
        Where the study's files lie.
    versions
        Gives the version of an installed library.

    Returns
    -------
    Restored
        Empty when every file was made in this checkout.
    """
    memory = Memory(places.root)
    provenance = read(places.root / places.results / FILE) or read(
        places.root / places.steps / FILE
    )
    if provenance is None:
        return unknown(places, memory, (places.processed, places.results))
    if not any(
        came_from_elsewhere(output, places, memory)
        for job in provenance.jobs
        for output in job.outputs
    ):
        return unknown(places, memory, (places.processed,))
    return settle(provenance, places, memory, versions)


def came_from_elsewhere(output: str, places: Places, memory: Memory) -> bool:
    """Whether no job made a file here, or only the copy of an intermediate is there."""
    path = places.root / output
    if path.is_file():
        return not (memory.made(path, output) or memory.is_unfinished(output))
    return under(output, places.processed) and places.kept(output).is_file()


def settle(
    provenance: Provenance,
    places: Places,
    memory: Memory,
    versions: Callable[[str], str],
) -> Restored:
    """Remember the jobs that made files elsewhere; find out which of them are stale."""

    def ours(output: str) -> bool:
        path = places.root / output
        return path.is_file() and not came_from_elsewhere(output, places, memory)

    theirs = {job.outputs for job in provenance.jobs if not all(map(ours, job.outputs))}
    unlike = differing(provenance, places, theirs)
    raw = {path for path in unlike if under(path, RAW)}
    stale = with_descendants(
        provenance,
        {
            job.outputs
            for job in provenance.jobs
            if job.outputs in theirs
            and not unlike.isdisjoint(
                {*job.inputs, *job.outputs} - (raw & {*job.outputs})
            )
        },
    )
    now = time.time() - 0.05
    agreed, old = [], []
    for job in provenance.jobs:
        if job.outputs in theirs:
            for path in filter(lambda p: under(p, STAMPS), job.inputs):
                (places.root / path).unlink(missing_ok=True)  # written again, and newer
        for output in job.outputs:
            file = places.root / output
            if ours(output):
                pass
            elif output in unlike - raw:
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
    reasons = [f"{path} is not what the record of the results says" for path in unlike]
    return Restored(
        tuple(sorted(agreed)),
        tuple(sorted(old)),
        tuple(sorted(reasons)) + tuple(other_versions(provenance, versions)),
    )


def differing(
    provenance: Provenance, places: Places, jobs: Container[tuple[str, ...]]
) -> set[str]:
    """Return the files of jobs that are not what the record says.

    An input that a job makes may be missing: what made it is judged in its place.
    Parameters are left to Snakemake, since they are not yet written.
    """
    makers = provenance.maker()
    paths = {
        path
        for job in provenance.jobs
        if job.outputs in jobs
        for path in (*job.inputs, *job.outputs)
        if path in provenance.files and not under(path, STAMPS)
    }
    found = set()
    for path in paths:
        actual = places.actual(path)
        if actual.is_file():
            if sha256(actual) != provenance.files[path]:
                found.add(path)
        elif path not in makers:
            found.add(path)
    return found


def with_descendants(
    provenance: Provenance, jobs: set[tuple[str, ...]]
) -> set[tuple[str, ...]]:
    """Return jobs, by their outputs, with those that use what they make."""
    found = set(jobs)
    while True:
        made = {output for outputs in found for output in outputs}
        new = {
            job.outputs
            for job in provenance.jobs
            if job.outputs not in found and not made.isdisjoint(job.inputs)
        }
        if not new:
            return found
        found |= new


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


def set_time(path: Path, seconds: float, output: str, memory: Memory) -> None:
    """Set a file's time, in Snakemake's memory too."""
    record = memory.read(output)
    os.utime(path, (seconds, seconds))
    if record is not None:
        memory.write(output, {**record, "endtime": path.stat().st_mtime})


def unknown(places: Places, memory: Memory, folders: Iterable[str]) -> Restored:
    """Trust no file of which neither Snakemake nor a record knows what made it."""
    found = []
    for folder in folders:
        for path in sorted((places.root / folder).rglob("*")):
            output = path.relative_to(places.root).as_posix()
            if (
                path.is_file()
                and memory.read(output) is None
                and path.stat().st_mtime > LONG_AGO
            ):
                os.utime(path, (LONG_AGO, LONG_AGO))
                found.append(output)
    reasons = (
        f"nothing tells what made {len(found)} files, such as {found[0]}"
        if found
        else ""
    )
    return Restored(stale=tuple(found), reasons=(reasons,) if reasons else ())


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
