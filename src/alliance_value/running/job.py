"""A workflow script -> its parameters, its log, and errors without a traceback."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance_value.contracts.problems import Problem, UserError, raise_if
from alliance_value.running.console import say
from alliance_value.running.files import replace, sha256
from alliance_value.running.ledger import UNFINISHED, note
from alliance_value.running.locks import take_part
from alliance_value.running.machine import machine, peak, usage_file
from alliance_value.running.messages import leave, release, reserve, worded
from alliance_value.running.places import Places


@dataclass(frozen=True)
class Job:
    """What a script needs beside its inputs and outputs.

    Parameters
    ----------
    params
        The stamped parameters of this unit of work.
    tell
        Reports what was done, in the line of the step and to the log.
    say
        Reports how far a long job is, to the terminal at once and to the log.
    trace
        Reports what is being done, to the log alone unless ``VERBOSE`` is set.
    ledger
        The folder in which jobs note what they wrote.
    scratch
        A folder of the job's own, which may not be there.
    """

    params: dict[str, Any]
    tell: Callable[[str], None]
    say: Callable[[str], None]
    trace: Callable[[str], None]
    ledger: Path
    scratch: Path


@contextmanager
def job(snakemake: Any) -> Iterator[Job]:
    """Run a script's body: whatever goes wrong ends it with a message, exit code 1.

    The problems go to the log and to a file beside it that the workflow shows at its
    end, so that it is the last thing on the screen and stands there once. What nobody
    foresaw is named in plain words; only the log holds where in the code it happened.
    Outputs are noted as unfinished, then with their hashes, so that what a killed job
    left is not taken for a file of the user's.
    """
    log = Path(snakemake.log[0])
    build, subject = log.parents[1], f"rule {snakemake.rule}"
    places = Places(log.parents[3], build.name)
    ledger = places.root / places.ledger
    outputs = [str(path) for path in snakemake.output]
    began = time.monotonic()
    said: list[str] = []
    aloud = bool(os.environ.get("VERBOSE"))

    def speak(message: str) -> None:
        say(f"{snakemake.rule}: {message}")
        write(message)

    def tell(message: str) -> None:
        said.append(message)
        (speak if aloud else write)(message)

    def write(message: str) -> None:
        with log.open("a", encoding="utf-8") as stream:
            print(f"{snakemake.rule}: {message}", file=stream)

    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("")
        reserve(log)
        take_part(build)
        note(ledger, log.stem, dict.fromkeys(outputs, UNFINISHED))
        before = states(snakemake.input)
        params = json.loads(Path(snakemake.input.params).read_text(encoding="utf-8"))
        yield Job(
            params,
            tell,
            speak,
            speak if aloud else write,
            ledger,
            build / "scratch" / log.stem,
        )
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
            subject,
        )
        note(ledger, log.stem, hashes(outputs))
        note_usage(
            log,
            {
                "rule": snakemake.rule,
                "outputs": sorted(outputs),
                "said": said,
                "seconds": time.monotonic() - began,
                "read": sum(size for size, _ in before.values()) / 1024**2,
            },
        )
        release(log)
    except (KeyboardInterrupt, SystemExit):
        leave(UserError([], subject), log)  # whoever ends it knows why
        raise
    except BaseException as raised:  # a library's panic is no Exception
        error = worded(raised, subject, log, next(iter(outputs), "."))
        leave(error, log)
        with suppress(OSError):
            note(ledger, log.stem, hashes(outputs))
            with log.open("a", encoding="utf-8") as stream:
                print(error.render(limit=None), file=stream)
                if error is not raised:
                    print(traceback.format_exc(), file=stream)
        sys.exit(1)


def hashes(outputs: Iterable[str]) -> dict[str, str]:
    """Return the hash of each output that is there."""
    return {path: sha256(path) for path in outputs if Path(path).is_file()}


def note_usage(log: Path, known: dict[str, Any]) -> None:
    """Write what a job took, and on which machine, beside its log.

    No result depends on it. ``processor`` has the seconds of the processor since the
    process began, imports included; ``read`` and ``megabytes`` are in units of 1024².
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    usage = {
        **known,
        "processor": used.ru_utime + used.ru_stime,
        "megabytes": peak() / 1024**2,
        "machine": machine(),
    }
    replace(usage_file(log), json.dumps(usage))


def states(paths: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return size and time of each file."""
    stats = {str(path): Path(path).stat() for path in paths}
    return {path: (state.st_size, state.st_mtime_ns) for path, state in stats.items()}


def listed(paths: str | Sequence[str]) -> list[str]:
    """Return a rule's named input as a list: Snakemake gives one file as its path."""
    return [paths] if isinstance(paths, str) else list(paths)
