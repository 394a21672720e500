"""Models as a study file writes them -> complete models, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy

from alliance_value.contracts.problems import Problem, nearest
from alliance_value.study.estimators import (
    SETTINGS,
    errors_of,
    estimator_problems,
    usual_errors,
)
from alliance_value.study.schema import Mapped, with_defaults
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator, StandardError

Checked = tuple[list[Mapped], list[Problem]]
# The keys of ``se`` and the keys that stand for them.
ERRORS = {"type": "standard_errors", "clusters": "clusters"} | {
    key: key for key in ("draws", *SETTINGS)
}
UNSHARED = ("name", "title", "like", "placebo")


def written_models(models: Sequence[Mapped], without_time: bool = False) -> Checked:
    """Return models in one way of writing, with what ``like`` takes from earlier ones.

    This comes before the schema's defaults: a default would stand in the way of what
    another model hands on.
    """
    problems: list[Problem] = []
    known: dict[str, Mapped] = {}
    written = []
    for model in models:
        problems += list(twice_given(model))
        own = {key: value for key, value in model.items() if key not in ("se", "like")}
        own |= {ERRORS[key]: value for key, value in model.get("se", {}).items()}
        if "like" in model and model["like"] not in known:
            problems.append(
                Problem(
                    rule=f"like: no earlier model is called '{model['like']}'",
                    remedy=nearest(model["like"], known),
                    where=f"models.{model['name']}",
                )
            )
        parent = handed_on(known.get(model.get("like", ""), {}), own)
        own |= {
            key: deepcopy(value)
            for key, value in parent.items()
            if key not in own and key not in UNSHARED
        }
        known[model["name"]] = own
        written.append(own)
    usual: Mapped = {"effects": [], "clusters": []} if without_time else {}
    return [
        {**usual, **model}
        if trait(model).effects
        else {**usual, "effects": [], **model}
        for model in written
    ], problems


def handed_on(parent: Mapped, own: Mapped) -> Mapped:
    """Return a parent's keys, without settings of errors that a model's own lack."""
    error = entries(StandardError).get(own.get("standard_errors", ""))
    if error is None:
        return parent
    lacks = set(SETTINGS) - {*error.asks, *error.takes}
    return {key: value for key, value in parent.items() if key not in lacks}


def trait(model: Mapped) -> Estimator:
    """Return what is said of a model's estimator."""
    return entries(Estimator)[model.get("estimator", "fixed_effects")]


def twice_given(model: Mapped) -> Iterator[Problem]:
    """Yield what stands both within ``se`` and beside it."""
    for key in model.get("se", {}):
        if ERRORS[key] in model:
            yield Problem(
                rule=f"se.{key} and {ERRORS[key]} are both given",
                remedy="keep one of them",
                where=f"models.{model['name']}.se",
            )


def completed_models(study: Mapped) -> Checked:
    """Settle each model's estimator, standard errors and confidence level."""
    models = [completed(model, study) for model in study["models"]]
    problems = [problem for model in models for problem in model_problems(model)]
    return models, problems


def models_of_grids(
    grids: Sequence[Mapped], study: Mapped, schema: Mapped
) -> tuple[dict[str, Mapped], list[Problem]]:
    """Return the complete models that grids have of their own, by the grid's name."""
    has = [grid for grid in grids if isinstance(grid["model"], dict)]
    written, problems = written_models([grid["model"] for grid in has])
    filled = [with_defaults(m, schema["$defs"]["model"], schema) for m in written]
    models, more = completed_models({**study, "models": filled})
    names = [grid["name"] for grid in has]
    return dict(zip(names, models, strict=True)), [*problems, *more]


def completed(model: Mapped, study: Mapped) -> Mapped:
    """Return a model with the estimator and standard errors that it comes to."""
    chosen: Mapped = {"outcome": "", **model}
    if chosen["estimator"] in ("pooled_ols", "between"):
        chosen["effects"] = []
    if not chosen["effects"] and chosen["estimator"] == "fixed_effects":
        chosen["estimator"] = "pooled_ols"
    if not any(
        entries(StandardError)[name].by_cluster for name in errors_of(trait(chosen))
    ):
        chosen["clusters"] = []
    default = usual_errors(trait(chosen), bool(chosen["clusters"]))
    return {
        "standard_errors": default,
        "count_effects": study["inference"]["count_effects"],
        "title": "",
        "placebo": any(
            chosen.get(key, "").lower().startswith("placebo")
            for key in ("name", "title")
        ),
        "coordinates": [],
        **chosen,
        "confidence": study["inference"]["confidence"],
        "seed": study["seed"],
    }


def model_problems(model: Mapped) -> Iterator[Problem]:
    """Yield what a completed model lacks, or asks of an estimator that has it not."""
    where = f"models.{model['name']}"
    if not model["outcome"]:
        yield Problem(
            rule="key 'outcome' is missing",
            remedy="name the variable that the model explains",
            where=where,
        )
    if not model["terms"] and not model["controls"]:
        yield Problem(
            rule="the model has no terms",
            remedy="list its regressors under terms or controls",
            where=where,
        )
    yield from estimator_problems(model)
