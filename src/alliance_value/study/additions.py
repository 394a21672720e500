"""A resolved study -> what the vocabulary adds to it: entries, labels, words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from alliance_value.contracts.compustat_items import ITEMS
from alliance_value.study.needs import (
    columns_of,
    joined_columns,
    referred_columns,
    required_columns,
)
from alliance_value.study.schema import Mapped, place
from alliance_value.vocabulary.collect import entries, implementation
from alliance_value.vocabulary.entries import Addition, Canonical, Values
from alliance_value.vocabulary.words import Words

A = TypeVar("A", bound=Addition)


def asked(kind: type[A], study: Mapping[str, Any]) -> list[A]:
    """Return the additions of one kind that a study asks for, in their order.

    One that stands in the place of another takes it.
    """
    there = [
        entry
        for entry in entries(kind).values()
        if all(place(study, path) is not None for path in entry.asks)
        and (not entry.uses or uses(dict(study), entry.uses))
    ]
    replaced = {entry.instead_of for entry in there}
    there = [entry for entry in there if entry.name not in replaced]
    return sorted(there, key=lambda entry: entry.order)


def uses(study: Mapped, table: str) -> bool:
    """Return whether a study has a column of a table that joins its firm-years."""
    joined = columns_of(entries(Canonical)[table], study)
    return not joined.keys().isdisjoint(referred_columns(study))


def values_of(study: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return words for the values of columns: column -> value -> words."""
    words: dict[str, dict[str, str]] = {}
    for entry in asked(Values, study):
        words |= implementation(entry)(study)
    return words


def labels_of(study: Mapped) -> dict[str, str]:
    """Return the label of each column, and of its flag for missing values.

    A column of the user's own is called as in the file where the study says no more;
    variants of a column are called like it.
    """
    source = study["sources"].get("firm_years", {})
    labels = dict.fromkeys(required_columns(study) if source else (), "")
    if source.get("reader") == "compustat":
        labels |= {name: label for name, (label, _) in ITEMS.items()}
    joined = joined_columns(study)
    say = Words(**study["words"]).say
    labels |= {n: say(m.label) for n, m in joined.items() if n == m.name}
    variables = study["variables"]
    for name, variable in variables.items():
        labels[name] = variable.get("label") or labels.get(name) or name
        labels[f"{name}_missing"] = f"{labels[name]}: missing"
    labels |= {n: labels[m.name] for n, m in joined.items() if n not in variables}
    return {name: label or name for name, label in labels.items()}
