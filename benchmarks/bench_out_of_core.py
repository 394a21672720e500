"""Time a fit on more rows than memory should hold, beside reading them and its peers.

    python benchmarks/bench_out_of_core.py --folder /large/disk [--millions 10]
        [--periods 100] [--shuffled] [--peers /path/to/python] [--memory 4000]

Writes shards of Parquet (an outcome, seven terms, firm, period; firm and period effects
in outcome and terms) into the folder, and removes them afterwards. Each engine runs in
a process of its own, from the files to estimates and errors clustered by firm; printed
are seconds on the clock, seconds of the processor, peak memory, and the largest
difference of estimates and errors, relative to the errors, from ours. "Reading twice"
decodes all columns twice and adds nothing up. Peers: this package's own fit of all rows
in memory, pyfixest, duckreg, and hdfe-stream, which reads from disk too (--streaming
million rows at most); one that is not installed, or beyond --slow million rows, is said
to be so.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from alliance_value.running.machine import peak

TERMS = ("x", "z", "a", "b", "c", "d", "e")
SHARD = 5_000_000
ENGINES = (
    "reading twice",
    "in passes",
    "hdfe-stream",
    "in memory",
    "pyfixest",
    "duckreg",
)


def write(folder: Path, rows: int, periods: int, shuffled: bool) -> None:
    """Write shards of five million rows in row groups of half a million.

    Every shard has the same draws and firms of its own.
    """
    draws = np.random.default_rng(0)
    n = min(SHARD, rows)
    firms = n // periods
    firm, period = np.divmod(np.arange(n), periods)
    if shuffled:
        order = draws.permutation(n)
        firm, period = firm[order], period[order]
    of_firm = draws.normal(size=(firms + 1, 2))[firm]
    common = of_firm[:, 0] + draws.normal(size=periods)[period]
    columns = {name: draws.normal(size=n) + common for name in TERMS}
    noise = draws.normal(size=n) + of_firm[:, 1] * columns["x"] / 4
    columns["y"] = 0.05 * columns["x"] - 0.1 * columns["z"] + common + noise
    columns["period"] = period.astype("int16")
    for number in range(-(-rows // n)):
        own = {"firm": (firm + number * firms).astype("int32"), **columns}
        pq.write_table(
            pa.table(own),
            folder / f"{number:03d}.parquet",
            row_group_size=500_000,
            use_dictionary=["firm", "period"],
            compression="none",
        )


def reading_twice(folder: Path, memory: float) -> list[list[float]]:
    """Decode all columns twice."""
    from alliance_value.models.shards import Shards, ahead

    for _ in range(2):
        for _ in ahead(Shards.of(folder).read(["firm", "period", "y", *TERMS])):
            pass
    return []


def in_passes(folder: Path, memory: float) -> list[list[float]]:
    """Fit by this package without holding the rows."""
    from alliance_value.models.in_passes import fit_in_passes
    from alliance_value.models.shards import Shards
    from alliance_value.study.spec import Model

    model = Model("m", "y", terms=TERMS, effects=("firm", "period"), clusters=("firm",))
    large = fit_in_passes(Shards.of(folder), model, memory)
    print(f"sums of {large.megabytes:,.0f} MB", file=sys.stderr)
    errors = np.sqrt(large.fit.covariance.diagonal())
    return [large.fit.estimates.tolist(), errors.tolist()]


def hdfe_stream(folder: Path, memory: float) -> list[list[float]]:
    """Fit by hdfe-stream, its intermediates beside the files."""
    from hdfe_stream import feols_stream

    fit = feols_stream(
        f"y ~ {' + '.join(TERMS)} | firm + period",
        f"{folder}/*.parquet",
        workdir=str(folder / "streamed"),
        vcov={"CRV1": "firm"},
    )
    place = [list(fit.coefnames).index(name) for name in TERMS]
    errors = np.sqrt(np.diagonal(fit.vcov))
    return [np.asarray(kind)[place].tolist() for kind in (fit.beta, errors)]


def in_memory(folder: Path, memory: float) -> list[list[float]]:
    """Fit by this package's cross-products from all rows."""
    from alliance_value.models.engine.grams import cross_products
    from alliance_value.models.engine.regress import covariance, regress

    table = pq.read_table(folder).to_pandas()
    effects = table[["firm", "period"]].to_numpy("int64")
    columns = table[["y", *TERMS]].to_numpy()
    grams = cross_products(columns, ("y", *TERMS), effects, effects[:, 0], carry=False)
    fit = regress(grams, "y", TERMS)
    return [fit.coefficients.tolist(), np.sqrt(covariance(fit).diagonal()).tolist()]


def pyfixest(folder: Path, memory: float) -> list[list[float]]:
    """Fit by pyfixest from all rows."""
    from pyfixest import feols

    table = pq.read_table(folder).to_pandas()
    formula = f"y ~ {' + '.join(TERMS)} | firm + period"
    fit = feols(formula, table, vcov={"CRV1": "firm"}, store_data=False, lean=True)
    return [fit.coef().tolist(), fit.se().tolist()]


def duckreg(folder: Path, memory: float) -> list[list[float]]:
    """Fit by duckreg: two-way means added as regressors, compressed in DuckDB.

    Its errors come from a bootstrap and are left out.
    """
    from duckreg.estimators import DuckMundlak

    database = folder / "duck.db"
    import duckdb

    with duckdb.connect(str(database)) as connection:
        connection.execute(
            f"CREATE TABLE t AS SELECT * FROM read_parquet('{folder}/*.parquet')"
        )
    fit = DuckMundlak(
        db_name=str(database),
        table_name="t",
        outcome_var="y",
        covariates=list(TERMS),
        unit_col="firm",
        time_col="period",
        cluster_col="firm",
        n_bootstraps=0,
        seed=0,
    )
    fit.fit()
    return [np.ravel(fit.point_estimate)[1 : 1 + len(TERMS)].tolist()]


RUNS = dict(
    zip(
        ENGINES,
        (reading_twice, in_passes, hdfe_stream, in_memory, pyfixest, duckreg),
        strict=True,
    )
)


def measured(
    engine: str, folder: Path, memory: float, python: str
) -> dict[str, object]:
    """Run one engine in a process of its own."""
    command = [python, __file__, "--folder", str(folder), "--memory", str(memory)]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--engine", engine], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        return {"failed": lines[-1]}
    found = json.loads(done.stdout.splitlines()[-1])
    return {**found, "seconds": time.perf_counter() - began}


def one(engine: str, folder: Path, memory: float) -> None:
    """Run an engine in this process and print what it gave and took."""
    given = RUNS[engine](folder, memory)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "given": given,
                "processor": used.ru_utime + used.ru_stime,
                "megabytes": peak() / 1e6,
            }
        )
    )


def apart(ours: list[list[float]], theirs: list[list[float]]) -> str:
    """Return the largest difference of estimates and of errors, over our errors."""
    errors = np.array(ours[1])
    gaps = [
        np.abs(np.array(a) - np.array(b)).max() / errors.max()
        for a, b in zip(ours, theirs, strict=False)
    ]
    return " ".join(f"{gap:.0e}" for gap in gaps)


def main() -> None:
    """Write, measure, print, remove."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--millions", type=float, default=10)
    parser.add_argument("--periods", type=int, default=100)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--slow", type=float, default=10)
    parser.add_argument("--streaming", type=float, default=1000)
    parser.add_argument("--memory", type=float, default=4000)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--engine", choices=ENGINES)
    asked = parser.parse_args()
    if asked.engine:
        one(asked.engine, asked.folder, asked.memory)
        return
    folder = asked.folder / "out-of-core"
    folder.mkdir()
    try:
        write(folder, int(asked.millions * 1e6), asked.periods, asked.shuffled)
        size = sum(file.stat().st_size for file in folder.iterdir())
        print(f"{asked.millions:g} million rows, {size / 1e6:,.0f} MB of Parquet")
        print(f"{'engine':<14} {'seconds':>8} {'cpu s':>8} {'peak MB':>8} {'ratio':>6}")
        ours: dict[str, object] = {}
        for engine in ENGINES:
            own = engine in ("reading twice", "in passes", "in memory")
            streams = engine in ENGINES[:3]
            most = asked.streaming if streams else asked.slow
            if asked.millions > most:
                print(f"{engine:<14} not run: beyond {most:g} million rows")
                continue
            python = sys.executable if own else asked.peers
            found = measured(engine, folder, asked.memory, python)
            if "failed" in found:
                print(f"{engine:<14} {found['failed']}")
                continue
            ours = found if engine == "in passes" else ours
            ratio = found["seconds"] / ours["seconds"] if ours else np.nan
            gap = apart(ours["given"], found["given"]) if ours else ""
            print(
                f"{engine:<14} {found['seconds']:>8.1f} {found['processor']:>8.1f} "
                f"{found['megabytes']:>8,.0f} {ratio:>6.2f} {gap}",
                flush=True,
            )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
