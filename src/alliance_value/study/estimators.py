"""A model of a study file -> what its estimator does not have, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alliance_value.contracts.problems import Problem, nearest
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator

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
    if model["standard_errors"] not in traits.errors:
        yield Problem(
            rule=f"estimator {name} has no {model['standard_errors']} standard errors",
            remedy=f"use {' or '.join(traits.errors)}",
            where=f"{where}.se",
        )
    kind = model["standard_errors"]
    if len(model["clusters"]) > (1 if kind == "cr3" else traits.dimensions):
        alone = f"estimator {name} has standard errors clustered one way only"
        yield Problem(
            rule="cr3 leaves out clusters of one column" if kind == "cr3" else alone,
            remedy="name one column under clusters",
            where=f"{where}.clusters",
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
