"""Time and memory of cutting windows from a large daily file, by four engines.

    python benchmarks/bench_daily.py [--millions 5] [--events 2000] [--formats parquet]

Writes a simulated daily file of that many million rows in a temporary folder, sorted
by security and day as CRSP's is, or shuffled within blocks of a hundred securities
(--shuffled). Each engine, in a process of its own, returns the rows in 250 days around
each event. Prints seconds, peak memory of the process, and rows, which must agree. The
package's own reader does more: codes, repeated days, market values, delistings. An
engine that is not installed is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

DAYS_EACH = 5000
BLOCK = 100
BEFORE, AFTER = 250, 10
FIRST_DAY = np.datetime64("1995-01-02")


def write_files(folder: Path, millions: float, events: int, shuffled: bool) -> None:
    """Write dsf.parquet, windows.parquet and the tables of names."""
    rng = np.random.default_rng(0)
    securities = max(BLOCK, round(millions * 1e6 / DAYS_EACH))
    calendar = np.busday_offset(FIRST_DAY, np.arange(DAYS_EACH), roll="forward")
    sink: pq.ParquetWriter | None = None
    for start in range(0, securities, BLOCK):
        count = min(BLOCK, securities - start)
        n = count * DAYS_EACH
        permno = np.repeat(10_000 + start + np.arange(count), DAYS_EACH)
        ret = rng.normal(0, 0.02, n).round(6)
        ret[rng.random(n) < 0.0005] = -77.0
        price = np.exp(rng.normal(3, 1, n)).round(2)
        price[rng.random(n) < 0.002] *= -1
        block = pa.table(
            {
                "permno": pa.array(permno, pa.int32()),
                "permco": pa.array(permno // 2, pa.int32()),
                "date": pa.array(np.tile(calendar, count), pa.date32()),
                "prc": price,
                "ret": ret,
                "shrout": np.round(np.exp(rng.normal(10, 1, n))),
                "vol": np.round(np.exp(rng.normal(10, 1, n))),
                "cfacpr": np.ones(n),
                "cfacshr": np.ones(n),
            }
        )
        if shuffled:
            block = block.take(rng.permutation(n))
        sink = sink or pq.ParquetWriter(folder / "dsf.parquet", block.schema)
        sink.write_table(block)
    assert sink is not None
    sink.close()
    at = rng.integers(BEFORE, DAYS_EACH - AFTER, events)
    windows = pd.DataFrame(
        {
            "security": 10_000 + rng.integers(0, securities, events),
            "first": calendar[at - BEFORE],
            "last": calendar[at + AFTER],
        }
    )
    windows["first"] = windows["first"].astype("datetime64[us]")
    windows["last"] = windows["last"].astype("datetime64[us]")
    windows.to_parquet(folder / "windows.parquet")
    every = np.arange(10_000, 10_000 + securities)
    names = pd.DataFrame({"security": every, "company": every // 2})
    names["company"] = names.company.astype("Int64")
    names.to_parquet(folder / "names.parquet")


def with_pandas(folder: Path, source: Path) -> int:
    """Read the columns whole, then merge."""
    columns = ["permno", "date", "prc", "ret", "shrout"]
    if source.suffix == ".parquet":
        rows = pd.read_parquet(source, columns=columns)
    else:
        rows = pd.read_csv(source, usecols=columns)
    rows["date"] = pd.to_datetime(rows["date"])
    windows = pd.read_parquet(folder / "windows.parquet")
    near = rows.merge(windows, left_on="permno", right_on="security")
    near = near[(near.date >= near["first"]) & (near.date <= near["last"])]
    return len(near.drop_duplicates(["permno", "date"]))


def days_of(windows: pd.DataFrame) -> pd.DataFrame:
    """Return each security and calendar day of the windows once."""
    first = windows["first"].to_numpy("datetime64[D]")
    count = (windows["last"].to_numpy("datetime64[D]") - first).astype(int) + 1
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    day = np.repeat(first, count) + within
    security = np.repeat(windows.security.to_numpy(), count)
    days = pd.DataFrame({"security": security, "day": day.astype("datetime64[us]")})
    return days.drop_duplicates()


def with_polars(folder: Path, source: Path) -> int:
    """Push the securities down, then semi-join on security and day."""
    import polars as pl

    windows = pd.read_parquet(folder / "windows.parquet")
    keys = pl.from_pandas(days_of(windows)).with_columns(pl.col("day").cast(pl.Date))
    if source.suffix == ".parquet":
        lazy = pl.scan_parquet(source)
    else:
        lazy = pl.scan_csv(source, try_parse_dates=True)
    columns = ["permno", "date", "prc", "ret", "shrout"]
    lazy = lazy.select(columns).with_columns(pl.col("permno").cast(pl.Int64))
    wanted = sorted(set(windows.security))
    lazy = lazy.filter(pl.col("permno").is_in(wanted))
    near = lazy.join(
        keys.lazy(),
        left_on=["permno", "date"],
        right_on=["security", "day"],
        how="semi",
    )
    return near.collect(engine="streaming").height


def with_duckdb(folder: Path, source: Path) -> int:
    """Let the windows be days of securities, and semi-join in SQL."""
    import duckdb

    days = days_of(pd.read_parquet(folder / "windows.parquet"))
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.register("days", days)
    reader = "read_parquet" if source.suffix == ".parquet" else "read_csv"
    near = connection.execute(
        f"SELECT permno, date, prc, ret, shrout FROM {reader}('{source}') AS d "
        "SEMI JOIN (SELECT security, CAST(day AS DATE) AS day FROM days) AS w "
        "ON d.permno = w.security AND d.date = w.day"
    ).to_arrow_table()
    return int(near.num_rows)


def with_package(folder: Path, source: Path) -> int:
    """Read canonical returns with the package's reader."""
    from alliance_value.contracts.tables import empty
    from alliance_value.contracts.vendor_tables import Delistings
    from alliance_value.sources.crsp import daily_returns

    windows = pd.read_parquet(folder / "windows.parquet")
    names = pd.read_parquet(folder / "names.parquet")
    return len(daily_returns([source], windows, names, empty(Delistings)).returns)


ENGINES: dict[str, tuple[str, Callable[[Path, Path], int]]] = {
    "package": ("polars", with_package),
    "polars": ("polars", with_polars),
    "duckdb": ("duckdb", with_duckdb),
    "pandas": ("pandas", with_pandas),
}


def measure(engine: str, folder: Path, source: Path) -> None:
    """Run one engine and print its rows, seconds and megabytes."""
    began = time.perf_counter()
    rows = ENGINES[engine][1](folder, source)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(rows, seconds, peak)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--millions", type=float, default=5)
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--formats", nargs="+", default=["parquet"])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES))
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        engine, folder, source = options.measure
        measure(engine, Path(folder), Path(source))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, options.millions, options.events, options.shuffled)
        sources = {"parquet": folder / "dsf.parquet"}
        if "csv.gz" in options.formats:
            sources["csv.gz"] = folder / "dsf.csv.gz"
            with_text(folder)
        print(f"{options.millions:g} million rows, {options.events} windows")
        print("| file | engine | seconds | peak MB | rows | to pandas |")
        print("|---|---|---|---|---|---|")
        for kind in options.formats:
            lines = {}
            for engine in options.engines:
                if importlib.util.find_spec(ENGINES[engine][0]) is None:
                    continue
                command = [sys.executable, __file__, "--measure", engine]
                done = subprocess.run(
                    [*command, str(folder), str(sources[kind])],
                    capture_output=True,
                    text=True,
                    env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
                )
                if done.returncode:
                    print(f"{engine}: {done.stderr.splitlines()[-1]}", file=sys.stderr)
                    continue
                rows, seconds, peak = map(float, done.stdout.split())
                lines[engine] = (rows, seconds, peak)
            base = lines.get("pandas", (0.0, float("nan"), 0.0))[1]
            for engine, (rows, seconds, peak) in lines.items():
                print(
                    f"| {kind} | {engine} | {seconds:.2f} | {peak:.0f} | {rows:.0f} "
                    f"| {base / seconds:.1f} x faster |"
                )


def with_text(folder: Path) -> None:
    """Write the daily file again as compressed text, in batches."""
    first = True
    for batch in pq.ParquetFile(folder / "dsf.parquet").iter_batches(500_000):
        batch.to_pandas().to_csv(
            folder / "dsf.csv.gz",
            mode="w" if first else "a",
            header=first,
            index=False,
            compression={"method": "gzip", "compresslevel": 1},
        )
        first = False


if __name__ == "__main__":
    main()
