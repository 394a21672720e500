"""A study that fetches its quarters from a server on loopback that fails at times."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.edgar_server import Edgar
from tests.integration.conftest import checkout
from tests.unit.sources.edgar_files import SEGMENTS, archive, filing, statement

pytestmark = pytest.mark.workflow

STUDY = """\
study: quarters
title: Firms whose statements are fetched
sources:
  edgar:
    host: {host}
    quarters: {{first: 2010q1, last: 2010q2}}
  firm_years:
    reader: edgar_statements
    file: data/raw/quarters/*.zip
    entity: cik
    time: fyear
    period_end: datadate
variables:
  roa: {{numerator: ni, denominator: at}}
models:
  - {{name: base, outcome: roa, terms: [sale]}}
"""
PLACE = "/files/dera/data/financial-statement-data-sets"
TARGET = "data/processed/quarters/firm_years.parquet"


def quarters(folder: Path) -> dict[str, bytes]:
    """Return two quarters of a few firms by their paths on the server."""
    held = {}
    for quarter, filed in (("2010q1", "20100226"), ("2010q2", "20100514")):
        first = 1 if quarter == "2010q1" else 5
        filings = [filing(n, cik=f"{n}", filed=filed) for n in range(first, first + 4)]
        facts = [f for n in range(first, first + 4) for f in statement(n, 1e9 + n)]
        path = archive(folder / f"{quarter}.zip", filings, facts, SEGMENTS)
        held[f"{PLACE}/{quarter}.zip"] = Path(path).read_bytes()
    return held


def test_a_study_fetches_its_quarters_whatever_the_server_does(tmp_path):
    with Edgar(quarters(tmp_path)) as server:
        project = checkout(tmp_path / "project", EDGAR_CONTACT="")
        study = project.root / "study.yaml"
        study.write_text(STUDY.format(host=server.host), encoding="utf-8")
        nameless = project.snakemake("-c1", TARGET)
        assert nameless.code != 0 and "sources.edgar.contact" in nameless.screen
        assert not server.asked

        project.environ["EDGAR_CONTACT"] = "Ada Lovelace ada@uni.edu"
        server.plan = ["whole", 403]
        refused = project.snakemake("-c1", TARGET)
        assert refused.code != 0 and "the server answered 403" in refused.screen
        assert "Traceback" not in refused.screen
        assert [path for path, _ in server.asked] == [*server.files]
        assert not [*project.root.glob("data/raw/quarters/*")]

        # what is here is not asked for again; what is cut off goes on
        server.asked.clear()
        server.plan = [(429, "1"), "cut"]
        done = project.snakemake("-c1", TARGET)
        assert done.code == 0, done.screen
        assert {path for path, _ in server.asked} == {f"{PLACE}/2010q2.zip"}
        ranges = [headers.get("Range", "") for _, headers in server.asked]
        assert len(ranges) == 3 and ranges[2].startswith("bytes=")
        table = pd.read_parquet(project.root / TARGET)
        assert len(table) == 8 and table["at"].nunique() == 8
        for path, body in server.files.items():
            name = path.rpartition("/")[2]
            assert (project.root / "data/raw/quarters" / name).read_bytes() == body
            kept = project.root / "data/edgar/quarters" / f"{name}.json"
            record = json.loads(kept.read_text(encoding="utf-8"))
            assert record["sha256"] == hashlib.sha256(body).hexdigest()
        written = [
            path.read_bytes()
            for folder in ("data", "build", ".snakemake")
            for path in (project.root / folder).rglob("*")
            if path.is_file()
        ]
        assert written and not [text for text in written if b"ada@uni.edu" in text]

        # a file that is lost comes back without a question
        server.asked.clear()
        (project.root / "data/raw/quarters/2010q1.zip").unlink()
        again = project.snakemake("-c1", TARGET)
        assert again.code == 0, again.screen
        assert not server.asked
        assert project.snakemake("-n", TARGET).idle
