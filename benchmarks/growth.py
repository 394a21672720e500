"""Run the default world at several sizes: time and memory of each stage, how they grow.

    python benchmarks/growth.py [--factors 1 3] [--folder /large/disk] [--keep]

Each factor is a run of the default study in a copy of this checkout's program with so
many thousand firms a year, on one core. Jobs note what they took (build/*/usage); what
is compared are seconds of the processor, imports included, so that other programs on
the machine count little. The exponent is the slope of log seconds on log factor, of
stages that take more than a second of the processor beyond the start of Python; n log n
is about 1.06 from one to ten thousand firms. Writes docs/scale.csv, the figure
docs/images/growth.png and the table between the marks of docs/scale.md; --keep leaves
the folders of the runs, whose measurements make resources can take.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ("src", "workflow", "profiles", "Snakefile", "pyproject.toml", "config")
CSV, FIGURE, PAGE = "docs/scale.csv", "docs/images/growth.png", "docs/scale.md"
BEGIN, END = "<!-- growth: begin -->\n", "<!-- growth: end -->\n"
FURTHER = (10.0, 100.0)
SHOWN = 8
"""Stages that take most, drawn one by one."""


def prepare(folder: Path, factor: float) -> None:
    """Put the program and the study of one size into a folder."""
    for name in PROGRAM:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    path = folder / "config/config.yaml"
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["sources"]["simulate"]["size"] = factor
    path.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")


def run(folder: Path) -> None:
    """Run the study of a folder on one core."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder / "src"),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "snakemake", "--cores", "1"]
    done = subprocess.run(command, cwd=folder, env=environment, check=False)
    if done.returncode:
        print(f"the run in {folder} failed: its finished jobs count", file=sys.stderr)


def stages(folder: Path, factor: float) -> pd.DataFrame:
    """Return what the jobs of each rule took together, and their largest memory."""
    files = sorted(folder.glob("build/*/usage/*.json"))
    noted = pd.DataFrame([json.loads(file.read_text()) for file in files])
    table = noted.groupby("rule").agg(
        jobs=("rule", "size"),
        processor=("processor", "sum"),
        least=("processor", "min"),
        seconds=("seconds", "sum"),
        megabytes=("megabytes", "max"),
    )
    return table.reset_index().assign(factor=factor)


def grown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a row per stage: what it took at each size, exponents, and what follows.

    The start of Python, the least that any job took, is subtracted before fitting, of
    time and of memory. Sizes beyond the largest that was run are by the exponent.
    """
    bare = float(table.megabytes.min())
    parts = [
        followed(table, "s", table.processor, float(table.least.min()) * table.jobs, 1),
        followed(table, "MB", table.megabytes, bare + 0 * table.jobs, bare / 4),
    ]
    wide = pd.concat(parts, axis=1).rename_axis("stage").reset_index()
    last = f"s x{table.factor.max():g}"
    return wide.sort_values(last, ascending=False, ignore_index=True)


def followed(
    table: pd.DataFrame, name: str, values: pd.Series, start: pd.Series, least: float
) -> pd.DataFrame:
    """Return a measure by stage and size, its exponent, and sizes beyond by it.

    A stage has an exponent if two sizes take more than ``least`` beyond the start.
    """
    largest = float(table.factor.max())
    rows = {}
    own = table.assign(value=values, start=start, work=values - start)
    for rule, part in own.sort_values("factor").groupby("rule"):
        row = {
            f"{name} x{f:g}": v for f, v in zip(part.factor, part.value, strict=True)
        }
        heavy = part[part.work > least]
        fitted = len(heavy) > 1 and float(heavy.factor.max()) == largest
        exponent = slope(heavy.factor, heavy.work) if fitted else np.nan
        row[f"{name} exponent"] = exponent
        for further in FURTHER:
            if further > largest:
                more = float(part.work.iloc[-1]) * (further / largest) ** exponent
                row[f"{name} x{further:g}*"] = float(part.start.iloc[-1]) + more
        rows[str(rule)] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def slope(sizes: pd.Series, values: pd.Series) -> float:
    """Return the slope of log values on log sizes."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def markdown(table: pd.DataFrame) -> str:
    """Return a table of Markdown."""

    def cell(name: str, value: object) -> str:
        if isinstance(value, str):
            return value
        if pd.isna(value):
            return ""
        return (
            f"{value:.2f}" if name in ("s exponent", "MB exponent") else f"{value:,.0f}"
        )

    lines = [list(table.columns), ["---", *["---:"] * (table.shape[1] - 1)]]
    lines += [[cell(n, row[n]) for n in table] for _, row in table.iterrows()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw seconds and memory of the largest stages against size."""
    most = table.groupby("rule").processor.max().nlargest(SHOWN).index
    figure, axes = plt.subplots(
        1, 2, figsize=(11, 4.5), sharex=True, layout="constrained"
    )
    for column, axis, label in (
        ("processor", axes[0], "seconds of the processor"),
        ("megabytes", axes[1], "largest memory of a job, MB"),
    ):
        for rule in most:
            part = table[table.rule == rule].sort_values("factor")
            axis.plot(part.factor, part[column], marker="o", label=rule)
        axis.set(xscale="log", yscale="log", xlabel="thousand firms a year")
        axis.set_ylabel(label)
    axes[1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    figure.savefig(path, dpi=110, bbox_inches="tight")


def written(page: Path, table: str) -> None:
    """Put a table between the marks of a page."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}{table}{END}{after}", encoding="utf-8")


def main() -> None:
    """Run, or take runs that are there, and write what they took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--factors", type=float, nargs="+", default=[1, 3])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    parts = []
    for factor in asked.factors:
        folder = asked.folder / f"growth-x{factor:g}"
        if not folder.exists():
            prepare(folder, factor)
            run(folder)
        parts.append(stages(folder, factor))
        if not asked.keep:
            shutil.rmtree(folder)
    table = pd.concat(parts, ignore_index=True)
    table.to_csv(ROOT / CSV, index=False, float_format="%.4g", lineterminator="\n")
    if len(asked.factors) > 1:
        draw(table, ROOT / FIGURE)
    written(ROOT / PAGE, markdown(grown(table)))
    print(grown(table).to_string(index=False))


if __name__ == "__main__":
    main()
