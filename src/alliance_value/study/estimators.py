"""A model of a study file -> what its estimator does not have, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.problems import Problem, nearest
from alliance_value.study.terms import Term, expand_all
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator, StandardError

RESERVED = {"constant": "the intercept", "lambda": "the inverse Mills ratio"}
EXTRAS = ("weights", "endogenous", "instruments", "gmm", "selection")


def estimator_problems(model: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what a resolved model asks that its estimator does not have."""
    where = f"models.{model['name']}"
    name = model["estimator"]
    known = entries(Estimator)
    traits = known[name]
    for key in EXTRAS:
        given = bool(model.get(key))
        if key in traits.needs and not given:
            yield Problem(
                rule=f"estimator {name} needs the key '{key}'",
                remedy="see config/README.md, Estimators",
                where=where,
            )
        if given and key not in (*traits.needs, *traits.takes):
            can = [e for e, t in known.items() if key in (*t.needs, *t.takes)]
            yield Problem(
                rule=f"estimator {name} has no use for '{key}'",
                remedy=f"take it out, or use one of: {', '.join(can)}",
                where=f"{where}.{key}",
            )
    kind = model["standard_errors"]
    errors = errors_of(traits)
    if kind not in errors:
        yield Problem(
            rule=f"estimator {name} has no {kind} standard errors",
            remedy=f"use {' or '.join(errors)}",
            where=f"{where}.se",
        )
    yield from cluster_problems(model, entries(StandardError)[kind], traits)


def within_problems(model: Mapping[str, Any], terms: list[Term]) -> Iterator[Problem]:
    """Yield what products within entities lack."""
    if model["interactions"] == "product":
        return
    where = f"models.{model['name']}.interactions"
    traits = entries(Estimator)[model["estimator"]]
    if "interactions" not in traits.takes:
        can = [e for e, t in entries(Estimator).items() if "interactions" in t.takes]
        yield Problem(
            rule=f"estimator {model['estimator']} has no products within entities",
            remedy=f"take the key out, or use one of: {', '.join(can)}, with the "
            "entity among the effects",
            where=where,
        )
    elif FIRM not in model["effects"]:
        yield Problem(
            rule="products within entities need the entity's effects",
            remedy="add entity to effects, or take the key out",
            where=where,
        )
    if all(len(term.factors) == 1 for term in terms):
        yield Problem(
            rule="the model has no products, and 'interactions' no effect",
            remedy="write a product 'a:b' or 'a*b' among the terms, or take it out",
            where=where,
        )


def errors_of(traits: Estimator) -> list[str]:
    """Return the standard errors that an estimator has, its default first.

    They are those that need no more than its fit gives, and those of its own.
    """
    known = entries(StandardError)
    given = [
        name
        for name, error in known.items()
        if traits.gives and set(error.needs) <= set(traits.gives)
    ]
    own = [*given, *(name for name in traits.errors if name not in given)]
    return sorted(own, key=lambda n: (not known[n].usual, not known[n].by_cluster))


def usual_errors(traits: Estimator, clusters: bool) -> str:
    """Return the standard errors of a model that names none."""
    known = entries(StandardError)
    usual = [n for n, e in known.items() if e.usual and e.by_cluster == clusters]
    errors = errors_of(traits)
    return usual[0] if usual[0] in errors or not clusters else errors[0]


def cluster_problems(
    model: Mapping[str, Any], error: StandardError, traits: Estimator
) -> Iterator[Problem]:
    """Yield clusters that are more or fewer than the standard errors take."""
    where = f"models.{model['name']}"
    count = len(model["clusters"])
    # what an estimator computes by a formula of its own is by one dimension
    most = 1 if error.name in traits.errors else error.dimensions
    if error.by_cluster and not count:
        yield Problem(
            rule=f"{error.name} standard errors, but no clusters",
            remedy="name the columns under clusters",
            where=where,
        )
    elif error.by_cluster and count > most:
        yield Problem(
            rule=f"{count} clusters are given, and {error.name} standard errors of "
            f"{model['estimator']} take {'one' if most == 1 else f'at most {most}'}",
            remedy="name fewer columns under clusters, or combine columns as 'a:b'",
            where=f"{where}.clusters",
        )
    elif error.exactly and count != most:
        yield Problem(
            rule=f"{error.name} standard errors need {most} clusters",
            remedy="name the two columns of the members under clusters",
            where=f"{where}.clusters",
        )


def name_problems(model: Mapping[str, Any], terms: list[Term]) -> Iterator[Problem]:
    """Yield an outcome that explains itself, and terms called as the program's own."""
    where = f"models.{model['name']}"
    chosen = (model.get("selection") or {}).get("terms", [])
    further = expand_all([*model["instruments"], *chosen])
    outcome = model["outcome"]
    for term in [*terms, *further]:
        if outcome in term.factors:
            yield Problem(
                rule=f"the outcome '{outcome}' stands among the terms ('{term.name}'): "
                "it would explain itself",
                remedy="take it out; for an earlier period make a variable with lag: 1",
                where=where,
            )
    for term in terms:
        reserved = model["estimator"] == "heckman" or term.name == "constant"
        if reserved and term.name in RESERVED:
            yield Problem(
                rule=f"a term is called '{term.name}', which is the name of "
                f"{RESERVED[term.name]} in every table",
                remedy="give the column another name under columns, such as "
                f"{term.name}_prices: {term.name}",
                where=where,
            )


def endogenous_problems(
    model: Mapping[str, Any], terms: list[str]
) -> Iterator[Problem]:
    """Yield endogenous terms that are none of the model's terms."""
    for name in model["endogenous"]:
        if name not in terms:
            yield Problem(
                rule=f"the endogenous '{name}' is no term of the model",
                remedy=nearest(name, terms),
                where=f"models.{model['name']}.endogenous",
            )
