"""What docs/extending.md says is done literally, and what is new is seen everywhere."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.conftest import once
from tests.integration.conftest import ROOT, checkout

pytestmark = pytest.mark.workflow

PAGE = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`(src/\S+)`:\n\n```python\n(.*?)^```$", PAGE, re.M | re.S))
KEYS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S)
STUDY = """\
study: wages
title: Training and wages
words: {entity: person, entities: persons, time: wave, times: waves}
sources:
  firm_years: {file: data/raw/wages/wages.csv, entity: person, time: wave}
exhibits:
  tables:
    - {name: models, models: [medians, pooled]}
"""


def joined(study: Any, more: Any) -> Any:
    """Return a study with further keys; lists grow."""
    if isinstance(study, dict) and isinstance(more, dict):
        return {**study, **{k: joined(study.get(k), v) for k, v in more.items()}}
    if isinstance(study, list) and isinstance(more, list):
        return [*study, *more]
    return more


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    def make(root: Path) -> None:
        project = checkout(root / "project")
        for name, code in FILES.items():
            assert not (project.root / name).exists(), name
            (project.root / name).write_text(code, encoding="utf-8")
        draws = np.random.default_rng(5)
        lines = ["person,wave,wage,hours"]
        for person in range(30):
            for wave in range(1, 5):
                hours = draws.uniform(20, 50)
                wage = 5 + 0.2 * hours + draws.normal()
                answer = "-9" if person == wave == 3 else f"{hours:.2f}"
                lines.append(f"p{person},{wave},{wage:.3f},{answer}")
        table = project.root / "data/raw/wages/wages.csv"
        table.parent.mkdir(parents=True)
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        study = yaml.safe_load(STUDY)
        for keys in KEYS:
            study = joined(study, yaml.safe_load(keys))
        text = yaml.safe_dump(study, sort_keys=False)
        (project.root / "study.yaml").write_text(text, encoding="utf-8")
        run = project.snakemake("-c2", "--quiet", "all")
        assert run.code == 0, run.screen
        subprocess.run(
            [project.python(), "-m", "alliance_value.study.choices"],
            cwd=project.root,
            env=project.environment(),
            check=True,
        )

    return once(tmp_path_factory, "extended", make) / "project"


def test_the_page_has_a_file_and_keys_for_each_kind():
    kinds = re.findall(r"^@(\w+)\(", "".join(FILES.values()), re.M)
    assert kinds == ["estimator", "standard_error", "figure", "table", "reader"]
    assert len(KEYS) == len(FILES)


def test_what_is_new_is_in_the_tables_of_choices(project):
    page = (project / "config/README.md").read_text(encoding="utf-8")
    for name in ("between_medians", "hc4", "histogram", "coverage"):
        assert f"| `{name}` |" in page


def test_what_is_new_is_a_rules_input(project):
    record = (project / "results/wages/provenance.json").read_text(encoding="utf-8")
    for name in FILES:
        assert f'"{name}"' in record, name


def test_models_are_estimated_by_it(project):
    fits = pd.read_csv(project / "results/wages/fits.csv").set_index("model")
    assert fits.estimator["medians"] == "between_medians"
    estimates = pd.read_csv(project / "results/wages/estimates.csv")
    errors = estimates.set_index("model").se_type
    assert (errors[["pooled"]] == "robust (HC4)").all()
    slope = estimates[(estimates.model == "medians") & (estimates.term == "hours")]
    assert abs(slope.estimate.item() - 0.2) < 0.1


def test_the_report_and_the_codebook_say_it(project):
    results = project / "results/wages"
    report = (results / "report.html").read_text(encoding="utf-8")
    for text in ("Spread of hours", "Coverage of the waves", "high leverage (HC4)"):
        assert text in report
    assert "Least squares on persons' medians" in html.unescape(report)
    codebook = (results / "codebook.csv").read_text(encoding="utf-8")
    assert "Between, medians" in codebook
    assert (results / "figures/spread.svg").is_file()


def test_what_the_reader_changed_is_told(project):
    rejects = pd.read_csv(project / "results/wages/rejects.csv")
    assert rejects[["column", "rule"]].to_numpy().tolist() == [["hours", "no_answer"]]
