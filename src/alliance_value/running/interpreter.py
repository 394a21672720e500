"""The running Python -> a path of it that a shell takes as one word.

Snakemake puts the path of the interpreter unquoted into the command of each script.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from alliance_value.contracts.problems import Problem, UserError


def one_word(executable: str, folder: Path) -> str:
    """Return a path of the interpreter, from a folder, that needs no quotes.

    Parameters
    ----------
    executable
        Its absolute path. It may be a link that leads out of an environment, so that
        only its folder is ever resolved.
    folder
        The working directory of the jobs.

    Raises
    ------
    UserError
        Blanks, quotes or accents stand in every path of it.
    """
    path = Path(executable)
    resolved = path.parent.resolve() / path.name
    absolute = [str(path), str(resolved)]
    for word in (*absolute, *(os.path.relpath(p, folder) for p in absolute)):
        if shlex.quote(word) == word:
            return word
    raise UserError(
        [
            Problem(
                rule="no job can start: a shell takes the path of this Python apart",
                remedy="make the environment inside of the checkout (make setup), or "
                "in a folder of letters, digits, '-' and '_'",
                where=executable,
            )
        ],
        "starting Python",
    )
