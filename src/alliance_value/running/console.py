"""What Snakemake logs -> a line per rule: what was done, and how long it took."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from alliance_value.running.machine import usage_file

IDLE = "Nothing to be done"  # the engine's words
CLEAR = "\r\x1b[K"  # what a terminal takes to begin the line anew
WIDTH = 40


class Steps(logging.Handler):
    """Prints a line when a job is done, and what stops the engine itself.

    The profile keeps all of the engine's own lines off the screen, its errors too.
    Those of a failed job are told by the job.

    Parameters
    ----------
    shown
        Whether to print, as where the engine's own lines are off the screen.

    Attributes
    ----------
    names, logs, began
        What each job makes, by its number, its logs, and when it began (seconds of a
        clock that only goes on).
    last
        The job that is done and not told yet: Snakemake counts it only then.
    failed
        The logs of jobs that failed; from then on each job is told by itself.
    counts
        Jobs of each rule in the run: those of one rule are told in one line.
    done
        What is done and not told of each rule: what distinguishes it, what it said,
        and seconds.
    """

    def __init__(self, shown: bool = True) -> None:
        super().__init__(logging.INFO)
        self.shown = shown
        self.names: dict[int, tuple[str, str]] = {}
        self.logs: dict[int, Sequence[str]] = {}
        self.began: dict[int, float] = {}
        self.last: tuple[int, float] | None = None
        self.failed: list[str] = []
        self.counts: Mapping[str, int] = {}
        self.done: dict[str, list[tuple[str, Sequence[str], float]]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of what a record says of jobs; print a step that is done."""
        said: Mapping[str, object] = vars(record)
        event = str(said.get("event", ""))
        if event == "run_info":
            self.counts = record.__dict__["stats"]
        elif event == "job_info":
            job = record.__dict__["jobid"]
            self.names[job] = name_of(said)
            self.logs[job] = record.__dict__.get("log") or ()
        elif event == "job_started":
            self.began |= dict.fromkeys(record.__dict__["jobs"], time.monotonic())
        elif event == "job_finished":
            job, now = record.__dict__["job_id"], time.monotonic()
            self.last = job, now - self.began.get(job, now)
        elif event == "job_error":
            self.failed += record.__dict__["log"][:1]
        elif not self.shown:
            return
        elif event == "error" and not self.failed:
            kind, _, text = record.getMessage().partition(":\n")
            if kind != "RuleException":
                say(text or kind)
        elif not said.get("event") and record.getMessage().startswith(IDLE):
            say(record.getMessage())
        elif event == "progress" and self.last:
            self.tell(*self.last, f"{said['done']} of {said['total']}")
            self.last = None

    def tell(self, job: int, seconds: float, place: str) -> None:
        """Print a line where a rule's last job is done, and how far the run is."""
        rule, which = self.names.get(job, ("job", ""))
        done = self.done.setdefault(rule, [])
        done.append((which, said_by(self.logs.get(job, ())), seconds))
        if len(done) >= self.counts.get(rule, 1) or self.failed:
            of = ", ".join(which for which, _, _ in done if which)
            words = rule.replace("_", " ") + (f": {of}" if of else "")
            said = "; ".join(line for _, lines, _ in done for line in lines)
            taken = sum(seconds for _, _, seconds in self.done.pop(rule))
            say(f"step {place}, {words}, {taken:.0f} s" + (f": {said}" if said else ""))
        if sys.stderr.isatty():
            print(bar(*map(int, place.split(" of "))), end="\r", file=sys.stderr)


def say(line: str) -> None:
    """Print a line, on a terminal in the place of the bar."""
    clear = CLEAR if sys.stderr.isatty() else ""
    print(f"{clear}{line}", file=sys.stderr, flush=True)


def bar(done: int, total: int) -> str:
    """Return how much of a run is done as a bar, nothing when all is."""
    if done >= total:
        return CLEAR
    full = WIDTH * done // total
    return f"{CLEAR}[{'#' * full}{'.' * (WIDTH - full)}] {done} of {total}"


def said_by(logs: Sequence[str]) -> Sequence[str]:
    """Return what a finished job said was done, nothing of one that noted none."""
    files = [usage_file(Path(log)) for log in logs]
    noted = [json.loads(f.read_text(encoding="utf-8")) for f in files if f.is_file()]
    return [line for usage in noted for line in usage.get("said", ())]


def name_of(said: Mapping[str, object]) -> tuple[str, str]:
    """Return a rule's name, and what distinguishes the job."""
    values = said.get("wildcards")
    which = ", ".join(map(str, values.values())) if isinstance(values, dict) else ""
    return str(said["rule_name"]), which
