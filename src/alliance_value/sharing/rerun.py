"""A study's raw files -> its results made again, in a clean copy of the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Container
from pathlib import Path
from typing import Any

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.running.provenance import FILE, RAW, Provenance, under
from alliance_value.sharing.clean_copy import copy_checkout
from alliance_value.sharing.study_file import StudyFile


def rerun(study_file: StudyFile, recorded: Provenance, copy: Path, cores: str) -> None:
    """Run a study in a clean copy, on the raw files that are there as they are.

    Where rules made raw files and not all are there, they make all of them again.

    Parameters
    ----------
    study_file
        The study.
    recorded
        The record of its results, which tells what makes raw files.
    copy
        Folder of the copy; what stands there is removed.
    cores
        As Snakemake takes it.

    Raises
    ------
    UserError
        The run in the copy stopped.
    """
    shutil.rmtree(copy, ignore_errors=True)
    copy_checkout(Path(), copy, study_file.path, f"{RAW}/{study_file.name}")
    options = ["--cores", cores, "--quiet", "rules", "host"]
    raw = [o for job in recorded.jobs for o in job.outputs if under(o, RAW)]
    if all((copy / path).is_file() for path in raw):
        options += ["--config", "raw=given"]
    else:
        for path in raw:
            (copy / path).unlink(missing_ok=True)
    done = subprocess.run(**snakemake_in(copy, study_file.path, *options), check=False)
    if done.returncode and not (copy / "results" / study_file.name / FILE).is_file():
        rule = "the rerun stopped, and nothing was compared"
        remedy = "see its message above; the copy is left as it is"
        subject = f"verifying study '{study_file.name}'"
        raise UserError([Problem(rule, remedy, str(copy))], subject)


def snakemake_in(copy: Path, study_file: str, *options: str) -> dict[str, Any]:
    """Return what `subprocess` needs to run a study in a copy, on the copy's source."""
    snakemake = (sys.executable, "-m", "snakemake", "--configfile", study_file)
    return {
        "args": [*snakemake, *options],
        "cwd": copy,
        "env": {**os.environ, "PYTHONPATH": str((copy / "src").resolve())},
    }


def contents(folder: Path, withheld: Container[str]) -> dict[str, bytes]:
    """Return every file below a study's results folder that was not withheld."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    study = folder.name
    return {n: c for n, c in files.items() if f"results/{study}/{n}" not in withheld}
