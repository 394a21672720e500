"""Smallest effects, and placebos in panels whose tests are known to hold or to fail."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alliance_value.certificate.contracts import Scores
from alliance_value.certificate.power import Placebos, design_check
from alliance_value.contracts.storage import empty
from alliance_value.models.coverage import persistent
from alliance_value.study.spec import Model

FIRMS, YEARS = 60, 10
BY_FIRM = Model(
    "by_firm", "y", ("x",), effects=("firm", "fiscal_year"), clusters=("firm",)
)
ROBUST = Model(
    "robust",
    "y",
    ("x",),
    effects=("firm", "fiscal_year"),
    standard_errors="robust",
)


def panel(seed: int = 3) -> pd.DataFrame:
    """Return a panel whose regressor and error are persistent within firms."""
    rng = np.random.default_rng(seed)
    x, error = (persistent(rng, FIRMS, YEARS, 0.9) for _ in range(2))
    firm, year = np.indices(x.shape)
    table = pd.DataFrame({"x": x.ravel(), "y": (2 * x + error).ravel()})
    table["firm"] = pd.array([f"{f:03d}" for f in firm.ravel()], dtype="string")
    return table.assign(fiscal_year=2000 + year.ravel())


def check(model: Model, draws: int = 400) -> pd.Series:
    table = design_check(panel(), [model], empty(Scores), Placebos(draws, 1))
    return table.iloc[0]


def test_the_smallest_effect_is_that_of_the_t_test() -> None:
    row = check(BY_FIRM, 0)
    df = FIRMS - 1
    both = stats.t.ppf(0.975, df) + stats.t.ppf(0.8, df)
    assert row.smallest == pytest.approx(both * row.se)
    assert (row.clusters, row.movers, row.n) == (FIRMS, FIRMS, FIRMS * YEARS)
    assert np.isnan(row.size_by_entity) and row.caution == ""


def test_errors_by_firm_hold_and_errors_without_dependence_do_not() -> None:
    by_firm, robust = check(BY_FIRM), check(ROBUST)
    assert by_firm.size_by_entity < 0.05 + 3 * 0.011
    assert robust.size_by_entity > 0.12
    assert "signs by {entity}" in robust.caution


def test_the_effect_itself_moves_no_placebo() -> None:
    own = panel()
    without = own.assign(y=own.y - 2 * own.x)
    sizes = [
        design_check(table, [BY_FIRM], empty(Scores), Placebos(100, 1)).size_by_entity
        for table in (own, without)
    ]
    assert sizes[0].iloc[0] == sizes[1].iloc[0]


def test_few_periods_have_no_placebos_by_period() -> None:
    few = panel().query("fiscal_year < 2004")
    row = design_check(few, [BY_FIRM], empty(Scores), Placebos(50, 1)).iloc[0]
    assert np.isnan(row.size_by_period) and not np.isnan(row.size_by_entity)
