"""Raw files that a rule makes -> their places, noted before, over nobody's file.

A raw file that is there is whole: either noted here by its hash, or the user's own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.running.files import sha256
from alliance_value.running.job import Job
from alliance_value.running.ledger import note


@contextmanager
def raw_files(outputs: Sequence[str], this: Job) -> Iterator[Path]:
    """Give a folder to write raw files in, then put them where they belong.

    Parameters
    ----------
    outputs
        The raw files, all in one folder, data/raw/<study>.
    this
        The job that makes them. They are written to its scratch folder, under their
        own names.

    Raises
    ------
    UserError
        A file came to where one belongs while the rule ran. It is kept under another
        name, whatever the rule ends in: Snakemake removes what a failed job leaves.
    """
    places = [Path(path) for path in outputs]
    scratch = this.scratch
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        yield scratch
    except BaseException:
        for place in filter(os.path.lexists, places):
            set_aside(place)
        raise
    hashes = {str(place): sha256(scratch / place.name) for place in places}
    note(this.ledger, scratch.name, hashes)
    raise_if(
        [
            Problem(
                rule="a file was put here while a rule made its own",
                remedy=f"it is kept as {set_aside(place)}: move it away, or take the "
                "rule's key out of the study file, then run the same command again",
                where=str(place),
            )
            for place in places
            if os.path.lexists(place)
        ],
        "the raw files",
    )
    for place in places:
        put(scratch / place.name, place)
    shutil.rmtree(scratch)


def set_aside(place: Path) -> Path:
    """Give a file another name, beside the one that it has."""
    kept = place.with_name(f"{place.name}.kept")
    while os.path.lexists(kept):
        kept = kept.with_name(f"{kept.name}.kept")
    return place.rename(kept)


def put(file: Path, place: Path) -> None:
    """Give a file its place as a whole, be it on another disk."""
    part = place.with_name(f".{place.name}.part")
    part.unlink(missing_ok=True)
    try:
        os.link(file, part)
    except OSError:
        shutil.copyfile(file, part)
    part.replace(place)
