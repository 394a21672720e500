"""What a study of filings, of constructs or a certificate lacks, check by check."""

from __future__ import annotations

from copy import deepcopy

import pytest

from alliance_value.alliances.checks import (
    NEEDED,
    certificate_problems,
    construct_problems,
    decision_problems,
    dual_problems,
    filed_problems,
    survival_problems,
)


def rules(problems) -> list[tuple[str, str | None]]:
    return [(problem.rule, problem.where) for problem in problems]


FILED = {"sources": {"alliances": {"reader": "edgar_agreements"}}}
NO_TICKERS = ("sources.alliances needs sources.tickers", "sources.alliances")
UNDATED = (
    "alliances from filings have no securities by date to study",
    "event_study",
)


@pytest.mark.parametrize(
    ("more", "study", "expected"),
    [
        ({}, {}, [NO_TICKERS]),
        ({}, {"event_study": {}}, [NO_TICKERS, UNDATED]),
        ({"tickers": {"reader": "tickers"}}, {"event_study": {}}, [UNDATED]),
        ({"tickers": {"reader": "dated_tickers"}}, {"event_study": {}}, []),
        ({"tickers": {"reader": "tickers"}, "events": {}}, {"event_study": {}}, []),
        ({"alliances": {"reader": "sdc"}}, {"event_study": {}}, []),
    ],
)
def test_alliances_from_filings_need_securities_by_date(more, study, expected):
    sources = {**FILED["sources"], **more}
    assert rules(filed_problems({**study, "sources": sources})) == expected


def test_reviewed_structures_are_of_proposals():
    place = "sources.reviewed_structures"
    for structures in ({}, {"structures": {"reader": "coding_sheet"}}):
        ((rule, where),) = rules(decision_problems({"sources": structures}))
        assert where == place and "needs proposals from annual reports" in rule
    proposed = {"structures": {"reader": "edgar_instances"}}
    assert rules(decision_problems({"sources": proposed})) == []


@pytest.mark.parametrize("construct", NEEDED)
def test_each_construct_needs_what_it_is_measured_by(construct):
    needed = NEEDED[construct]
    _, _, source = needed.partition(".")
    alliances = {"alliances": {}}
    bare = {"constructs": {construct: {}}, "sources": alliances}
    if source == "alliances":
        assert rules(construct_problems(bare)) == []
        return
    assert rules(construct_problems(bare)) == [
        (f"{construct} needs {needed}", f"constructs.{construct}")
    ]
    whole = {**bare, "sources": {**alliances, source: {}}} if source else bare
    assert rules(construct_problems({"industry": {}, **whole})) == []


def test_constructs_need_alliances_and_others_than_these_no_source():
    study = {"constructs": {"own": {}}, "sources": {}}
    assert rules(construct_problems(study)) == [
        ("constructs of partners without alliances", "constructs")
    ]


DRAWN = ("simulate", "alliances", "structures", "links", "security_names")
MODEL = {
    "terms": ["x*z"],
    "controls": ["w"],
    "estimator": "fixed_effects",
    "endogenous": [],
    "effects": ["firm"],
}
CERTIFIED = {
    "sources": {name: {} for name in DRAWN},
    "models": [MODEL],
    "event_study": {},
    "multiverse": [{"name": "g", "term": "x"}],
    "certificate": {
        "designs": [{"name": "a", "simulate": {}}, {"name": "b", "simulate": {}}],
        "quantities": [
            {"weights": {"x": 1}},
            {"weights": {"x": 1, "x:z": 1}},
            {"dyads": {"quantity": "mean"}},
        ],
    },
}
AT = "certificate.quantities"


def test_a_whole_certificate_has_no_problem():
    assert rules(certificate_problems(CERTIFIED)) == []


@pytest.mark.parametrize("source", DRAWN)
def test_a_certificate_needs_each_source_of_its_worlds(source):
    sources = {name: {} for name in DRAWN if name != source}
    assert rules(certificate_problems({**CERTIFIED, "sources": sources})) == [
        (f"a certificate needs sources.{source}", "certificate")
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda s: s["certificate"]["designs"][1].update(name="a"),
            ("the name 'a' stands more than once", "certificate.designs"),
        ),
        (
            lambda s: s["certificate"]["quantities"][1].update(dyads={}),
            ("a quantity needs weights or dyads", f"{AT}[1]"),
        ),
        (
            lambda s: s["certificate"]["quantities"][2].pop("dyads"),
            ("a quantity needs weights or dyads", f"{AT}[2]"),
        ),
        (
            lambda s: s["certificate"]["quantities"][1]["weights"].update(v=1),
            ("no model shown has the term 'v'", f"{AT}[1].terms"),
        ),
        (
            lambda s: s.pop("event_study"),
            ("a quantity of dyads needs an event study", f"{AT}[2]"),
        ),
        (
            lambda s: s["multiverse"][0].update(term="w"),
            ("no quantity is the term 'w' of the grid", "multiverse.g"),
        ),
    ],
)
def test_what_a_certificate_lacks_is_named_with_its_place(change, expected):
    study = deepcopy(CERTIFIED)
    change(study)
    assert rules(certificate_problems(study)) == [expected]


def test_a_design_adds_to_the_studys_own_world():
    study = deepcopy(CERTIFIED)
    study["sources"]["simulate"] = {"size": "tiny"}
    study["certificate"]["designs"][1]["simulate"] = {"sizes": 1}
    ((rule, where),) = rules(certificate_problems(study))
    assert where == "certificate.designs.b.simulate" and "sizes" in rule
    study["certificate"]["designs"][1]["simulate"] = {}
    study["sources"]["simulate"] = {"sizes": 1}
    assert [where for _, where in rules(certificate_problems(study))] == [
        *("certificate.designs.a.simulate", "certificate.designs.b.simulate")
    ]
    study["multiverse"], study["sources"]["simulate"] = [], {}
    assert rules(certificate_problems(study)) == []


@pytest.mark.parametrize(("last", "count"), [("2000-01-01", 1), ("2000-01-02", 0)])
def test_lives_need_a_day_after_the_first(last, count):
    study = {
        "sources": {"alliances": {}, "structures": {}},
        "survival": {"first": "2000-01-01", "last": last},
    }
    assert len(rules(survival_problems(study))) == count


def test_windows_of_dual_appropriation_are_those_of_the_event_study():
    study = {
        "sources": {"alliances": {}},
        "event_study": {"windows": [[0, 0], [-1, 1]]},
        "dual_appropriation": {"windows": [[-1, 1]]},
    }
    assert rules(dual_problems(study)) == []
    study["dual_appropriation"]["windows"] = [[0, 0], [-2, 2]]
    (problem,) = dual_problems(study)
    assert problem.where == "dual_appropriation.windows[1]"
    assert problem.remedy.startswith("one of [0, 0], [-1, 1], or add it")
    assert rules(dual_problems({**study, "sources": {"events": {}}}))[-2:] == [
        (
            "dual_appropriation needs the event study of alliances",
            "dual_appropriation",
        ),
        ("the event study has no window [-2, 2]", "dual_appropriation.windows[1]"),
    ]
