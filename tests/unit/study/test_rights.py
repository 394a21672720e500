"""What a study says of its sources: only of those with files, dates as dates."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.study.resolve import resolve
from alliance_value.study.rights import is_period

SCHEMA = Path(__file__).resolve().parents[3] / "workflow/schemas/study.schema.yaml"
STUDY = {
    "study": "s",
    "title": "A study",
    "sources": {"firm_years": {"file": "a.csv", "entity": "firm", "time": "year"}},
    "models": [{"name": "m", "outcome": "y", "terms": ["x"]}],
}


@pytest.mark.parametrize(
    "text", ["2024", "2024-05", "2024-02-29", "2023/2024", "2024-05-01/2024-07"]
)
def test_years_months_and_days_are_periods(text):
    assert is_period(text)


@pytest.mark.parametrize(
    "text",
    ["May 2024", "2024-13", "2023-02-29", "24", "2024-5-1", "20240501", "1/2/3", ""],
)
def test_other_texts_are_none(text):
    assert not is_period(text)


def test_what_is_not_said_of_a_source_is_empty_and_closed():
    rights = resolve({**STUDY, "rights": {"firm_years": {"obtained": 2024}}}, SCHEMA)
    assert rights["rights"]["firm_years"] == {
        "open": False,
        "certified": False,
        "obtained": 2024,
        **dict.fromkeys(
            ["statement", "licence", "citation", "from", "by", "filters", "access"], ""
        ),
        "cost": "",
    }


def test_rights_without_an_effect_are_an_error():
    rights = {"firm_year": {"open": True}, "firm_years": {"obtained": "soon"}}
    with pytest.raises(UserError) as raised:
        resolve({**STUDY, "rights": rights}, SCHEMA)
    assert [problem.where for problem in raised.value.problems] == [
        "rights.firm_year",
        "rights.firm_years.obtained",
    ]
    assert "firm_years" in raised.value.problems[0].remedy
