"""The program's words for a row's key, where a study writes them."""

from __future__ import annotations

from typing import Any

import pytest

from alliance_value.study.names import own_words


def study(**firm_years: Any) -> dict[str, Any]:
    source = {"file": "a.csv", "entity": "worker", "time": "year", **firm_years}
    return {
        "sources": {"firm_years": source},
        "variables": {"y": {"value": "x + 1", "label": "the firm's time"}},
        "sample": {"where": ["time > 0"]},
        "models": [
            {"name": "m", "outcome": "y", "terms": ["x"], "effects": ["firm:year"]}
        ],
    }


def test_words_and_where_they_stand() -> None:
    assert own_words(study()) == {
        "time": ["sample.where"],
        "firm": ["models.m.effects"],
    }


@pytest.mark.parametrize(
    ("firm_years", "left"),
    [
        ({"entity": "firm"}, {"time"}),
        ({"time": "time"}, {"firm"}),
        ({"columns": {"firm": "employer"}}, {"time"}),
        ({"by_file": {"*": {"columns": {"time": "hours"}}}}, {"firm"}),
        ({"where": ["entity > 1"]}, {"firm", "time", "entity"}),
    ],
)
def test_words_that_the_study_gives_itself(
    firm_years: dict[str, Any], left: set[str]
) -> None:
    assert own_words(study(**firm_years)).keys() == left


def test_a_study_of_events_has_none() -> None:
    assert own_words({"sources": {}}) == {}
