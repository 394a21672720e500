"""linearmodels agrees, says what it does not compare, and a difference is loud."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alliance_value.models import second_opinion as module
from alliance_value.models.family import estimate_family
from alliance_value.models.regression import Regression

from .test_invariance import model, panel

LINEAR = (
    *("fixed_effects", "pooled_ols", "first_differences", "between"),
    *("random_effects", "iv"),
)


def opinion(chosen, table=None):
    tables = estimate_family(panel() if table is None else table, [chosen])
    return tables.fits.iloc[0], tables.diagnostics.set_index("test")


@pytest.mark.parametrize("weights", ["", "wt"])
@pytest.mark.parametrize("error", ["clustered", "robust", "unadjusted"])
@pytest.mark.parametrize("estimator", LINEAR)
def test_linearmodels_confirms(estimator, error, weights):
    table = panel()
    # linearmodels weighs the variance components of random effects as ours do
    table["wt"] = 1.0 + np.arange(len(table)) // 6 % 3
    chosen = replace(model(estimator, error), weights=weights)
    fit, tests = opinion(chosen, table)
    assert fit.second_library == "linearmodels"
    assert fit.second_estimates <= 1e-10
    assert fit.second_errors <= 1e-10
    assert "second_opinion" not in tests.index


@pytest.mark.parametrize("count_effects", ["none", "not_nested", "all"])
@pytest.mark.parametrize("estimator", ["fixed_effects", "first_differences", "iv"])
def test_two_ways_of_clusters_are_confirmed(estimator, count_effects):
    chosen = replace(
        model(estimator, "clustered"),
        clusters=("firm", "fiscal_year"),
        count_effects=count_effects,
    )
    fit, _ = opinion(chosen)
    assert fit.second_errors <= 1e-10


def test_what_is_not_compared_is_said(monkeypatch):
    fit, _ = opinion(model("fixed_effects", "hc3"))
    assert np.isnan(fit.second_errors)
    assert fit.second_note == "hc3 standard errors are not compared"
    fit, _ = opinion(model("poisson", "clustered"))
    assert fit.second_note == "linearmodels has no such estimator"
    assert fit.second_library == ""
    monkeypatch.setattr(module, "MOST_CELLS", 10)
    fit, _ = opinion(model("fixed_effects", "clustered"))
    assert fit.second_note == "no second opinion on more than 10 cells"


def test_a_difference_is_a_line_and_a_row_of_the_diagnostics(monkeypatch):
    right = Regression.estimates
    wrong = property(lambda fit: right.fget(fit) * (1 + 1e-4))
    monkeypatch.setattr(Regression, "estimates", wrong)
    lines: list[str] = []
    chosen = model("fixed_effects", "clustered")
    tables = estimate_family(panel(), [chosen], lines.append)
    assert 1e-6 < tables.fits.second_estimates.iloc[0] <= 1e-3
    note = tables.diagnostics.set_index("test").note["second_opinion"]
    assert "differs by more than 1e-6" in note
    assert any("linearmodels" in line and "differs" in line for line in lines)
