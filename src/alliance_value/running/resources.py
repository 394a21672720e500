"""What jobs took -> what each rule asks for: memory and minutes, by inputs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from alliance_value.running.machine import memory

MEASURED = "profiles/measured.yaml"
HEADER = """\
# The job of each rule that took most memory: megabytes and seconds that it took, and
# megabytes that it read. Written by make resources; profiles ask for memory by it.
"""
ROOM = 1.5
"""Memory asked for over memory measured at the same size of inputs."""

SLACK = 4
"""Time asked for over time measured: nodes differ, and share their disks."""

SMALLEST_READ = 10
"""Megabytes of inputs below which a job's memory is that of its libraries."""

SHORTEST = 10
"""Fewest minutes asked for."""


def measured(usages: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Return, by rule, the job that took most memory.

    Parameters
    ----------
    usages
        What jobs noted of themselves (``running/job.py``); those that do not say what
        they read come from an earlier version and are left out.

    Returns
    -------
    dict
        ``megabytes``, ``seconds`` and ``read`` (megabytes), rounded up.
    """
    largest: dict[str, Mapping[str, Any]] = {}
    for use in usages:
        rule = use["rule"]
        if "read" in use and (
            rule not in largest or use["megabytes"] > largest[rule]["megabytes"]
        ):
            largest[rule] = use
    return {
        rule: {key: int(-(-use[key] // 1)) for key in ("megabytes", "seconds", "read")}
        for rule, use in sorted(largest.items())
    }


def noted(root: Path) -> list[dict[str, Any]]:
    """Return what jobs of every study in a checkout noted of themselves."""
    files = sorted(root.glob("build/*/usage/*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def asked(
    file: str | Path = MEASURED, most: int = 0, beside: int = 0
) -> dict[str, dict[str, str]] | None:
    """Return the resources of rules, as a profile writes them.

    A job asks for what was measured, times the size of its inputs over that measured
    where they are larger, with room; again after a failure, for as much again.

    Parameters
    ----------
    file
        What was measured.
    most
        Memory that no job asks more than, in megabytes; by default this machine's.
    beside
        Megabytes that run beside a job's script and are counted with it, such as the
        processes of Snakemake that start it on a node.

    Returns
    -------
    dict or None
        None where nothing was measured: Snakemake takes no empty list.
    """
    path = Path(file)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    rules = yaml.safe_load(text) or {}
    most = most or all_memory()
    settings = {
        rule: expressions(**took, most=most, beside=beside)
        for rule, took in rules.items()
    }
    return settings or None


def expressions(
    megabytes: int, seconds: int, read: int, most: int, beside: int = 0
) -> dict[str, str]:
    """Return memory (megabytes) and runtime (minutes) as expressions of Snakemake."""
    growth = f"max(1, input.size_mb / {max(read, SMALLEST_READ)})"
    memory_asked = f"int(attempt * {ROOM * megabytes:.0f} * {growth})"
    minutes = f"int(attempt * {SLACK * seconds / 60:.1f} * {growth})"
    return {
        "mem_mb": f"min({memory_asked} + {beside}, {most})",
        "runtime": f"max({minutes}, {SHORTEST})",
    }


def all_memory() -> int:
    """Return the megabytes of this machine's memory; very many where it is not told."""
    return memory() // 1024**2 or 10**9
