"""Two-stage least squares against R (AER, sandwich, plm), linearmodels and books.

Tolerance: 1e-8 relative; half a unit of the last digit printed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import IV2SLS, IVGMM

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

WAGE = {
    "estimator": "iv",
    "outcome": "log_wage",
    "terms": ("education", "experience", "experience2"),
    "endogenous": ("education",),
    "instruments": ("meducation", "feducation"),
    "where": ("observed == 1",),
}
GRUNFELD = {
    "estimator": "iv",
    "outcome": "inv",
    "terms": ("value", "capital"),
    "endogenous": ("capital",),
    "instruments": ("capital_l1", "capital_l2"),
    "effects": ("firm", "fiscal_year"),
    "count_effects": "all",
}


@pytest.mark.parametrize(
    ("errors", "options"),
    [
        ("classical", {"standard_errors": "unadjusted"}),
        ("HC1", {"standard_errors": "robust"}),
    ],
)
def test_pooled_equals_aer(errors, options):
    found = by_term(estimate(data("PSID1976"), **WAGE, **options))
    same(found, r("PSID1976", "wage", errors))


@pytest.mark.parametrize(
    ("errors", "options"),
    [
        ("classical", {"standard_errors": "unadjusted"}),
        ("HC1", {"standard_errors": "robust"}),
        ("cluster_entity:HC1:cadjust=TRUE", {"clusters": ("firm",)}),
        (
            "cluster_entity_time:HC1:cadjust=TRUE",
            {"clusters": ("firm", "fiscal_year")},
        ),
        ("cluster_entity:sss", {"clusters": ("firm",), "count_effects": "none"}),
    ],
)
def test_within_effects_equals_r(errors, options):
    software = "plm" if errors.endswith("sss") else None
    found = by_term(estimate(data("Grunfeld"), **{**GRUNFELD, **options}))
    expected = r("Grunfeld", "iv_entity_time", errors, software)
    expected = expected[expected.software != "plm"] if not software else expected
    same(found, expected)


@pytest.mark.parametrize(
    ("name", "case", "model"),
    [
        ("PSID1976", "wage", WAGE),
        ("Grunfeld", "iv_entity_time", GRUNFELD),
    ],
)
def test_classical_diagnostics_equal_aer(name, case, model):
    found = diagnostics(estimate(data(name), **model, standard_errors="unadjusted"))
    first = f"first_stage_f: {model['endogenous'][0]}"
    for ours, theirs in (
        (first, "first_stage_f"),
        ("wu_hausman", "wu_hausman"),
        ("sargan", "sargan"),
    ):
        statistic, p = r_test(name, case, theirs)
        assert found.statistic[ours] == pytest.approx(statistic, rel=1e-7)
        assert found.p_value[ours] == pytest.approx(p, rel=1e-6, abs=1e-14)


@pytest.mark.parametrize(
    ("name", "case", "model", "label", "options"),
    [
        ("PSID1976", "wage", WAGE, "const", {"standard_errors": "unadjusted"}),
        ("PSID1976", "wage", WAGE, "HC1", {"standard_errors": "robust"}),
        (
            *("Grunfeld", "iv_entity_time", GRUNFELD),
            "cluster_entity:HC1:cadjust=TRUE",
            {"clusters": ("firm",)},
        ),
    ],
)
def test_effective_f_equals_r(name, case, model, label, options):
    found = diagnostics(estimate(data(name), **model, **options))
    expected, _ = r_test(name, case, f"effective_f:{label}")
    assert found.statistic["effective_f"] == pytest.approx(expected, rel=1e-8)


def test_effective_f_has_the_known_critical_value():
    # Montiel Olea and Pflueger (2013), table 1: 23.1 for one instrument and 10 %
    options = {**WAGE, "instruments": ("meducation",), "standard_errors": "robust"}
    note = diagnostics(estimate(data("PSID1976"), **options)).note["effective_f"]
    assert "below 23.1" in note


def columns(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what linearmodels takes of the wage equation."""
    rows = table[table.observed == 1].assign(constant=1.0)
    return {
        "dependent": rows.log_wage,
        "exog": rows[["constant", "experience", "experience2"]],
        "endog": rows[["education"]],
        "instruments": rows[["meducation", "feducation"]],
    }


def test_hansen_equals_linearmodels():
    groups = data("PSID1976").assign(group=lambda t: t.age)
    rows = groups[groups.observed == 1]
    expected = IVGMM(
        **columns(groups), weight_type="clustered", clusters=rows.group
    ).fit(iter_limit=2, initial_weight=None)
    found = diagnostics(estimate(groups, **WAGE, clusters=("group",)))
    assert found.statistic["hansen_j"] == pytest.approx(expected.j_stat.stat, rel=1e-8)


def test_weighted_equals_linearmodels():
    table = data("PSID1976").assign(w=lambda t: t.age / 10)
    rows = table[table.observed == 1]
    expected = IV2SLS(**columns(table), weights=rows.w).fit(
        cov_type="robust", debiased=True
    )
    found = by_term(estimate(table, **WAGE, standard_errors="robust", weights="w")).loc[
        expected.params.index
    ]
    np.testing.assert_allclose(found.estimate, expected.params, rtol=1e-8)
    np.testing.assert_allclose(found.se, expected.std_errors, rtol=1e-8)


TWO = {
    **WAGE,
    "endogenous": ("education", "experience"),
    "instruments": ("meducation", "feducation", "age", "youngkids"),
    "terms": ("education", "experience"),
}


def test_rank_test_of_one_term_is_the_robust_first_stage():
    for errors in ({"standard_errors": "robust"}, {"clusters": ("age",)}):
        found = diagnostics(estimate(data("PSID1976"), **WAGE, **errors)).statistic
        assert found["kleibergen_paap_f"] == pytest.approx(
            found["first_stage_f: education"], rel=1e-8
        )


def test_rank_test_is_cragg_and_donald_where_errors_are_homoskedastic():
    found = diagnostics(
        estimate(data("PSID1976"), **TWO, standard_errors="unadjusted")
    ).statistic["kleibergen_paap_f"]
    rows = data("PSID1976").query("observed == 1")
    z = rows[list(TWO["instruments"])].to_numpy("float64")
    x = rows[["education", "experience"]].to_numpy("float64")
    z, x = z - z.mean(axis=0), x - x.mean(axis=0)
    fitted = z @ np.linalg.lstsq(z, x, rcond=None)[0]
    left = (x - fitted).T @ (x - fitted) / (len(x) - 5)
    roots = np.linalg.eigvals(np.linalg.solve(left, fitted.T @ fitted)).real
    assert found == pytest.approx(roots.min() / 4, rel=1e-8)


@pytest.mark.parametrize(
    "errors", [{"standard_errors": "robust"}, {"clusters": ("age",)}]
)
def test_rank_test_does_not_depend_on_how_terms_are_written(errors):
    table = data("PSID1976").assign(
        both=lambda t: t.education + 2 * t.experience,
        z1=lambda t: t.meducation - t.feducation,
        z2=lambda t: t.meducation + 5 * t.youngkids,
    )
    other = {
        **TWO,
        "terms": ("education", "both"),
        "endogenous": ("education", "both"),
        "instruments": ("z1", "z2", "age", "feducation"),
    }
    found, again = (
        diagnostics(estimate(table, **o, **errors)).statistic["kleibergen_paap_f"]
        for o in (TWO, other)
    )
    assert again == pytest.approx(found, rel=1e-8)


def test_first_stages_are_equations():
    tables = estimate(data("PSID1976"), **TWO, standard_errors="robust")
    assert set(tables.equations.equation) == {
        "first stage of education",
        "first stage of experience",
    }
    assert len(tables.equations) == 2 * 5


@pytest.mark.parametrize(
    ("instruments", "says"),
    [
        (("sector",), "'sector' does not vary within firm"),
        (("capital_l1", "value2"), "value2 = 2 value"),
    ],
)
def test_instruments_that_identify_nothing_are_named(instruments, says):
    table = data("Grunfeld").assign(
        sector=lambda t: t.firm.astype(int) % 3 * 1.0, value2=lambda t: 2 * t.value
    )
    options = {**GRUNFELD, "clusters": ("firm",), "instruments": instruments}
    with pytest.raises(UserError, match=says):
        estimate(table, **options)


def test_tests_with_too_few_clusters_say_so():
    few = data("Grunfeld").assign(group=lambda t: t.firm.astype(int) % 3)
    options = {**GRUNFELD, "clusters": ("group",)}
    found = diagnostics(estimate(few, **options))
    assert np.isnan(found.statistic["hansen_j"])
    assert "no more clusters" in found.note["hansen_j"]
    three = ("capital_l1", "capital_l2", "lead")
    few["lead"] = few.groupby("firm").value.shift(1)
    found = diagnostics(estimate(few, **{**options, "instruments": three}))
    assert np.isnan(found.statistic["first_stage_f: capital"])
    assert "fewer clusters than restrictions" in found.note["first_stage_f: capital"]


CONTROL = {"estimator": "control_function", "draws": 25, "seed": 1}


def test_control_function_has_the_estimates_of_two_stages():
    options = {**WAGE, "clusters": ("age",)}
    iv = by_term(estimate(data("PSID1976"), **options))
    table = estimate(data("PSID1976"), **options | CONTROL, standard_errors="bootstrap")
    control = by_term(table)
    np.testing.assert_allclose(control.estimate[iv.index], iv.estimate, rtol=1e-8)
    ratio = control.se[iv.index] / iv.se
    assert ratio.between(0.6, 1.6).all()
    assert "residual of education" in control.index
    again = by_term(
        estimate(data("PSID1976"), **options | CONTROL, standard_errors="bootstrap")
    )
    pd.testing.assert_frame_equal(control, again)
