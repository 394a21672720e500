"""Panels too small for what an estimator tells beside its estimates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.models.covariance import Sample
from alliance_value.models.estimators.weak import kleibergen_paap
from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Model


def test_first_stages_with_collinear_residuals_have_no_rank_statistic() -> None:
    rng = np.random.default_rng(1)
    z = rng.normal(size=(40, 2))
    first = z[:, 0] + rng.normal(size=40)
    both = np.column_stack([first, 2 * (first - z[:, 0]) + z[:, 1]])
    firms = np.repeat(np.arange(10), 4)
    sample = Sample(Model("iv", "y", ("a", "b")), firms[:, None], np.empty((40, 0)))
    test = kleibergen_paap(both, z, np.empty((40, 0)), sample)
    assert np.isnan(test.statistic) and np.isnan(test.p)
    assert "collinear" in test.note


@pytest.mark.parametrize(("entities", "failed"), [(6, 1), (60, 0)])
def test_random_effects_need_more_entities_than_terms_and_dummies(
    entities: int, failed: int
) -> None:
    rng = np.random.default_rng(2)
    firm, year = np.indices((entities, 8))
    table = pd.DataFrame({"x": rng.normal(size=firm.size)})
    table["y"] = table.x + rng.normal(size=firm.size)
    table["firm"] = pd.array([f"{f:02d}" for f in firm.ravel()], dtype="string")
    table["fiscal_year"] = 2000 + year.ravel()
    table = table[rng.random(len(table)) < 0.7].reset_index(drop=True)
    model = Model(
        "re",
        "y",
        ("x",),
        effects=("firm", "fiscal_year"),
        clusters=("firm",),
        estimator="random_effects",
    )
    found = estimate_family(table, [model], stop=False)
    assert len(found.failures) == failed
    assert all("too few" in rule for rule in found.failures.rule)
