"""What each job of a run took -> time and memory of each step, of all, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alliance_value.running.provenance import Job, Provenance
from alliance_value.sharing.programs import Program, in_order

# Upper bounds in hours of the classes of total run time that data editors use.
CLASSES = (
    *((1 / 6, "under 10 minutes"), (1, "10 to 60 minutes"), (2, "1 to 2 hours")),
    *((8, "2 to 8 hours"), (24, "8 to 24 hours"), (72, "1 to 3 days")),
    (336, "3 to 14 days"),
)


@dataclass(frozen=True)
class Step:
    """What the jobs of one rule took.

    Parameters
    ----------
    program
        The rule and its script.
    jobs, measured
        How many jobs stand behind the results, and for how many of them it was noted.
    seconds
        Of all jobs measured, one after another.
    megabytes
        Largest memory of one job.
    """

    program: Program
    jobs: int
    measured: int
    seconds: float
    megabytes: float


def steps_of(
    provenance: Provenance, usage: Sequence[Mapping[str, Any]]
) -> tuple[Step, ...]:
    """Return what each rule took, the rules in the order in which they run.

    A job counts with the time that it took or the processor's, whichever is more: the
    latter has the start of Python, the former waiting.
    """
    noted = {tuple(sorted(use.get("outputs", ()))): use for use in usage}
    steps = []
    for program, jobs in in_order(provenance).items():
        uses = [use for job in jobs if (use := noted.get(key(job))) is not None]
        seconds = sum(max(use["seconds"], use["processor"]) for use in uses)
        memory = max((use["megabytes"] for use in uses), default=0)
        steps.append(Step(program, len(jobs), len(uses), seconds, memory))
    return tuple(steps)


def key(job: Job) -> tuple[str, ...]:
    """Return the outputs by which a job is known."""
    return tuple(sorted(job.outputs))


def machines(usage: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the machines that jobs ran on, in words."""
    listed = set()
    for use in usage:
        if machine := use.get("machine"):
            words = [machine["processor"], f"{machine['cores']} cores"]
            if memory := machine["memory"]:
                words.append(f"{memory / 1024**3:.0f} GiB of memory")
            listed.add(", ".join([*words, machine["system"]]))
    return sorted(listed)


def time_class(seconds: float) -> str:
    """Return the class of a total run time."""
    hours = seconds / 3600
    return next((words for limit, words in CLASSES if hours < limit), "over 14 days")
