"""Any ready firm-year table by YAML alone: public data sets through a study file.

The YAML goes the way that the workflow goes: resolved, read, made a panel, estimated.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from alliance_value.contracts.problems import UserError
from alliance_value.models.family import FamilyTables, estimate_family
from alliance_value.panel.build import build_panel
from alliance_value.sources.firm_years import Needed, firm_years
from alliance_value.study.needs import grouping_columns, required_columns
from alliance_value.study.resolve import resolve
from alliance_value.study.spec import Model, Sample, TableFile, Variable, build
from tests.unit.models.estimators.reference import HERE, r

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/study.schema.yaml"


def run(text: str, folder: Path = HERE / "data") -> FamilyTables:
    """Run a study file's sources, variables, sample and models."""
    study = resolve({"study": "s", "title": "S", **yaml.safe_load(text)}, SCHEMA)
    source = study["sources"]["firm_years"]
    needed = Needed(required_columns(study), frozenset(grouping_columns(study)))
    read = firm_years([str(folder / source["file"])], build(TableFile, source), needed)
    panel = build_panel(
        read.firm_years,
        read.funnel,
        [Variable.of(name, v) for name, v in study["variables"].items()],
        build(Sample, study["sample"]),
    ).panel
    return estimate_family(panel, [Model.of(m) for m in study["models"]])


def of(tables: FamilyTables, model: str) -> pd.DataFrame:
    rows = tables.estimates[tables.estimates.model == model]
    return rows.set_index("term")


GRUNFELD = """
sources:
  firm_years: {file: Grunfeld.csv, entity: firm, time: year}
variables:
  capital_l1: {value: capital, lag: 1}
  capital_l2: {value: capital, lag: 2}
models:
  - name: interaction
    outcome: inv
    terms: ["value*capital"]
    singletons: keep
  - {name: by_year, like: interaction, clusters: [time]}
  - {name: random, like: interaction, estimator: random_effects, effects: [entity]}
  - name: instruments
    outcome: inv
    terms: [value, capital]
    estimator: iv
    endogenous: [capital]
    instruments: [capital_l1, capital_l2]
    se: {type: clustered, clusters: [firm]}
"""


def test_grunfeld():
    tables = run(GRUNFELD)
    case = "interaction_entity_time"
    for name, by in (("interaction", "entity"), ("by_year", "time")):
        expected = r("Grunfeld", case, f"cluster_{by}:sss", "plm")
        found = of(tables, name).loc[expected.index]
        np.testing.assert_allclose(found.estimate, expected.estimate, rtol=1e-8)
        np.testing.assert_allclose(found.se, expected.se, rtol=1e-8)
    expected = r("Grunfeld", "iv_entity_time", "cluster_entity:sss", "plm")
    found = of(tables, "instruments").loc[expected.index]
    np.testing.assert_allclose(found.se, expected.se, rtol=1e-8)
    fits = tables.fits.set_index("model")
    assert fits.loc["random", "second_library"] == "linearmodels"
    assert fits.loc["random", "second_note"].startswith("the variance components")
    assert fits.loc["instruments", "library"] == "alliance_value"
    assert fits.loc["instruments", "df"] == 9
    assert fits.loc["by_year", "se_type"] == "clustered by fiscal_year"


def test_persons_waves_weights_and_industries():
    tables = run(
        """
sources:
  firm_years:
    file: Wages.csv
    entity: id
    time: year
    text: [union]
variables:
  member: {value: "union == 'yes'"}
models:
  - name: three
    outcome: lwage
    terms: [wks, member]
    effects: [id, year, ind]
    clusters: [id, year]
  - {name: weighted, like: three, weights: ed, effects: [entity, "ind:year"]}
  - {name: differences, like: three, estimator: first_differences, effects: [id, year]}
"""
    )
    fits = tables.fits.set_index("model")
    assert fits.loc["three", "effects"] == "firm, fiscal_year, ind"
    assert fits.loc["weighted", "weights"] == "ed"
    assert fits.loc["differences", "n"] == 595 * 6


def test_arellano_and_bond_by_yaml():
    tables = run(
        """
sources:
  firm_years: {file: EmplUK.csv, entity: firm, time: year}
variables:
  n: {value: log(emp)}
  n1: {value: n, lag: 1}
  n2: {value: n, lag: 2}
  w: {value: log(wage)}
  w1: {value: w, lag: 1}
  k: {value: log(capital)}
  ys: {value: log(output)}
  ys1: {value: ys, lag: 1}
models:
  - name: b
    outcome: n
    terms: [n1, n2, w, w1, k, ys, ys1]
    estimator: difference_gmm
    endogenous: [n1, n2]
    gmm: {instruments: {n: [2, 99]}, collapse: false}
"""
    )
    found = of(tables, "b").loc["n1"]
    # Arellano and Bond (1991), table 4 b; Windmeijer (2005), table 2
    assert found.estimate == pytest.approx(0.474, abs=5e-4)
    assert found.se == pytest.approx(0.185, abs=5e-4)
    assert tables.fits.n.iloc[0] == 611


@pytest.fixture
def twice(tmp_path):
    table = pd.read_csv(HERE / "data" / "Grunfeld.csv")
    extra = table.iloc[[5, 6]].assign(inv=lambda t: t.inv + 1)
    pd.concat([table, extra]).to_csv(tmp_path / "Grunfeld.csv", index=False)
    return tmp_path


def twice_study(choice: str, model: str = "") -> str:
    return f"""
sources:
  firm_years: {{file: Grunfeld.csv, entity: firm, time: year, duplicates: {choice}}}
models:
  - {{name: m, outcome: inv, terms: [value, capital]{model}}}
"""


def test_repeated_firm_years_stop_with_their_rows(twice):
    with pytest.raises(UserError) as caught:
        run(twice_study("stop"), twice)
    text = " ".join(str(caught.value).split())
    assert "2 rows for firm '1' in 1940: rows 7, 202" in text
    assert "2 rows for firm '1' in 1941: rows 8, 203" in text


@pytest.mark.parametrize(("choice", "n"), [("keep", 202), ("first", 200)])
@pytest.mark.parametrize("estimator", ["fixed_effects", "random_effects", "mundlak"])
def test_repeated_firm_years_are_kept_or_the_first_is(twice, choice, n, estimator):
    tables = run(twice_study(choice, f", estimator: {estimator}"), twice)
    assert tables.fits.n.iloc[0] == n


def test_estimators_of_changes_refuse_what_was_kept(twice):
    with pytest.raises(UserError, match="4 rows share their firm and year"):
        run(twice_study("keep", ", estimator: first_differences"), twice)
    assert run(twice_study("first", ", estimator: first_differences"), twice)
