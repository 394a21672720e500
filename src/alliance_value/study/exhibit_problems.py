"""The tables and figures of a resolved study -> what they lack, or ask in vain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alliance_value.contracts.problems import Problem, nearest
from alliance_value.study.event_study import shown_problems
from alliance_value.study.references import (
    all_terms,
    interactions,
    repeated,
    unknown_terms,
)
from alliance_value.study.schema import Mapped, place
from alliance_value.study.spec import exhibits_of
from alliance_value.vocabulary.entries import Exhibit

# The exhibit that every study gets.
FUNNEL = "funnel"
# Whose returns are studied where events are listed.
EVENTS = "events"
OF_ALL = ("name", "kind", "title", "note")
OF_TABLES = ("style", "labels", "rows", "columns")


def exhibit_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what tables and figures lack, or name in vain."""
    for group in ("tables", "figures"):
        names = [e["name"] for e in study["exhibits"].get(group, [])]
        yield from repeated(names, f"exhibits.{group}")
        if FUNNEL in names:
            yield Problem(
                rule=f"the name '{FUNNEL}' is that of the sample funnel",
                remedy="give the exhibit another name",
                where=f"exhibits.{group}.{FUNNEL}",
            )
    if "events" in study["sources"]:
        yield from unit_problems(study, (EVENTS,))
    for where, exhibit, entry in exhibits_of(study):
        yield from key_problems(exhibit, entry, where)
        yield from nothing_to_show(study, entry, where)
        yield from shown_problems(exhibit, entry, study, where)
        if entry.models:
            yield from model_problems(study, exhibit, entry, where)


def unit_problems(study: Mapped, known: Sequence[str]) -> Iterator[Problem]:
    """Yield exhibits of events that ask for units which the study does not have."""
    for where, exhibit, _ in exhibits_of(study):
        if (unit := exhibit.get("unit")) and unit not in known:
            yield Problem(
                rule=f"the event study has no '{unit}'",
                remedy=nearest(unit, known),
                where=f"{where}.unit",
            )


def key_problems(exhibit: Mapped, entry: Exhibit, where: str) -> Iterator[Problem]:
    """Yield keys that a kind needs and has not, and keys that it has no use for."""
    for key in entry.needs:
        if not exhibit.get(key):
            yield Problem(
                rule=f"key '{key}' is missing",
                remedy=f"a {entry.kind} of kind {entry.name} needs "
                f"{' and '.join(entry.needs)}",
                where=where,
            )
    of_kind = OF_TABLES if entry.kind == "table" else ()
    known = (*OF_ALL, *of_kind, *entry.needs, *entry.takes)
    for key in exhibit:
        if key not in known:
            yield Problem(
                rule=f"a {entry.kind} of kind {entry.name} has no use for '{key}'",
                remedy="take it out; the kind knows "
                + (", ".join((*entry.needs, *entry.takes)) or "no keys of its own"),
                where=f"{where}.{key}",
            )


def nothing_to_show(study: Mapped, entry: Exhibit, where: str) -> Iterator[Problem]:
    """Yield what a kind is made from and the study does not make."""
    needed = [path for path in entry.asks if place(study, path) is None]
    if "slopes" in entry.inputs and not any(interactions(m) for m in study["models"]):
        needed.append("a model with a product, such as a*b")
    if "equations" in entry.inputs and not any(
        m["endogenous"] for m in study["models"]
    ):
        needed.append("a model with instruments")
    beside = [path for path in entry.without if place(study, path) is not None]
    if needed or beside:
        remedy = [f"add {' and '.join(needed)}"] if needed else []
        remedy += [f"study it without {' and '.join(beside)}"] if beside else []
        yield Problem(
            rule=f"the study makes no results for a {entry.kind} of kind {entry.name}",
            remedy=", ".join([*remedy, f"or take the {entry.kind} out"]),
            where=where,
        )


def model_problems(
    study: Mapped, exhibit: Mapped, entry: Exhibit, where: str
) -> Iterator[Problem]:
    """Yield models, terms and products that an exhibit names and no model has."""
    models = {m["name"]: m for m in study["models"]}
    main = [exhibit["model"]] if exhibit.get("model") else []
    names = [*exhibit.get("models", []), *main]
    unknown = [name for name in names if name not in models]
    for name in unknown:
        yield Problem(f"no model is called '{name}'", nearest(name, models), where)
    if unknown:
        return
    shown = [models[name] for name in exhibit.get("models") or main or models]
    pairs = [pair for model in shown for pair in interactions(model)]
    known = [term for model in shown for term in all_terms(model)]
    if "slopes" in entry.inputs:
        known = [name for pair in pairs for name in pair]
    yield from unknown_terms(exhibit.get("terms", []), known, where)
    asked = {exhibit.get("of"), exhibit.get("over")}
    if all(asked) and asked not in [set(pair) for pair in pairs]:
        shown_pairs = ", ".join(":".join(pair) for pair in pairs) or "none"
        yield Problem(
            rule=f"model '{exhibit.get('model')}' has no interaction of "
            f"'{exhibit['of']}' and '{exhibit['over']}'",
            remedy=f"its interactions: {shown_pairs}",
            where=where,
        )
