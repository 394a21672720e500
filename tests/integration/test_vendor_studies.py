"""One study of a vendor's files, whichever edition or archive they come in."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml

from .conftest import ROOT, Project

# the panel is asked for in test_vendor_forms.py, by the functions alone
MADE = ("cars.parquet", "abnormal_returns.parquet")
FACTS = """\
study: facts
title: Assets of quarterly filings
sources:
  firm_years:
    file: FOLDER/*.zip
    member: num.txt
    entity: adsh
    time: ddate
    time_format: quarter
    columns: {assets: value}
    text: [segments, coreg]
    where:
      - tag == 'Assets' and uom == 'USD' and qtrs == 0
      - missing(segments) and missing(coreg)
    duplicates: first
variables:
  log_assets: {value: log(assets)}
  log_before: {value: log(assets), lag: LAG}
models:
  - {name: growth, outcome: log_assets, terms: [log_before], effects: [time]}
"""
HEAD = "adsh\ttag\tversion\tddate\tqtrs\tuom\tsegments\tcoreg\tvalue\tfootnote\n"
DATA = Path(os.environ.get("ALLIANCE_VALUE_DATA") or "absent", "edgar", "fsds")


@pytest.mark.workflow
def test_legacy_and_ciz_files_are_one_study(fresh: Project) -> None:
    text = (ROOT / "config" / "config.yaml").read_text(encoding="utf-8")
    for edition in ("legacy", "ciz"):
        study = yaml.safe_load(text.replace("raw/simulated/", f"raw/{edition}/"))
        study["study"] = edition
        study["sources"]["simulate"] = {
            "size": "tiny",
            "dirt": "realistic",
            "crsp_format": edition,
        }
        (fresh.root / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False))
        folder = f"data/processed/{edition}"
        run = fresh.snakemake("--cores", "1", *(f"{folder}/{name}" for name in MADE))
        assert run.code == 0, run.screen
    for name in MADE:
        legacy, ciz = (
            pd.read_parquet(fresh.root / f"data/processed/{edition}/{name}")
            for edition in ("legacy", "ciz")
        )
        assert len(legacy) > 100
        pd.testing.assert_frame_equal(legacy, ciz)


def write_archives(folder: Path) -> None:
    """Write archives of facts as the SEC publishes them, one a quarter."""
    folder.mkdir(parents=True)
    for place in range(6):
        day = pd.Timestamp("2009-03-31") + pd.offsets.QuarterEnd(place)
        before = day - pd.offsets.QuarterEnd(2)
        lines = []
        for firm in range(30):
            key = f"{place:010d}-09-{firm:06d}"
            size = 1000.0 * (firm + 1)
            for when, value in ((before, size), (day, size * (1.1 + 0.01 * place))):
                printed = f"{when:%Y%m%d}"
                for tag, unit, part, amount in (
                    ("Assets", "USD", "", value),
                    ("Assets", "USD", "Segment=A;", value / 3),
                    ("Assets", "EUR", "", value / 2),
                    ("Liabilities", "USD", "", value / 4),
                ):
                    cells = (key, tag, "us-gaap/2009", printed, "0", unit, part, "")
                    lines.append("\t".join((*cells, f"{amount:.4f}", "")))
        with zipfile.ZipFile(folder / f"2009q{place}.zip", "w") as archive:
            archive.writestr("num.txt", HEAD + "\n".join(lines) + "\n")
            archive.writestr("sub.txt", "adsh\tcik\n")
            archive.writestr("readme.htm", "<html></html>")


def rows_of_study(project: Project, folder: str, lag: int) -> pd.DataFrame:
    """Run the study of facts and return its firm-years."""
    text = FACTS.replace("FOLDER", folder).replace("LAG", str(lag))
    assert text.count("\n") < 25
    (project.root / "study.yaml").write_text(text, encoding="utf-8")
    run = project.snakemake("--cores", "1", "results/facts/estimates.csv")
    assert run.code == 0, run.screen
    return pd.read_parquet(project.root / "data/processed/facts/firm_years.parquet")


@pytest.mark.workflow
def test_archives_of_facts_are_one_short_study(fresh: Project) -> None:
    write_archives(fresh.root / "data/raw/facts")
    table = rows_of_study(fresh, "data/raw/facts", 2)
    assert len(table) == 6 * 30 * 2
    estimates = pd.read_csv(fresh.root / "results/facts/estimates.csv")
    slope = estimates.set_index("term").estimate["log_before"]
    assert slope == pytest.approx(1)


@pytest.mark.workflow
@pytest.mark.real_data
@pytest.mark.skipif(
    not DATA.is_dir(), reason="ALLIANCE_VALUE_DATA names no folder with edgar/fsds/"
)
def test_archives_as_the_sec_publishes_them(fresh: Project) -> None:
    real = fresh.root / "data/raw/facts"
    real.mkdir(parents=True)
    for path in DATA.glob("20??q?.zip"):
        (real / path.name).symlink_to(path.resolve())
    table = rows_of_study(fresh, "data/raw/facts", 2)
    # the total assets of 2009Q2 and 2010Q1's filers, this year's and last year's
    assert table.firm.nunique() == 921 and len(table) == 1900
