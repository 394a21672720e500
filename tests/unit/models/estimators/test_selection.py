"""Heckman's estimators against R (written out there) and Wooldridge's printed numbers.

Tolerance: 1e-7 relative for two steps; 1e-5 for maximum likelihood, whose standard
errors in R are good to seven digits or so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from alliance_value.contracts.problems import UserError
from alliance_value.models.family import FamilyTables
from tests.unit.models.estimators.reference import (
    by_term,
    data,
    diagnostics,
    estimate,
    r,
    same,
)

SELECTION = {
    "terms": (
        *("nwife", "education", "experience", "experience2"),
        *("age", "youngkids", "oldkids"),
    ),
    "exclusion": ("nwife", "age", "youngkids", "oldkids"),
}
MODEL = {
    "outcome": "log_wage",
    "terms": ("education", "experience", "experience2"),
    "selection": SELECTION,
}


def of_selection(tables: FamilyTables) -> pd.DataFrame:
    rows = tables.equations[tables.equations.equation == "selection"]
    return rows.set_index("term")


@pytest.mark.parametrize(
    ("estimator", "case", "outcome", "selection", "rtol"),
    [
        ("heckman", "heckman_twostep", "heckman", "classical", 1e-7),
        ("heckman_ml", "heckman_ml", "hessian", "hessian", 1e-5),
    ],
)
def test_equals_r(estimator, case, outcome, selection, rtol):
    tables = estimate(
        data("PSID1976"), estimator=estimator, **MODEL, standard_errors="unadjusted"
    )
    chosen = r("PSID1976", case, selection)
    same(of_selection(tables), chosen.iloc[:8], rtol)
    expected = r("PSID1976", case, outcome)
    expected = expected.iloc[8:12] if estimator == "heckman_ml" else expected
    same(by_term(tables), expected, rtol)
    fit = r("PSID1976", case, "fit").estimate
    tests = diagnostics(tables).statistic
    assert tests["sigma"] == pytest.approx(fit["sigma"], rel=rtol)
    assert tests["rho"] == pytest.approx(fit["rho"], rel=rtol)
    if estimator == "heckman_ml":
        assert tests["log_likelihood"] == pytest.approx(fit["loglik"], rel=1e-10)
    assert tests["observed_rows"] == 428
    assert tables.fits.n.iloc[0] == 753


def test_two_steps_equal_printed_numbers():
    # Wooldridge, Introductory Econometrics, example 17.5
    found = by_term(
        estimate(
            data("PSID1976"), estimator="heckman", **MODEL, standard_errors="unadjusted"
        )
    ).estimate
    for term, value in (
        ("education", 0.1091),
        ("experience", 0.0439),
        ("lambda", 0.0323),
    ):
        assert found[term] == pytest.approx(value, abs=0.50001e-4)


def test_observed_may_be_named():
    named = {**MODEL, "selection": {**SELECTION, "observed": "observed"}}
    table = data("PSID1976").assign(log_wage=lambda t: t.log_wage.fillna(-99.0))
    options = {"estimator": "heckman", "standard_errors": "unadjusted"}
    found = by_term(estimate(table, **named, **options))
    pd.testing.assert_frame_equal(
        found, by_term(estimate(data("PSID1976"), **MODEL, **options))
    )


def test_uncorrected_errors_are_those_of_the_second_step_alone():
    table = data("PSID1976")
    options = {"estimator": "heckman", "standard_errors": "uncorrected"}
    found = by_term(estimate(table, **MODEL, **options))
    z = sm.add_constant(table[list(SELECTION["terms"])])
    index = sm.Probit(table.observed, z).fit(disp=0, tol=1e-12).fittedvalues
    ratio = stats.norm.pdf(index) / stats.norm.cdf(index)
    x = table[[n for n in found.index if n in table]].assign(**{"lambda": ratio})
    seen = table.observed == 1
    second = sm.OLS(table.log_wage[seen], sm.add_constant(x[seen])).fit()
    second.bse = second.bse.rename({"const": "constant"})
    np.testing.assert_allclose(found.se, second.bse[found.index], rtol=1e-6)


def test_bootstrap_is_near_heckmans_errors_and_has_a_seed():
    options = {
        "estimator": "heckman",
        "standard_errors": "bootstrap",
        "clusters": ("firm",),
        "draws": 60,
        "seed": 3,
    }
    found = by_term(estimate(data("PSID1976"), **MODEL, **options))
    again = by_term(estimate(data("PSID1976"), **MODEL, **options))
    pd.testing.assert_frame_equal(found, again)
    exact = by_term(
        estimate(
            data("PSID1976"), estimator="heckman", **MODEL, standard_errors="unadjusted"
        )
    )
    assert (found.se / exact.se).between(0.6, 1.6).all()


def test_clusters_of_one_row_equal_robust_likelihood_errors():
    base = {**MODEL, "estimator": "heckman_ml"}
    robust = by_term(estimate(data("PSID1976"), **base, standard_errors="robust"))
    grouped = by_term(estimate(data("PSID1976"), **base, clusters=("firm",)))
    np.testing.assert_allclose(robust.se, grouped.se, rtol=1e-12)


def selected(seed: int) -> pd.DataFrame:
    """Return a sample with correlated disturbances: rho 0.7, slope 1."""
    rng = np.random.default_rng(seed)
    n = 3000
    x, z, v = rng.normal(size=(3, n))
    u = 0.7 * v + np.sqrt(1 - 0.49) * rng.normal(size=n)
    year = np.arange(n) % 3
    y = 1 + x + 0.2 * year + u
    seen = 1.5 * x + z + 0.3 * year + v > 0
    return pd.DataFrame(
        {
            "firm": pd.array([f"f{i // 3}" for i in range(n)], dtype="string"),
            "fiscal_year": year,
            "x": x,
            "z": z,
            "y": np.where(seen, y, np.nan),
        }
    )


@pytest.mark.parametrize("estimator", ["heckman", "heckman_ml"])
def test_recovers_a_planted_slope_with_year_effects(estimator):
    table = selected(1)
    tables = estimate(
        table,
        estimator=estimator,
        outcome="y",
        terms=("x",),
        effects=("fiscal_year",),
        selection={"terms": ("x", "z"), "exclusion": ("z",)},
        clusters=("firm",),
        standard_errors="bootstrap" if estimator == "heckman" else "clustered",
        draws=40,
    )
    x = by_term(tables).loc["x"]
    assert abs(x.estimate - 1) < 3 * x.se < 0.3
    naive = estimate(
        table, outcome="y", terms=("x",), effects=("fiscal_year",), clusters=("firm",)
    )
    assert abs(by_term(naive).estimate["x"] - 1) > 4 * x.se
    assert diagnostics(tables).statistic["rho"] == pytest.approx(0.7, abs=0.12)
    assert diagnostics(tables).p_value["exclusion"] < 1e-6


def test_samples_without_selection_are_refused():
    table = data("PSID1976").query("observed == 1")
    with pytest.raises(UserError, match="all rows are observed"):
        estimate(table, estimator="heckman", **MODEL, standard_errors="unadjusted")
