"""A checkout that is not as the recorded run left it is told, each file by name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from alliance_value.running.provenance import Job, Provenance
from alliance_value.sharing.recorded import not_as_recorded, programs_of

STUDY = {"study": "s", "seed": 7, "models": [{"name": "base", "level": 0.95}]}
FILES = {
    "build/s/params/a.json": "{}",
    "data/processed/s/panel.parquet": "p",
    "data/raw/s/firm_years.csv": "a,b\n1,2\n",
    "data/raw/s/simulated.csv": "a\n3\n",
    "results/s/estimates.csv": "model,estimate\nbase,0.25\n",
    "results/s/study.resolved.yaml": yaml.safe_dump(STUDY),
    "metrics/s.json": "{}",
    "src/alliance_value/panel/build.py": "x = 1\n",
    "workflow/scripts/panel.py": "y = 1\n",
    "config/claims.yaml": "[]\n",
}
JOBS = (
    Job("simulate", ("build/s/params/a.json",), ("data/raw/s/simulated.csv",)),
    Job(
        "panel",
        (
            "data/raw/s/firm_years.csv",
            "src/alliance_value/panel/build.py",
            "workflow/scripts/panel.py",
        ),
        ("data/processed/s/panel.parquet",),
    ),
    Job(
        "results",
        ("data/processed/s/panel.parquet", "config/claims.yaml"),
        (
            "results/s/estimates.csv",
            "results/s/study.resolved.yaml",
            "metrics/s.json",
        ),
    ),
)
RECORD = Provenance(
    "s",
    {},
    {name: hashlib.sha256(text.encode()).hexdigest() for name, text in FILES.items()},
    {},
    JOBS,
)
AGAIN = "snakemake --configfile s.yaml"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {**FILES, "results/s/provenance.json": "{}"}.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def problems(study=STUDY, kept=FILES, record=RECORD, places=None):
    found = not_as_recorded(record, study, places or {}, kept, AGAIN)
    return {problem.where: problem for problem in found}


def test_what_is_as_recorded_has_no_problem(checkout):
    assert problems() == {}


def test_intermediates_and_simulated_files_may_be_away(checkout):
    for name in ("data/processed/s/panel.parquet", "data/raw/s/simulated.csv"):
        Path(name).unlink()
    assert problems() == {}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("results/s/estimates.csv", "it is not what rule results made"),
        ("metrics/s.json", "it is not what rule results made"),
        ("results/s/study.resolved.yaml", "it is not what rule results made"),
        ("data/raw/s/firm_years.csv", "it was changed after the run"),
        ("data/raw/s/simulated.csv", "it was changed after the run"),
        ("src/alliance_value/panel/build.py", "it was changed after the run"),
        ("workflow/scripts/panel.py", "it was changed after the run"),
        ("config/claims.yaml", "it was changed after the run"),
    ],
)
def test_a_changed_file_is_named(checkout, name, rule):
    with Path(name).open("a", encoding="utf-8") as stream:
        stream.write("0\n")
    found = problems()
    assert list(found) == [name]
    assert found[name].rule.startswith(rule)
    assert AGAIN in found[name].remedy


@pytest.mark.parametrize(
    "name",
    [
        "results/s/estimates.csv",
        "data/raw/s/firm_years.csv",
        "workflow/scripts/panel.py",
    ],
)
def test_a_file_that_is_away_is_named(checkout, name):
    Path(name).unlink()
    assert [p.rule for p in problems().values()] == ["the file is away"]
    assert list(problems()) == [name]


def test_all_problems_come_at_once(checkout):
    Path("results/s/tables").mkdir()
    for name in ("results/s/tables/old.csv", "results/s/estimates.csv"):
        Path(name).write_text("edited\n", encoding="utf-8")
    Path("data/raw/s/firm_years.csv").unlink()
    kept = set(FILES) - {"config/claims.yaml"}
    found = problems(study={**STUDY, "seed": 8}, kept=kept)
    assert {name: p.rule.split(":")[0] for name, p in found.items()} == {
        "config/claims.yaml": "it made results, and git does not track it",
        "data/raw/s/firm_years.csv": "the file is away",
        "results/s/estimates.csv": "it is not what rule results made",
        "results/s/study.resolved.yaml": "the study file was changed after the run "
        "that made the results",
        "results/s/tables/old.csv": "no job of the recorded run made this file",
    }


def test_a_changed_study_names_its_keys(checkout):
    changed = {**STUDY, "models": [], "rights": {"firms": {"open": True}}}
    (problem,) = problems(study=changed).values()
    assert problem.rule.endswith(": models, rights")


def test_a_record_of_another_study_is_told(checkout):
    other = Provenance("t", {}, RECORD.files, {}, JOBS)
    (problem,) = problems(record=other).values()
    assert "the study 't'" in problem.rule


def test_raw_files_elsewhere_are_compared_where_they_are(checkout, tmp_path):
    text = "a\n1\n"
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    files = {**RECORD.files, "${DATA}/a.csv": digest}
    record = Provenance("s", {}, files, {}, JOBS)
    places = {"${DATA}/a.csv": str(elsewhere)}
    assert problems(record=record, places=places) == {}
    elsewhere.write_text("a\n2\n", encoding="utf-8")
    assert list(problems(record=record, places=places)) == ["${DATA}/a.csv"]
    assert "${DATA}/a.csv" not in programs_of(record)
