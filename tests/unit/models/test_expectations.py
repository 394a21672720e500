"""Verdicts follow from intervals; placebos are judged apart."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.models.expectations import expectations

MODELS = [
    {"name": "m", "terms": ["x*z"], "controls": [], "placebo": False},
    {"name": "p", "terms": ["x"], "controls": ["z"], "placebo": True},
]


def estimates(low: float, high: float) -> pd.DataFrame:
    rows = [("m", "x"), ("m", "z"), ("m", "x:z"), ("p", "x"), ("p", "z")]
    table = pd.DataFrame(rows, columns=["model", "term"])
    return table.assign(
        estimate=(low + high) / 2, se=1.0, p=0.5, ci_low=low, ci_high=high
    )


@pytest.mark.parametrize(
    ("sign", "low", "high", "verdict"),
    [
        ("positive", 1, 2, "supported"),
        ("positive", -1, 2, "not supported"),
        ("positive", -2, -1, "contradicted"),
        ("negative", -2, -1, "supported"),
        ("negative", 0, 2, "not supported"),
        ("positive", -2, 0, "not supported"),
        ("none", -2, 0, "supported"),
        ("none", -1, 2, "supported"),
        ("none", 1, 2, "contradicted"),
    ],
)
def test_an_interval_decides(sign, low, high, verdict):
    hypothesis = {"name": "H", "words": "", "model": "m", "term": "x:z", "sign": sign}
    study = {"models": MODELS[:1], "hypotheses": [hypothesis]}
    (row,) = expectations(study, estimates(low, high)).to_dict("records")
    assert row["verdict"] == verdict
    assert (row["ci_low"], row["ci_high"]) == (low, high)


@pytest.mark.parametrize(("low", "verdict"), [(-1, "passes"), (1, "fails")])
def test_a_placebo_s_terms_of_interest_must_be_zero(low, verdict):
    table = expectations({"models": MODELS, "hypotheses": []}, estimates(low, 2))
    assert table[["model", "term", "verdict"]].to_numpy().tolist() == [
        ["p", "x", verdict]
    ]


def test_a_term_that_the_model_has_not_has_no_verdict():
    gone = {"name": "H", "words": "", "model": "m", "term": "w", "sign": "none"}
    table = expectations({"models": MODELS[:1], "hypotheses": [gone]}, estimates(1, 2))
    assert table.verdict.tolist() == [""]


def test_a_study_that_expects_nothing_has_no_rows():
    study = {"models": MODELS[:1], "hypotheses": []}
    assert expectations(study, estimates(1, 2)).empty
