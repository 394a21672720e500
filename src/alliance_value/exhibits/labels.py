"""Names of results -> the words of tables, figures and pages."""

from __future__ import annotations

from collections.abc import Iterable

from alliance_value.study.event_study import OWN
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Entry, EventTest

ACRONYMS = {"car": "CAR", "cars": "CARs", "roa": "ROA", "r&d": "R&D"}
ACRONYMS |= {"(rademacher)": "(Rademacher)", "(webb)": "(Webb)"}


def plain(name: str) -> str:
    """Write the name of a column in words, acronyms in capitals."""
    words = name.replace("_", " ").split(" ")
    return " ".join(ACRONYMS.get(word, word) for word in words)


def sentence(name: str) -> str:
    """Write a name in words that begin with a capital."""
    words = plain(name)
    return words[:1].upper() + words[1:]


def label(kind: type[Entry], name: str) -> str:
    """Return what a name of the vocabulary is called; other names in words."""
    entry = entries(kind).get(name)
    return entry.label if entry else sentence(name)


def window_head(window: str) -> str:
    """Return a window as tables write it."""
    return "own windows" if window == OWN else window


def group_head(group: str) -> str:
    """Return a group of listed events, which is called as in their table."""
    return sentence(group) if group == "all" else group


def most_prominent(tests: Iterable[str]) -> str:
    """Return the test that stands for all of a study's, empty where there is none."""
    known = entries(EventTest)
    return max(tests, key=lambda test: known[test].prominence, default="")
