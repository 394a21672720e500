"""Only what is the project's or the study's may be in a package."""

from __future__ import annotations

import pytest
import yaml

from alliance_value.running.provenance import Job, Provenance
from alliance_value.sharing.allowed import (
    is_study,
    open_files,
    own_pipeline,
    programs,
    results_of,
)

INSIDE = [
    "Makefile",
    "Snakefile",
    "config/README.md",
    "docs/methods.md",
    "profiles/slurm/config.yaml",
    "requirements.lock",
    "src/alliance_value/models/estimators/new.py",
    "src/alliance_value/report/report.html.j2",
    "workflow/rules/panel.smk",
    "workflow/scripts/panel.py",
]
OUTSIDE = [
    ".env",
    ".pgpass",
    ".dvc/config",
    "config/wages.yaml",
    "data/raw/wages/a.csv",
    "docs/draft.docx",
    "docs/images/network.png",
    "docs/notes.ipynb",
    "drafts/referee.md",
    "metrics/wages.json",
    "notes.md",
    "old/get.py",
    "old/copy.csv.gz",
    "results/wages/estimates.csv",
    "src/alliance_value/copy.parquet",
    "src/other/a.py",
    "tests/unit/test_a.py",
    "workflow/analysis.R",
    "workflow/table.xlsx",
]
PIPELINE = """\
vars:
  - studies: {mine: config/mine.yaml, wages: config/wages.yaml}
stages:
  data:
    cmd: snakemake data/raw/wages/truth.json
    params: [{config/wages.yaml: [seed]}]
    outs: [data/raw/wages]
  fetch:
    cmd: fetch data/raw/mine
    outs: [data/raw/mine]
  study:
    foreach: ${studies}
    do:
      cmd: snakemake --configfile ${item}
      params: ["${item}:"]
      outs: ["results/${key}"]
      metrics: ["metrics/${key}.json": {cache: false}]
  both:
    cmd: compare results/mine results/wages
plots: [results/mine/figures/a.svg, results/wages/figures/a.svg]
"""


def test_the_projects_files_are_inside_and_no_others():
    assert programs([*INSIDE, *OUTSIDE], set()) == sorted(INSIDE)


def test_what_a_job_read_is_inside_wherever_it_is():
    assert programs(["workflow/analysis.R", ".env"], {"workflow/analysis.R"}) == [
        "workflow/analysis.R"
    ]


@pytest.mark.parametrize(
    ("path", "content", "yes"),
    [
        ("workflow/wages.yaml", b"study: wages\nsources: {}\n", True),
        ("profiles/x/config.yaml", b"cores: all\n", False),
        ("a.yaml", b"study: [\n", False),
        ("a.py", b"study: wages\nsources: {}\n", False),
    ],
)
def test_other_studies_are_known_by_their_keys(path, content, yes):
    assert is_study(path, content) == yes


def test_a_pipeline_keeps_the_stage_of_its_own_study():
    text = own_pipeline(yaml.safe_load(PIPELINE), "mine", "config/mine.yaml")
    assert "wages" not in text
    kept = yaml.safe_load(text)
    assert set(kept["stages"]) == {"fetch", "study"}
    assert kept["stages"]["study"]["foreach"] == {"mine": "config/mine.yaml"}
    assert kept["stages"]["study"]["do"]["metrics"]
    assert kept["plots"] == ["results/mine/figures/a.svg"]


def test_a_study_without_a_stage_has_no_pipeline():
    assert own_pipeline(yaml.safe_load(PIPELINE), "other", "config/other.yaml") == ""
    assert own_pipeline({}, "other", "config/other.yaml") == ""


def test_results_are_those_of_the_record():
    made = ("results/s/a.csv", "metrics/s.json", "data/processed/s/a.parquet")
    other = ("results/s2/b.csv", "metrics/s2.json")
    jobs = (Job("a", (), made), Job("b", (), other))
    record = Provenance("s", {}, {}, {}, jobs)
    assert results_of(record, "s") == [
        "metrics/s.json",
        "results/s/a.csv",
        "results/s/provenance.json",
    ]


def test_open_files_are_those_in_the_checkout_that_nothing_makes():
    sources = {
        "firm_years": {"file": "data/raw/s/panel.csv"},
        "firms": {"file": ["data/raw/s/a.csv", "data/raw/s/shut.csv"]},
        "factors": {"file": "${DATA}/factors.csv"},
        "alliances": {"file": "data/raw/s/simulated.csv"},
    }
    paths = {
        "firm_years": ["data/raw/s/panel.csv"],
        "firms": ["data/raw/s/a.csv", "data/raw/s/shut.csv"],
        "factors": ["/elsewhere/factors.csv"],
        "alliances": ["data/raw/s/simulated.csv"],
        "structures": ["data/raw/s/shut.csv"],
    }
    closed, made = ["firm_years", "structures"], {"data/raw/s/simulated.csv"}
    sources["structures"] = {"file": "data/raw/s/shut.csv"}
    study = {"study": "s", "sources": sources}
    assert open_files(study, closed, paths, made) == ["data/raw/s/a.csv"]
