"""The Gaussian copula correction: its formula, what it recovers and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.diagnostic import lilliefors as reference_lilliefors

from alliance_value.contracts.problems import UserError
from alliance_value.models.estimators.copula import lilliefors, normal_scores
from tests.unit.models.estimators.reference import by_term, diagnostics, estimate


def sample(seed: int = 1, n: int = 4000) -> pd.DataFrame:
    """Return an endogenous gamma regressor correlated with a normal one; slope 1."""
    rng = np.random.default_rng(seed)
    cov = [[1, 0.5, 0.5], [0.5, 1, 0], [0.5, 0, 1]]
    p, w, e = rng.multivariate_normal(np.zeros(3), cov, size=n).T
    x = stats.gamma.ppf(stats.norm.cdf(p), 1)
    firm = np.arange(n) // 8
    return pd.DataFrame(
        {
            "firm": pd.array([f"f{f}" for f in firm], dtype="string"),
            "fiscal_year": np.arange(n) % 8,
            "x": x,
            "w": w,
            "y": 1 + x - w + e,
        }
    )


MODEL = {
    "estimator": "copula",
    "outcome": "y",
    "terms": ("x", "w"),
    "endogenous": ("x",),
    "clusters": ("firm",),
    "standard_errors": "bootstrap",
    "draws": 30,
    "seed": 2,
}


def by_hand(table: pd.DataFrame) -> np.ndarray:
    """Return 2sCOPE's estimates by least squares with ranks."""
    n = len(table)

    def star(column: pd.Series) -> np.ndarray:
        share = column.rank(method="max") / n
        return stats.norm.ppf(share.where(share < 1, n / (n + 1)))

    first = np.column_stack([np.ones(n), star(table.w)])
    p = star(table.x)
    left = p - first @ np.linalg.lstsq(first, p, rcond=None)[0]
    columns = np.column_stack([table.x, table.w, np.ones(n), left])
    return np.linalg.lstsq(columns, table.y.to_numpy(), rcond=None)[0]


def test_equals_the_formula_by_hand():
    found = by_term(estimate(sample(), **MODEL))
    assert list(found.index) == ["x", "w", "constant", "copula of x"]
    np.testing.assert_allclose(found.estimate, by_hand(sample()), rtol=1e-8)


def test_recovers_what_least_squares_does_not():
    found = by_term(estimate(sample(), **MODEL))
    plain = by_term(
        estimate(sample(), outcome="y", terms=("x", "w"), clusters=("firm",))
    )
    assert abs(found.estimate["x"] - 1) < 3 * found.se["x"] < 0.3
    assert plain.estimate["x"] - 1 > 0.3


def test_without_endogeneity_the_copula_term_is_nil_within_effects():
    table = sample()
    rng = np.random.default_rng(9)
    level = rng.normal(size=500)[table.firm.str[1:].astype(int)]
    table["y"] = table.x - table.w + level + rng.normal(size=len(table))
    tables = estimate(table, **MODEL, effects=("firm", "fiscal_year"))
    found = by_term(tables)
    assert abs(found.t["copula of x"]) < 3
    assert abs(found.estimate["x"] - 1) < 3 * found.se["x"]
    assert diagnostics(tables).p_value["copula_terms"] > 0.001


def test_interactions_have_no_copula_term_of_their_own():
    options = {**MODEL, "terms": ("x*w",)}
    found = by_term(estimate(sample(), **options))
    assert [n for n in found.index if n.startswith("copula")] == ["copula of x"]


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (lambda t: (t.x > 1) * 1.0, "is binary"),
        (lambda t: np.floor(t.x.clip(upper=4)), "takes 5 values"),
    ],
)
def test_discrete_regressors_are_refused(column, says):
    table = sample().assign(x=column)
    with pytest.raises(UserError, match=says):
        estimate(table, **MODEL)


def test_diagnostics_speak_of_the_distribution():
    table = sample().assign(x=lambda t: t.x.where(t.x > 0.5, 0.0))
    found = diagnostics(estimate(table, **MODEL))
    assert "40%" in found.note["mass_point: x"] or "39%" in found.note["mass_point: x"]
    assert found.p_value["jarque_bera: x"] < 1e-6
    assert found.statistic["skewness: x"] == pytest.approx(stats.skew(table.x))
    plain = diagnostics(estimate(sample(), **MODEL))
    assert "mass_point: x" not in plain.index


@pytest.mark.parametrize("n", [40, 400])
def test_lilliefors_equals_statsmodels(n):
    x = np.random.default_rng(n).gamma(20.0, size=n)
    distance, p = lilliefors(x)
    expected, theirs = reference_lilliefors(x, pvalmethod="approx")
    assert distance == pytest.approx(expected, rel=1e-10)
    assert p == pytest.approx(theirs, abs=0.02) or theirs > 0.1


def test_ranks_count_rows_as_often_as_they_are_drawn():
    column = np.array([3.0, 1.0, 2.0])
    drawn = normal_scores(column, np.array([2.0, 1.0, 1.0]))
    np.testing.assert_allclose(drawn, stats.norm.ppf([4 / 5, 1 / 4, 2 / 4]))
