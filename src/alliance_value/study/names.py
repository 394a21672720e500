"""Names as a study file writes them -> ``firm`` and ``fiscal_year`` for its key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.problems import Problem
from alliance_value.study.estimators import (
    endogenous_problems,
    name_problems,
    within_problems,
)
from alliance_value.study.expressions import ExpressionError, rename
from alliance_value.study.schema import Mapped
from alliance_value.study.spec import FORMULAS
from alliance_value.study.terms import TermError, expand_all

COLUMNS = (
    *("terms", "controls", "effects", "clusters"),
    *("endogenous", "instruments", "coordinates"),
)
# keys of a study under which columns are named
NAMING = frozenset({*COLUMNS, *FORMULAS, "outcome", "weights", "exclusion", "observed"})
NAMING |= {"among", "by", "require", "where"}
# parts of a study that name columns of the panel
OF_ROWS = ("variables", "sample", "models", "multiverse", "ledger")
COLUMN = re.compile(r"\w+(:\w+)*")


def aliases_of(study: Mapped) -> dict[str, str]:
    """Return the words by which a study may call its entity and time columns."""
    source = study["sources"].get("firm_years")
    if source is None:
        return {}
    columns = columns_of(source)
    names = {v: k for k, v in columns if v is not None}
    aliases = {"entity": FIRM, "time": YEAR}
    keys = [(source["entity"], FIRM)]
    if "time" in source:
        keys.append((source["time"], YEAR))
    else:
        del aliases["time"]
    for column, canonical in keys:
        aliases[column] = canonical
        if column in names:
            aliases[names[column]] = canonical
    taken = {name for name, _ in columns}
    taken |= {*study["sources"].get("firms", {}).get("columns", {})}
    return {
        alias: name
        for alias, name in aliases.items()
        if alias not in ("entity", "time") or alias not in taken
    }


def columns_of(source: Mapped) -> list[tuple[str, str | None]]:
    """Return the names that a source's columns get, of all files and by file."""
    own = [part.get("columns", {}) for part in source.get("by_file", {}).values()]
    maps = [*own, source["columns"]]
    return [(name, column) for each in maps for name, column in each.items()]


def own_words(study: Mapped) -> dict[str, list[str]]:
    """Return the program's own words for a row's key -> where a study writes them.

    Such a word may be the name of a column of the file as well, which only the reader
    of the file can tell.

    Parameters
    ----------
    study
        The study as written.
    """
    source = study["sources"].get("firm_years")
    if source is None:
        return {}
    named = {name for name, _ in columns_of({"columns": {}, **source})}
    named |= {source["entity"], source.get("time", YEAR)}
    words = {"firm", "fiscal_year", "entity", "time", FIRM, YEAR} - named
    uses: dict[str, list[str]] = {}
    parts = {key: study.get(key, {}) for key in OF_ROWS}
    parts["inference.leave_out"] = study.get("inference", {}).get("leave_out", {})
    parts["sources.firm_years"] = {"where": source.get("where", [])}
    for key, part in parts.items():
        for where, text in written_names(part, key):
            for word in words & {*re.findall(r"\w+", text)}:
                uses.setdefault(word, []).append(where)
    return uses


def written_names(
    part: Any, where: str, *, naming: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield each text under a key that names columns, and where it stands."""
    if isinstance(part, str):
        if naming:
            yield where, part
    elif isinstance(part, Mapping):
        for key, inner in part.items():
            named = key in NAMING
            yield from written_names(inner, f"{where}.{key}", naming=named)
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            name = inner.get("name", number) if isinstance(inner, Mapping) else ""
            place = f"{where}.{name}" if name != "" else where
            yield from written_names(inner, place, naming=naming)


def canonical_names(study: Mapped) -> tuple[Mapped, list[Problem]]:
    """Return a study whose formulas, terms and keys use the canonical names."""
    names = Names(aliases_of(study))
    study = {
        **study,
        "variables": {
            name: names.variable(variable, f"variables.{name}")
            for name, variable in study["variables"].items()
        },
        "sample": study["sample"]
        | {
            key: names.formulas(study["sample"][key], f"sample.{key}")
            for key in ("require", "where")
        },
        "inference": names.inference(study["inference"]),
        "models": [names.model(model) for model in study["models"]],
        "hypotheses": [
            hypothesis | {"term": names.product(hypothesis["term"])}
            for hypothesis in study["hypotheses"]
        ],
    }
    if "ledger" in study:
        by = [names.name(text) for text in study["ledger"]["by"]]
        study["ledger"] = study["ledger"] | {"by": by}
    if "multiverse" in study:
        study["multiverse"] = [names.grid(grid) for grid in study["multiverse"]]
    source = study["sources"].get("firm_years", {})
    if "where" in source:
        where = names.formulas(source["where"], "sources.firm_years.where")
        sources = study["sources"] | {"firm_years": source | {"where": where}}
        study = study | {"sources": sources}
    problems = [
        *names.problems,
        *(
            problem
            for name, variable in study["variables"].items()
            for problem in variable_problems(variable, f"variables.{name}")
        ),
        *(p for model in study["models"] for p in term_problems(model)),
    ]
    return study, problems


class Names:
    """Puts canonical names in place of a study's own.

    Parameters
    ----------
    aliases
        The study's words for its entity and time columns -> canonical names.
    """

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self.aliases = aliases
        self.problems: list[Problem] = []

    def name(self, text: str) -> str:
        """Return a column's canonical name."""
        return self.aliases.get(text, text)

    def product(self, text: str) -> str:
        """Return a term such as ``a:b`` or ``a*b`` in canonical names."""
        parts = re.split(r"([:*])", text)
        return "".join(p if p in ":*" else self.name(p.strip()) for p in parts)

    def formula(self, text: str, where: str) -> str:
        """Return a formula in canonical names, or as it is where it cannot be read."""
        try:
            return rename(text, dict(self.aliases))
        except ExpressionError as error:
            self.problems.append(
                Problem(
                    rule=str(error),
                    remedy="use names, numbers, + - * / **, comparisons and functions",
                    where=where,
                )
            )
            return text

    def formulas(self, texts: list[str], where: str) -> list[str]:
        """Return formulas in canonical names."""
        return [self.formula(text, where) for text in texts]

    def variable(self, variable: Mapped, where: str) -> Mapped:
        """Return a variable's formulas and groups in canonical names."""
        given = [key for key in FORMULAS if key in variable]
        return (
            variable
            | {key: self.formula(variable[key], f"{where}.{key}") for key in given}
            | {"among": [self.name(text) for text in variable["among"]]}
        )

    def inference(self, section: Mapped) -> Mapped:
        """Return the groups that are left out in turn in canonical names."""
        if "leave_out" not in section:
            return section
        by = [self.name(text) for text in section["leave_out"]["by"]]
        return section | {"leave_out": section["leave_out"] | {"by": by}}

    def model(self, model: Mapped) -> Mapped:
        """Return everything in a model that names columns in canonical names."""
        selection = model.get("selection")
        if selection:
            selection = selection | {
                key: [self.product(text) for text in selection[key]]
                for key in ("terms", "exclusion")
            }
        return (
            model
            | {"where": self.formulas(model["where"], f"models.{model['name']}.where")}
            | {key: [self.product(text) for text in model[key]] for key in COLUMNS}
            | {key: self.name(model[key]) for key in ("outcome", "weights")}
            | ({"selection": selection} if selection else {})
        )

    def grid(self, grid: Mapped) -> Mapped:
        """Return everything in a grid that names columns in canonical names."""
        own = grid["model"]
        return grid | {
            "model": self.model(own) if isinstance(own, dict) else own,
            "term": self.product(grid["term"]),
            "by": self.name(grid["by"]),
            "choices": {
                choice: {
                    level: self.level(changes, f"{choice}.{level}", grid["name"])
                    for level, changes in levels.items()
                }
                for choice, levels in grid["choices"].items()
            },
        }

    def level(self, changes: Mapped, place: str, grid: str) -> Mapped:
        """Return what a level of a grid changes in canonical names."""
        names = dict(changes)
        if "outcome" in names:
            names["outcome"] = self.name(names["outcome"])
        if "where" in names:
            where = f"multiverse.{grid}.choices.{place}.where"
            names["where"] = self.formulas(names["where"], where)
        for key in ("terms", "controls", "effects", "clusters", "without"):
            if key in names:
                names[key] = [self.product(text) for text in names[key]]
        if "replace" in names:
            names["replace"] = {
                self.name(name): self.name(new)
                for name, new in names["replace"].items()
            }
        return names


def variable_problems(variable: Mapped, where: str) -> Iterator[Problem]:
    """Yield what contradicts itself in the declaration of a variable."""
    if ("numerator" in variable) != ("denominator" in variable):
        yield Problem(
            rule="a ratio needs both numerator and denominator",
            remedy="give both, or a formula under value",
            where=where,
        )
    kinds = [k for k in ("value", "numerator", "mean_of_others") if k in variable]
    if len(kinds) > 1:
        yield Problem(
            rule=f"{' and '.join(kinds)} exclude each other",
            remedy="keep one of them",
            where=where,
        )
    if sum(bool(variable.get(key)) for key in ("lead", "lag", "horizon")) > 1:
        yield Problem(
            rule="lead, lag and horizon exclude each other",
            remedy="keep one of them",
            where=where,
        )
    first, last = variable.get("horizon", (1, 1))
    if first > last:
        yield Problem(
            rule="the horizon ends before it begins",
            remedy="write it as [first, last], such as [1, 3]",
            where=f"{where}.horizon",
        )


def term_problems(model: Mapped) -> Iterator[Problem]:
    """Yield what is no term, no column or no instrument in a model."""
    where = f"models.{model['name']}"
    try:
        terms = expand_all([*model["terms"], *model["controls"]])
        chosen = model.get("selection") or {}
        expand_all([*model["instruments"], *chosen.get("terms", [])])
    except TermError as error:
        yield Problem(rule=str(error), remedy="see config/README.md", where=where)
        return
    yield from name_problems(model, terms)
    yield from endogenous_problems(model, [t.name for t in terms])
    yield from instrument_problems(model, [t.name for t in terms])
    yield from within_problems(model, terms)
    for key in ("effects", "clusters"):
        if len(set(model[key])) < len(model[key]):
            yield Problem(
                rule=f"a column stands twice: {', '.join(model[key])}",
                remedy="name each column once",
                where=f"{where}.{key}",
            )
        for text in model[key]:
            if not COLUMN.fullmatch(text):
                yield Problem(
                    rule=f"'{text}' is no column",
                    remedy="write a column, or a combination 'a:b'",
                    where=f"{where}.{key}",
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
