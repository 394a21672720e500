"""What Snakemake logs -> one line per step: what was done, and how long it took."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping

IDLE = "Nothing to be done"  # the engine's words


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
    names, began
        What each job makes, by its number, and when it began (seconds of a clock that
        only goes on).
    last
        The job that is done and not told yet: Snakemake counts it only then.
    failed
        The logs of jobs that failed.
    """

    def __init__(self, shown: bool = True) -> None:
        super().__init__(logging.INFO)
        self.shown = shown
        self.names: dict[int, str] = {}
        self.began: dict[int, float] = {}
        self.last: tuple[str, float] | None = None
        self.failed: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of what a record says of jobs; print a step that is done."""
        said: Mapping[str, object] = vars(record)
        event = str(said.get("event", ""))
        if event == "job_info":
            self.names[record.__dict__["jobid"]] = name_of(said)
        elif event == "job_started":
            self.began |= dict.fromkeys(record.__dict__["jobs"], time.monotonic())
        elif event == "job_finished":
            job, now = record.__dict__["job_id"], time.monotonic()
            self.last = self.names.get(job, "job"), now - self.began.get(job, now)
        elif event == "job_error":
            self.failed += record.__dict__["log"][:1]
        elif not self.shown:
            return
        elif event == "error" and not self.failed:
            kind, _, text = record.getMessage().partition(":\n")
            if kind != "RuleException":
                print(text or kind, file=sys.stderr, flush=True)
        elif not said.get("event") and record.getMessage().startswith(IDLE):
            print(record.getMessage(), file=sys.stderr, flush=True)
        elif event == "progress" and self.last:
            name, seconds = self.last
            self.last = None
            line = f"step {said['done']} of {said['total']}, {name}, {seconds:.0f} s"
            print(line, file=sys.stderr, flush=True)


def name_of(said: Mapping[str, object]) -> str:
    """Return a rule's name in words, with what distinguishes the job."""
    rule = str(said["rule_name"]).replace("_", " ")
    values = said.get("wildcards")
    which = ", ".join(map(str, values.values())) if isinstance(values, dict) else ""
    return f"{rule}: {which}" if which else rule
