"""Names of standard variables -> their definitions, with those that they read."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from importlib.resources import files

import yaml

from alliance_value.contracts.problems import Problem, nearest
from alliance_value.study.expressions import names_in
from alliance_value.study.schema import Mapped
from alliance_value.study.spec import FORMULAS


@cache
def dictionary() -> Mapped:
    """Return the definitions of all standard variables by name."""
    text = files(__package__).joinpath("dictionary.yaml").read_text(encoding="utf-8")
    variables: Mapped = yaml.safe_load(text)
    return variables


def with_standard_variables(study: Mapped) -> tuple[Mapped, list[Problem]]:
    """Return a study's variables with the standard ones that it names before them.

    A variable of the same name that the study declares stands instead, also where a
    standard variable reads it. Those that a standard variable reads come with it.
    """
    known = dictionary()
    variables = study.get("variables", {})
    wanted = list(study.get("standard_variables", []))
    unknown = [name for name in wanted if name not in known]
    problems = [
        Problem(
            rule=f"there is no standard variable '{name}'",
            remedy=nearest(name, known),
            where="standard_variables",
        )
        for name in unknown
    ]
    added: Mapped = {}
    while wanted:
        name = wanted.pop(0)
        if name in added or name in variables or name not in known:
            continue
        added[name] = deepcopy(known[name])
        read = [
            used
            for key in FORMULAS
            if key in added[name]
            for used in names_in(added[name][key])
        ]
        wanted += [used for used in read if used != name]
    return {**added, **variables}, problems
