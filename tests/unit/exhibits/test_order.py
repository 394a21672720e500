"""Exhibits stand in the section of their kind and are numbered as they are read."""

from __future__ import annotations

import pytest

from alliance_value.exhibits.order import leading_figure, numbered, place_of
from alliance_value.vocabulary import entries as vocabulary
from alliance_value.vocabulary.collect import entries


@pytest.mark.parametrize(
    ("exhibit", "section"),
    [
        ({"kind": "claims"}, "claims"),
        ({"kind": "caar"}, "events"),
        ({"kind": "event_tests"}, "events"),
        ({"kind": "dyad_models", "models": ["combined"]}, "events"),
        ({"kind": "coder_agreement"}, "sample"),
        ({"kind": "slopes", "models": ["a", "b"]}, "models"),
        ({"kind": "specification_curve", "models": ["a"]}, "robustness"),
        ({"models": ["a"]}, "models"),
        ({"models": ["a", "b"]}, "robustness"),
        ({"kind": "trends"}, "models"),
    ],
)
def test_exhibits_stand_in_the_section_of_their_kind(exhibit, section):
    kinds = entries(vocabulary.Figure) | entries(vocabulary.Table)
    kind = kinds[exhibit.get("kind", "models")]
    assert place_of(exhibit, kind, {"a": "main", "b": "robustness"}) == section


LISTS = ("terms", "controls", "instruments", "effects", "clusters", "where")
MODEL = {"outcome": "y", "weights": "", **dict.fromkeys(LISTS, ())}
STUDY = {
    "sources": {"firm_years": {}},
    "event_study": {},
    "portfolio": {"variants": {}},
    "variables": {},
    "sample": {"require": [], "where": []},
    "inference": {},
    "models": [
        {**MODEL, "name": "a", "family": "main"},
        {**MODEL, "name": "b", "family": "robustness"},
    ],
    "exhibits": {
        "tables": [
            {"name": "robust", "kind": "models", "models": ["a", "b"]},
            {"name": "main", "kind": "models", "models": ["a"], "title": "Main"},
            {"name": "claims", "kind": "claims"},
        ],
        "figures": [
            {"name": "curve", "kind": "specification_curve"},
            {"name": "paths", "kind": "caar"},
        ],
    },
}


@pytest.mark.parametrize("more", [{}, {"alliances": {}}])
def test_tables_and_figures_are_numbered_apart_in_the_order_of_the_report(more):
    study = {**STUDY, "sources": {**STUDY["sources"], **more}}
    assert [str(e) for e in numbered(study)] == [
        "Figure 1. Curve",
        "Table 1. Claims",
        "Figure 2. Sample funnel",
        "Figure 3. Paths",
        "Table 2. Main",
        "Table 3. Robust",
    ]


def test_the_first_hypothesis_brings_its_first_figure_to_the_summary():
    figures = [{"name": "other", "kind": "caar"}, {"name": "b", "models": ["b", "a"]}]
    study = {**STUDY, "exhibits": {"figures": figures}, "hypotheses": [{"model": "a"}]}
    assert leading_figure(study) == "b"
    assert leading_figure({**study, "hypotheses": [{"model": "c"}]}) == ""
    assert leading_figure(STUDY) == "curve"
    figures[1]["kind"] = "coefficients"
    assert numbered(study)[0].section == "summary"
