"""Studies without times: completed as cross-sections, and what they ask in vain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.firm_years import Needed, firm_years
from alliance_value.study.resolve import resolve
from alliance_value.study.spec import TableFile, build
from alliance_value.vocabulary.words import Words

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/study.schema.yaml"
MODEL = {"name": "m", "outcome": "y", "terms": ["x"]}


def study(source: dict[str, Any] | None = None, **keys: Any) -> dict[str, Any]:
    firm_years = {"file": "data/raw/t.csv", "entity": "plant", **(source or {})}
    return {
        "study": "s",
        "title": "S",
        "sources": {"firm_years": firm_years},
        "models": [MODEL],
        **keys,
    }


def test_models_without_times_are_pooled_with_robust_errors():
    (model,) = resolve(study(), SCHEMA)["models"]
    assert model["estimator"] == "pooled_ols"
    assert (model["effects"], model["clusters"]) == ([], [])
    assert model["standard_errors"] == "robust"
    grouped = MODEL | {"effects": ["region"], "clusters": ["region"]}
    (model,) = resolve(study(models=[grouped]), SCHEMA)["models"]
    assert model["estimator"] == "fixed_effects"
    assert model["standard_errors"] == "clustered"


def test_with_times_nothing_changes():
    (model,) = resolve(study({"time": "year"}), SCHEMA)["models"]
    assert model["effects"] == ["firm", "fiscal_year"]


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"variables": {"z": {"value": "x", "lag": 1}}}, "variables.z.lag"),
        ({"words": {"time": "wave", "times": "waves"}}, "words.time"),
        ({"source": {"period_end": "closing"}}, "sources.firm_years.period_end"),
        ({"source": {"time_format": "quarter"}}, "sources.firm_years.time_format"),
        ({"source": {"reader": "compustat"}}, "sources.firm_years.reader"),
        (
            {
                "exhibits": {
                    "figures": [{"name": "t", "kind": "trends", "terms": ["x"]}]
                }
            },
            "exhibits.figures.t",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_needs_a_time_says_so(changed, place):
    with pytest.raises(UserError) as stopped:
        resolve(study(**changed), SCHEMA)
    (problem,) = [p for p in stopped.value.problems if p.where == place]
    assert "needs a time" in problem.rule


def test_the_programs_own_period_is_no_variable():
    with pytest.raises(UserError, match="fiscal_year"):
        resolve(study(models=[MODEL | {"terms": ["fiscal_year"]}]), SCHEMA)


def test_rows_without_times_are_of_one_period(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("plant,y,x,time\nb,1,2,5\na,2,3,6\n,1,1,1\n", encoding="utf-8")
    layout = build(TableFile, {"file": str(file), "entity": "plant"})
    read = firm_years([str(file)], layout, Needed({"y": ["m"], "time": ["m"]}))
    table = read.firm_years
    assert list(table.firm) == ["a", "b"]
    assert set(table.fiscal_year) == {0}
    assert list(table["time"]) == [6.0, 5.0]
    assert list(read.rejects.rule) == ["firm_missing"]
    assert not read.funnel.step.str.contains("time").any()


def test_two_rows_of_a_unit_are_told(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("plant,y\na,1\na,2\n", encoding="utf-8")
    layout = build(TableFile, {"file": str(file), "entity": "plant"})
    with pytest.raises(UserError) as stopped:
        firm_years([str(file)], layout, Needed({"y": ["m"]}))
    assert "fiscal_year" not in str(stopped.value)


def test_words_of_a_cross_section_name_no_time():
    words = Words("plant", "plants", "", "")
    assert words.say("2 {entity}-{times}; an {entity}-{time}") == "2 plants; an plant"
