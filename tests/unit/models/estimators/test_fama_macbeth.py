"""Fama and MacBeth against Petersen's printed numbers and linearmodels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from linearmodels.panel import FamaMacBeth

from alliance_value.contracts.problems import UserError
from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Model
from tests.unit.models.estimators.reference import HERE, data
from tests.unit.models.test_estimate import panel

MODEL = Model(
    "m", "y", ("x",), estimator="fama_macbeth", standard_errors="newey_west", lags=0
)
NAMES = {"(Intercept)": "constant", "x": "x"}


def published() -> pd.DataFrame:
    table = pd.read_csv(HERE / "published.csv")
    return table[table.model == "fama_macbeth"]


@pytest.mark.parametrize("row", list(published().itertuples()))
def test_equals_published_numbers(row):
    table = estimate_family(data("PetersenCL"), [MODEL]).estimates.set_index("term")
    found = table.loc[NAMES[row.term], row.quantity]
    assert found == pytest.approx(row.value, abs=0.5001 * 10.0**-row.decimals)


@pytest.mark.parametrize("weights", ["", "w"])
@pytest.mark.parametrize("lags", [0, 2])
def test_equals_linearmodels(lags, weights):
    table = panel().dropna().assign(w=lambda t: 1 + t.fiscal_year % 3 + t.x.abs())
    model = replace(MODEL, terms=("x*z",), lags=lags, weights=weights)
    ours = estimate_family(table, [model]).estimates.set_index("term")
    index = table.set_index(["firm", "fiscal_year"])
    x = index.assign(constant=1.0, xz=index.x * index.z)[["x", "z", "xz", "constant"]]
    theirs = FamaMacBeth(index.y, x, weights=index.w if weights else None).fit(
        cov_type="kernel", kernel="bartlett", bandwidth=lags
    )
    np.testing.assert_allclose(ours.estimate, theirs.params, rtol=1e-9)
    np.testing.assert_allclose(ours.se, theirs.std_errors, rtol=1e-9)
    np.testing.assert_allclose(ours.p, theirs.pvalues, rtol=1e-8)


def test_a_period_with_too_few_rows_is_left_out_and_counted():
    table = panel().dropna()
    place = table.groupby("fiscal_year").cumcount()
    few = table[(table.fiscal_year != 2003) | (place < 2)]
    whole = table[table.fiscal_year != 2003]
    one, other = (estimate_family(t, [MODEL]) for t in (few, whole))
    assert one.fits.n.item() == len(whole)
    assert one.funnel.rows_out.iloc[-1] == len(whole) == len(few) - 2
    np.testing.assert_allclose(one.estimates.estimate, other.estimates.estimate)


def test_one_period_and_effects_are_refused():
    table = panel().dropna()
    with pytest.raises(UserError, match="needs two"):
        estimate_family(table[table.fiscal_year == 2003], [MODEL])
    with pytest.raises(UserError, match="no effects"):
        estimate_family(table, [replace(MODEL, effects=("industry",))])
