"""Files made here and changed since -> times that let Snakemake look at them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

from alliance_value.contracts.problems import SHOWN
from alliance_value.running.evidence import Evidence
from alliance_value.running.memory import Memory

# Snakemake takes a time of 0 for none.
LONG_AGO = 1.0


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

    def __add__(self, other: Restored) -> Restored:
        """Return both."""
        return Restored(
            self.agreed + other.agreed,
            self.stale + other.stale,
            self.reasons + other.reasons,
        )

    def lines(self) -> list[str]:
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


def unknown(
    root: Path,
    folders: Iterable[str],
    evidence: Evidence,
    is_output: Callable[[str], Any],
) -> Restored:
    """Trust no file that is not what a job here wrote, or of which nothing tells."""
    memory, old, reasons = evidence.memory, [], []
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            output = path.relative_to(root).as_posix()
            if (
                not path.is_file()
                or path.stat().st_mtime <= LONG_AGO
                or evidence.unfinished(output)
                or not is_output(output)
            ):
                continue
            if evidence.differs(output):
                memory.forget(output)
                reasons.append(f"{output} was changed after a job wrote it")
            elif memory.read(output) is not None:
                continue
            os.utime(path, (LONG_AGO, LONG_AGO))
            old.append(output)
    if len(old) > len(reasons):
        few = len(old) - len(reasons)
        reasons.append(f"nothing tells what made {few} files, such as {old[-1]}")
    return Restored(stale=tuple(old), reasons=tuple(reasons))


def outdated(
    root: Path, evidence: Evidence, is_output: Callable[[str], Any]
) -> Restored:
    """Find files that changed after a job read them, though their times hide it.

    Snakemake compares an input that is newer than the output; one whose time was put
    back, as copies do that keep times, it would not look at.
    """

    @cache
    def state(name: str) -> tuple[float, str]:
        source = root / name
        there = source.is_file()
        return (source.stat().st_mtime, evidence.digest(name)) if there else (inf, "")

    old, reasons = set(), set()
    for output in filter(is_output, evidence.memory.outputs()):
        path = root / output
        record = evidence.memory.read(output) or {}
        if not path.is_file() or evidence.unfinished(output):
            continue
        written = path.stat().st_mtime
        for name, checksum in (record.get("input_checksums") or {}).items():
            changed, digest = state(name)
            if LONG_AGO < changed <= written and digest != checksum.rpartition(":")[2]:
                reasons.add(f"{name} was changed after a job read it, its time was not")
                old.add(output)
    for output in old:
        set_time(root / output, LONG_AGO, output, evidence.memory)
    return Restored(stale=tuple(sorted(old)), reasons=tuple(sorted(reasons)))


def set_time(path: Path, seconds: float, output: str, memory: Memory) -> None:
    """Set a file's time, in Snakemake's memory too."""
    record = memory.read(output)
    os.utime(path, (seconds, seconds))
    if record is not None:
        memory.write(output, {**record, "endtime": path.stat().st_mtime})
