"""A checkout and a study -> at most one run at work there.

Locks of the operating system end with the process that holds them, however it ends, so
that nothing has to be unlocked after a crash.
"""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import IO

from alliance_value.contracts.problems import Problem, UserError

HELD: dict[Path, IO[str]] = {}


def hold(folder: str | Path, study: str) -> None:
    """Let this process be the one run of a study; it stays so until it ends.

    Parameters
    ----------
    folder
        The study's build folder.
    study
        Its name.

    Raises
    ------
    UserError
        Another run, or a job that a killed run left behind, is at work.
    """
    run, jobs = Path(folder) / "run.lock", Path(folder) / "jobs.lock"
    where = str(Path(folder).resolve().parent.parent)
    subject = f"starting study '{study}'"
    if not taken(run, fcntl.LOCK_EX):
        other = run.read_text(encoding="utf-8").strip()
        rule = f"another run of this study is at work here (process {other})"
        remedy = "wait until it ends, or work in a clone of its own"
        raise UserError([Problem(rule, remedy, where)], subject)
    HELD[run].truncate(0)
    HELD[run].write(str(os.getpid()))
    HELD[run].flush()
    if not taken(jobs, fcntl.LOCK_EX):
        HELD.pop(run).close()
        rule = "a job of a run that was killed is still at work here"
        remedy = "wait until it ends, or end it, then start again"
        raise UserError([Problem(rule, remedy, where)], subject)
    HELD.pop(jobs).close()


def take_part(folder: str | Path) -> None:
    """Let this process count as a job at work until it ends."""
    taken(Path(folder) / "jobs.lock", fcntl.LOCK_SH)


def taken(path: Path, kind: int) -> bool:
    """Take a lock, or say that another process holds it.

    Where the file system knows no locks there is nothing to ask, and Snakemake's own
    lock is all there is.
    """
    if path in HELD:
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(stream, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        return False
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EINVAL):
            raise
    HELD[path] = stream
    return True
