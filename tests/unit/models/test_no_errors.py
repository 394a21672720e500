"""Estimates without a standard error are named, with what to do about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.models import estimate
from alliance_value.models.design import design
from alliance_value.models.estimate import fit
from alliance_value.models.estimators.result import EstimationError
from tests.unit.models.test_estimate import BASE, panel


@pytest.mark.parametrize(
    ("clusters", "errors", "remedy"),
    [
        (("firm",), "clustered", "too few clusters"),
        (("firm", "fiscal_year"), "clustered", "cluster by one column, or by columns"),
        ((), "robust", "the rows hardly determine them"),
    ],
)
@pytest.mark.parametrize("bad", [-1e-9, np.nan])
def test_the_terms_that_have_none_are_named(monkeypatch, clusters, errors, remedy, bad):
    model = replace(BASE, clusters=clusters, standard_errors=errors)
    rows = design(panel(), model, FunnelBranch("m"), [])
    known = fit(rows, model)
    assert [*known.names] == ["x", "z", "x:z"]

    def broken(result, *given):
        covariance = result.covariance.copy()
        covariance[1, 1] = bad
        return replace(result, covariance=covariance)

    monkeypatch.setattr(estimate, "beside_ordinary", broken)
    with pytest.raises(EstimationError) as caught:
        fit(rows, model)
    rule = caught.value.rule.partition("standard errors do not exist for ")[2]
    assert rule.partition(":")[0] == "z"
    assert remedy in caught.value.remedy
