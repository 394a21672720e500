"""Linear panel estimators against R's plm and sandwich (tests/reference).

Tolerance: 1e-8 relative; both solve the same least squares.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from linearmodels.panel import BetweenOLS, FirstDifferenceOLS, RandomEffects

from alliance_value.contracts.problems import UserError
from tests.unit.models.estimators.reference import (
    by_term,
    data,
    diagnostics,
    estimate,
    r,
    r_test,
    same,
)

VARYING = (
    *("wks", "south", "smsa", "married", "exp", "exp2"),
    "bluecol",
    "ind",
    "union",
)
SETS = {
    "Grunfeld": ("main", "inv", ("value", "capital"), ()),
    "EmplUK": ("logs", "log_emp", ("log_wage", "log_capital", "log_output"), ()),
    "Wages": ("cornwell_rupert", "lwage", VARYING, ("female", "black", "ed")),
}
ERRORS = {
    "classical": {"standard_errors": "unadjusted"},
    "cluster_entity:sss": {"clusters": ("firm",)},
}


def model(name: str, estimator: str, constant: bool = True, **options: object) -> dict:
    """Return a one-way model on a data set."""
    _, outcome, terms, fixed = SETS[name]
    return {
        "estimator": estimator,
        "outcome": outcome,
        "terms": (*terms, *fixed) if constant else terms,
        "effects": ("firm",),
        **options,
    }


@pytest.mark.parametrize("errors", ERRORS)
@pytest.mark.parametrize("name", SETS)
def test_random_effects_equal_plm(name, errors):
    found = estimate(data(name), **model(name, "random_effects", **ERRORS[errors]))
    same(by_term(found), r(name, f"{SETS[name][0]}_random", errors))
    parts = r(name, f"{SETS[name][0]}_random", "variance components").estimate
    ours = diagnostics(found).statistic
    pairs = {
        "variance_rest": "sigma2_idios",
        "variance_firm": "sigma2_entity",
        "theta_smallest": "theta_min",
        "theta_largest": "theta_max",
    }
    for mine, theirs in pairs.items():
        assert ours[mine] == pytest.approx(parts[theirs], rel=1e-8)


@pytest.mark.parametrize("name", SETS)
def test_hausman_tests_equal_plm(name):
    options = model(name, "random_effects", constant=False, clusters=("firm",))
    found = diagnostics(estimate(data(name), **options))
    case = f"{SETS[name][0]}_hausman"
    pairs = {"hausman": "chisq", "hausman_robust": "aux:sss"}
    if name == "EmplUK":
        # unbalanced: plm's auxiliary regression has a plain constant, not 1 - theta
        del pairs["hausman_robust"]
    for ours, theirs in pairs.items():
        statistic, p = r_test(name, case, f"hausman:{theirs}")
        assert found.statistic[ours] == pytest.approx(statistic, rel=1e-7)
        assert found.p_value[ours] == pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize("name", SETS)
def test_between_equals_plm(name):
    options = model(name, "between", standard_errors="unadjusted")
    found = by_term(estimate(data(name), **{**options, "effects": ()}))
    same(found, r(name, f"{SETS[name][0]}_between", "classical"))


@pytest.mark.parametrize("errors", ERRORS)
@pytest.mark.parametrize("name", ["Grunfeld", "EmplUK"])
def test_first_differences_equal_plm(name, errors):
    options = model(name, "first_differences", **ERRORS[errors])
    case = f"{SETS[name][0]}_first_difference_no_intercept"
    same(by_term(estimate(data(name), **options)), r(name, case, errors))


@pytest.mark.parametrize("errors", ERRORS)
@pytest.mark.parametrize("name", ["Grunfeld", "Wages"])
def test_mundlak_equals_plm(name, errors):
    options = model(name, "mundlak", constant=False, **ERRORS[errors])
    found = by_term(estimate(data(name), **options))
    same(found, r(name, f"{SETS[name][0]}_mundlak_random", errors), rtol=1e-7)


@pytest.mark.parametrize("effects", [("firm",), ("firm", "fiscal_year")])
@pytest.mark.parametrize("name", ["Grunfeld", "EmplUK"])
def test_mundlak_has_the_estimates_of_fixed_effects(name, effects):
    options = {**model(name, "mundlak"), "clusters": ("firm",), "effects": effects}
    hybrid = by_term(estimate(data(name), **options))
    within = by_term(estimate(data(name), **{**options, "estimator": "fixed_effects"}))
    np.testing.assert_allclose(
        hybrid.estimate[within.index], within.estimate, rtol=1e-8
    )


CLUSTERS = {
    "classical": {"standard_errors": "unadjusted"},
    "HC1": {"standard_errors": "robust"},
    "cluster_entity:HC1:cadjust=TRUE": {"clusters": ("firm",)},
    "cluster_entity_time:HC1:cadjust=TRUE": {"clusters": ("firm", "fiscal_year")},
}


@pytest.mark.parametrize("errors", CLUSTERS)
def test_three_effects_equal_dummies(errors):
    found = estimate(
        data("Wages"),
        outcome="lwage",
        terms=("wks", "union", "married"),
        effects=("firm", "fiscal_year", "ind"),
        count_effects="all",
        **CLUSTERS[errors],
    )
    same(by_term(found), r("Wages", "three_effects", errors))


@pytest.mark.parametrize("errors", CLUSTERS)
@pytest.mark.parametrize("twice", [False, True])
def test_weights_equal_dummies(errors, twice):
    # the third effect is the second under another name: the path without PanelOLS
    table = data("EmplUK").assign(again=lambda t: t.fiscal_year)
    found = estimate(
        table,
        outcome="log_emp",
        terms=("log_wage", "log_capital", "log_output"),
        effects=("firm", "fiscal_year", *(["again"] if twice else [])),
        weights="emp",
        count_effects="all",
        **CLUSTERS[errors],
    )
    same(by_term(found), r("EmplUK", "weighted_entity_time", errors))


def panel(name: str, weights: str | None) -> dict[str, object]:
    """Return what linearmodels takes of a data set."""
    _, outcome, terms, _ = SETS[name]
    table = data(name).assign(constant=1.0).set_index(["firm", "fiscal_year"])
    w = table[weights] if weights else None
    return {
        "dependent": table[outcome],
        "exog": table[[*terms, "constant"]],
        "weights": w,
    }


@pytest.mark.parametrize(
    ("estimator", "theirs"),
    [("random_effects", RandomEffects), ("between", BetweenOLS)],
)
def test_weighted_estimators_equal_linearmodels(estimator, theirs):
    options = {"small_sample": True} if estimator == "random_effects" else {}
    expected = theirs(**panel("EmplUK", "emp")).fit(cov_type="unadjusted", **options)
    given = model("EmplUK", estimator, standard_errors="unadjusted", weights="emp")
    found = by_term(estimate(data("EmplUK"), **given)).loc[expected.params.index]
    np.testing.assert_allclose(found.estimate, expected.params, rtol=1e-8)
    np.testing.assert_allclose(found.se, expected.std_errors, rtol=1e-8)


def test_weighted_differences_equal_linearmodels():
    given = panel("EmplUK", "emp")
    given["exog"] = given["exog"].drop(columns="constant")
    expected = FirstDifferenceOLS(**given).fit(cov_type="unadjusted")
    options = model("EmplUK", "first_differences", weights="emp")
    found = by_term(
        estimate(data("EmplUK"), **{**options, "standard_errors": "unadjusted"})
    )
    np.testing.assert_allclose(found.estimate, expected.params, rtol=1e-8)
    np.testing.assert_allclose(found.se, expected.std_errors, rtol=1e-8)


def test_differences_do_not_cross_gaps():
    table = data("Grunfeld")
    gap = table[table.fiscal_year != 1940]
    options = model("Grunfeld", "first_differences")
    fits = estimate(gap, **options, clusters=("firm",)).fits
    assert fits.n.iloc[0] == 10 * 17  # 19 differences less the two that touch 1940


def test_differences_with_year_effects_equal_differenced_dummies():
    options = model("EmplUK", "first_differences", clusters=("firm",))
    found = by_term(
        estimate(data("EmplUK"), **{**options, "effects": ("firm", "fiscal_year")})
    )
    table = data("EmplUK").sort_values(["firm", "fiscal_year"])
    marks = pd.get_dummies(table.fiscal_year, dtype=float)
    columns = pd.concat([table[list(SETS["EmplUK"][2])], marks], axis=1)
    change = columns.groupby(table.firm).diff().dropna()
    y = table.groupby("firm").log_emp.diff().dropna()
    b = np.linalg.lstsq(change, y, rcond=None)[0]
    np.testing.assert_allclose(found.estimate, b[:3], rtol=1e-8)


@pytest.mark.parametrize("estimator", ["first_differences", "difference_gmm"])
def test_estimators_of_changes_refuse_repeated_years(estimator):
    table = pd.concat([data("EmplUK"), data("EmplUK").head(2)], ignore_index=True)
    options = model("EmplUK", estimator, clusters=("firm",))
    if estimator == "difference_gmm":
        options |= {
            "endogenous": ("log_wage",),
            "gmm": {"instruments": {"log_wage": [2, 3]}},
        }
    with pytest.raises(UserError, match="4 rows share their firm and year"):
        estimate(table, **options)


def test_between_refuses_clusters_that_part_a_firm():
    options = model("Grunfeld", "between", clusters=("fiscal_year",))
    with pytest.raises(UserError, match="parts the years of a firm"):
        estimate(data("Grunfeld"), **options)


def test_weights_must_be_positive():
    table = data("EmplUK").assign(w=lambda t: t.emp.where(t.index != 3, 0.0))
    with pytest.raises(UserError, match="1 weights are not positive, the first "):
        estimate(table, **model("EmplUK", "fixed_effects", weights="w"))
