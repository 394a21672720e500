"""Run the default world at several sizes: time and memory of each stage, how they grow.

    python benchmarks/growth.py [--factors 1 3 10] [--folder /large/disk] [--keep]
    python benchmarks/growth.py --daily 1 10 100 [--folder /large/disk]

Each factor is a run of the default study in a copy of this checkout's program with so
many thousand firms a year, on one core. Jobs note what they took (build/*/usage); what
is compared are seconds of the processor, imports included, so that other programs on
the machine count little. The exponent is the slope of log seconds on log factor, of
stages that take more than a second of the processor beyond the start of Python; n log n
is about 1.06 from one to ten thousand firms. Writes docs/scale.csv, the figure
docs/images/growth.png and the table between the marks of docs/scale.md; --keep leaves
the folders of the runs, whose measurements make resources can take, and which another
call goes on with where they did not end.

--daily cuts the windows of the default study out of daily files of so many times its
securities, which a run of factor 1 kept in the folder must have left: the rows of its
file again and again under other identifiers, its windows spread over all of them. Each
file is read in a process of its own and removed. Writes docs/scale_daily.csv and the
table between its marks.
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
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ("src", "workflow", "profiles", "Snakefile", "pyproject.toml", "config")
CSV, FIGURE, PAGE = "docs/scale.csv", "docs/images/growth.png", "docs/scale.md"
DAILY = "docs/scale_daily.csv"
LIBRARIES = "import alliance_value.contracts.storage"
"""What nearly every job imports: its memory is no stage's."""
FURTHER = (10.0, 100.0)
SHOWN = 8
"""Stages that take most, drawn one by one."""


def prepare(folder: Path, factor: float) -> None:
    """Put the program and the study of one size into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PROGRAM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
        else:
            shutil.copy2(ROOT / name, folder / name)
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

    Before fitting, the least processor time that any job took is subtracted, and the
    memory of a process that has only imported the libraries. Sizes beyond the largest
    that was run are by the exponent.
    """
    bare = measured(LIBRARIES)[1]
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
        places = (
            2 if name.endswith("exponent") else int(name in ("million rows", "file GB"))
        )
        return f"{value:,.{places}f}"

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


def written(page: Path, name: str, table: str) -> None:
    """Put a table between the marks of a page."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")


def measured(program: str, *arguments: str) -> tuple[float, float]:
    """Return processor seconds and peak megabytes of a program in its own process."""
    tail = (
        "\nimport resource; use = resource.getrusage(resource.RUSAGE_SELF); "
        "print(use.ru_utime + use.ru_stime, use.ru_maxrss / 1024)"
    )
    command = [sys.executable, "-c", program + tail, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds), float(megabytes)


CUT = """
import sys, tempfile
from pathlib import Path
import pandas as pd
from alliance_value.sources.returns import read_returns
from alliance_value.study.spec import ReturnsFile
read = read_returns([sys.argv[1]], ReturnsFile(), pd.read_parquet(sys.argv[2]))
print(len(read.returns))
"""


def daily(run: Path, folder: Path, factors: list[int]) -> pd.DataFrame:
    """Return what cutting one study's windows takes in daily files of several sizes.

    Parameters
    ----------
    run
        A run of the default study.
    folder
        Where the files are put while they are read.
    factors
        Times that the run's securities stand in a file.
    """
    source = pq.ParquetFile(next(run.glob("data/raw/*/crsp_dsf.parquet")))
    windows = pd.read_parquet(next(run.glob("data/processed/*/events/windows.parquet")))
    apart = 1_000_000
    rows = []
    for factor in factors:
        path, asked = folder / f"daily-x{factor}.parquet", folder / "windows.parquet"
        copies = np.random.default_rng(0).integers(0, factor, len(windows))
        security = windows.security.astype("int64") + apart * copies
        windows.assign(security=security.astype("string")).to_parquet(asked)
        with pq.ParquetWriter(
            path, source.schema_arrow, compression="zstd", compression_level=1
        ) as sink:
            for copy in range(factor):
                for group in range(source.num_row_groups):
                    part = source.read_row_group(group)
                    for name in ("permno", "permco"):
                        place = part.schema.get_field_index(name)
                        shifted = part[name].to_numpy() + np.int32(apart * copy)
                        part = part.set_column(place, name, pa.array(shifted))
                    sink.write_table(part)
        seconds, megabytes = measured(CUT, str(path), str(asked))
        rows.append(
            {
                "securities": f"x{factor}",
                "million rows": source.metadata.num_rows * factor / 1e6,
                "file GB": path.stat().st_size / 1e9,
                "processor s": seconds,
                "peak MB": megabytes,
            }
        )
        print(rows[-1], flush=True)
        path.unlink()
        asked.unlink()
    return pd.DataFrame(rows)


def main() -> None:
    """Run, or take runs that are there, and write what they took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--factors", type=float, nargs="+", default=[1, 3, 10])
    parser.add_argument("--daily", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    if asked.daily:
        table = daily(asked.folder / "growth-x1", asked.folder, asked.daily)
        table.to_csv(ROOT / DAILY, index=False, float_format="%.4g")
        written(ROOT / PAGE, "daily", markdown(table))
        return
    parts = []
    for factor in asked.factors:
        folder = asked.folder / f"growth-x{factor:g}"
        prepare(folder, factor)
        run(folder)
        parts.append(stages(folder, factor))
        if not asked.keep:
            shutil.rmtree(folder)
    table = pd.concat(parts, ignore_index=True)
    table.to_csv(ROOT / CSV, index=False, float_format="%.4g", lineterminator="\n")
    wide = grown(table)
    if len(asked.factors) > 1:
        draw(table, ROOT / FIGURE)
    written(ROOT / PAGE, "growth", markdown(wide))
    print(wide.to_string(index=False))


if __name__ == "__main__":
    main()
