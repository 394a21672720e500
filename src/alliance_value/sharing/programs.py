"""The record of a run -> the program behind each output, and the order of the rules."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache

from alliance_value.running.provenance import Job, Provenance

SCRIPTS = "workflow/scripts/"


@dataclass(frozen=True)
class Program:
    """What made an output: a rule of the workflow and the script that it runs."""

    rule: str
    path: str


def program_of(job: Job) -> Program:
    """Return the rule of a job and its script."""
    scripts = [path for path in job.inputs if path.startswith(SCRIPTS)]
    return Program(job.rule, scripts[0] if scripts else "")


def programs(provenance: Provenance, inside: Container[str]) -> dict[str, Program]:
    """Return what made each output that is inside a package, by the output's path."""
    return {
        output: program_of(job)
        for output, job in sorted(provenance.maker().items())
        if output in inside
    }


def in_order(provenance: Provenance) -> dict[Program, list[Job]]:
    """Return the rules, each after those whose outputs it takes, with their jobs."""
    makers: Mapping[str, Job] = provenance.maker()

    @cache
    def depth(outputs: tuple[str, ...]) -> int:
        before = {makers[i].outputs for i in makers[outputs[0]].inputs if i in makers}
        return 1 + max(map(depth, before), default=0)

    rules: dict[Program, list[Job]] = {}
    for job in sorted(provenance.jobs, key=lambda j: (depth(j.outputs), j.outputs)):
        rules.setdefault(program_of(job), []).append(job)
    return rules
