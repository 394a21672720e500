"""Time a study of many rows, from one Parquet file to the report, job by job.

    python benchmarks/bench_study.py [--rows 1700000 10000000] [--integers]

Writes a simulated panel of 17 years (an outcome, seven terms, firm, year) and a study
file with one model of firm and year effects and errors clustered by firm, runs the
study by Snakemake on two cores in a copy of this checkout's program, and prints what
every job took: seconds of its script, seconds of the processor with imports, and its
largest memory. With several --rows also how the seconds grow: a power of the rows,
where n log n is about 1.06. ``--integers`` writes firms as numbers in place of text.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from bench_engine import TERMS, panel

NAME = "bench"
PROGRAM = ("src", "workflow", "profiles", "Snakefile", "pyproject.toml")

STUDY = """\
study: bench
title: A panel of many rows
sources:
  firm_years: {file: data/raw/bench/panel.parquet, entity: firm, time: year}
models:
  - name: m
    outcome: y
    terms: [x, z, xz]
    controls: [a, b, c, d]
    effects: [firm, year]
    clusters: [firm]
"""


def prepare(folder: Path, rows: int, integers: bool) -> None:
    """Put the program, the data and the study file into a folder."""
    root = Path(__file__).resolve().parents[1]
    for name in PROGRAM:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name)
        else:
            shutil.copy2(root / name, folder / name)
    (folder / "config").mkdir()
    (folder / "config" / "bench.yaml").write_text(STUDY, encoding="utf-8")
    table = pl.from_pandas(panel(rows)[["firm", "year", "y", *TERMS]])
    table = table.with_columns(pl.col("year") + 1998)
    if not integers:
        table = table.with_columns(pl.format("F{}", "firm").alias("firm"))
    raw = folder / "data" / "raw" / NAME
    raw.mkdir(parents=True)
    table.write_parquet(raw / "panel.parquet")


def run(folder: Path) -> float:
    """Run the study; return the seconds from the command to its end."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder / "src"),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "snakemake", "--cores", "2"]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--configfile", "config/bench.yaml"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return time.perf_counter() - began


def usage(folder: Path) -> dict[str, dict[str, float]]:
    """Return what each job noted."""
    noted = sorted((folder / "build" / NAME / "usage").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in noted}


def shown(rows: int, whole: float, jobs: dict[str, dict[str, float]]) -> None:
    """Print one run."""
    print(f"\n{rows:,} rows: {whole:.1f} s from the command to its end")
    print(f"{'job':24} {'seconds':>8} {'processor':>9} {'peak MB':>8}")
    for name, took in sorted(jobs.items(), key=lambda j: -j[1]["seconds"]):
        print(
            f"{name:24} {took['seconds']:8.1f} {took['processor']:9.1f} "
            f"{took['megabytes']:8,.0f}"
        )


def main() -> None:
    """Run the study at each number of rows, then compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[170_000, 1_700_000])
    parser.add_argument("--integers", action="store_true")
    asked = parser.parse_args()
    runs = {}
    for rows in asked.rows:
        with TemporaryDirectory() as name:
            folder = Path(name)
            prepare(folder, rows, asked.integers)
            whole = run(folder)
            runs[rows] = usage(folder)
            shown(rows, whole, runs[rows])
    for few, many in zip(asked.rows, asked.rows[1:], strict=False):
        print(f"\nfrom {few:,} to {many:,} rows, seconds grow with the power")
        for job, took in runs[many].items():
            growth = took["seconds"] / runs[few][job]["seconds"]
            if took["seconds"] > 1:
                print(f"{job:24} {math.log(growth) / np.log(many / few):8.2f}")


if __name__ == "__main__":
    main()
