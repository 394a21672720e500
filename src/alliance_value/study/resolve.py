"""A study file as written -> the resolved study, or all of its problems at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.study.dictionary import add_standard_variables
from alliance_value.study.estimators import (
    endogenous_problems,
    estimator_problems,
    name_problems,
    usual_errors,
)
from alliance_value.study.expressions import ExpressionError, rename
from alliance_value.study.references import interactions, reference_problems, repeated
from alliance_value.study.schema import (
    Mapped,
    fill_defaults,
    schema_problems,
    with_vocabulary,
)
from alliance_value.study.spec import FORMULAS
from alliance_value.study.terms import TermError, expand_all
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator

# What speaks of firm-years, and the sources of an event study alone.
OF_FIRM_YEARS = (
    *("models", "variables", "standard_variables", "sample", "industry"),
    *("claims", "validation"),
)
OF_EVENTS = (
    *("events", "returns", "factors", "market", "delistings", "listings"),
    *("confounds", "wrds"),
)


def resolve(config: Mapping[str, Any], schema_file: str | Path) -> Mapped:
    """Check a study, fill in every default and put names in canonical form.

    Parameters
    ----------
    config
        The study as Snakemake read it.
    schema_file
        JSON Schema of study files, as YAML.

    Returns
    -------
    dict
        The resolved study: every key present, models complete, the entity and time
        columns called ``firm`` and ``fiscal_year`` wherever they are referred to.

    Raises
    ------
    UserError
        With every problem of the study file.
    """
    # libyaml, where it is: every job reads the schema
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    written = Path(schema_file).read_text(encoding="utf-8")
    schema = with_vocabulary(yaml.load(written, loader))
    study: Mapped = dates_as_text(config)
    subject = "the study file"
    if "study" in study:
        subject += f" of '{study['study']}'"
    raise_if([*schema_problems(study, schema), *core_problems(study)], subject)
    study.setdefault("models", [])
    written_models = [m["name"] for m in study["models"]]
    problems: list[Problem] = []
    flatten_errors(study["models"], problems)
    inherit(study["models"], problems)
    default_effects(study["models"])
    add_standard_variables(study, problems)
    fill_defaults(study, schema, schema)
    complete_models(study, problems)
    problems += repeated(written_models, "models")
    raise_if(problems, subject)
    canonical_names(study, problems)
    raise_if(problems, subject)
    problems += list(reference_problems(study))
    raise_if(problems, subject)
    default_exhibits(study)
    return study


def core_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what a study lacks of firm-years and models, or of events alone."""
    sources = study.get("sources", {})
    if not isinstance(sources, Mapping):
        return
    if "firm_years" in sources:
        if "models" not in study:
            yield Problem("key 'models' is missing", "list the models to estimate")
        return
    if "events" not in sources or "event_study" not in study:
        yield Problem(
            rule="key 'firm_years' is missing",
            remedy="name the table of firm-years; an event study alone needs "
            "sources.events and event_study instead",
            where="sources",
        )
        return
    of_firm_years = (
        *((key, study) for key in OF_FIRM_YEARS),
        *((key, sources) for key in sources if key not in OF_EVENTS),
    )
    for key, place in of_firm_years:
        if key in place:
            yield Problem(
                rule=f"'{key}' without firm-years",
                remedy=f"add sources.firm_years, or take {key} out",
                where="sources" if place is sources else "",
            )


def dates_as_text(value: Any) -> Any:
    """Return a copy in which days, which YAML reads as dates, are text again."""
    if isinstance(value, Mapping):
        return {key: dates_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [dates_as_text(inner) for inner in value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return deepcopy(value)


def inherit(models: list[Mapped], problems: list[Problem]) -> None:
    """Let each model with ``like`` take the keys it lacks from the earlier model."""
    seen: dict[str, Mapped] = {}
    for model in models:
        if "like" in model:
            parent = seen.get(model["like"])
            if parent is None:
                problems.append(
                    Problem(
                        rule=f"like: no earlier model is called '{model['like']}'",
                        remedy=nearest(model["like"], seen),
                        where=f"models.{model['name']}",
                    )
                )
            else:
                for key, value in parent.items():
                    if key not in ("name", "title", "like"):
                        model.setdefault(key, deepcopy(value))
            del model["like"]
        seen[model["name"]] = model


def flatten_errors(models: list[Mapped], problems: list[Problem]) -> None:
    """Write ``se: {type, clusters, ...}`` as the keys that stand for its parts."""
    names = {"type": "standard_errors", "clusters": "clusters"}
    names |= {key: key for key in ("draws", "lags")}
    for model in models:
        for key, value in model.pop("se", {}).items():
            if names[key] in model:
                problems.append(
                    Problem(
                        rule=f"se.{key} and {names[key]} are both given",
                        remedy="keep one of them",
                        where=f"models.{model['name']}.se",
                    )
                )
            model[names[key]] = value


def default_effects(models: list[Mapped]) -> None:
    """Leave models without effects whose estimator has none by default."""
    for model in models:
        traits = entries(Estimator)[model.get("estimator", "fixed_effects")]
        if not traits.effects:
            model.setdefault("effects", [])


def complete_models(study: Mapped, problems: list[Problem]) -> None:
    """Settle each model's estimator, standard errors and confidence level."""
    for model in study["models"]:
        where = f"models.{model['name']}"
        if not model.get("outcome"):
            problems.append(
                Problem(
                    rule="key 'outcome' is missing",
                    remedy="name the variable that the model explains",
                    where=where,
                )
            )
            model["outcome"] = ""
        if model["estimator"] in ("pooled_ols", "between"):
            model["effects"] = []
        if not model["effects"] and model["estimator"] == "fixed_effects":
            model["estimator"] = "pooled_ols"
        if not model["terms"] and not model["controls"]:
            problems.append(
                Problem(
                    rule="the model has no terms",
                    remedy="list its regressors under terms or controls",
                    where=where,
                )
            )
        traits = entries(Estimator)[model["estimator"]]
        if "standard_errors" not in model:
            default = usual_errors(traits, bool(model["clusters"]))
            model["standard_errors"] = default
        model.setdefault("count_effects", study["inference"]["count_effects"])
        model["confidence"] = study["inference"]["confidence"]
        model["seed"] = study["seed"]
        problems += estimator_problems(model)
        model.setdefault("title", "")


def aliases_of(study: Mapped) -> dict[str, str]:
    """Return the words by which a study may call its entity and time columns."""
    source = study["sources"].get("firm_years")
    if source is None:
        return {}
    names = {v: k for k, v in source["columns"].items()}
    aliases = {"entity": FIRM, "time": YEAR}
    for column, canonical in ((source["entity"], FIRM), (source["time"], YEAR)):
        aliases[column] = canonical
        if column in names:
            aliases[names[column]] = canonical
    taken = {*source["columns"], *study["sources"].get("firms", {}).get("columns", {})}
    return {
        alias: name
        for alias, name in aliases.items()
        if alias not in ("entity", "time") or alias not in taken
    }


def canonical_names(study: Mapped, problems: list[Problem]) -> None:
    """Replace aliases of entity and time by ``firm`` and ``fiscal_year``."""
    aliases = aliases_of(study)

    def formula(text: str, where: str) -> str:
        try:
            return rename(text, aliases)
        except ExpressionError as error:
            problems.append(
                Problem(
                    rule=str(error),
                    remedy="use names, numbers, + - * / **, comparisons and functions",
                    where=where,
                )
            )
            return text

    def product(text: str) -> str:
        parts = re.split(r"([:*])", text)
        return "".join(
            aliases.get(p.strip(), p.strip()) if p not in ":*" else p for p in parts
        )

    for name, variable in study["variables"].items():
        for key in FORMULAS:
            if key in variable:
                variable[key] = formula(variable[key], f"variables.{name}.{key}")
        if ("numerator" in variable) != ("denominator" in variable):
            problems.append(
                Problem(
                    rule="a ratio needs both numerator and denominator",
                    remedy="give both, or a formula under value",
                    where=f"variables.{name}",
                )
            )
        kinds = [k for k in ("value", "numerator", "mean_of_others") if k in variable]
        if len(kinds) > 1:
            problems.append(
                Problem(
                    rule=f"{' and '.join(kinds)} exclude each other",
                    remedy="keep one of them",
                    where=f"variables.{name}",
                )
            )
        variable["among"] = [aliases.get(text, text) for text in variable["among"]]
        if sum(bool(variable.get(key)) for key in ("lead", "lag", "horizon")) > 1:
            problems.append(
                Problem(
                    rule="lead, lag and horizon exclude each other",
                    remedy="keep one of them",
                    where=f"variables.{name}",
                )
            )
        if variable.get("horizon", [1, 1])[0] > variable.get("horizon", [1, 1])[1]:
            problems.append(
                Problem(
                    rule="the horizon ends before it begins",
                    remedy="write it as [first, last], such as [1, 3]",
                    where=f"variables.{name}.horizon",
                )
            )
    for key in ("require", "where"):
        study["sample"][key] = [
            formula(text, f"sample.{key}") for text in study["sample"][key]
        ]
    asked = study["inference"].get("leave_out", {"by": []})
    asked["by"] = [aliases.get(text, text) for text in asked["by"]]
    for model in study["models"]:
        where = f"models.{model['name']}"
        model["where"] = [formula(text, f"{where}.where") for text in model["where"]]
        for key in (
            *("terms", "controls", "effects", "clusters"),
            *("endogenous", "instruments"),
        ):
            model[key] = [product(text) for text in model[key]]
        for key in ("outcome", "weights"):
            model[key] = aliases.get(model[key], model[key])
        chosen = model.get("selection")
        for key in ("terms", "exclusion") if chosen else ():
            chosen[key] = [product(text) for text in chosen[key]]
        try:
            terms = expand_all([*model["terms"], *model["controls"]])
            expand_all([*model["instruments"], *(chosen or {}).get("terms", [])])
        except TermError as error:
            problems.append(
                Problem(rule=str(error), remedy="see config/README.md", where=where)
            )
            continue
        problems += name_problems(model, terms)
        problems += endogenous_problems(model, [t.name for t in terms])
        problems += instrument_problems(model, [t.name for t in terms])
        for key in ("effects", "clusters"):
            if len(set(model[key])) < len(model[key]):
                problems.append(
                    Problem(
                        rule=f"a column stands twice: {', '.join(model[key])}",
                        remedy="name each column once",
                        where=f"{where}.{key}",
                    )
                )
            for text in model[key]:
                if not re.fullmatch(r"\w+(:\w+)*", text):
                    problems.append(
                        Problem(
                            rule=f"'{text}' is no column",
                            remedy="write a column, or a combination 'a:b'",
                            where=f"{where}.{key}",
                        )
                    )


def instrument_problems(model: Mapped, terms: list[str]) -> Iterator[Problem]:
    """Yield instruments and exclusions that cannot identify a model."""
    where = f"models.{model['name']}"
    names = [t.name for t in expand_all(model["instruments"])]
    for name in names:
        if name in terms:
            yield Problem(
                rule=f"the instrument '{name}' is a term of the model",
                remedy="a term that is not endogenous instruments itself; "
                "leave it out here",
                where=f"{where}.instruments",
            )
    if names and len(names) < len(model["endogenous"]):
        yield Problem(
            rule=f"{len(names)} instruments for {len(model['endogenous'])} "
            "endogenous terms",
            remedy="name at least as many instruments; an interaction needs one of "
            "its own, such as instrument:moderator",
            where=f"{where}.instruments",
        )
    for lags in (model.get("gmm") or {}).get("instruments", {}).values():
        if not 1 <= lags[0] <= lags[1]:
            yield Problem(
                rule=f"lags {lags} are no first and last lag from 1 on",
                remedy="write [2, 4] for the second to the fourth lag",
                where=f"{where}.gmm.instruments",
            )
    chosen = model.get("selection") or {}
    known = [t.name for t in expand_all(chosen.get("terms", []))]
    for name in chosen.get("exclusion", []):
        if name not in known or name in terms:
            yield Problem(
                rule=f"the exclusion '{name}' must be a term of the selection "
                "equation and none of the outcome's",
                remedy="it shifts whether a row is observed and nothing else",
                where=f"{where}.selection.exclusion",
            )


def default_exhibits(study: Mapped) -> None:
    """Declare the exhibits that a study without any of its own gets."""
    exhibits, models = study["exhibits"], study["models"]
    names = [m["name"] for m in models]
    if not models:
        title = "Abnormal returns around the events"
        exhibits.setdefault(
            "tables",
            [{"name": "event_tests", "kind": "event_tests", "title": title}],
        )
        exhibits.setdefault(
            "figures", [{"name": "paths", "kind": "caar", "title": title}]
        )
    exhibits.setdefault(
        "tables",
        [
            {
                "name": "models",
                "kind": "models",
                "title": study["title"],
                "models": names,
                "note": "",
            }
        ],
    )
    if "figures" not in exhibits:
        figures: list[Mapped] = [
            {"name": "coefficients", "kind": "coefficients", "title": ""}
        ]
        last = models[-1]
        figures += [
            {
                "name": f"{of}_over_{over}",
                "kind": "marginal_effect",
                "title": "",
                "model": last["name"],
                "of": of,
                "over": over,
            }
            for of, over in interactions(last)
        ]
        exhibits["figures"] = figures
    for figure in exhibits["figures"]:
        if figure["kind"] == "coefficients":
            figure.setdefault("models", names)
            shown = [m for m in models if m["name"] in figure["models"]]
            figure.setdefault(
                "terms",
                list(
                    dict.fromkeys(
                        t.name
                        for m in shown
                        for t in expand_all(m["terms"] or m["controls"])
                    )
                ),
            )
