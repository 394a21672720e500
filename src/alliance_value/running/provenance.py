"""Snakemake's memory of a finished run -> a record of what made each result.

The record travels with the results: per file its SHA-256, per job its rule, inputs and
outputs. It holds no time and no path of a machine, so that the same run gives the same
bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from alliance_value.contracts.access import unreadable
from alliance_value.contracts.problems import Problem, UserError, raise_if
from alliance_value.running.files import RAW as RAW
from alliance_value.running.files import sha256 as sha256
from alliance_value.running.files import under as under
from alliance_value.running.kernels import in_force
from alliance_value.running.memory import KEPT, Memory
from alliance_value.running.places import Places

FORMAT = 1
FILE = "provenance.json"
STAMPS = "build"


@dataclass(frozen=True)
class Job:
    """One job of the workflow.

    Parameters
    ----------
    rule
        Name of the rule.
    inputs, outputs
        Paths, sorted.
    memory
        What else Snakemake compares: parameters, code, software.
    """

    rule: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    memory: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Provenance:
    """What made the results of a study.

    Parameters
    ----------
    study
        Name of the study.
    environment
        Versions of Python, of the platform and of the libraries that shape results.
    files
        SHA-256 by path, of every input and output.
    settings
        SHA-256 by path of stamped parameters, versions and hashes in them left out.
    jobs
        Every job behind the results.
    """

    study: str
    environment: Mapping[str, Any]
    files: Mapping[str, str]
    settings: Mapping[str, str]
    jobs: tuple[Job, ...]

    def maker(self) -> dict[str, Job]:
        """Return the job that made each output."""
        return {output: job for job in self.jobs for output in job.outputs}

    def intermediates(self, prefix: str) -> list[str]:
        """Return the outputs below a folder."""
        return sorted(o for job in self.jobs for o in job.outputs if under(o, prefix))

    def leaves(self, output: str, given: str = "") -> set[str]:
        """Return every input behind an output that no job made, or that is given."""
        makers = {p: j for p, j in self.maker().items() if not under(p, given)}
        waiting, seen = [output], set[str]()
        while waiting:
            path = waiting.pop()
            if path not in seen:
                seen.add(path)
                waiting += makers[path].inputs if path in makers else ()
        return {path for path in seen if path not in makers}


def dumps(provenance: Provenance) -> str:
    """Write a record as JSON, keys sorted."""
    text = json.dumps(
        {"format": FORMAT, **asdict(provenance)},
        indent=1,
        sort_keys=True,
        ensure_ascii=False,
    )
    return f"{text}\n"


def loads(text: str | bytes) -> Provenance | None:
    """Read a record; none where the text is no whole record of this format."""
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            return None
        jobs = tuple(
            Job(j["rule"], tuple(j["inputs"]), tuple(j["outputs"]), dict(j["memory"]))
            for j in raw["jobs"]
        )
        environment = {**raw["environment"]}
        environment["libraries"] = dict(environment["libraries"])
        files, settings = dict(raw["files"]), dict(raw["settings"])
        return Provenance(str(raw["study"]), environment, files, settings, jobs)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def read(path: Path) -> Provenance | None:
    """Read a record from a file; none where there is no whole one.

    Raises
    ------
    UserError
        The file is there and may not be read.
    """
    if closed := unreadable(path):
        raise UserError([closed], "the record of what made the results")
    return loads(path.read_bytes()) if path.is_file() else None


def records_beside(places: Places) -> dict[str, Provenance | None]:
    """Return the records beside results and copies; none for a damaged one.

    Raises
    ------
    UserError
        One is there and may not be read.
    """
    files = [f"{folder}/{FILE}" for folder in (places.results, places.steps)]
    return {
        file: read(places.root / file)
        for file in files
        if (places.root / file).is_file()
    }


def no_record(path: Path, study_file: str) -> Problem:
    """Return why there is no record to work with, and how to come by one."""
    run = f"snakemake --configfile {study_file}"
    if path.is_file():
        rule = "the record of what made the results is damaged"
        remedy = f"run the study again, which makes the record anew: {run}"
    else:
        rule = f"there are no recorded results in {path.parent}"
        remedy = f"run the study first ({run}), or get its results with 'make pull'"
    return Problem(rule, remedy, str(path))


def changed_since(
    recorded: Provenance, places: Places, withheld: Container[str]
) -> list[str]:
    """Return the outputs that are no longer what the run made, copies among them.

    Parameters
    ----------
    recorded
        The record beside the results.
    places
        Where the study's files lie.
    withheld
        Results of which a replication package holds a part.
    """
    record, copy = places.results, places.steps
    hashes = {f"{copy}/{FILE}": sha256(places.root / record / FILE)}
    for path in recorded.maker().keys() & recorded.files.keys():
        if path in withheld:
            continue
        hashes[path] = recorded.files[path]
        if under(path, places.processed):
            hashes[places.kept(path).relative_to(places.root).as_posix()] = hashes[path]
    return [
        path
        for path in sorted(hashes)
        if (places.root / path).is_file() and sha256(places.root / path) != hashes[path]
    ]


def gather(
    study: str,
    root: Path,
    last: Job,
    portable: Mapping[str, str],
    given: Callable[[str], bool] = lambda path: False,
) -> Provenance:
    """Make the record of a run from Snakemake's memory of it.

    Parameters
    ----------
    study
        Name of the study.
    root
        The checkout.
    last
        The job that writes the record, of which Snakemake remembers nothing yet. Its
        inputs are the results.
    portable
        How the study file writes each path that is absolute on this machine.
    given
        Whether a file counts as given, whoever once made it.

    Raises
    ------
    UserError
        A file is no longer what a job read or wrote.
    """
    jobs = [last, *jobs_behind(last.inputs, root, given)]
    paths = {path for job in jobs for path in job.inputs}
    paths |= {path for job in jobs[1:] for path in job.outputs}
    files = {path: sha256(root / path) for path in sorted(paths)}
    raise_if(changed(jobs[1:], files, Memory(root)), f"the run of study '{study}'")
    stamps = {
        path: json.loads((root / path).read_text(encoding="utf-8"))
        for path in files
        if under(path, STAMPS)
    }
    libraries: dict[str, str] = {}
    for content in stamps.values():
        libraries |= content.pop("libraries", {})
        content.pop("sha256", None)  # sources count by their own hashes

    def named(paths: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(portable.get(path, path) for path in paths))

    return Provenance(
        study=study,
        environment={**here(), "libraries": libraries},
        files={portable.get(path, path): digest for path, digest in files.items()},
        settings={path: digest_of(content) for path, content in stamps.items()},
        jobs=tuple(
            sorted(
                (
                    Job(job.rule, named(job.inputs), tuple(job.outputs), job.memory)
                    for job in jobs
                ),
                key=lambda job: job.outputs,
            )
        ),
    )


def here() -> dict[str, str]:
    """Return what of this machine may change a result's last digits."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "kernels": in_force(os.environ),
    }


def environment_changes(
    recorded: Mapping[str, Any], rerun: Mapping[str, Any]
) -> Iterator[str]:
    """Yield, in words, each library and each part of the platform that differs."""
    old, new = dict(recorded), dict(rerun)
    libraries = old.pop("libraries"), new.pop("libraries")
    for kind, a, b in (("platform", old, new), ("library", *libraries)):
        for name in sorted({*a, *b}):
            if a.get(name) != b.get(name):
                yield f"{kind}: {name} was {a.get(name)}, is {b.get(name)}"


def digest_of(content: Any) -> str:
    """Return the SHA-256 of a JSON value."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def jobs_behind(
    targets: Sequence[str], root: Path, given: Callable[[str], bool]
) -> list[Job]:
    """Return the jobs that made files, and those that made their inputs, and so on."""
    memory = Memory(root)
    outputs_of: dict[str, list[str]] = {}
    identity: dict[str, str] = {}
    for output in memory.outputs():
        record = memory.read(output)
        if record and (root / output).is_file() and not given(output):
            key = json.dumps([record.get(k) for k in ("rule", "input", "log")])
            outputs_of.setdefault(key, []).append(output)
            identity[output] = key
    waiting, seen = sorted(targets), set[str]()
    jobs = []
    while waiting:
        key = identity.get(waiting.pop(), "")
        if not key or key in seen:
            continue
        seen.add(key)
        record = memory.read(outputs_of[key][0]) or {}
        kept = {name: record.get(name) for name in KEPT[1:]}
        inputs, outputs = tuple(sorted(record["input"])), tuple(sorted(outputs_of[key]))
        jobs.append(Job(record["rule"], inputs, outputs, kept))
        waiting += inputs
    return jobs


def changed(
    jobs: Sequence[Job], files: Mapping[str, str], memory: Memory
) -> list[Problem]:
    """Return a problem per input that is no longer what a job read."""
    problems = {}
    for job in jobs:
        record = memory.read(job.outputs[0]) or {}
        for path, checksum in (record.get("input_checksums") or {}).items():
            if checksum.rpartition(":")[2] != files.get(path, ""):
                problems[path] = Problem(
                    rule=f"the file changed after rule {job.rule} had read it",
                    remedy="run the same command again: what depends on it is remade",
                    where=path,
                )
    return [problems[path] for path in sorted(problems)]
