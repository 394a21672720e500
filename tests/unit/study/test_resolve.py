"""Study files: defaults are filled in, mistakes named with the nearest valid word."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from alliance_value.contracts.problems import UserError
from alliance_value.study.needs import (
    grouping_columns,
    required_columns,
    source_files,
)
from alliance_value.study.resolve import resolve
from alliance_value.study.spec import layout_of
from alliance_value.study.terms import TermError, expand, expand_all

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "workflow/schemas/study.schema.yaml"
SMALL: dict[str, Any] = {
    "study": "small",
    "title": "Small",
    "sources": {"firm_years": {"file": "a.csv", "entity": "gvkey", "time": "fyear"}},
    "models": [{"name": "m", "outcome": "y", "terms": ["x*z"]}],
}


EVENTS = {"events": {"file": "a", "security": "s", "announced": "d"}}


def study(**changes: Any) -> dict[str, Any]:
    made = deepcopy(SMALL) | changes
    return resolve(made, SCHEMA)


def model(**changes: Any) -> dict[str, Any]:
    return study(models=[SMALL["models"][0] | changes])["models"][0]


STUDIES = [p for p in (ROOT / "config").glob("*.yaml") if p.stem != "claims"]


@pytest.mark.parametrize("path", sorted(STUDIES))
def test_the_studies_of_the_project_are_valid(path):
    resolve(yaml.safe_load(path.read_text(encoding="utf-8")), SCHEMA)


def every_key(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, sub in schema.get("properties", {}).items():
        found.append((name, sub))
        found += every_key(sub)
        found += every_key(sub.get("items", {}))
    return found


def test_every_key_of_a_study_file_is_described():
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    keys = every_key(schema)
    keys += [k for d in schema["$defs"].values() for k in every_key(d)]
    assert len(keys) > 60
    assert [name for name, sub in keys if not sub.get("description")] == []


def test_what_programs_print_for_a_missing_value_is_marked_as_such():
    """R, SAS and Stata, pandas, databases, spreadsheets."""
    printed = {"NA", ".", "NaN", "nan", "<NA>", "None", "NULL", "N/A", "n/a", "#N/A"}
    assert printed <= {*study()["sources"]["firm_years"]["missing"]}


def test_defaults():
    made = model()
    assert made["effects"] == ["firm", "fiscal_year"]
    assert made["clusters"] == ["firm"]
    assert made["standard_errors"] == "clustered"
    assert made["count_effects"] == "none"
    exhibits = study()["exhibits"]
    assert [t["name"] for t in exhibits["tables"]] == ["models"]
    assert [f["kind"] for f in exhibits["figures"]] == [
        "coefficients",
        "marginal_effect",
    ]


@pytest.mark.parametrize(
    ("changes", "key", "value"),
    [
        ({"estimator": "pooled_ols"}, "effects", []),
        ({"effects": []}, "estimator", "pooled_ols"),
        ({"clusters": []}, "standard_errors", "robust"),
        ({"effects": ["gvkey"]}, "effects", ["firm"]),
        ({"clusters": ["entity", "fyear"]}, "clusters", ["firm", "fiscal_year"]),
        ({"effects": ["entity", "sic:time"]}, "effects", ["firm", "sic:fiscal_year"]),
        ({"where": ["fyear > 2000"]}, "where", ["fiscal_year > 2000"]),
    ],
)
def test_models_are_completed(changes, key, value):
    assert model(**changes)[key] == value


def test_a_model_takes_what_it_lacks_from_another():
    made = study(models=[SMALL["models"][0], {"name": "n", "like": "m", "effects": []}])
    assert made["models"][1]["terms"] == ["x*z"]
    assert made["models"][1]["effects"] == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"modles": []}, "unknown key 'modles'(.|\n)*did you mean 'models'"),
        ({"study": "../up"}, "study: '../up' does not match"),
        ({"study": "/abs"}, "does not match"),
        ({"models": []}, "models: the list is empty"),
        ({"models": [{"name": "m", "outcome": "y"}]}, "has no terms"),
        ({"models": [{"name": "m", "terms": ["x"]}]}, "'outcome' is missing"),
        ({"models": [{"name": "m", "outcome": "y", "terms": ["x**2"]}]}, "no term"),
        ({"models": [{"name": "m", "outcom": "y"}]}, r"models\[0\].*'outcom'"),
        ({"models": SMALL["models"] * 2}, "'m' stands more than once"),
        ({"models": [{"name": "n", "like": "m"}]}, "no earlier model is called 'm'"),
        ({"seed": "x"}, "seed: x is a text, not a whole number"),
        ({"sources": {}}, "'firm_years' is missing"),
        ({"sources": EVENTS}, "'firm_years' is missing"),
        (
            {"sources": {**EVENTS, "segments": {"file": "a"}}, "event_study": {}},
            "'models' without firm-years(.|\n)*'segments' without firm-years",
        ),
        (
            {"exhibits": {"tables": [{"name": "t", "models": ["n"]}]}},
            "no model is called 'n'",
        ),
        (
            {
                "exhibits": {
                    "figures": [
                        {
                            "name": "f",
                            "kind": "marginal_effect",
                            "model": "m",
                            "of": "x",
                            "over": "w",
                        }
                    ]
                }
            },
            "no interaction of 'x' and 'w'(.|\n)*x:z",
        ),
        ({"variables": {"v": {"numerator": "a"}}}, "both numerator and denominator"),
        ({"variables": {"v": {"value": "a.b"}}}, "variables.v.value: 'a.b' is not all"),
        (
            {"variables": {"v": {"value": "w"}, "w": {"value": "v + 1"}}},
            "defined by itself",
        ),
        ({"variables": {"v": {"lead": 1, "lag": 1}}}, "exclude each other"),
        ({"inference": {"count_effects": "nested"}}, "not allowed"),
        (
            {"models": [SMALL["models"][0] | {"clusters": ["a", "b", "c", "d"]}]},
            "4 clusters are given",
        ),
        (
            {"models": [SMALL["models"][0] | {"clusters": ["gvkey", "entity"]}]},
            "a column stands twice: firm, firm",
        ),
        (
            {"models": [SMALL["models"][0] | {"effects": ["a + b"]}]},
            r"models.m.effects: 'a \+ b' is no column",
        ),
        ({"models": [{"name": "m", "like": "m"}]}, "no earlier model is called 'm'"),
    ],
)
def test_mistakes_are_named(changes, says):
    with pytest.raises(UserError) as caught:
        study(**changes)
    assert re.search(says, str(caught.value)), str(caught.value)


SOURCE = SMALL["sources"]["firm_years"]


def figure(kind: str = "marginal_effect", **keys: Any) -> dict[str, Any]:
    """Return exhibits of one figure, complete where its kind is the default."""
    whole = {"model": "m", "of": "x", "over": "z"} if kind == "marginal_effect" else {}
    return {"figures": [{"name": "f", "kind": kind, **whole, **keys}]}


@pytest.mark.parametrize(
    ("changes", "where", "remedy"),
    [
        ({"titel": "t"}, "the study file", "'title'"),
        ({"sources": {"firm_years": SOURCE, "firm": {}}}, "sources", "'firms'"),
        ({"sources": {"firm_years": SOURCE | {"delimeter": ","}}}, "", "'delimiter'"),
        ({"sources": {"firm_years": SOURCE | {"format": "parket"}}}, "", "'parquet'"),
        ({"sources": {"firm_years": SOURCE | {"file": 3}}}, "sources.firm_years", ""),
        (
            {"sources": {"firm_years": SOURCE, "firms": {"file": "b"}}},
            "sources.firms",
            "Column that identifies the firm",
        ),
        ({"variables": {"v": {"wisorize": {}}}}, "variables.v", "'winsorize'"),
        (
            {"variables": {"v": {"winsorize": {"lower": 0.6, "upper": 1}}}},
            "variables.v.winsorize.lower",
            "",
        ),
        ({"variables": {"2v": {}}}, "variables", ""),
        ({"variables": {True: {}}}, "variables", "in quotes"),
        ({"variables": {1998: {}}}, "variables", "in quotes"),
        ({"variables": None}, "variables", ""),
        ({"variables": {"v": {"lead": 1.0}}}, "variables.v.lead", ""),
        ({"variables": {"v": {"lead": -1}}}, "variables.v.lead", ""),
        ({"variables": {"v": {"lead": True}}}, "variables.v.lead", ""),
        ({"inference": {"confidence": float("nan")}}, "inference.confidence", ""),
        ({"inference": {"confidence": 95}}, "inference.confidence", ""),
        ({"sample": {"where": "x > 1"}}, "sample.where", ""),
        ({"sample": {"wher": []}}, "sample", "'where'"),
        ({"sample": {"where": ["x >"]}}, "sample.where", ""),
        ({"models": None}, "models", ""),
        ({"models": [None]}, "models[0]", ""),
        ({"exhibits": {"table": []}}, "exhibits", "'tables'"),
        ({"exhibits": figure(kind="coeficients")}, "", "'coefficients'"),
        ({"exhibits": figure(model="n")}, "exhibits.figures.f", ""),
        ({"exhibits": figure(over="")}, "exhibits.figures.f", ""),
        (
            {"exhibits": figure(kind="network", over="x")},
            "exhibits.figures.f",
            "alliances",
        ),
        (
            {"exhibits": figure(kind="coefficients", models=["M"])},
            "exhibits.figures.f",
            "'m'",
        ),
        (
            {"exhibits": figure(kind="coefficients", terms=["x:Z"])},
            "exhibits.figures.f.terms",
            "'x:z'",
        ),
        (
            {"exhibits": {"tables": [{"name": "t", "models": ["m"], "terms": ["q"]}]}},
            "exhibits.tables.t.terms",
            "valid: x, z, x:z",
        ),
        ({"exhibits": {"tables": [{"name": "t", "models": []}]}}, "", ""),
        (
            {"exhibits": figure(groups=["a"])},
            "exhibits.figures.f.groups",
            "take it out",
        ),
        ({"words": {"entity": "person"}}, "words", "wave and waves"),
        ({"exhibits": {"tables": [{"name": "../t", "models": ["m"]}]}}, "", ""),
    ],
)
def test_a_mistake_is_placed_and_has_a_remedy(changes, where, remedy):
    with pytest.raises(UserError) as caught:
        study(**changes)
    (problem,) = caught.value.problems
    assert where in problem.where
    assert remedy in problem.remedy
    assert problem.rule


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("slopes", "add a model with a product"),
        ("coder_agreement", "add sources.alliances"),
        ("event_tests", "add event_study"),
        ("group_means", "add event_study and sources.alliances"),
        ("division", "add event_study and sources.alliances"),
        ("dyad_models", "add event_study and sources.alliances"),
        ("size_power", "add event_study.size_power"),
        ("inference", "add inference.repeated"),
        ("claims", "add claims"),
    ],
)
def test_a_table_of_results_that_the_study_does_not_make(kind, says):
    plain = SMALL["models"][0] | {"terms": ["x", "z"]}
    with pytest.raises(UserError) as caught:
        study(models=[plain], exhibits={"tables": [{"name": "t", "kind": kind}]})
    (problem,) = caught.value.problems
    assert problem.where == "exhibits.tables.t"
    assert f"a table of kind {kind}" in problem.rule
    assert problem.remedy.startswith(says)


def test_a_table_of_slopes_names_models_of_the_study():
    table = {"name": "t", "kind": "slopes", "models": ["n"]}
    with pytest.raises(UserError, match="no model is called 'n'"):
        study(exhibits={"tables": [table]})
    assert study(exhibits={"tables": [table | {"models": ["m"]}]})


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ({"thousands": ",", "decimal": ","}, "are both ','"),
        ({"thousands": "."}, "are both '.'"),
        ({"period_end": "e", "time_format": "quarter"}, "period_end gives years"),
        ({"columns": {"firm": "conm"}}, "name 'firm' is kept"),
        ({"columns": {"source_row": "row"}}, "name 'source_row' is kept"),
        ({"timezone": "New York"}, "there is no time zone 'New York'"),
    ],
)
def test_settings_of_a_source_that_contradict_each_other(source, says):
    with pytest.raises(UserError, match=says):
        study(sources={"firm_years": SOURCE | source})


@pytest.mark.parametrize(
    ("variables", "count", "says"),
    [
        ({"a": {"value": "b"}, "b": {"value": "c"}, "c": {"value": "a"}}, 3, "itself"),
        (
            {"a": {"value": "b", "missing": "zero_and_flag"}}
            | {"b": {"value": "a_missing"}},
            2,
            "itself",
        ),
        ({"a": {"value": "a_missing", "missing": "zero_and_flag"}}, 1, "itself"),
        ({"a": {"missing": "zero_and_flag"}, "a_missing": {}}, 1, "is the flag"),
        ({"firm": {"value": "x"}}, 1, "name 'firm' is kept"),
        ({"fiscal_year": {"lag": 1}}, 1, "name 'fiscal_year' is kept"),
        ({"source_file": {}}, 1, "name 'source_file' is kept"),
    ],
)
def test_names_and_circles_of_variables(variables, count, says):
    with pytest.raises(UserError, match=says) as caught:
        study(variables=variables)
    assert len(caught.value.problems) == count


def test_a_variable_may_treat_its_own_column_and_label_the_key():
    made = study(
        variables={
            "x": {"value": "log(x)", "lag": 1},
            "fiscal_year": {"label": "Year"},
            "y": {"value": "x - x_missing"},
        }
    )
    assert "x" in required_columns(made)


def test_what_is_written_stays_as_it_was():
    written = deepcopy(SMALL)
    resolve(written, SCHEMA)
    assert written == SMALL


def test_the_key_has_several_names_in_a_study():
    source = SOURCE | {"columns": {"year": "fyear", "code": "gvkey", "time": "clock"}}
    made = study(
        sources={"firm_years": source},
        variables={"v": {"value": "log(time) + year + fyear"}},
        sample={"require": ["code != 'a'"], "where": ["entity != 'b'"]},
    )
    assert made["variables"]["v"]["value"] == "log(time) + fiscal_year + fiscal_year"
    assert made["sample"]["require"] == ["firm != 'a'"]
    assert made["sample"]["where"] == ["firm != 'b'"]
    assert "time" in required_columns(made)


def test_conditions_before_the_variables_need_columns():
    made = study(
        variables={"roa": {"value": "ib"}, "rd": {"missing": "zero_and_flag"}},
        sample={
            "require": ["roa > 0", "rd_missing == 0"],
            "where": ["roa > 1", "rd_missing == 0"],
        },
    )
    uses = required_columns(made)
    assert uses["roa"] == uses["rd_missing"] == ["sample.require"]


def test_a_chain_of_models_hands_on_all_but_names_and_titles():
    first = SMALL["models"][0] | {"title": "A", "clusters": ["sic"], "family": "f"}
    models = [first, {"name": "n", "like": "m"}, {"name": "o", "like": "n"}]
    models[1] |= {"controls": ["w"]}
    made = study(models=models)["models"]
    assert made[2] == made[1] | {"name": "o"}
    assert made[2]["title"] == ""
    assert made[2]["controls"] == ["w"]
    assert made[2]["clusters"] == ["sic"]
    assert "like" not in made[2]


def test_all_mistakes_come_at_once():
    with pytest.raises(UserError) as caught:
        study(seeed=1, titel="x", models=[{"name": "m", "outcom": "y"}])
    assert len(caught.value.problems) == 3


def test_variables_of_the_environment_are_filled_in(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    made = study()
    made["sources"]["firm_years"]["file"] = "${HERE}/a.csv"
    files = source_files(made, {"HERE": str(tmp_path)})
    assert files["firm_years"] == [f"{tmp_path}/a.csv"]
    with pytest.raises(UserError, match=r"HERE is not set(.|\n)*export HERE="):
        source_files(made, {})
    with pytest.raises(UserError, match="is not there"):
        source_files(made, {"HERE": str(tmp_path / "no")})


def test_needed_columns_are_those_that_no_variable_makes():
    made = study(
        variables={
            "roa": {"numerator": "ib", "denominator": "at"},
            "y": {"value": "roa", "lead": 1},
            "x": {"winsorize": {"lower": 0.01, "upper": 0.99}},
            "rd": {"value": "xrd", "missing": "zero_and_flag"},
        },
        models=[
            {
                "name": "m",
                "outcome": "y",
                "terms": ["x", "rd", "rd_missing"],
                "clusters": ["sic"],
            }
        ],
    )
    assert set(required_columns(made)) == {"ib", "at", "x", "xrd", "sic"}
    assert grouping_columns(made) == {"sic"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a", ["a"]),
        ("a*b", ["a", "b", "a:b"]),
        ("a:b", ["a:b"]),
        ("a*b*c", ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]),
        ("a*a", ["a", "a:a"]),
    ],
)
def test_terms(text, names):
    assert [t.name for t in expand(text)] == names


def test_a_term_counts_once_in_any_order():
    assert [t.name for t in expand_all(["a*b", "b:a", "a"])] == ["a", "b", "a:b"]


@pytest.mark.parametrize(
    "text", ["", "a**b", "a+b", "log(a)", "a:", "1a", "a b", "*".join("abcdefg" * 9)]
)
def test_what_is_no_term_is_refused(text):
    with pytest.raises(TermError):
        expand(text)


IV = {"estimator": "iv", "endogenous": ["x", "x:z"], "instruments": ["a", "a:z", "b"]}
GMM = {
    "estimator": "difference_gmm",
    "endogenous": ["x"],
    "gmm": {"instruments": {"y": [2, 4]}},
}
SELECTION = {
    "estimator": "heckman",
    "selection": {"terms": ["x", "z", "w"], "exclusion": ["w"]},
}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"estimator": "iv"}, "iv needs the key 'endogenous'"),
        ({"terms": ["x", "y"], "outcome": "y"}, "it would explain itself"),
        ({"terms": ["x:y"], "outcome": "y"}, "it would explain itself"),
        (IV | {"outcome": "b"}, "the outcome 'b' stands among the terms"),
        ({"terms": ["x", "constant"]}, "the name of the intercept"),
        (
            {"se": {"type": "dyadic", "clusters": ["a"]}},
            "dyadic standard errors need 2",
        ),
        ({"estimator": "iv"}, "iv needs the key 'instruments'"),
        ({"endogenous": ["x"]}, "fixed_effects has no use for 'endogenous'"),
        (
            {"interactions": "within", "estimator": "mundlak", "terms": ["x*z"]},
            "mundlak has no products within entities",
        ),
        (
            {"interactions": "within", "terms": ["x*z"], "effects": ["fyear"]},
            "products within entities need the entity's effects",
        ),
        (
            {"interactions": "within", "terms": ["x"]},
            "the model has no products, and 'interactions' no effect",
        ),
        (IV | {"endogenous": ["q"]}, "the endogenous 'q' is no term"),
        (IV | {"instruments": ["a"]}, "1 instruments for 2 endogenous"),
        (IV | {"instruments": ["x", "a", "b"]}, "the instrument 'x' is a term"),
        (IV | {"se": {"type": "hc2"}}, "iv has no hc2 standard errors"),
        (
            {
                "estimator": "copula",
                "endogenous": ["x"],
                "clusters": ["gvkey", "fyear"],
            },
            "bootstrap standard errors of copula take one",
        ),
        (GMM | {"weights": "w"}, "difference_gmm has no use for 'weights'"),
        (GMM | {"gmm": {"instruments": {"y": [3, 2]}}}, "no first and last lag"),
        (GMM | {"gmm": {}}, "'instruments' is missing"),
        (
            SELECTION | {"selection": {"terms": ["x", "w"], "exclusion": ["x"]}},
            "the exclusion 'x' must be a term of the selection",
        ),
        ({"se": {"type": "robust"}, "standard_errors": "robust"}, "are both given"),
        (
            {"se": {"type": "conley", "clusters": []}},
            "conley standard errors need the key 'coordinates'",
        ),
        (
            {"se": {"type": "robust", "clusters": [], "lags": 2}},
            "robust standard errors have no use for 'lags'",
        ),
        ({"distance": 10.0}, "clustered standard errors have no use for 'distance'"),
        ({"estimator": "ols"}, "not allowed"),
    ],
)
def test_what_an_estimator_lacks_is_named(changes, says):
    with pytest.raises(UserError, match=says):
        model(**changes)


def test_standard_errors_may_stand_in_one_place():
    made = model(se={"type": "clustered", "clusters": ["fyear", "gvkey"]})
    assert made["standard_errors"] == "clustered"
    assert made["clusters"] == ["fiscal_year", "firm"]
    assert "se" not in made


def test_errors_of_periods_have_no_clusters():
    made = model(estimator="fama_macbeth", se={"lags": 3})
    assert made["clusters"] == [] and made["lags"] == 3


def test_other_errors_do_not_inherit_what_they_have_no_use_for():
    places = {"type": "conley", "clusters": [], "coordinates": ["a", "b"]}
    resolved = study(
        models=[
            SMALL["models"][0] | {"name": "near", "se": places | {"distance": 50}},
            {"name": "far", "like": "near", "se": {"type": "conley", "distance": 500}},
            {"name": "plain", "like": "near", "se": {"type": "robust"}},
        ]
    )
    near, far, plain = resolved["models"]
    assert (near["distance"], far["distance"]) == (50, 500)
    assert near["coordinates"] == far["coordinates"] == ["a", "b"]
    assert plain["coordinates"] == [] and "distance" not in plain
    assert {"a", "b"} <= set(required_columns(resolved))


@pytest.mark.parametrize(
    ("changes", "errors", "effects"),
    [
        ({"estimator": "mundlak"}, "clustered", ["firm", "fiscal_year"]),
        ({"estimator": "fama_macbeth", "effects": []}, "newey_west", []),
        ({"estimator": "logit"}, "clustered", []),
        ({"estimator": "between"}, "clustered", []),
        ({"estimator": "poisson", "clusters": []}, "robust", ["firm", "fiscal_year"]),
        (
            {"estimator": "copula", "endogenous": ["x"]},
            "bootstrap",
            ["firm", "fiscal_year"],
        ),
        (SELECTION, "bootstrap", []),
        (SELECTION | {"effects": ["time"]}, "bootstrap", ["fiscal_year"]),
        (
            {"effects": ["entity", "time", "a"]},
            "clustered",
            ["firm", "fiscal_year", "a"],
        ),
    ],
)
def test_estimators_bring_their_defaults(changes, errors, effects):
    made = model(**changes)
    assert (made["standard_errors"], made["effects"]) == (errors, effects)


def test_all_columns_of_a_model_are_required():
    made = study(
        models=[
            SMALL["models"][0] | IV | {"weights": "w"},
            {"name": "g", "outcome": "y", "terms": ["x"], **GMM},
            {"name": "s", "outcome": "y", "terms": ["x"], **SELECTION},
        ],
        variables={"peers": {"mean_of_others": "k", "among": ["sector", "time"]}},
    )
    assert {"a", "b", "w", "y", "k", "sector"} <= set(required_columns(made))
    assert grouping_columns(made) == {"sector"}


@pytest.mark.parametrize("kind", ["tables", "figures"])
def test_the_name_of_the_sample_funnel_is_taken(kind):
    exhibit: dict[str, Any] = {"name": "funnel", "models": ["m"]}
    if kind == "figures":
        exhibit["kind"] = "coefficients"
    with pytest.raises(UserError, match="sample funnel"):
        study(exhibits={kind: [exhibit]})


@pytest.mark.parametrize(
    "changes",
    [
        {"sample": {"where": ["sector == 'steel'"]}},
        {"sample": {"require": ["'steel' != sector"]}},
        {"sample": {"where": ["x > 0 or not sector in ['steel', 'coal']"]}},
        {"variables": {"steel": {"value": "sector == 'steel'"}}},
    ],
)
def test_a_column_that_is_compared_with_text_is_text(changes):
    assert "sector" in grouping_columns(study(**changes))


def test_every_source_has_the_keys_of_files():
    made = study(sources={"firm_years": SOURCE, "segments": {"file": "s.xlsx"}})
    shared = ("format", "sheet", "delimiter", "quote", "encoding", "decimal", "dates")
    for source in made["sources"].values():
        assert {*shared, "timezone", "missing", "units", "ignore"} <= source.keys()
    layout = layout_of(made["sources"]["segments"])
    assert (layout.missing[0], layout.dates, layout.quote) == ("NA", "auto", '"')
    assert layout_of({"missing": -0.3}).missing == ()
