"""What estimators and standard errors say of themselves, which studies rest on."""

from __future__ import annotations

from alliance_value.study.estimators import errors_of
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator, StandardError
from tests.unit.entries import entries_of

ESTIMATORS = entries(Estimator)
ERRORS = entries(StandardError)


def test_the_most_columns_of_clusters_that_errors_allow_for():
    assert {e.name: e.dimensions for e in ERRORS.values() if e.by_cluster} == {
        "clustered": 3,
        **dict.fromkeys(["cr3", "bootstrap", "wild_bootstrap"], 1),
        "dyadic": 2,
    }
    assert {e.name for e in ERRORS.values() if e.exactly} == {"dyadic"}


def test_a_model_that_names_no_errors_has_clustered_ones_or_robust_ones():
    assert errors_of(ESTIMATORS["fixed_effects"])[:2] == ["clustered", "robust"]
    assert {e.name for e in ERRORS.values() if e.usual} == {"clustered", "robust"}


def test_repeated_inference_goes_from_clusters_to_rows_to_periods():
    beside = sorted((e for e in ERRORS.values() if e.beside), key=lambda e: e.order)
    assert [e.name for e in beside] == [
        *("clustered", "cr3", "hc2", "hc3", "driscoll_kraay")
    ]


def test_estimators_of_changes_compare_periods_and_need_each_once():
    assert {e.name for e in ESTIMATORS.values() if e.series} == {
        *("first_differences", "difference_gmm", "system_gmm")
    }


def test_effects_are_the_usual_ones_where_an_estimator_absorbs_them():
    without = {e.name for e in ESTIMATORS.values() if not e.effects}
    assert without == {
        *("between", "pooled_ols", "fama_macbeth"),
        *("probit", "logit", "heckman", "heckman_ml"),
    }


def test_what_models_may_be_estimated_by():
    assert entries_of("models") == {
        "estimator": [
            *("between", "control_function", "copula", "difference_gmm"),
            *("fama_macbeth", "first_differences", "fixed_effects", "heckman"),
            *("heckman_ml", "iv", "logit", "mundlak", "poisson", "pooled_ols"),
            *("probit", "random_effects", "system_gmm"),
        ],
        "standard_error": [
            *("bootstrap", "conley", "dyadic", "hc0", "newey_west"),
            *("panel_corrected", "robust", "unadjusted", "uncorrected"),
            *("wild_bootstrap", "clustered", "cr3", "hc2", "hc3", "driscoll_kraay"),
        ],
        "inference": ["randomization", "wild cluster bootstrap"],
    }


def test_what_estimators_need_and_give():
    needs = {e.name: e.needs for e in ESTIMATORS.values() if e.needs}
    assert needs == {
        "control_function": ("endogenous", "instruments"),
        "copula": ("endogenous",),
        **dict.fromkeys(["difference_gmm", "system_gmm"], ("endogenous", "gmm")),
        **dict.fromkeys(["heckman", "heckman_ml"], ("selection",)),
        "iv": ("endogenous", "instruments"),
    }
    assert {e.name for e in ESTIMATORS.values() if "leverage" in e.gives} == {
        *("between", "first_differences", "pooled_ols", "fixed_effects")
    }
