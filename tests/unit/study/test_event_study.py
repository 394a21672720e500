"""Event studies in study files: what follows from what, and what does not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.study.event_study import (
    ignored_keys,
    usual_tests,
    variant_problems,
    variants,
)
from alliance_value.study.resolve import resolve

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/study.schema.yaml"
SOURCES: dict[str, Any] = {
    "events": {"file": "e.csv", "security": "s", "announced": "d"},
    "returns": {"file": "r.csv", "reader": "wide", "date": "date"},
    "factors": {"file": "f.csv", "reader": "table", "columns": {"mkt_rf": "m"}},
}
MODELS = {"models": ["market"]}


def resolved(section: dict[str, Any], **study: Any) -> dict[str, Any]:
    return resolve(
        {
            "study": "s",
            "title": "T",
            "sources": SOURCES,
            "event_study": {**MODELS, **section},
            **study,
        },
        SCHEMA,
    )


def completed(**section: Any) -> dict[str, Any]:
    return resolved(section)["event_study"]


def test_a_list_has_no_period_of_its_own_and_no_keys_of_deals():
    section = completed()
    assert section["first"] is None and section["last"] is None
    assert section["estimation"] == [-295, -46] and section["path"] == [-10, 10]
    assert section["tests"] == usual_tests()
    assert not {"statuses", "estimated_dates", "structure_rule"} & section.keys()
    assert completed(first="2001-01-01")["first"] == "2001-01-01"


@pytest.mark.parametrize(
    ("section", "estimation"),
    [
        ({"models": ["market_adjusted"], "tests": ["sign"]}, None),
        ({"models": ["market_adjusted"], "tests": ["sign"], "minimum": 9}, [-295, -46]),
        ({"models": ["market_adjusted"], "tests": ["sign", "bmp"]}, [-295, -46]),
        ({"models": ["market_adjusted"]}, [-295, -46]),
        ({"models": ["market_adjusted"], "estimation": "none"}, None),
        ({"models": ["market_adjusted"], "estimation": None}, None),
        ({"models": ["market"], "tests": ["sign"]}, [-295, -46]),
    ],
)
def test_the_estimation_window_is_there_where_something_needs_it(section, estimation):
    assert completed(**section)["estimation"] == estimation


def test_without_an_estimation_window_the_tests_are_those_that_need_none():
    section = completed(models=["market_adjusted"], estimation="none")
    assert section["tests"] == ["cross_sectional", "sign", "bootstrap"]


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ({"estimation": [12, 111]}, [-10, 10]),
        ({"estimation": [6, 111]}, [-5, 5]),
        ({"estimation": [-110, -6]}, [-5, 5]),
        ({"estimation": [6, 111], "path": [-20, 5]}, [-20, 5]),
    ],
)
def test_the_path_keeps_off_the_estimation_window(section, path):
    assert completed(**section)["path"] == path


@pytest.mark.parametrize(
    ("section", "sources", "words"),
    [
        ({"estimation": [3, 110]}, {}, r"window \[-5, 5\] overlaps the estimation"),
        ({"path": [-60, 1]}, {}, r"event_study.path: the window \[-60, 1\] overlaps"),
        ({"estimation": "none"}, {}, r"market \(market model\) needs an estimation"),
        (
            {"models": ["mean"], "tests": ["bmp"], "estimation": "none"},
            {},
            r"bmp \(Boehmer-Musumeci-Poulsen\) needs an estimation",
        ),
        (
            {
                "models": ["market_adjusted"],
                "estimation": "none",
                "size_power": {},
            },
            {},
            "samples without an event need an estimation window",
        ),
        ({"models": ["ff3"]}, {}, "the model ff3 needs smb, hml"),
        ({"first": "2011-01-01", "last": "2010-01-01"}, {}, "last is before first"),
        ({"statuses": ["Pending"]}, {}, "'statuses' has no effect: it is of announ"),
        ({"estimated_dates": True}, {}, "'estimated_dates' has no effect"),
        ({"structure_rule": "strict"}, {}, "'structure_rule' has no effect"),
        ({"confound_window": [-1, 1]}, {}, "no effect: the study has no sources.conf"),
        ({"draws": 99, "tests": ["sign"]}, {}, "'draws' has no effect: the test boo"),
        (
            {"models": ["market_adjusted"], "estimation": "none", "minimum": 5},
            {},
            "'minimum' has no effect",
        ),
        ({"models": ["capm"]}, {}, "'capm' is not allowed"),
        ({"measure": "dividends"}, {}, "'dividends' is not allowed"),
        (
            {"measure": "turnover"},
            {},
            r"event_study.measure: turnover needs a long file's volume and shares",
        ),
        (
            {"measure": "turnover", "models": ["ff3"]},
            {"returns": {"volume": "v", "shares": "s"}},
            "the model ff3 is none of log turnover",
        ),
        (
            {"measure": "variance", "tests": ["sign"]},
            {},
            "the test sign does not hold for variances",
        ),
        (
            {
                "measure": "variance",
                "models": ["market_adjusted"],
                "estimation": "none",
                "tests": ["bootstrap"],
            },
            {},
            "variances are set beside those of an estimation window",
        ),
        (
            {"measure": "volume", "bhar": True},
            {"returns": {"volume": "v"}},
            "bhar is of returns",
        ),
        ({"measure": "variance", "size_power": {}}, {}, "size_power is of returns"),
        (
            {},
            {"returns": {"volume": "v"}},
            "'volume' has no effect: what is studied is return",
        ),
        ({}, {"returns": {"volume_unit": "ones"}}, "'volume_unit' has no effect"),
        (
            {"measure": "volume"},
            {"returns": {"volume": "v", "shares": "s"}},
            "'shares' has no effect",
        ),
        (
            {"measure": "volume"},
            {
                "returns": {"volume": "v"},
                "events": {"market": "m"},
                "factors": {"market": "m"},
            },
            "where there is one market",
        ),
        ({}, {"events": {"market": "m"}}, "must both name their column of markets"),
        ({}, {"factors": {"market": "m"}}, "must both name their column of markets"),
        (
            {"size_power": {}},
            {"events": {"market": "m"}, "factors": {"market": "m"}},
            "drawn from one market",
        ),
    ],
)
def test_what_does_not_fit_is_named(section, sources, words):
    with pytest.raises(UserError, match=words):
        resolved(
            section,
            sources={k: {**v, **sources.get(k, {})} for k, v in SOURCES.items()},
        )


def test_a_table_shows_the_headline_window_and_model_unless_it_names_others():
    study = resolved({"windows": [[0, 0], [0, 3]], "headline": [0, 1]})
    (table,) = study["exhibits"]["tables"]
    assert (table["window"], table["model"]) == ("[0,1]", "market")
    named = {"name": "t", "kind": "event_tests", "window": "[0, 3]"}
    section = {"windows": [[0, 3]], "headline": [0, 1]}
    study = resolved(section, exhibits={"tables": [named]})
    assert study["exhibits"]["tables"][0]["window"] == "[0,3]"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("window", "[-1,1]", r"no window '\[-1,1\]'"),
        ("model", "ff3", "no model 'ff3'"),
        ("unit", "dyads", "has no 'dyads'"),
        ("test", "bmp", "no test 'bmp'"),
    ],
)
def test_a_table_of_what_the_study_does_not_make_is_refused(key, value, words):
    kind = "event_windows" if key == "test" else "event_tests"
    table = {"name": "t", "kind": kind, key: value}
    section = {"windows": [[0, 0]], "headline": [0, 0], "tests": ["sign"]}
    with pytest.raises(UserError, match=words):
        resolved(section, exhibits={"tables": [table]})


SECTION = {
    "windows": [[-1, 1]],
    "headline": [-1, 1],
    "path": [-5, 5],
    "estimation": [-250, -46],
    "minimum": 100,
    "overlap": "keep_first",
    "models": ["market"],
    "tests": ["sign"],
}


def test_a_variant_is_the_study_with_other_keys_and_no_tests():
    section = SECTION | {"variants": {"all": {"overlap": "flag"}}}
    ((name, varied),) = variants(section)
    assert name == "all"
    assert varied["overlap"] == "flag" and varied["estimation"] == [-250, -46]
    assert varied["tests"] == []
    assert not [*variant_problems(section)]


@pytest.mark.parametrize(
    ("variant", "where", "rule"),
    [
        ({"overlap": "keep_first"}, "one", "changes nothing"),
        ({"estimation": [-250, 0]}, "one.estimation", "overlaps the estimation"),
        ({"estimation": [-46, -250]}, "one.estimation", "ends before it begins"),
    ],
)
def test_variants_that_do_not_fit(variant, where, rule):
    problems = [*variant_problems(SECTION | {"variants": {"one": variant}})]
    assert {p.where for p in problems} == {f"event_study.variants.{where}"}
    assert all(rule in p.rule for p in problems)


def test_days_to_estimate_from_need_an_estimation_window():
    section = SECTION | {"estimation": None, "variants": {"one": {"minimum": 50}}}
    (problem,) = variant_problems(section)
    assert problem.where == "event_study.variants.one.minimum"


def test_variants_of_listed_events_and_without_other_news_have_no_effect():
    section = {"variants": {"wide": {"confound_window": [-5, 5]}}}
    told = [p.where for p in ignored_keys({"event_study": section, "sources": SOURCES})]
    assert "event_study.variants" in told
    of_deals = {k: v for k, v in SOURCES.items() if k != "events"}
    told = [
        p.where for p in ignored_keys({"event_study": section, "sources": of_deals})
    ]
    assert told == ["event_study.variants.wide.confound_window"]
