"""A run that is ending -> the words that stand last on the screen."""

from __future__ import annotations

import atexit
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from alliance_value.contracts.problems import UserError
from alliance_value.running.messages import show_problems
from alliance_value.running.room import check_writable


class Ending:
    """How a run ends, however it does.

    Snakemake tells failed jobs; what stops itself, such as a full disk, it does not.

    Parameters
    ----------
    logs
        Where jobs leave their problems.
    folders
        What the run writes to.
    study
        Its name.
    failed
        The logs of jobs that failed, filled while the run goes on.
    """

    def __init__(
        self, logs: str, folders: Sequence[str], study: str, failed: Sequence[str]
    ) -> None:
        self.logs, self.folders, self.study = logs, folders, study
        self.failed = failed
        self.running = False

    def begin(self) -> None:
        """Forget the problems of an earlier run, and be ready to tell new ones."""
        show_problems(self.logs)
        self.running = True
        logging.raiseExceptions = False  # a log that cannot be written is no news
        atexit.register(self.tell)

    def succeed(self, summary: str, *more: str) -> None:
        """Print the closing words of a run that made everything."""
        self.running = False
        path = Path(summary)
        words = path.read_text(encoding="utf-8").rstrip() if path.is_file() else ""
        print("\n".join(["", words, *filter(None, more)]), flush=True)

    def tell(self) -> None:
        """Print why a run stopped, as the last words on the screen."""
        if self.running:
            message = show_problems(self.logs, self.failed) or self.obstacle()
            print(f"\n{message}", file=sys.stderr)

    def obstacle(self) -> str:
        """Return what keeps a run from writing, or where its logs are."""
        try:
            check_writable(self.folders, self.study)
        except UserError as error:
            return error.render()
        return f"The run stopped; logs are in {self.logs}."
