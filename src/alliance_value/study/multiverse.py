"""A grid of choices around a model -> its specifications, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations as combine
from itertools import product
from math import prod
from typing import Any

import numpy as np

from alliance_value.contracts.problems import Problem, nearest
from alliance_value.study.expressions import ExpressionError, names_in, rename
from alliance_value.study.names import term_problems
from alliance_value.study.schema import Mapped
from alliance_value.study.terms import TermError, expand_all
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Canonical

MOST_COMBINATIONS = 5_000_000
"""Combinations, excluded ones among them, that are counted."""

MOST_SPECIFICATIONS = 100_000
"""Specifications that are estimated."""

SPECIFICATIONS_OF_A_JOB = 10_000

# Keys of a level that add to those of other choices; of any other there is but one.
ADDING = ("where", "without", "replace")
LISTS = ("terms", "controls", "effects", "clusters")
IN, OUT = "in", "out"
PANEL = "panel"


def complete_grid(grid: Mapped) -> Mapped:
    """Return a grid with ``subsets`` written out as choices, and all that is implied.

    Parameters
    ----------
    grid
        An entry of ``multiverse`` with the schema's defaults.
    """
    choices = {
        choice: {level: dict(changes or {}) for level, changes in levels.items()}
        for choice, levels in grid["choices"].items()
    }
    for name in grid["subsets"]:
        choices.setdefault(name, {IN: {}, OUT: {"without": [name]}})
    chosen = {choice: next(iter(levels), "") for choice, levels in choices.items()}
    return {
        **{key: value for key, value in grid.items() if key != "subsets"},
        "choices": choices,
        "exclude": [
            {c: [v] if isinstance(v, str) else v for c, v in rule.items()}
            for rule in grid["exclude"]
        ],
        "preregistered": chosen | grid["preregistered"],
    }


def twice_chosen(grid: Mapped) -> Iterator[Problem]:
    """Yield subsets that are a choice already, in a grid that is not complete."""
    for name in grid["subsets"]:
        if name in grid["choices"] or grid["subsets"].count(name) > 1:
            yield Problem(
                rule=f"'{name}' is in two choices",
                remedy="keep it under subsets, or name the choice otherwise",
                where=f"multiverse.{grid['name']}.subsets",
            )


def allowed(grid: Mapped) -> np.ndarray:
    """Return which combinations of levels are not excluded, one axis per choice."""
    names = [list(levels) for levels in grid["choices"].values()]
    keep = np.ones([len(levels) for levels in names], dtype=bool)
    for rule in grid["exclude"]:
        places = [
            [levels.index(level) for level in rule.get(choice, levels)]
            for choice, levels in zip(grid["choices"], names, strict=True)
        ]
        keep[np.ix_(*places)] = False
    return keep


def combinations(grid: Mapped, seed: int, largest: int | None = None) -> np.ndarray:
    """Return the grid's specifications as places of their levels, shape (S, choices).

    Parameters
    ----------
    grid
        A complete grid.
    seed
        Of the draw, where the grid has more specifications than are asked for.
    largest
        Most specifications; all where it is None. The preregistered one is always
        among them.
    """
    every = np.argwhere(allowed(grid))
    if largest is None or len(every) <= largest:
        return every
    own = np.array([places_of(grid, grid["preregistered"])])
    others = every[(every != own).any(axis=1)]
    drawn = np.random.default_rng(seed).choice(len(others), largest - 1, replace=False)
    chosen = np.concatenate([own, others[np.sort(drawn)]])
    return np.asarray(chosen[np.lexsort(chosen.T[::-1])])


def places_of(grid: Mapped, levels: Mapping[str, str]) -> list[int]:
    """Return the place of a level in each choice."""
    return [list(known).index(levels[c]) for c, known in grid["choices"].items()]


def named(grid: Mapped, places: Sequence[int]) -> dict[str, str]:
    """Return the level of each choice by name."""
    choices = grid["choices"].items()
    return {c: list(levels)[i] for (c, levels), i in zip(choices, places, strict=True)}


def size(grid: Mapped) -> str:
    """Say how many specifications a grid has, and how many of them are estimated."""
    keep = allowed(grid)
    count, wanted = int(keep.sum()), grid.get("specifications")
    text = f"{grid['name']}: {keep.size:,} combinations of {keep.ndim} choices"
    if count < keep.size:
        text += f", {keep.size - count:,} excluded"
    drawn = wanted is not None and wanted < count
    return f"{text}; " + (f"{wanted:,} of {count:,} drawn" if drawn else f"{count:,}")


def parts(grid: Mapped) -> int:
    """Return how many jobs share a grid's specifications."""
    count, wanted = int(allowed(grid).sum()), grid.get("specifications")
    return -(-min(count, wanted or count) // SPECIFICATIONS_OF_A_JOB)


def specified(grid: Mapped, model: Mapped, levels: Mapping[str, str]) -> Mapped:
    """Return the model that a combination of levels makes of the grid's model.

    Names that levels replace are replaced wherever the model has them, in ``term`` too,
    which holds the name of the coefficient that the grid follows.
    """
    parts = [grid["choices"][choice][level] for choice, level in levels.items()]
    specification = {**model, "name": grid["name"], "term": grid["term"]}
    names: dict[str, str] = {}
    without: set[str] = set()
    for part in parts:
        specification |= {
            key: value for key, value in part.items() if key not in ADDING
        }
        specification["where"] = [*specification["where"], *part.get("where", [])]
        without |= {*part.get("without", [])}
        for name, new in part.get("replace", {}).items():
            names[name] = new.replace("*", names.get(name, name))
    for key in ("terms", "controls"):
        specification[key] = [
            text for text in specification[key] if text not in without
        ]
    if names:
        specification["outcome"] = names.get(
            specification["outcome"], specification["outcome"]
        )
        pairs = tuple(names.items())
        specification["where"] = [
            renamed(text, pairs) for text in specification["where"]
        ]
        for key in LISTS:
            specification[key] = [
                in_products(text, names) for text in specification[key]
            ]
        specification["term"] = in_products(specification["term"], names)
    specification["estimator"] = (
        "fixed_effects" if specification["effects"] else "pooled_ols"
    )
    return specification


@cache
def renamed(text: str, names: tuple[tuple[str, str], ...]) -> str:
    """Return a condition in other names, or as it is where it cannot be read."""
    try:
        return rename(text, dict(names))
    except ExpressionError:
        return text


def in_products(text: str, names: Mapping[str, str]) -> str:
    """Return a term such as ``a:b`` or ``a*b`` in other names."""
    for mark in "*:":
        if mark in text:
            return mark.join(in_products(part, names) for part in text.split(mark))
    return names.get(text.strip(), text.strip())


def grid_models(study: Mapped) -> Iterator[tuple[str, Mapped]]:
    """Yield models that together name every column of the grids, and where they stand.

    They differ from the preregistered one in one choice, and in all choices that
    replace names.
    """
    for grid in of_panel(study):
        if model := model_of(grid, study):
            for levels in distinct_levels(grid):
                yield place_of(grid, levels), specified(grid, model, levels)


def of_panel(study: Mapped) -> list[Mapped]:
    """Return the grids of a study whose rows are the panel's."""
    grids = study.get("multiverse", [])
    return [grid for grid in grids if grid["table"] == PANEL]


def model_of(grid: Mapped, study: Mapped) -> Mapped | None:
    """Return the model that a grid changes, its own or one of the study's."""
    if isinstance(own := grid["model"], dict):
        return own
    return next((model for model in study["models"] if model["name"] == own), None)


def place_of(grid: Mapped, levels: Mapping[str, str]) -> str:
    """Say where in a study file the levels stand that are not preregistered."""
    usual = grid["preregistered"]
    changed = [f"{c}.{v}" for c, v in levels.items() if v != usual[c]]
    return ".".join([f"multiverse.{grid['name']}", *changed])


def distinct_levels(grid: Mapped) -> Iterator[dict[str, str]]:
    """Yield combinations that together have every level, and every name replaced."""
    usual, choices = grid["preregistered"], grid["choices"]
    yield usual
    for choice, levels in choices.items():
        yield from (usual | {choice: v} for v in levels if v != usual[choice])
    replacing = [
        c
        for c, levels in choices.items()
        if any("replace" in changes for changes in levels.values())
    ]
    keep = allowed(grid)
    for values in product(*(choices[c] for c in replacing)):
        levels = usual | dict(zip(replacing, values, strict=True))
        several = sum(levels[c] != usual[c] for c in replacing) > 1
        if several and keep[tuple(places_of(grid, levels))]:
            yield levels


def pairs_of_levels(grid: Mapped) -> Iterator[dict[str, str]]:
    """Yield what is allowed and not preregistered in two choices."""
    usual, keep = grid["preregistered"], allowed(grid)
    for one, other in combine(grid["choices"].items(), 2):
        for first, second in product(one[1], other[1]):
            if first != usual[one[0]] and second != usual[other[0]]:
                levels = usual | {one[0]: first, other[0]: second}
                if keep[tuple(places_of(grid, levels))]:
                    yield levels


def grid_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what in the grids of a study does not fit together."""
    for grid in study.get("multiverse", []):
        where = f"multiverse.{grid['name']}"
        model = model_of(grid, study)
        if model is None:
            models = [model["name"] for model in study["models"]]
            yield Problem(
                rule=f"no model is called '{grid['model']}'",
                remedy=nearest(grid["model"], models),
                where=f"{where}.model",
            )
            continue
        broken = [
            *model_problems(grid, model, where),
            *choice_problems(grid, where),
            *name_problems(grid, model, where),
            *level_problems(grid, where),
        ]
        yield from broken
        if not broken:
            sizes = [*size_problems(grid, where)]
            yield from sizes or combined_problems(grid, model)


def model_problems(grid: Mapped, model: Mapped, where: str) -> Iterator[Problem]:
    """Yield why a model cannot be the middle of a grid."""
    if grid["table"] == PANEL and isinstance(grid["model"], dict):
        yield Problem(
            rule="a grid of the panel has a model of its own",
            remedy="put it under models, and name it here",
            where=f"{where}.model",
        )
    if grid["table"] not in entries(Canonical):
        yield Problem(
            rule=f"there is no table '{grid['table']}'",
            remedy=nearest(grid["table"], entries(Canonical)),
            where=f"{where}.table",
        )
    linear = model["estimator"] in ("fixed_effects", "pooled_ols")
    clustered = model["standard_errors"] == "clustered" and model["clusters"]
    if not linear or not clustered or model.get("weights"):
        yield Problem(
            rule=f"model '{model['name']}' has no grid of specifications",
            remedy="name a fixed-effects or pooled model with clustered errors and "
            "without weights",
            where=f"{where}.model",
        )


def choice_problems(grid: Mapped, where: str) -> Iterator[Problem]:
    """Yield choices that are none, and keys that two of them change."""
    setters: dict[str, str] = {}
    for choice, levels in grid["choices"].items():
        if len(levels) < 2:
            yield Problem(
                rule=f"choice '{choice}' has no two levels",
                remedy="give it two or more, or take it out",
                where=f"{where}.choices.{choice}",
            )
        seen: list[Any] = []
        for level, changes in levels.items():
            if changes in seen:
                yield Problem(
                    rule=f"level '{level}' changes what another level changes too",
                    remedy="give each level changes of its own",
                    where=f"{where}.choices.{choice}.{level}",
                )
            seen.append(changes)
        plain = {
            f"replace.{name}"
            for changes in levels.values()
            for name, new in changes.get("replace", {}).items()
            if "*" not in new
        }
        keys = {key for changes in levels.values() for key in changes} - {*ADDING}
        for key in sorted(keys | plain):
            if key in setters:
                yield Problem(
                    rule=f"the choices '{setters[key]}' and '{choice}' both change "
                    f"'{key.removeprefix('replace.')}'",
                    remedy="make one choice of them, or write a name that goes on from "
                    "the other's: '*_suffix'",
                    where=f"{where}.choices.{choice}",
                )
            setters.setdefault(key, choice)


def name_problems(grid: Mapped, model: Mapped, where: str) -> Iterator[Problem]:
    """Yield names that levels leave out or replace in vain."""
    every = [
        model,
        *(c for levels in grid["choices"].values() for c in levels.values()),
    ]
    written = {
        t for part in every for k in ("terms", "controls") for t in part.get(k, [])
    }
    try:
        factors = {n for t in expand_all(written) for n in t.factors}
    except TermError as error:
        yield Problem(str(error), "see config/README.md", where)
        return
    factors |= {part["outcome"] for part in every if "outcome" in part}
    factors |= {n for part in every for t in part.get("where", []) for n in names_in(t)}
    factors |= {
        n for k in ("effects", "clusters") for t in model[k] for n in t.split(":")
    }
    for choice, levels in grid["choices"].items():
        for level, changes in levels.items():
            place = f"{where}.choices.{choice}.{level}"
            for key, known in (("without", written), ("replace", factors)):
                for name in changes.get(key, []):
                    if name not in known:
                        yield Problem(
                            rule=f"the model has no '{name}'",
                            remedy=nearest(name, sorted(known)),
                            where=f"{place}.{key}",
                        )


def level_problems(grid: Mapped, where: str) -> Iterator[Problem]:
    """Yield choices and levels that exclusions and the like name in vain."""
    named_levels = [
        ("preregistered", {c: [v] for c, v in grid["preregistered"].items()}),
        ("plausibility", {c: [*v] for c, v in grid["plausibility"].items()}),
        *(("exclude", rule) for rule in grid["exclude"]),
    ]
    for key, rule in named_levels:
        for choice, levels in rule.items():
            known = grid["choices"].get(choice)
            if known is None:
                yield Problem(
                    rule=f"no choice is called '{choice}'",
                    remedy=nearest(choice, grid["choices"]),
                    where=f"{where}.{key}",
                )
                continue
            for level in levels:
                if level not in known:
                    yield Problem(
                        rule=f"choice '{choice}' has no level '{level}'",
                        remedy=nearest(level, known),
                        where=f"{where}.{key}.{choice}",
                    )


def size_problems(grid: Mapped, where: str) -> Iterator[Problem]:
    """Yield a grid that is too large, or excludes what must be in it."""
    every = prod(len(levels) for levels in grid["choices"].values())
    if every > MOST_COMBINATIONS:
        yield Problem(
            rule=f"the choices have {every:,} combinations, more than "
            f"{MOST_COMBINATIONS:,}",
            remedy="use fewer choices or levels, or a grid for each part",
            where=f"{where}.choices",
        )
        return
    keep = allowed(grid)
    if not keep[tuple(places_of(grid, grid["preregistered"]))]:
        yield Problem(
            rule="the preregistered specification is excluded",
            remedy="change exclude, or name another under preregistered",
            where=f"{where}.preregistered",
        )
    count, wanted = int(keep.sum()), grid.get("specifications")
    if wanted is None and count > MOST_SPECIFICATIONS:
        yield Problem(
            rule=f"the grid has {count:,} specifications, more than "
            f"{MOST_SPECIFICATIONS:,}",
            remedy="set specifications, which draws so many of them",
            where=where,
        )


def combined_problems(grid: Mapped, model: Mapped) -> Iterator[Problem]:
    """Yield specifications that are no models, or lack the term that is followed.

    A mistake of one level is told once, one of two levels where only both make it.
    """
    rules: set[str] = set()
    for levels in (*distinct_levels(grid), *pairs_of_levels(grid)):
        specification = specified(grid, model, levels)
        for problem in specification_problems(specification, grid["term"]):
            if problem.rule not in rules:
                rules.add(problem.rule)
                yield replace(problem, where=place_of(grid, levels))


def specification_problems(specification: Mapped, term: str) -> Iterator[Problem]:
    """Yield what is wrong with one specification."""
    broken = [*term_problems(specification)]
    yield from broken
    if broken:
        return
    names = [
        t.name
        for t in expand_all([*specification["terms"], *specification["controls"]])
    ]
    if specification["term"] not in names:
        called = "" if specification["term"] == term else f", which stands for '{term}'"
        yield Problem(
            rule=f"the specification has no term '{specification['term']}'{called}",
            remedy=f"{nearest(specification['term'], names)}; combinations without "
            "it may be left out by exclude",
            where="",
        )
    if not specification["clusters"]:
        yield Problem(
            rule="the specification has no clusters",
            remedy="name the columns of its clusters",
            where="",
        )
