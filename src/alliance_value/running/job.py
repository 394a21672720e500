"""A workflow script -> its parameters, its log, and errors without a traceback."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from alliance_value.contracts.problems import (
    SHOWN,
    Problem,
    UserError,
    clip,
    raise_if,
)
from alliance_value.running.locks import FULL, take_part, unwritable
from alliance_value.running.machine import machine

NO_ROOM = (*FULL, errno.EROFS, errno.EACCES)


@dataclass(frozen=True)
class Job:
    """What a script needs beside its inputs and outputs.

    Parameters
    ----------
    params
        The stamped parameters of this unit of work.
    tell
        Reports progress, to the terminal and to the log.
    """

    params: dict[str, Any]
    tell: Callable[[str], None]


@contextmanager
def job(snakemake: Any) -> Iterator[Job]:
    """Run a script's body: whatever goes wrong ends it with a message, exit code 1.

    The problems go to the log and to a file beside it that the workflow shows at its
    end, so that it is the last thing on the screen and stands there once. What nobody
    foresaw is named in plain words; only the log holds where in the code it happened.
    """
    log = Path(snakemake.log[0])
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    take_part(log.parents[1])
    began = time.monotonic()
    before = states(snakemake.input)

    def tell(message: str) -> None:
        line = f"{snakemake.rule}: {message}"
        print(line, file=sys.stderr, flush=True)
        with log.open("a", encoding="utf-8") as stream:
            print(line, file=stream)

    try:
        params = json.loads(Path(snakemake.input.params).read_text(encoding="utf-8"))
        yield Job(params, tell)
        raise_if(
            [
                Problem(
                    rule=f"the file changed while rule {snakemake.rule} read it",
                    remedy="run the same command again",
                    where=path,
                )
                for path, state in states(snakemake.input).items()
                if state != before[path]
            ],
            f"rule {snakemake.rule}",
        )
        outputs = sorted(map(str, snakemake.output))
        note_usage(log, snakemake.rule, outputs, time.monotonic() - began)
    except Exception as raised:
        output = str(next(iter(snakemake.output), "."))
        error = worded(raised, f"rule {snakemake.rule}", log, output)
        with log.open("a", encoding="utf-8") as stream:
            print(error.render(limit=None), file=stream)
            if error is not raised:
                print(traceback.format_exc(), file=stream)
        told = {
            "problems": [asdict(problem) for problem in error.problems],
            "subject": error.subject,
            "log": str(log),
        }
        left = log.with_suffix(".problems")
        left.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        sys.exit(1)


def note_usage(log: Path, rule: str, outputs: list[str], seconds: float) -> None:
    """Write what a job took, and on which machine, beside its log.

    No result depends on it. ``processor`` has the seconds of the processor since the
    process began, imports included.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    usage = {
        "rule": rule,
        "outputs": outputs,
        "seconds": seconds,
        "processor": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss * unit / 1024**2,
        "machine": machine(),
    }
    replace(log.parents[1] / "usage" / f"{log.stem}.json", json.dumps(usage))


def states(paths: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return size and time of each file."""
    found = {str(path): Path(path).stat() for path in paths}
    return {path: (state.st_size, state.st_mtime_ns) for path, state in found.items()}


def worded(
    error: Exception, subject: str, log: str | Path, output: str = "."
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
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return UserError([unwritable(error.filename or output, error)], subject)
    first = (str(error).strip().splitlines() or [""])[0]
    name = f"{type(error).__name__}: {clip(first, 200)}" if first else ""
    rule, remedy = f"unexpected error, {name or type(error).__name__}", ""
    if isinstance(error, MemoryError):
        rule, remedy = "the memory does not suffice", "free some or run fewer jobs; "
    elif isinstance(error, OSError) and error.filename:
        remedy = f"check {error.filename} and its rights; "
    else:
        remedy = "this is a defect of the program: please report it; "
    return UserError([Problem(rule, f"{remedy}the log is at {log}")], subject)


def listed(paths: str | Sequence[str]) -> list[str]:
    """Return a rule's named input as a list: Snakemake gives one file as its path."""
    return [paths] if isinstance(paths, str) else list(paths)


@cache
def installed(library: str) -> str:
    """Return a library's version; its record is looked up once."""
    return version(library)


def stamp(path: str | Path, params: Mapping[str, Any], libraries: list[str]) -> str:
    """Write parameters to a file, only when they differ from what it holds.

    Libraries that shape the result are written with their versions, so that a change
    of version reruns what depends on it.

    Returns
    -------
    str
        The path, to be the input of the rule that uses the parameters.
    """
    path = Path(path)
    versions = {name: installed(name) for name in libraries}
    text = json.dumps({**params, "libraries": versions}, indent=1, ensure_ascii=False)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        replace(path, text)
    return str(path)


def replace(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, whatever ends the process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def fingerprints(paths: Sequence[str], cache: str | Path) -> list[str]:
    """Return the SHA-256 of each file, read again only when size or time changed.

    Among the stamped parameters they make a replaced source file show even when it is
    older than the results, as a file from an archive is.

    Parameters
    ----------
    paths
        The files, in the order of the answer.
    cache
        Where sizes, times and hashes are kept from one run to the next.
    """
    cache = Path(cache)
    known: dict[str, list[Any]] = {}
    if cache.is_file():
        known = json.loads(cache.read_text(encoding="utf-8"))
    current: dict[str, list[Any]] = {}
    for path in paths:
        state = Path(path).stat()
        size, time = state.st_size, state.st_mtime_ns
        current[path] = known.get(path, [])
        if current[path][:2] != [size, time]:
            with Path(path).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            current[path] = [size, time, digest]
    if current != known:
        replace(cache, json.dumps(current, indent=1))
    return [current[path][2] for path in paths]


def show_problems(folder: str | Path) -> str:
    """Return the messages that failed jobs left, and remove them.

    A problem that several jobs met, as with a file that both read, is told once.
    """
    messages = []
    known: set[Problem] = set()
    for path in sorted(Path(folder).glob("*.problems")):
        left = json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
        all_of_them = [Problem(**problem) for problem in left["problems"]]
        fresh = [problem for problem in all_of_them if problem not in known]
        known.update(fresh)
        if fresh:
            message = UserError(fresh, left["subject"]).render()
            if len(fresh) > SHOWN:
                message += f"\n  All of them: {left['log']}"
            messages.append(message)
    return "\n\n".join(messages)
