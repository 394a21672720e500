"""A study file as written -> the resolved study, or all of its problems at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.contracts.tables import FIRM, YEAR
from alliance_value.study.dictionary import add_standard_variables
from alliance_value.study.expressions import ExpressionError, rename
from alliance_value.study.references import interactions, reference_problems, repeated
from alliance_value.study.schema import Mapped, fill_defaults, schema_problems
from alliance_value.study.spec import FORMULAS
from alliance_value.study.terms import TermError, expand_all


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
    schema = yaml.safe_load(Path(schema_file).read_text(encoding="utf-8"))
    study = deepcopy(dict(config))
    subject = "the study file"
    if "study" in study:
        subject += f" of '{study['study']}'"
    raise_if(list(schema_problems(study, schema)), subject)
    written_models = [m["name"] for m in study["models"]]
    problems: list[Problem] = []
    inherit(study["models"], problems)
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
        if model["estimator"] == "pooled_ols":
            model["effects"] = []
        if not model["effects"]:
            model["estimator"] = "pooled_ols"
        if not model["terms"] and not model["controls"]:
            problems.append(
                Problem(
                    rule="the model has no terms",
                    remedy="list its regressors under terms or controls",
                    where=where,
                )
            )
        for key, limit in (("effects", 2), ("clusters", 2)):
            if len(model[key]) > limit:
                problems.append(
                    Problem(
                        rule=f"{len(model[key])} {key} are given",
                        remedy=f"at most {limit}; combine columns as 'a:b'",
                        where=f"{where}.{key}",
                    )
                )
        default = "clustered" if model["clusters"] else "robust"
        model.setdefault("standard_errors", default)
        if model["standard_errors"] == "clustered" and not model["clusters"]:
            problems.append(
                Problem(
                    rule="clustered standard errors, but no clusters",
                    remedy="name one or two columns under clusters",
                    where=where,
                )
            )
        model.setdefault("count_effects", study["inference"]["count_effects"])
        model["confidence"] = study["inference"]["confidence"]
        model.setdefault("title", "")


def aliases_of(study: Mapped) -> dict[str, str]:
    """Return the words by which a study may call its entity and time columns."""
    source = study["sources"]["firm_years"]
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
        if "value" in variable and "numerator" in variable:
            problems.append(
                Problem(
                    rule="value and numerator exclude each other",
                    remedy="keep one of them",
                    where=f"variables.{name}",
                )
            )
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
    for model in study["models"]:
        where = f"models.{model['name']}"
        model["where"] = [formula(text, f"{where}.where") for text in model["where"]]
        for key in ("terms", "controls", "effects", "clusters"):
            model[key] = [product(text) for text in model[key]]
        model["outcome"] = aliases.get(model["outcome"], model["outcome"])
        try:
            expand_all([*model["terms"], *model["controls"]])
        except TermError as error:
            problems.append(
                Problem(rule=str(error), remedy="see config/README.md", where=where)
            )
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


def default_exhibits(study: Mapped) -> None:
    """Declare the exhibits that a study without any of its own gets."""
    exhibits, models = study["exhibits"], study["models"]
    names = [m["name"] for m in models]
    exhibits.setdefault(
        "tables",
        [{"name": "models", "title": study["title"], "models": names, "note": ""}],
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
