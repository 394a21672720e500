"""Rows and columns of a model by hand: groups, roles, singletons, steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.models.design import (
    Design,
    codes,
    columns_needed,
    design,
    effects_out,
    has_constant,
    in_words,
    member_codes,
    products,
    roles_of,
    singletons,
)
from alliance_value.study.spec import Model, Selection
from alliance_value.study.terms import expand_all

PANEL = pd.DataFrame(
    {
        "firm": [*"aabbccd"],
        "fiscal_year": [1, 2, 1, 2, 1, 2, 1],
        "y": [1.0, 2.0, 4.0, 3.0, 7.0, 5.0, 9.0],
        "x": [0.0, 1.0, 3.0, np.nan, 2.0, 7.0, 4.0],
        "z": [1.0, 1.0, 2.0, 2.0, 5.0, 4.0, 3.0],
        "w": [1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0],
        "sector": [*"ppqqqqq"],
    }
)
OLS = Model("m", "y", ("x",), estimator="pooled_ols", standard_errors="robust")


def made(model: Model, panel: pd.DataFrame = PANEL) -> tuple[Design, list]:
    funnel, problems = FunnelBranch(model.name), []
    data = design(panel, model, funnel, problems)
    assert data is not None, problems
    steps = [(s["step"], s["rows_out"]) for s in funnel.steps]
    return data, steps


def refused(model: Model, panel: pd.DataFrame = PANEL) -> list[Problem]:
    problems: list[Problem] = []
    assert design(panel, model, FunnelBranch(model.name), problems) is None
    return problems


def test_rows_fall_out_step_by_step():
    data, steps = made(replace(OLS, where=("z < 5",), weights="w"))
    assert steps[1:] == [
        *(("where z < 5", 6), ("outcome y observed", 6), ("term x observed", 5)),
        ("weight w observed", 5),
    ]
    assert data.outcome.tolist() == [1, 2, 4, 5, 9]
    assert data.terms.to_dict("list") == {"x": [0, 1, 3, 7, 4], "constant": [1] * 5}
    assert data.weights.tolist() == [1, 2, 1, 2, 1]
    assert data.keys.firm.tolist() == [*"aabcd"] and data.firms.tolist() == [
        0,
        0,
        1,
        2,
        3,
    ]
    assert data.singletons_dropped == 0 and data.names == ("x", "constant")


def test_rows_alone_in_an_effect_fall_out_again_and_again():
    within = replace(OLS, estimator="fixed_effects", effects=("firm",))
    data, steps = made(within)
    assert steps[-1] == ("not alone in a fixed effect", 4)
    assert data.singletons_dropped == 2 and data.keys.firm.tolist() == [*"aacc"]
    assert data.effects.firm.tolist() == [0, 0, 1, 1] and data.rank == 2
    assert "constant" not in data.names and data.effect_names == ("firm",)
    kept, steps = made(replace(within, singletons="keep"))
    assert kept.singletons_dropped == 0 and len(kept.outcome) == 6
    # b leaves row 3 alone in its column, which leaves a alone in its own
    effects = np.array([[0, 0], [0, 1], [1, 1], [1, 2], [2, 3]])
    assert singletons(effects[:4]).tolist() == [True] * 4
    assert singletons(np.array([[0], [0], [1]])).tolist() == [False, False, True]
    assert singletons(np.empty((0, 1), dtype=int)).tolist() == []


def test_too_few_rows_are_told_with_what_takes_them_away():
    (problem,) = refused(replace(OLS, where=("y < 3",)))
    assert problem.rule == "2 rows are left for 2 terms and 0 parameters of effects"
    assert "where y < 3: 2" in problem.remedy and problem.where == "models.m"
    assert len(made(replace(OLS, where=("y < 4.5",)))[0].outcome) == 3


def test_text_and_broken_conditions_are_told_together():
    rules = [p.rule for p in refused(replace(OLS, terms=("sector",), where=("y >",)))]
    assert len(rules) == 2 and "'sector' is text" in rules[1]


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_weights_are_positive(bad):
    panel = PANEL.assign(w=[1, 1, bad, 1, bad, 1, 1])
    (problem,) = refused(replace(OLS, weights="w"), panel)
    assert problem.rule == "2 weights are not positive, the first of b in 1"
    assert problem.where == "models.m.weights"
    source = panel.assign(source_file="f.csv", source_row=range(2, 9))
    (problem,) = refused(replace(OLS, weights="w"), source)
    assert "in row 4 of f.csv, of b in 1" in problem.rule


def test_groups_are_numbered_in_the_order_of_their_values():
    table = codes(PANEL, ("sector", "sector:fiscal_year"))
    assert table.sector.tolist() == [0, 0, 1, 1, 1, 1, 1]
    assert table["sector:fiscal_year"].tolist() == [0, 1, 2, 3, 2, 3, 2]


def test_members_of_dyads_share_one_numbering():
    pairs = pd.DataFrame({"i": [*"ab"], "j": [*"bc"], "k": [1, 2]})
    both = member_codes(pairs, replace(OLS, clusters=("i", "j")))
    assert both.to_dict("list") == {"i": [0, 1], "j": [1, 2]}
    nested = member_codes(pairs, replace(OLS, clusters=("i:k", "j:k")))
    assert nested.to_numpy().tolist() == [[0, 1], [2, 3]]


def test_clusters_have_names_in_the_order_of_their_codes():
    data, _ = made(replace(OLS, standard_errors="clustered", clusters=("sector:w",)))
    assert data.cluster_names == ("p : 1", "p : 2", "q : 1", "q : 2")
    assert [in_words(v) for v in (1.0, 1.5, "a", 2)] == ["1", "1.5", "a", "2"]
    plain, _ = made(OLS)
    assert plain.cluster_names == ()


def test_products_multiply_their_factors():
    terms = expand_all(["x:z", "w"])
    table = products(PANEL.fillna(0.0), terms)
    assert table["x:z"].tolist() == [0, 1, 6, 0, 10, 28, 12]
    assert table.w.tolist() == PANEL.w.tolist()


def test_products_within_are_of_deviations():
    model = replace(
        OLS,
        terms=("z:w",),
        estimator="fixed_effects",
        effects=("firm",),
        interactions="within",
    )
    data, _ = made(model, PANEL[:6])
    # of a: z is 1 in both years; of c: 5 and 4 less 4.5, w 1 and 2 less 1.5
    assert data.terms["z:w"].tolist() == [0, 0, 0, 0, -0.25, -0.25]
    assert data.factors.w.tolist() == [-0.5, 0.5] * 3
    assert data.ordinary.terms["z:w"].tolist() == [1, 2, 2, 4, 5, 8]


def test_what_columns_are_there_for():
    chosen = Selection(terms=("z",), exclusion=(), observed="seen")
    model = replace(OLS, controls=("w",), selection=chosen, weights="u")
    roles = roles_of(model, expand_all(["x", "z"]), expand_all(["z"]))
    assert roles == {
        **{"y": "outcome", "x": "term", "z": "selection term"},
        **{"seen": "selection", "u": "weight"},
    }
    needed = columns_needed([model, replace(OLS, where=("v > 0",), clusters=("a:b",))])
    assert needed[:2] == ["firm", "fiscal_year"]
    assert {*needed[2:]} == {*"yxzwuvab", "seen"} and len(needed) == 11


def test_the_outcome_may_be_missing_where_it_is_not_observed():
    panel = PANEL.assign(y=[1, np.nan, 4, 3, np.nan, 5, 9], s=[1, 0, 1, 1, 0, 1, 1])
    by_outcome = replace(
        OLS,
        estimator="heckman",
        standard_errors="unadjusted",
        selection=Selection(terms=("z",), exclusion=()),
    )
    data, _ = made(by_outcome, panel)
    # the row of b in 2 lacks a term of an outcome that is observed
    assert data.observed.tolist() == [True, False, True, False, True, True]
    named = replace(
        by_outcome, selection=Selection(terms=("z",), exclusion=(), observed="s")
    )
    assert made(named, panel)[0].observed.tolist() == data.observed.tolist()


@pytest.mark.parametrize(
    ("estimator", "effects", "out", "constant"),
    [
        ("pooled_ols", (), (), True),
        ("pooled_ols", ("fiscal_year",), ("fiscal_year",), True),
        ("fixed_effects", ("firm", "fiscal_year"), ("firm", "fiscal_year"), False),
        ("fixed_effects", (), (), True),
        ("first_differences", ("fiscal_year",), ("firm", "fiscal_year"), False),
        ("random_effects", ("firm", "fiscal_year"), ("fiscal_year",), True),
    ],
)
def test_effects_that_are_taken_out(estimator, effects, out, constant):
    model = replace(OLS, estimator=estimator, effects=effects)
    assert effects_out(model) == out and has_constant(model) is constant
