"""The ten lines: both studies where they are, nothing where they are not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from alliance_value.contracts.failures import failures_of
from alliance_value.contracts.problems import Problem
from alliance_value.report.headlines import LINES, p_text, ten_lines
from tests.unit.report.test_html import inputs

__all__ = ["inputs"]

TESTS = pd.DataFrame(
    {
        "unit": ["partners", "dyads", "dyads", "dyads"],
        "sample": "all",
        "group": ["all", "all", "all", "R&D symmetric"],
        "model": "market",
        "window": "[-1,1]",
        "test": ["bmp", "bmp", "kolari_pynnonen", "bmp"],
        "n": [4000, 2059, 2059, 300],
        "mean": [0.01, 0.0081, 0.0081, 0.02],
        "statistic": [9.0, 13.32, 13.46, 5.0],
        "p": 0.0,
    }
)
DIVISION = pd.DataFrame(
    [
        ("asymmetric", "customer-centric partner's CAR", 0.021, 0.0013, 933),
        ("asymmetric", "product-centric partner's CAR", 0.0063, 0.0014, 933),
        ("asymmetric", "ratio of both", 3.307, 0.757, 933),
        ("asymmetric", "customer-centric partner's share", 0.4263, 0.01, 401),
        ("all", "both gain", 0.3968, 0.01, 2059),
    ],
    columns=["group", "quantity", "estimate", "se", "n"],
).assign(ci_low=2.26, ci_high=5.93)
SLOPES = pd.DataFrame(
    {
        **{"model": "m", "of": "x", "over": "z"},
        "kind": ["slope", "slope", "difference"],
        **{"at": [0.0, 1.0, 1.0], "estimate": [0.1772, -0.1684, -0.3456], "se": 0.005},
    }
)


def with_announcements(inputs):
    sources = {**inputs.study["sources"], "alliances": {}}
    study = {**inputs.study, "sources": sources, "event_study": {"headline": [-1, 1]}}
    results = {"event_tests": TESTS, "division_of_value": DIVISION}
    return replace(inputs, study=study, results=results)


def test_a_study_without_announcements_says_nothing_of_them(inputs):
    lines = ten_lines(inputs)
    assert len(lines) == 2
    assert lines[0].startswith("M: the coefficient of x × z on y is ")
    assert lines[1].endswith("; 1 model.")


def test_announcements_come_first_with_their_numbers(inputs):
    lines = ten_lines(with_announcements(inputs))
    assert lines[1] == (
        "Partners' combined abnormal return over [-1,1] is 0.81% on average (2,059 "
        "deals; Kolari-Pynnönen 13.46, p < 0.0001); both gain in 39.7%."
    )
    assert (
        "is 2.10%, 3.31 times the product-centric partner's 0.63% (95% interval "
        "2.26 to 5.93, Fieller's; 933 deals)" in lines[2]
    )
    assert lines[2].endswith("the customer-centric partner takes 42.6%.")


def test_a_study_of_listed_events_has_no_deals(inputs):
    study = {**inputs.study, "event_study": {"headline": [-1, 1]}}
    results = {"event_tests": TESTS[TESTS.unit == "partners"]}
    lines = ten_lines(replace(inputs, study=study, results=results))
    assert lines[1].startswith(
        "The abnormal return over [-1,1] is 1.00% on average (4,000 events; "
    )
    assert len(lines) == 3


def test_slopes_stand_for_a_model_that_has_them(inputs):
    line = ten_lines(replace(inputs, results={"slopes": SLOPES}))[0]
    assert line.startswith(
        "M: the slope of x on y is 0.1772 (s.e. 0.0050) at z = 0 and "
    )
    assert "-0.1684 (s.e. 0.0050) at z = 1; difference -0.3456" in line


def test_hypotheses_come_instead_of_models_and_placebos_apart(inputs):
    h1 = {"name": "H1", "words": "X pays.", "model": "m", "term": "x"}
    models = [{**inputs.study["models"][0], "placebo": True, "terms": ["x"]}]
    study = {**inputs.study, "hypotheses": [{**h1, "sign": "positive"}]}
    lines = ten_lines(replace(inputs, study={**study, "models": models}))
    assert lines[0].startswith("H1 is supported: X pays. x: 1.0")
    assert lines[1].startswith("M: fails, x: 1.0")
    assert not any("x × z" in line for line in lines)


def test_slopes_are_those_of_the_products_that_hypotheses_are_on(inputs):
    h1 = {"name": "H1", "words": "", "model": "m", "term": "z:x", "sign": "positive"}
    results = {"slopes": SLOPES}

    def said(term):
        study = {**inputs.study, "hypotheses": [{**h1, "term": term}]}
        return ten_lines(replace(inputs, study=study, results=results))

    assert any(line.startswith("M: the slope of x on y") for line in said("z:x"))
    assert not any("the slope of" in line for line in said("x"))


def test_hypotheses_on_a_model_that_failed_are_not_judged(inputs):
    study = inputs.study | {
        "hypotheses": [
            {"name": "H1", "words": "", "model": "m", "term": "x", "sign": "positive"}
        ]
    }
    problems = [Problem("'x' does not vary", "leave it out", "models.m")]
    without = inputs.estimates[inputs.estimates.model != "m"]
    lines = ten_lines(
        replace(
            inputs,
            study=study,
            estimates=without,
            failures=failures_of("m", problems),
        )
    )
    assert any(
        line.startswith("Not estimated:") and "'x' does not vary" in line
        for line in lines
    )
    assert any(line.startswith("H1 is not judged") for line in lines)
    assert not any("H1 is supported" in line for line in lines)


def test_without_products_the_first_term_is_said(inputs):
    models = [{**inputs.study["models"][0], "terms": ["x", "z"]}]
    line = ten_lines(replace(inputs, study={**inputs.study, "models": models}))[0]
    assert line.startswith("M: the coefficient of x on y is ")


def test_claims_and_planted_values_are_counted(inputs):
    claims = pd.DataFrame(
        {"headline": ["a", "a", "b"], "verdict": ["opposite", "opposite", "contains"]}
    )
    validation = pd.DataFrame({"covered": [True, False, True]})
    lines = ten_lines(replace(inputs, claims=claims, validation=validation))
    assert "Claims: 3 readings of 2 published headlines: 2 × opposite" in lines[2]
    assert lines[3] == "Planted values in their intervals: 2 of 3."


def test_there_are_no_more_than_ten_lines(inputs):
    many = [{**inputs.study["models"][0], "name": f"m{i}"} for i in range(20)]
    estimates = pd.concat([inputs.estimates.assign(model=m["name"]) for m in many])
    fits = pd.concat([inputs.fits.assign(model=m["name"]) for m in many])
    study = {**inputs.study, "models": many}
    context = replace(inputs.context, outcomes={m["name"]: "y" for m in many})
    full = replace(inputs, study=study, context=context, estimates=estimates, fits=fits)
    assert len(ten_lines(full)) == LINES


def test_doubts_are_how_few_change_and_which_variations_depart(inputs):
    h1 = {"name": "H1", "words": "", "model": "m", "term": "x", "sign": "positive"}
    model = {**inputs.study["models"][0], "terms": ["x*z"], "effects": ["firm"]}
    curve = {"name": "c", "kind": "specification_curve", "terms": ["x"]}
    study = {
        **inputs.study,
        "hypotheses": [h1],
        "models": [model],
        "exhibits": {"tables": [], "figures": [curve]},
    }
    base = inputs.estimates[inputs.estimates.term == "x"]
    other = base.assign(model="weak", estimate=0.5, ci_low=-0.1, ci_high=1.1)
    panel = pd.DataFrame({"firm": ["a", "a", "b", "b"], "z": [0, 1, 1, 1], "x": 0.5})
    full = replace(
        inputs,
        study=study,
        estimates=pd.concat([inputs.estimates, other]),
        results={"panel": panel},
    )
    lines = ten_lines(full)
    assert any(line.startswith("z changes within 1 of 2 firms") for line in lines)
    departing = [line for line in lines if "over 2 variations" in line]
    assert "without a clear effect of the usual sign: Weak 0.5" in departing[0]


def test_p_values_are_written_behind_a_sign():
    assert [p_text(0.0), p_text(0.02)] == ["< 0.0001", "= 0.0200"]
