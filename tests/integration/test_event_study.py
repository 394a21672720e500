"""Event studies of plain tables, by a study file alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.unit.events import worlds

from .conftest import Project

TARGETS = ["results/tiny/event_tests.csv", "results/tiny/event_exclusions.csv"]
DATA = Path("data/raw/tiny")


def write_tables(root: Path, layout: str) -> None:
    """Write returns, events and factors, and name them in the tiny study's file."""
    wide, factors = worlds.market(firms=8, missing=0.0)
    listed = worlds.events(wide, n=20)
    listed["announced"] = listed.announced.dt.strftime("%Y-%m-%d")
    listed.loc[0, "announced"] = "soon"
    listed.to_csv(root / DATA / "listed.csv", index=False)
    factors.assign(date=factors.date.dt.strftime("%Y-%m-%d")).to_csv(
        root / DATA / "factors.csv", index=False
    )
    returns = wide if layout == "wide" else worlds.long(wide).set_index("date")
    returns.rename_axis("date").to_csv(root / DATA / "returns.csv")
    study: dict[str, Any] = {"study": "tiny", "title": "Events alone", "sources": {}}
    columns = {"security": "security", "ret": "ret"} if layout == "long" else {}
    study["sources"] |= {
        "returns": {
            "reader": layout,
            "file": str(DATA / "returns.csv"),
            "date": "date",
            "unit": "decimal",
            **columns,
        },
        "factors": {
            "reader": "table",
            "file": str(DATA / "factors.csv"),
            "unit": "decimal",
            "columns": {n: n for n in ("mkt_rf", "smb", "hml", "rf")},
        },
        "events": {
            "file": str(DATA / "listed.csv"),
            "event": "event",
            "security": "security",
            "announced": "announced",
            "groups": ["group"],
        },
    }
    study["event_study"] = {
        "models": ["market", "ff3"],
        "windows": [[-1, 1]],
        "estimation": list(worlds.ESTIMATION),
        "path": [-2, 2],
        "minimum": 60,
        "draws": 99,
        "overlap": "flag",
    }
    (root / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False))


@pytest.mark.workflow
@pytest.mark.parametrize("layout", ["long", "wide"])
def test_plain_tables_are_studied_by_yaml_alone(fresh: Project, layout: str) -> None:
    write_tables(fresh.root, layout)
    run = fresh.snakemake("--cores", "1", *TARGETS)
    assert run.code == 0, run.screen
    # no firm-year, panel or model is touched
    assert run.jobs == {
        *("listed_events", "windows", "returns", "factors"),
        *("event_study", "event_results"),
    }
    tests = pd.read_csv(fresh.root / TARGETS[0])
    assert set(tests.group) == {"all", "a", "b"} and set(tests.model) == {
        "market",
        "ff3",
    }
    whole = tests[tests.group == "all"]
    assert (whole.n == 19).all() and np.isfinite(whole.statistic).all()
    rejected = pd.read_parquet(
        fresh.root / "data/processed/tiny/rejects/events.parquet"
    )
    assert rejected.value.tolist() == ["soon"]


@pytest.mark.workflow
def test_events_alone_end_with_a_report(fresh: Project) -> None:
    write_tables(fresh.root, "wide")
    run = fresh.snakemake("--cores", "2")
    assert run.code == 0, run.screen
    assert "19 events read, 19 with returns; 1 values rejected" in run.screen
    assert not run.jobs & {"firm_years", "panel"}
    results = fresh.root / "results/tiny"
    page = (results / "report.html").read_text(encoding="utf-8")
    assert 'id="table-event_tests"' in page and (results / "report.pdf").is_file()
    assert pd.read_csv(results / "estimates.csv").empty
    assert fresh.plan().idle


@pytest.mark.workflow
def test_events_without_their_columns_end_with_one_message(fresh: Project) -> None:
    write_tables(fresh.root, "long")
    path = fresh.root / DATA / "listed.csv"
    path.write_text(path.read_text().replace("announced", "anounced", 1))
    run = fresh.snakemake("--cores", "1", *TARGETS)
    assert run.code != 0
    assert "there is no column 'announced'" in run.screen
    assert "anounced" in run.screen and "Traceback" not in run.screen


def write_markets(root: Path) -> None:
    """Write a study of events of four markets, with windows of their own."""
    parts = []
    for seed, name in enumerate(("AT", "DE", "FR", "US")):
        wide, factors = worlds.market(seed=seed, days=200, firms=4, missing=0.0)
        wide, factors = (t.drop(t.index[90 + seed]) for t in (wide, factors))
        wide = wide.add_prefix(name)
        listed = worlds.events(wide, n=6, seed=seed).assign(market=name)
        listed = listed.assign(event=name + listed.event, first=-1, last=seed)
        parts.append((worlds.long(wide), listed, factors.assign(market=name)))
    names = ("returns", "listed", "factors")
    for name, tables in zip(names, zip(*parts, strict=True), strict=True):
        table = pd.concat(tables)
        for column in table.columns.intersection(["date", "announced"]):
            table[column] = table[column].dt.strftime("%Y-%m-%d")
        table.to_csv(root / DATA / f"{name}.csv", index=False)
    study = yaml.safe_load((root / "study.yaml").read_text())
    sources = study["sources"]
    sources["factors"]["market"] = sources["events"]["market"] = "market"
    sources["events"] |= {"groups": ["market"], "window": ["first", "last"]}
    study["event_study"] |= {"windows": [[0, 0]], "headline": [0, 2]}
    study["event_study"] |= {"bhar": True, "calendar_time": True}
    study["exhibits"] = {
        "tables": [
            {"name": "windows", "kind": "event_windows", "alternative": "greater"},
            {"name": "tests", "kind": "event_tests", "window": "own"},
            {"name": "held", "kind": "bhar", "model": "ff3"},
        ]
    }
    (root / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False))


@pytest.mark.workflow
def test_events_of_four_markets_end_with_a_report(fresh: Project) -> None:
    write_tables(fresh.root, "long")
    write_markets(fresh.root)
    run = fresh.snakemake("--cores", "1")
    assert run.code == 0, run.screen
    results = fresh.root / "results/tiny"
    tests = pd.read_csv(results / "event_tests.csv")
    assert set(tests.group) == {"all", "AT", "DE", "FR", "US"}
    assert set(tests.window) == {"[0,0]", "[0,2]", "own"}
    assert (tests.n[tests.group == "all"] == 24).all()
    assert pd.read_csv(results / "calendar_time.csv").n.max() > 1
    assert pd.read_csv(results / "bhar.csv").t_skewness.notna().all()
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "The abnormal return over [0,2] is" in page
    rows = pd.read_csv(results / "tables/windows.csv").iloc[:, 0]
    assert [*rows.dropna()][:4] == ["[0,0]", "[0,2]", "own windows", "Events"]
