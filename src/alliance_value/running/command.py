"""A command for users -> its exit code; whatever goes wrong is one message."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from alliance_value.contracts.problems import UserError
from alliance_value.running.messages import worded

STORY = "unexpected.log"
STOPPED = 130

R = TypeVar("R")


def run(body: Callable[[], int], name: str) -> int:
    """Run a command's body and return its exit code.

    Parameters
    ----------
    body
        What the command does; returns its exit code.
    name
        How users call it, such as ``make pull``.

    Returns
    -------
    int
        That of the body, 1 after a message, 130 when the user stopped it.
    """
    try:
        return body()
    except KeyboardInterrupt:
        print(f"\n{name} was stopped; run it again to go on.", file=sys.stderr)
        return STOPPED
    except Exception as error:
        print(f"\n{as_message(error, name).render()}", file=sys.stderr)
        return 1


def at_once(function: Callable[..., R], *arguments: Any) -> R:
    """Call a function; whatever goes wrong ends the process with its message alone.

    For files of Snakemake, which would show the places in them that an error passed.
    """
    try:
        return function(*arguments)
    except Exception as error:
        message = as_message(error, "the study file").render()
        raise SystemExit(f"\n{message}") from None


def as_message(error: Exception, subject: str) -> UserError:
    """Return an error as a message; a log keeps where in the code it happened.

    Parameters
    ----------
    error
        What is being handled.
    subject
        What was being done.
    """
    story = "" if isinstance(error, UserError) else write_story()
    return worded(error, subject, story)


def write_story() -> str:
    """Write where in the code an error happened; return the file, if one can be had."""
    for folder in (Path("build"), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(exist_ok=True)
            (folder / STORY).write_text(traceback.format_exc(), encoding="utf-8")
        except OSError:
            continue
        return str(folder / STORY)
    return "lost: no folder can be written"
