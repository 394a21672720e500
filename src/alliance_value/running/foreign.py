"""Files that a run would replace -> those among them that no run made.

Snakemake removes the outputs of a job before it begins, whoever wrote them. So before
it plans, every raw file and every result in the place of an output is looked up in the
records of what runs made, by hash: here (`Evidence`), and in those that travel (the
record beside the results, DVC's, git's).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path, PurePosixPath

from alliance_value.contracts.access import unreadable
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.running.evidence import Evidence
from alliance_value.running.files import RAW, under
from alliance_value.running.places import Places
from alliance_value.running.provenance import FILE, Provenance
from alliance_value.running.versioned import cut_down, in_dvc, in_git


def refuse_foreign(
    evidence: Evidence,
    records: Mapping[str, Provenance | None],
    rule_of: Callable[[str], str],
    keys: Mapping[str, str],
) -> None:
    """Stop a run before it touches a file that no run made.

    Parameters
    ----------
    evidence
        What is known here.
    records
        The records that came with results, by path; none for a damaged one.
    rule_of
        Gives the rule that writes a path, empty where none does.
    keys
        The key of the study file by rule that makes raw files.

    Raises
    ------
    UserError
        With every file that no run made, or that was changed since, and the next step.
    """
    root = evidence.places.root
    targets = in_the_way(evidence.places, rule_of)
    claimed = claims([record for record in records.values() if record])
    unknown = [p for p in sorted(targets) if not known_here(p, evidence, claimed)]
    held = in_dvc(root, unknown)
    held |= {p for p in unknown if not under(p, RAW) and in_git(root, p)}
    held |= cut_down(root)
    raise_if(
        [
            unreadable(root / path)
            or problem(path, targets[path], evidence, claimed, keys)
            for path in unknown
            if path not in held
        ],
        "the files that this run would replace",
    )


def in_the_way(places: Places, rule_of: Callable[[str], str]) -> dict[str, str]:
    """Return the rule by path of raw files and results that are there, or links."""
    raw = places.root / places.raw
    paths = [places.root / path for path in (places.metrics, places.recorded)]
    paths += raw.iterdir() if raw.is_dir() else ()
    for folder, _, names in os.walk(places.root / places.results, followlinks=True):
        paths += [Path(folder, name) for name in names]
    there = [path.relative_to(places.root).as_posix() for path in paths]
    rules = {path: rule_of(path) for path in there}
    return {p: r for p, r in rules.items() if r and os.path.lexists(places.root / p)}


def claims(records: Sequence[Provenance]) -> dict[str, set[str]]:
    """Return the hashes by path of what records say that jobs made."""
    claimed: dict[str, set[str]] = {}
    for record in records:
        for path in record.maker():
            claimed.setdefault(path, set()).add(record.files.get(path, ""))
    return claimed


def known_here(path: str, evidence: Evidence, claimed: Mapping[str, Set[str]]) -> bool:
    """Whether a job here, or the record that came with the results, made a file."""
    if PurePosixPath(path).name == FILE:
        return True  # a record is a run's own, in whatever state it is
    if evidence.unfinished(path):
        return True
    noted = evidence.noted(path)
    try:
        digest = evidence.digest(path)
        return digest in {*noted, *claimed.get(path, ())} or (
            not noted and evidence.written_by_job(path)
        )
    except OSError:
        return False


def problem(
    path: str,
    rule: str,
    evidence: Evidence,
    claimed: Mapping[str, Set[str]],
    keys: Mapping[str, str],
) -> Problem:
    """Return what a run would do to a file, and how to keep it or be rid of it."""
    changed = evidence.noted(path) or evidence.memory.read(path) or path in claimed
    raw, folder = under(path, RAW), PurePosixPath(path).parent
    if not raw:
        remedy = f"to keep it, move it out of {folder}; else delete it"
    elif changed:
        remedy = "to use it as it is, add --config raw=given; to have it made again, "
        remedy += "delete it"
    else:
        key = keys.get(rule, f"the key of rule {rule}")
        remedy = (
            f"to use your file, take {key} out of the study file; to have the rule's, "
            f"move yours out of {folder}"
        )
    does = "it was changed since" if changed else "no run made what is there now"
    return Problem(
        rule=f"rule {rule} would replace this file, but {does}",
        remedy=f"{remedy}; then run the same command again",
        where=path,
    )
