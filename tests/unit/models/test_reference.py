"""Estimates against R's stored values and published numbers (tests/reference).

Tolerance: 1e-8 relative against R, whose within transformation solves the same least
squares; half a unit of the last digit printed against published numbers.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.study.spec import Model, build
from tests.unit.models import alone

HERE = Path(__file__).parents[2] / "reference"
ENTITY, TIME = ("firm",), ("fiscal_year",)
EFFECTS = {
    "pooled": (),
    "entity": ENTITY,
    "time": TIME,
    "entity_time": ENTITY + TIME,
}
DATASETS = {
    "Grunfeld": ("firm", "inv", ("value", "capital")),
    "PetersenCL": ("firm", "y", ("x",)),
    "EmplUK": ("firm", "log(emp)", ("log(wage)", "log(capital)", "log(output)")),
}
# R's name of a covariance -> what a study file says
COVARIANCES = {
    ("plm", "cluster_entity:sss"): {"clusters": ENTITY, "count_effects": "none"},
    ("plm", "cluster_time:sss"): {"clusters": TIME, "count_effects": "none"},
    ("sandwich", "cluster_entity:HC1:cadjust=TRUE"): {
        "clusters": ENTITY,
        "count_effects": "all",
    },
    ("sandwich", "cluster_entity_time:HC1:cadjust=TRUE:multi0=FALSE"): {
        "clusters": ENTITY + TIME,
        "count_effects": "all",
    },
    ("clubSandwich", "cluster_entity:CR1S:plm"): {
        "clusters": ENTITY,
        "count_effects": "none",
    },
    ("estimatr", "cluster_entity:stata"): {
        "clusters": ENTITY,
        "count_effects": "all",
    },
    ("sandwich", "HC1"): {"standard_errors": "robust"},
    ("base R", "classical"): {"standard_errors": "unadjusted"},
}


@cache
def panel(dataset: str) -> pd.DataFrame:
    entity = DATASETS[dataset][0]
    table = pd.read_csv(HERE / "data" / f"{dataset}.csv")
    table = table.rename(columns={entity: "firm", "year": "fiscal_year"})
    for name in ("emp", "wage", "capital", "output"):
        if name in table and dataset == "EmplUK":
            table[f"log_{name}"] = np.log(table[name])
    return table


def plain(term: str) -> str:
    """Return our name of R's term."""
    if term == "(Intercept)":
        return "constant"
    return term.replace("log(", "log_").replace(")", "")


def reference(dataset: str, effects: str, software: str, se_type: str) -> pd.DataFrame:
    table = pd.read_csv(HERE / "r_results" / f"{dataset}.csv")
    rows = table[
        (table.case == f"{dataset}_main_{effects}")
        & (table.software == software)
        & (table.se_type == se_type)
    ]
    return rows.assign(term=rows.term.map(plain)).set_index("term")


def ours(dataset: str, effects: str, **options: object) -> pd.DataFrame:
    _, outcome, terms = DATASETS[dataset]
    model = {
        "name": "m",
        "outcome": plain(outcome),
        "terms": tuple(map(plain, terms)),
        "effects": EFFECTS[effects],
        "singletons": "keep",
        **options,
    }
    return alone.estimates(panel(dataset), build(Model, model))


@pytest.mark.parametrize(("software", "se_type"), COVARIANCES)
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_equals_r(dataset, effects, software, se_type):
    expected = reference(dataset, effects, software, se_type)
    assert len(expected) == len(DATASETS[dataset][2]) + (effects == "pooled")
    found = ours(dataset, effects, **COVARIANCES[software, se_type])
    found = found.loc[expected.index]
    np.testing.assert_allclose(found.estimate, expected.estimate, rtol=1e-8)
    np.testing.assert_allclose(found.se, expected.se, rtol=1e-8)


PUBLISHED = {
    "classical": {"standard_errors": "unadjusted"},
    "cluster_entity": {"clusters": ENTITY, "count_effects": "none"},
    "cluster_time": {"clusters": TIME, "count_effects": "none"},
    "cluster_entity_time": {"clusters": ENTITY + TIME, "count_effects": "none"},
    "white": {"standard_errors": "robust"},
}


def published() -> pd.DataFrame:
    table = pd.read_csv(HERE / "published.csv")
    known = table.dataset.isin(DATASETS) & table.model.isin(EFFECTS)
    known &= table.se_type.isin(PUBLISHED) & table.quantity.isin(["estimate", "se"])
    return table[known]


@pytest.mark.parametrize(
    "row",
    list(published().itertuples()),
    ids=lambda r: f"{r.dataset}-{r.se_type}-{r.term}",
)
def test_equals_published_numbers(row):
    options = dict(PUBLISHED[row.se_type])
    if row.source.startswith("gretl") and "clusters" in options:
        options["count_effects"] = "not_nested"
    table = ours(row.dataset, row.model, **options)
    found = table.loc[plain(row.term), row.quantity]
    assert found == pytest.approx(row.value, abs=0.5001 * 10.0**-row.decimals)


def test_dropping_singletons_leaves_slopes_unchanged():
    kept = ours("EmplUK", "entity_time", clusters=ENTITY)
    dropped = ours("EmplUK", "entity_time", clusters=ENTITY, singletons="drop")
    np.testing.assert_allclose(kept.estimate, dropped.estimate, rtol=1e-9)
