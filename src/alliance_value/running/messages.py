"""What went wrong in a run -> the message that is the last on the screen."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from alliance_value.contracts.problems import SHOWN, Problem, UserError, clip
from alliance_value.running.room import FULL, REFUSED, unwritable

ENDING = ".problems"
# Written when a job begins: a full disk then has room for the message.
BLANK = b" " * 4096
NO_MEMORY = (
    "failed to map segment",
    "cannot allocate memory",
    "can't start new thread",
)
ENDED = Problem(
    rule="it was ended before it could say why, as the system does with a process "
    "when memory is exhausted",
    remedy="free memory or run fewer jobs at once (--cores 1), then run the same "
    "command again: what is finished stays",
)


def worded(
    error: BaseException, subject: str, log: str | Path, output: str = "."
) -> UserError:
    """Return a user's mistake as it is, and anything else as one that names itself.

    Parameters
    ----------
    error
        What was raised.
    subject
        What was being done.
    log
        Where the whole story stands.
    output
        What was being written, for an error that does not name it.
    """
    if isinstance(error, UserError):
        return error
    if isinstance(error, OSError) and error.errno in (*FULL, *REFUSED):
        return UserError([unwritable(error.filename or output, error)], subject)
    first = (str(error).strip().splitlines() or [""])[0]
    name = f"{type(error).__name__}: {clip(first, 200)}" if first else ""
    rule, remedy = f"unexpected error, {name or type(error).__name__}", ""
    if out_of_memory(error):
        rule = "the memory does not suffice"
        remedy = "free some or run fewer jobs at once (--cores 1); "
    elif isinstance(error, OSError) and error.filename:
        remedy = f"check {error.filename} and its rights; "
    else:
        remedy = "this is a defect of the program: please report it; "
    return UserError([Problem(rule, f"{remedy}the log is at {log}")], subject)


def out_of_memory(error: BaseException) -> bool:
    """Whether memory was refused, to Python or to a library that it loads."""
    if isinstance(error, MemoryError):
        return True
    words = str(error).lower()
    return getattr(error, "errno", None) == errno.ENOMEM or any(
        said in words for said in NO_MEMORY
    )


def reserve(log: Path) -> None:
    """Make room for what a job may have to say; it stays blank if the job is ended."""
    log.with_suffix(ENDING).write_bytes(BLANK)


def release(log: Path) -> None:
    """Take the room away: the job has nothing to say."""
    with suppress(OSError):
        log.with_suffix(ENDING).unlink()


def leave(error: UserError, log: Path) -> None:
    """Leave a job's problems for the end of the run, on the screen if nowhere else."""
    message = {
        "problems": [asdict(problem) for problem in error.problems],
        "subject": error.subject,
        "log": str(log),
    }
    place = log.with_suffix(ENDING)
    try:
        with place.open("r+b" if place.exists() else "wb") as stream:
            stream.write(json.dumps(message, ensure_ascii=False).encode())
            stream.truncate()
    except OSError:
        print(f"\n{error.render()}", file=sys.stderr)
        release(log)


def left_by(job: Path) -> tuple[list[Problem], str, str]:
    """Read what a job left: its problems, what it was doing, and its log."""
    subject, log = f"rule {job.stem}", str(job.with_suffix(".log"))
    try:
        message = json.loads(job.read_text(encoding="utf-8"))
        problems = [Problem(**problem) for problem in message["problems"]]
        return problems, message["subject"], message["log"]
    except (OSError, ValueError, KeyError, TypeError):
        return [replace(ENDED, where=subject)], "the jobs", log


def show_problems(folder: str | Path, failed: Iterable[str] = ()) -> str:
    """Return the messages that failed jobs left, and remove them.

    A problem that several jobs met, as with a file that both read, is told once.

    Parameters
    ----------
    folder
        Where jobs leave their problems.
    failed
        The logs of jobs that failed: one that was ended at its very start left nothing.
    """
    messages = []
    known: set[Problem] = set()
    left = set(Path(folder).glob(f"*{ENDING}"))
    for path in sorted(left | {Path(log).with_suffix(ENDING) for log in failed}):
        problems, subject, log = left_by(path)
        path.unlink(missing_ok=True)
        fresh = [problem for problem in problems if problem not in known]
        known.update(fresh)
        if fresh:
            message = UserError(fresh, subject).render()
            if len(fresh) > SHOWN:
                message += f"\n  All of them: {log}"
            messages.append(message)
    return "\n\n".join(messages)
