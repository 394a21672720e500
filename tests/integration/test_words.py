"""A study of persons, waves and wages: nothing that people read is of anything else."""

from __future__ import annotations

import html
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Figure, Table
from tests.conftest import once
from tests.integration.conftest import checkout
from tests.integration.test_event_study import write_tables

STUDY = """\
study: wages
title: Training and wages
words: {entity: person, entities: persons, time: wave, times: waves}
sources:
  firm_years: {file: data/raw/wages/wages.csv, entity: person, time: wave}
variables:
  wage_next: {value: wage, lead: 1}
  hours_cut: {value: hours, winsorize: {lower: 0.1, upper: 0.9}}
inference:
  repeated: {models: [two_way], draws: 99}
  leave_out: {models: [two_way], by: [region]}
models:
  - {name: two_way, outcome: wage, terms: ["hours*trained"]}
  - {name: both, like: two_way, clusters: [entity, time]}
  - {name: counts, outcome: wage, terms: [hours], estimator: poisson}
  - {name: hybrid, outcome: wage, terms: [hours], estimator: mundlak}
  - {name: mean, outcome: wage, terms: [hours], estimator: between, clusters: []}
  - {name: later, outcome: wage_next, terms: [hours_cut]}
  - name: by_training
    outcome: wage
    terms: [hours]
    estimator: iv
    endogenous: [hours]
    instruments: [trained]
exhibits:
  tables:
    - {name: models, models: [two_way, both, counts, hybrid, mean, later]}
    - {name: slopes, kind: slopes}
    - {name: moments, kind: descriptive, terms: [wage, hours]}
    - {name: inference, kind: inference}
    - {name: claims, kind: claims}
    - {name: tests, kind: event_tests}
    - {name: sizes, kind: size_power}
    - {name: sizes_within, kind: size_within}
    - {name: windows, kind: event_windows}
    - {name: held, kind: bhar}
    - {name: days, kind: calendar_time}
    - {name: stages, kind: first_stages}
    - {name: sizes_of_groups, kind: sample, terms: [region]}
    - {name: together, kind: correlations, terms: [wage, hours]}
    - {name: variables, kind: variables, terms: [wage_next, hours_cut, wage]}
    - {name: strength, kind: sensitivity}
    - {name: bounds, kind: johnson_neyman}
  figures:
    - {name: points, kind: coefficients}
    - {name: effect, kind: marginal_effect, model: two_way, of: hours, over: trained}
    - {name: curve, kind: specification_curve, terms: [hours]}
    - {name: without, kind: leave_out, terms: [hours]}
    - {name: trends, kind: trends, terms: [wage]}
    - {name: scatter, kind: binned_scatter, of: wage, over: hours, by: trained}
    - {name: claimed, kind: claims}
    - {name: paths, kind: caar}
    - {name: powers, kind: size_power}
    - {name: grids, kind: multiverse, grid: all}
    - {name: contours, kind: sensitivity, terms: [hours]}
multiverse:
  - name: all
    model: two_way
    term: hours
    choices:
      outcome: {now: {}, next: {outcome: wage_next}}
      hours: {whole: {}, cut: {replace: {hours: hours_cut}}}
claims: claims.yaml
"""
CLAIMS = """\
- claim: hours
  label: What an hour more brings
  headline: An hour more brings a fifth
  source: an earlier survey
  published: 0.2
  quantity: {kind: slope, model: two_way, of: hours, weights: {hours: 1}}
  readings: [{name: in points, unit: points, scale: point}]
"""
OTHERS = re.compile(
    r"\b(?:firms?|years?|alliances?|portfolios?|partners?|dyads?|deals?)\b",
    re.IGNORECASE,
)
# files of people's reading; the others hold names of columns, of tables and of files
READ = (".html", ".tex", ".txt")


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    def make(root: Path) -> None:
        project = checkout(root / "project")
        draws = np.random.default_rng(3)
        lines = ["person,wave,wage,hours,trained,region"]
        for person in range(60):
            for wave in range(1, 7):
                hours, trained = draws.uniform(20, 50), draws.integers(2)
                wage = 5 + 0.2 * hours * (1 + trained) + draws.normal()
                lines.append(
                    f"p{person},{wave},{wage:.3f},{hours:.2f},{trained},{person % 5}"
                )
        table = project.root / "data/raw/wages/wages.csv"
        table.parent.mkdir(parents=True)
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        (project.root / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
        (project.root / "data/raw/tiny").mkdir()
        write_tables(project.root, "wide")
        events = yaml.safe_load((project.root / "study.yaml").read_text("utf-8"))
        study = yaml.safe_load(STUDY)
        study["sources"] |= events["sources"]
        few = {"samples": 20, "events": 5, "within": {"eras": 2}}
        study["event_study"] = {
            **events["event_study"],
            "size_power": few,
            "bhar": True,
            "calendar_time": True,
        }
        text = yaml.safe_dump(study, sort_keys=False)
        (project.root / "study.yaml").write_text(text, encoding="utf-8")
        run = project.snakemake("-c2", "--quiet", "all")
        assert run.code == 0, run.screen

    return once(tmp_path_factory, "wages", make) / "project/results/wages"


def test_every_generic_exhibit_is_shown():
    study = yaml.safe_load(STUDY)["exhibits"]
    for kind, shown in ((Table, study["tables"]), (Figure, study["figures"])):
        generic = {
            e.name
            for e in entries(kind).values()
            if not re.search(r"\.(alliances|customers)\.", e.module)
        }
        assert {e.get("kind", "models") for e in shown} == generic


def words_of(path: Path) -> str:
    """Return what people read of a file: no markup, no name of a column or file."""
    text = path.read_text(encoding="utf-8").replace(r"\_", "_")
    if path.suffix == ".html":
        text = re.sub(r"(?s)<(style|script|svg|code)\b.*?</\1>", " ", text)
        text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    keys = r"\bfirm(?:, fiscal_year)? \(\d+\)"  # values of columns that hold names
    method = "(?i:calendar-time portfolio)"  # as the literature calls it
    return re.sub(rf"{keys}|alliance[-_]value|{method}", " ", text)


@pytest.mark.workflow
def test_nothing_that_people_read_is_of_firms_years_or_alliances(results):
    files = [path for path in results.rglob("*") if path.suffix in READ]
    files += [results / "tables/models.csv", results / "funnel.csv"]
    files += [results / "diagnostics.csv", results / "inference.csv"]
    assert len(files) > 20
    found = {
        str(path.relative_to(results)): sorted(
            {text[max(m.start() - 40, 0) : m.end() + 20] for m in OTHERS.finditer(text)}
        )
        for path in files
        for text in [words_of(path)]
    }
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.workflow
def test_the_studys_own_words_are_said(results):
    table = (results / "tables/models.csv").read_text(encoding="utf-8")
    assert "Person effects" in table
    assert "Persons" in table
    assert "clustered by person and wave" in table
    report = words_of(results / "report.html")
    assert "Models of person-waves" in report
    assert "person-waves" in (results / "funnel.csv").read_text(encoding="utf-8")
