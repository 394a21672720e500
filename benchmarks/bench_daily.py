"""Time and memory of the returns around events in a large daily file, by four engines.

    python benchmarks/bench_daily.py [--millions 5] [--events 2000] [--formats parquet]
        [--shuffled] [--repeats 1] [--peers /path/to/python] [--folder here]

Writes a simulated daily file of that many million rows in a temporary folder, sorted
by security and day as CRSP's is, or shuffled within blocks of a hundred securities
(--shuffled), with dated links of firms to securities and with delistings. The job:
each event's firm -> its security on the day -> the rows from 295 trading days before to
54 after; codes become missing returns, delisting returns are compounded, market values
are added up over a company's securities. Each engine runs in a process of its own and
returns the number of rows and the sums of returns and market values, which must agree.
Prints seconds (imports included), peak memory of the process, and ratios to pandas.

The package's own reader does more: repeated days, unreadable keys, gaps, a record of
every repair. An engine that is not installed is said to be so; --peers names another
interpreter in which the others run.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
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
BEFORE, AFTER = 295, 54
FIRST_DAY = np.datetime64("1995-01-02")
LOWEST = -1.01


def write_files(folder: Path, millions: float, events: int, shuffled: bool) -> None:
    """Write dsf.parquet, events.parquet, links.parquet and delistings.parquet.

    Firms keep a security for half of the calendar, then pass to another one; every
    tenth security shares its company with the next one; one in five is delisted.
    """
    rng = np.random.default_rng(0)
    securities = max(BLOCK, round(millions * 1e6 / DAYS_EACH))
    calendar = np.busday_offset(FIRST_DAY, np.arange(DAYS_EACH), roll="forward")
    stamps = calendar.astype("datetime64[us]")
    sink: pq.ParquetWriter | None = None
    every = 10_000 + np.arange(securities)
    company = np.where(np.arange(securities) % 10 == 1, every - 1, every)
    delisted = np.flatnonzero(rng.random(securities) < 0.2)
    gone = rng.integers(DAYS_EACH // 2, DAYS_EACH, len(delisted))
    for start in range(0, securities, BLOCK):
        count = min(BLOCK, securities - start)
        n = count * DAYS_EACH
        own = np.repeat(np.arange(start, start + count), DAYS_EACH)
        ret = rng.normal(0, 0.02, n).round(6)
        ret[rng.random(n) < 0.0005] = -77.0
        price = np.exp(rng.normal(3, 1, n)).round(2)
        price[rng.random(n) < 0.002] *= -1
        block = pa.table(
            {
                "permno": pa.array(every[own], pa.int32()),
                "permco": pa.array(company[own], pa.int32()),
                "date": pa.array(np.tile(stamps, count)),
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
    firm = rng.integers(0, securities, events)
    pd.DataFrame(
        {
            "event": np.arange(events),
            "firm": firm,
            "day": stamps[at],
            "first": stamps[at - BEFORE],
            "last": stamps[at + AFTER],
        }
    ).to_parquet(folder / "events.parquet")
    half = stamps[DAYS_EACH // 2]
    firms = np.arange(securities)
    pd.concat(
        [
            pd.DataFrame(
                {
                    "firm": firms,
                    "security": every,
                    "link_from": stamps[0],
                    "link_to": half - np.timedelta64(1, "D"),
                }
            ),
            pd.DataFrame(
                {
                    "firm": firms,
                    "security": np.roll(every, 1),
                    "link_from": half,
                    "link_to": stamps[-1],
                }
            ),
        ]
    ).to_parquet(folder / "links.parquet", index=False)
    pd.DataFrame(
        {
            "security": every[delisted],
            "delisted": stamps[gone],
            "ret": rng.uniform(-0.9, 0.1, len(delisted)).round(6),
        }
    ).to_parquet(folder / "delistings.parquet")


Answer = tuple[int, float, float]


def linked(folder: Path) -> pd.DataFrame:
    """Return the windows: each event's security on its day, first and last day."""
    events = pd.read_parquet(folder / "events.parquet")
    links = pd.read_parquet(folder / "links.parquet")
    pairs = events.merge(links, on="firm")
    held = (pairs.day >= pairs.link_from) & (pairs.day <= pairs.link_to)
    return pairs.loc[held, ["security", "first", "last"]]


def compounded(near: pd.DataFrame, delistings: pd.DataFrame) -> Answer:
    """Compound delisting returns on the windows' rows and add everything up.

    ``near`` has one row per security and day: security, date, ret, market_value. Rows
    go on after a delisting here, so that its return is that of the next trading day.
    """
    after = delistings.delisted + pd.offsets.BDay(1)
    last = pd.Timestamp(np.busday_offset(FIRST_DAY, DAYS_EACH - 1, roll="forward"))
    gone = delistings.rename(columns={"ret": "delisting"})
    gone = gone.assign(date=after.where(after <= last, delistings.delisted))
    near = near.merge(gone, on=["security", "date"], how="left")
    both = (1 + near.ret.fillna(0)) * (1 + near.delisting) - 1
    ret = near.ret.mask(near.delisting.notna(), both)
    return len(near), float(ret.sum()), float(near.market_value.sum())


def with_pandas(folder: Path, source: Path) -> Answer:
    """Read the columns whole, then filter, add up and merge."""
    columns = ["permno", "permco", "date", "prc", "ret", "shrout"]
    if source.suffix == ".parquet":
        rows = pd.read_parquet(source, columns=columns)
    else:
        rows = pd.read_csv(source, usecols=columns, parse_dates=["date"])
    rows["market_value"] = rows.prc.abs() * rows.shrout / 1000
    value = rows.groupby(["permco", "date"]).market_value.sum()
    windows = linked(folder)
    near = rows[["permno", "permco", "date", "ret"]].merge(
        windows, left_on="permno", right_on="security"
    )
    near = near[(near.date >= near["first"]) & (near.date <= near["last"])]
    near = near.drop_duplicates(["security", "date"])
    near = near.merge(value.reset_index(), on=["permco", "date"])
    near["ret"] = near.ret.where(near.ret > LOWEST)
    return compounded(near, pd.read_parquet(folder / "delistings.parquet"))


def with_pandas_filtered(folder: Path, source: Path) -> Answer:
    """Read the columns whole, keep the windows' securities, then as above."""
    columns = ["permno", "permco", "date", "prc", "ret", "shrout"]
    if source.suffix == ".parquet":
        rows = pd.read_parquet(source, columns=columns)
    else:
        rows = pd.read_csv(source, usecols=columns, parse_dates=["date"])
    windows = linked(folder)
    mine = rows.permco.isin(rows.permco[rows.permno.isin(windows.security)].unique())
    rows = rows[mine].copy()
    rows["market_value"] = rows.prc.abs() * rows.shrout / 1000
    value = rows.groupby(["permco", "date"]).market_value.sum()
    near = rows.merge(windows, left_on="permno", right_on="security")
    near = near[(near.date >= near["first"]) & (near.date <= near["last"])]
    near = near.drop(columns="market_value").drop_duplicates(["security", "date"])
    near = near.merge(value.reset_index(), on=["permco", "date"])
    near["ret"] = near.ret.where(near.ret > LOWEST)
    return compounded(near, pd.read_parquet(folder / "delistings.parquet"))


def with_polars(folder: Path, source: Path) -> Answer:
    """Push securities and days down, semi-join on days, all in the streaming engine."""
    import polars as pl

    windows = linked(folder)
    days = pl.from_pandas(days_of(windows)).lazy()
    if source.suffix == ".parquet":
        lazy = pl.scan_parquet(source)
    else:
        lazy = pl.scan_csv(source, try_parse_dates=True)
        lazy = lazy.with_columns(pl.col("date").cast(pl.Datetime("us")))
    columns = ["permno", "permco", "date", "prc", "ret", "shrout"]
    lazy = lazy.select(columns).with_columns(pl.col("permno", "permco").cast(pl.Int64))
    own = pl.Series(sorted(set(windows.security)), dtype=pl.Int64)
    company = lazy.filter(pl.col("permno").is_in(own.implode()))
    company = company.select("permco").unique()
    wanted = company.collect(engine="streaming")["permco"]
    near = (
        lazy.filter(pl.col("permco").is_in(wanted.implode()))
        .with_columns(own=pl.col("prc").abs() * pl.col("shrout") / 1000)
        .collect(engine="streaming")
    )
    near = near.with_columns(market_value=pl.col("own").sum().over("permco", "date"))
    near = near.lazy().join(
        days, left_on=["permno", "date"], right_on=["security", "day"], how="semi"
    )
    table = near.select(
        "date",
        "market_value",
        security="permno",
        ret=pl.when(pl.col("ret") > LOWEST).then("ret"),
    ).collect()
    gone = pd.read_parquet(folder / "delistings.parquet")
    return compounded(table.to_pandas(), gone)


def with_duckdb(folder: Path, source: Path) -> Answer:
    """Say it all in one query, out of core where memory runs short."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET memory_limit = '2GB'")
    connection.execute(f"SET temp_directory = '{folder}/duckdb'")
    connection.execute("SET preserve_insertion_order = false")
    reader = "read_parquet" if source.suffix == ".parquet" else "read_csv"
    tables = {n: f"'{folder / n}.parquet'" for n in ("events", "links", "delistings")}
    row = connection.execute(
        f"""
        WITH windows AS (
            SELECT DISTINCT security, first, last
            FROM {tables["events"]} JOIN {tables["links"]} USING (firm)
            WHERE day BETWEEN link_from AND link_to),
        days AS (
            SELECT DISTINCT security, unnest(generate_series(
                first, last, INTERVAL 1 DAY)) AS date FROM windows),
        companies AS (
            SELECT DISTINCT permco FROM {reader}('{source}')
            WHERE permno IN (SELECT security FROM windows)),
        rows AS (
            SELECT permno, permco, date, ret, prc, shrout FROM {reader}('{source}')
            WHERE permco IN (SELECT permco FROM companies)),
        valued AS (
            SELECT r.permco, r.date, sum(abs(prc) * shrout / 1000) AS market_value
            FROM rows r SEMI JOIN (
                SELECT permco, d.date FROM days d
                JOIN (SELECT DISTINCT permno, permco FROM rows) k
                ON d.security = k.permno) s
            ON r.permco = s.permco AND r.date = s.date
            GROUP BY r.permco, r.date),
        near AS (
            SELECT permno AS security, permco, date,
                CASE WHEN ret > {LOWEST} THEN ret END AS ret
            FROM rows r SEMI JOIN days d
            ON r.permno = d.security AND r.date = d.date)
        SELECT count(*), sum(CASE WHEN g.ret IS NULL THEN n.ret
            ELSE (1 + coalesce(n.ret, 0)) * (1 + g.ret) - 1 END),
            sum(market_value)
        FROM near n JOIN valued USING (permco, date)
        LEFT JOIN {tables["delistings"]} g
        ON n.security = g.security AND n.date = g.delisted
        """
    ).fetchone()
    assert row is not None
    return int(row[0]), float(row[1]), float(row[2])


def days_of(windows: pd.DataFrame) -> pd.DataFrame:
    """Return each security and calendar day of the windows once."""
    first = windows["first"].to_numpy("datetime64[D]")
    count = (windows["last"].to_numpy("datetime64[D]") - first).astype(int) + 1
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    day = np.repeat(first, count) + within
    security = np.repeat(windows.security.to_numpy(), count)
    days = pd.DataFrame({"security": security, "day": day.astype("datetime64[us]")})
    return days.drop_duplicates()


def with_package(folder: Path, source: Path) -> Answer:
    """Read canonical returns with the package's reader."""
    from alliance_value.sources.returns import read_returns
    from alliance_value.study.spec import ReturnsFile

    windows = linked(folder)
    gone = pd.read_parquet(folder / "delistings.parquet")
    gone = gone.assign(
        own_day=pd.NaT,
        source_file="delistings.parquet",
        source_row=gone.index + 1,
        source_column="delisted",
        source_value=gone.delisted.astype("string"),
    )
    read = read_returns([source], ReturnsFile(), windows, gone)
    table = read.returns
    return len(table), float(table.ret.sum()), float(table.market_value.sum())


ENGINES: dict[str, tuple[str, Callable[[Path, Path], Answer]]] = {
    "package": ("polars", with_package),
    "polars": ("polars", with_polars),
    "duckdb": ("duckdb", with_duckdb),
    "pandas": ("pandas", with_pandas),
    "pandas, filtered first": ("pandas", with_pandas_filtered),
}
BASE = "pandas"


def measure(engine: str, folder: Path, source: Path) -> None:
    """Run one engine and print its answer, seconds and megabytes."""
    began = time.perf_counter()
    rows, returns, values = ENGINES[engine][1](folder, source)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(rows, f"{returns:.8g}", f"{values:.8g}", seconds, peak)


def run(engine: str, python: str, folder: Path, source: Path) -> list[str]:
    """Run an engine in a process of its own; return what it printed, or nothing."""
    probe = [python, "-c", f"import {ENGINES[engine][0]}"]
    if subprocess.run(probe, capture_output=True).returncode:
        print(f"{engine}: {ENGINES[engine][0]} is not installed", file=sys.stderr)
        return []
    command = [python, __file__, "--measure", engine, str(folder), str(source)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "2"},
    )
    if done.returncode:
        print(f"{engine}: {done.stderr.splitlines()[-1:]}", file=sys.stderr)
    return done.stdout.split()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--millions", type=float, default=5)
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--formats", nargs="+", default=["parquet"])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES))
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--folder", help="keep the files there, and use them again")
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        engine, folder, source = options.measure
        measure(engine, Path(folder), Path(source))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(options.folder or name)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "delistings.parquet").is_file():
            write_files(folder, options.millions, options.events, options.shuffled)
        if "csv.gz" in options.formats and not (folder / "dsf.csv.gz").is_file():
            with_text(folder)
        compare(options, folder)


def compare(options: argparse.Namespace, folder: Path) -> None:
    """Print the table of engines for each format."""
    print(f"{options.millions:g} million rows, {options.events} events")
    print("| file | engine | seconds | peak MB | rows | sums | to pandas |")
    print("|---|---|---|---|---|---|---|")
    for kind in options.formats:
        source = folder / f"dsf.{kind}"
        lines: dict[str, list[list[str]]] = {}
        for engine in options.engines * options.repeats:
            python = sys.executable if engine == "package" else options.peers
            if printed := run(engine, python, folder, source):
                lines.setdefault(engine, []).append(printed)
        seconds = {
            e: statistics.median(float(p[3]) for p in runs) for e, runs in lines.items()
        }
        for engine, runs in lines.items():
            rows, returns, values = runs[0][:3]
            peak = max(float(p[4]) for p in runs)
            ratio = seconds.get(BASE, float("nan")) / seconds[engine]
            print(
                f"| {kind} | {engine} | {seconds[engine]:.2f} | {peak:.0f} | {rows} "
                f"| {returns}, {values} | {ratio:.1f} x |"
            )
        if len({tuple(p[:3]) for runs in lines.values() for p in runs}) > 1:
            sys.exit(f"{kind}: the engines do not agree")


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
