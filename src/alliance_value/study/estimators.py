"""An estimator's name -> what a study file may and must say with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from alliance_value.contracts.problems import Problem, nearest

Entity = Literal["absorbed", "random", "differenced", "none"]

ENGINE = ("clustered", "robust", "unadjusted")
LEAST_SQUARES = (*ENGINE, "hc2", "hc3", "cr3", "driscoll_kraay")
EXTRAS = ("weights", "endogenous", "instruments", "gmm", "selection")


@dataclass(frozen=True)
class Traits:
    """What an estimator asks of a model.

    Parameters
    ----------
    label
        Name in tables.
    errors
        Standard errors that it has; the first is the default.
    entity
        What becomes of the firm effect.
    effects
        Whether the default effects hold where the model names none.
    needs, takes
        Keys that must and may be given besides terms and controls.
    dimensions
        Most cluster dimensions.
    series
        Whether it compares a firm's years, so that each may stand only once.
    """

    label: str
    errors: tuple[str, ...] = ENGINE
    entity: Entity = "absorbed"
    effects: bool = True
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ("weights",)
    dimensions: int = 2
    series: bool = False


ESTIMATORS: dict[str, Traits] = {
    "pooled_ols": Traits(
        "Pooled OLS", errors=LEAST_SQUARES, entity="none", effects=False
    ),
    "fixed_effects": Traits("Fixed effects", errors=LEAST_SQUARES),
    "between": Traits("Between", entity="none", effects=False),
    "random_effects": Traits("Random effects", entity="random"),
    "mundlak": Traits("Mundlak", entity="random"),
    "first_differences": Traits("First differences", entity="differenced", series=True),
    "iv": Traits("2SLS", needs=("endogenous", "instruments")),
    "poisson": Traits("Poisson"),
    "difference_gmm": Traits(
        "Difference GMM",
        errors=("clustered",),
        entity="differenced",
        needs=("endogenous", "gmm"),
        takes=(),
        dimensions=1,
        series=True,
    ),
    "system_gmm": Traits(
        "System GMM",
        errors=("clustered",),
        entity="none",
        needs=("endogenous", "gmm"),
        takes=(),
        dimensions=1,
        series=True,
    ),
    "control_function": Traits(
        "Control function",
        errors=("bootstrap",),
        needs=("endogenous", "instruments"),
        dimensions=1,
    ),
    "copula": Traits(
        "Copula correction", errors=("bootstrap",), needs=("endogenous",), dimensions=1
    ),
    "heckman": Traits(
        "Heckman two-step",
        errors=("bootstrap", "unadjusted"),
        entity="none",
        effects=False,
        needs=("selection",),
        takes=(),
        dimensions=1,
    ),
    "heckman_ml": Traits(
        "Heckman ML",
        entity="none",
        effects=False,
        needs=("selection",),
        takes=(),
    ),
}


def estimator_problems(model: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what a resolved model asks that its estimator does not have."""
    where = f"models.{model['name']}"
    name = model["estimator"]
    traits = ESTIMATORS[name]
    for key in EXTRAS:
        given = bool(model.get(key))
        if key in traits.needs and not given:
            yield Problem(
                rule=f"estimator {name} needs the key '{key}'",
                remedy="see config/README.md, Estimators",
                where=where,
            )
        if given and key not in (*traits.needs, *traits.takes):
            can = [e for e, t in ESTIMATORS.items() if key in (*t.needs, *t.takes)]
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
