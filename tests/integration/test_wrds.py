"""A study that fetches its tables from a PostgreSQL server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from alliance_value.sources.compustat import standard_rows
from alliance_value.sources.delistings import read_delistings
from alliance_value.sources.french import read_factors
from alliance_value.sources.links import firm_links
from alliance_value.sources.names import read_names
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_file
from alliance_value.sources.returns import read_returns
from alliance_value.sources.segments import read_segments
from alliance_value.study.spec import ReturnsFile, TableFile
from tests.integration.conftest import Project, checkout
from tests.postgres import READER_WORD, Server, running_server

pytestmark = pytest.mark.workflow

PLACES = {
    "compustat_funda": ("comp", "funda"),
    "compustat_segments": ("comp", "wrds_segmerged"),
    "ccm_lnkhist": ("crsp", "ccmxpf_lnkhist"),
    "crsp_dsenames": ("crsp", "dsenames"),
    "crsp_dsedelist": ("crsp", "dsedelist"),
    "crsp_dsf": ("crsp", "dsf"),
    "crsp_dsi": ("crsp", "dsi"),
    "fivefactors_daily": ("ff", "fivefactors_daily"),
}
CODES = {
    *("gvkey", "tic", "cusip", "cik", "conm", "sic", "naicsh", "sid", "snms"),
    *("sics1", "liid", "ncusip", "comnam", "ticker", "shrcls", "costat"),
}
DAYS = {
    *("datadate", "srcdate", "linkdt", "linkenddt", "namedt", "nameendt", "dlstdt"),
    "date",
}
STUDY = """\
study: fetched
title: Firms whose statements are fetched
sources:
  wrds:
    host: 127.0.0.1
    port: {port}
    sslmode: disable
    from: 1985-01-01
    to: 2016-12-31
    tables:
      compustat_funda: {{}}
      compustat_segments: {{}}
      ccm_lnkhist: {{}}
      crsp_dsenames: {{}}
      crsp_dsedelist: {{}}
      crsp_dsf: {{from: 2001-01-01, to: 2003-12-31}}
      crsp_dsi: {{columns: [spindx]}}
      fivefactors_daily: {{}}
  firm_years:
    reader: compustat
    file: data/raw/fetched/compustat_funda.parquet
    entity: gvkey
    time: fyear
    period_end: datadate
variables:
  roa: {{numerator: ib, denominator: at}}
  leverage: {{numerator: dltt + dlcc, denominator: at}}
models:
  - {{name: base, outcome: roa, terms: [leverage]}}
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the tiny world without defects as files."""
    from alliance_value.simulate.settings import WorldSettings
    from alliance_value.simulate.write import write_world

    folder = tmp_path_factory.mktemp("world")
    settings = {"size": "tiny", "dirt": "none", "seed": 3}
    write_world(WorldSettings.from_mapping(settings), folder, lambda line: None)
    return folder


@pytest.fixture(scope="module")
def database(world: Path) -> Iterator[Server]:
    """Put the world's files on a server, with its names and types."""
    with running_server() as server:
        for name, (schema, place) in PLACES.items():
            server.put(schema, place, table_of(world, name))
        yield server


def table_of(world: Path, name: str) -> pa.Table:
    """Return a file of the world as WRDS would hold it."""
    if name == "crsp_dsf":
        cells = pd.read_parquet(world / f"{name}.parquet")
    elif name == "fivefactors_daily":
        cells = pd.read_csv(world / "factors_daily.csv")
        cells.columns = ["date", *"mktrf smb hml rmw cma rf umd".split()]
        cells["date"] = pd.to_datetime(cells.date.astype(str))
        returns = cells.columns[1:]
        cells[returns] = (cells[returns] / 100).round(8)
    else:
        codes = dict.fromkeys(CODES, "string")
        cells = pd.read_csv(world / f"{name}.csv", dtype=codes)
    for day in DAYS & set(cells.columns):
        cells[day] = pd.to_datetime(cells[day]).dt.date
    return pa.Table.from_pandas(cells, preserve_index=False)


def read(path: Path) -> RawTable:
    return read_file(path, TableFile(entity="", file=str(path)))


def test_a_study_fetches_its_tables_and_its_readers_read_them(
    database, world, tmp_path
):
    project = checkout(tmp_path / "project", HOME=str(tmp_path))
    study = project.root / "study.yaml"
    study.write_text(STUDY.format(port=database.port), encoding="utf-8")
    passfile = tmp_path / ".pgpass"
    passfile.write_text(database.password_line())
    passfile.chmod(0o600)
    targets = ["data/processed/fetched/firm_years.parquet"]
    targets += [f"data/raw/fetched/{name}.parquet" for name in PLACES]

    failed = project.snakemake("-c1", *targets)
    assert failed.code != 0
    assert "Traceback" not in failed.screen
    assert failed.screen.count("2 problems in the tables of WRDS") == 1
    assert "comp.funda has no column 'dlcc'" in failed.screen
    assert "crsp.dsi has no column 'spindx'" in failed.screen
    assert "did you mean 'dlc'?" in failed.screen
    assert not list(project.root.glob("data/wrds/fetched/*/part-*"))

    project.edit("study.yaml", "dlcc", "dlc")
    project.edit("study.yaml", "{columns: [spindx]}", "{}")
    done = project.snakemake("-c2", *targets)
    assert done.code == 0, done.screen
    assert done.jobs == {*(f"wrds.{name}" for name in PLACES), "firm_years"}
    assert "wrds: compustat_funda 1996: " in done.screen
    assert "securities are linked" in done.screen
    texts = [p.read_bytes() for p in project.root.rglob("*") if p.is_file()]
    assert not [text for text in texts if READER_WORD.encode() in text]
    assert READER_WORD not in done.screen + failed.screen

    # who asks, and how, is no reason to ask again
    project.edit("study.yaml", "    sslmode", "    user: reader\n    sslmode")
    passfile.unlink()
    assert project.snakemake("-n", *targets).idle
    # nor is a change of the code: what is here is put back without a connection
    module = project.root / "src/alliance_value/sources/wrds_store.py"
    module.write_text(module.read_text(encoding="utf-8") + "# changed\n")
    before = project.hashes("data/raw")
    again = project.snakemake("-c1", "data/raw/fetched/compustat_segments.parquet")
    assert again.code == 0, again.screen
    assert "compustat_segments is here already" in again.screen
    assert project.hashes("data/raw") == before

    same_tables(world, project)


def same_tables(world: Path, project: Project) -> None:
    """Check that readers make the same of the world's files and of those fetched."""
    fetched = project.root / "data/raw/fetched"

    def both(name: str) -> tuple[RawTable, RawTable]:
        return read(world / f"{name}.csv"), read(fetched / f"{name}.parquet")

    statements = [standard_rows(raw)[0].cells for raw in both("compustat_funda")]
    key, numbers = ["gvkey", "datadate"], ["fyear", "at", "sale", "ib", "dltt", "dlc"]
    ours, theirs = (t.sort_values(key, ignore_index=True) for t in statements)
    pd.testing.assert_frame_equal(ours[[*key, "cusip"]], theirs[[*key, "cusip"]])
    for name in numbers:
        values = pd.to_numeric(ours[name]), pd.to_numeric(theirs[name])
        pd.testing.assert_series_equal(*values, check_dtype=False, check_exact=True)
    links = [firm_links(raw)[0] for raw in both("ccm_lnkhist")]
    names = [read_names(raw)[0] for raw in both("crsp_dsenames")]
    segments = [read_segments(raw)[0] for raw in both("compustat_segments")]
    delistings = [
        read_delistings(raw, own)[0]
        for raw, own in zip(both("crsp_dsedelist"), names, strict=True)
    ]
    factors = [
        read_factors([path]).factors
        for path in (world / "factors_daily.csv", fetched / "fivefactors_daily.parquet")
    ]
    windows = links[0][["security"]].drop_duplicates()
    first, last = pd.Timestamp("2002-02-01"), pd.Timestamp("2003-03-31")
    windows = windows.assign(first=first, last=last)
    spec = ReturnsFile()
    returns = [
        read_returns(
            [path / "crsp_dsf.parquet"], spec, windows, delistings[0], names[0]
        )
        for path in (world, fetched)
    ]
    for ours, theirs in (
        links,
        names,
        segments,
        delistings,
        factors,
        [found.returns for found in returns],
    ):
        assert len(ours)
        places = [name for name in ours if name.startswith("source_")]
        pd.testing.assert_frame_equal(
            ours.drop(columns=places), theirs.drop(columns=places)
        )
