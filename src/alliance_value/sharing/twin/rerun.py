"""The files of a twin -> the estimates that the study's own code makes of them."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from alliance_value.sharing.clean_copy import copy_checkout
from alliance_value.sharing.rerun import snakemake_in

SECONDS = 900


@dataclass(frozen=True)
class Rerun:
    """A run of the twin, or why there is none.

    Parameters
    ----------
    estimates
        Its ``estimates.csv``; empty where the run ended without.
    why_not
        Why it did, empty where it did not.
    """

    estimates: pd.DataFrame = field(default_factory=pd.DataFrame)
    why_not: str = ""


def rerun(
    files: Mapping[str, bytes],
    study_file: str,
    beside: str,
    root: Path,
) -> Rerun:
    """Run a twin up to its estimates, in a copy of the checkout.

    Parameters
    ----------
    files
        The twin's files by path.
    study_file
        Its study file among them, ``<study>.yaml``.
    beside
        The study file of which it is the twin.
    root
        The checkout.
    """
    study = Path(study_file).stem
    target = f"results/{study}/estimates.csv"
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name, "checkout")
        copy_checkout(root, copy, beside, f"data/raw/{study}")
        for path, content in files.items():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_bytes(content)
        options = ("--cores", "1", target, "--quiet", "all")
        process = subprocess.Popen(
            **snakemake_in(copy, study_file, *options),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # its jobs end with it
        )
        try:
            _, screen = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return Rerun(why_not=f"the run was given up after {SECONDS} seconds")
        if process.returncode:
            return Rerun(why_not=f"the run stopped: {last_words(screen)}")
        return Rerun(pd.read_csv(copy / target))


def last_words(screen: str) -> str:
    """Return the first problem of a run's last message, else its last line."""
    lines = [line.strip() for line in screen.splitlines() if line.strip()]
    problems = [line for line in lines if line.startswith("1. ")]
    return (problems or lines or ["it said nothing"])[-1].removeprefix("1. ")
