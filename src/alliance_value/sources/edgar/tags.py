"""Facts of filings, a column per tag -> items by a table of tags with priorities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from alliance_value.contracts.problems import Problem, raise_if

TERM = re.compile(r"([+-])\s*([A-Za-z][A-Za-z0-9]*)\s*")
TOLERANCE = 0.001  # of the larger side, what rounding leaves between two sides


@dataclass(frozen=True)
class Source:
    """One way to fill an item.

    Parameters
    ----------
    text
        As the table of tags has it.
    terms
        Tags with their signs; all are needed.
    unless
        Tags of which none may be reported.
    """

    text: str
    terms: tuple[tuple[int, str], ...]
    unless: tuple[str, ...] = ()

    @property
    def tags(self) -> set[str]:
        """All tags that it looks at."""
        return {tag for _, tag in self.terms} | {*self.unless}


@dataclass(frozen=True)
class Items:
    """Items filled from tags.

    Parameters
    ----------
    values
        A column per item, a row per statement; NaN where no tag fills it.
    sources
        The same columns: what filled each cell, as the table of tags has it.
    """

    values: pd.DataFrame
    sources: pd.DataFrame


@cache
def standard_table() -> dict[str, Any]:
    """Return the table of tags that holds where a study says nothing."""
    text = Path(__file__).with_name("tags.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return table


def item_sources(own: Mapping[str, Sequence[str]]) -> dict[str, list[Source]]:
    """Return each item's sources in order, a study's lists in place of the table's.

    Raises
    ------
    UserError
        An entry is no sum of tags.
    """
    problems: list[Problem] = []
    lists = {**standard_table()["items"], **own}
    sources = {
        item: [s for text in texts if (s := source_of(text, item, problems))]
        for item, texts in lists.items()
    }
    raise_if(problems, "the table of tags")
    return sources


def source_of(text: str, item: str, problems: list[Problem]) -> Source | None:
    """Return the source that an entry spells, or note that it spells none."""
    entry = " ".join(text.split())
    head, _, tail = entry.partition(" unless ")
    signed = f"+ {head}"
    unless = tuple(part.strip() for part in tail.split(",") if part.strip())
    if TERM.sub("", signed) or not all(part.isalnum() for part in unless):
        problems.append(
            Problem(
                rule=f"'{text}' is no tag, sum or difference of tags",
                remedy="write tags by their names without a prefix, such as "
                "'SalesRevenueGoodsNet + SalesRevenueServicesNet', and behind "
                "'unless' those that must not be reported",
                where=f"sources.firm_years.tags.{item}",
            )
        )
        return None
    terms = tuple((1 if s == "+" else -1, tag) for s, tag in TERM.findall(signed))
    return Source(entry, terms, unless)


def tags_in(sources: Iterable[Source]) -> set[str]:
    """Return all tags that sources look at."""
    return {tag for source in sources for tag in source.tags}


def identities() -> dict[str, tuple[Source, Source]]:
    """Return the accounting identities by name: two sides that must be equal."""
    sides: dict[str, tuple[Source, Source]] = {}
    for name, (left, right) in standard_table()["identities"].items():
        pair = [source_of(text, name, []) for text in (left, right)]
        assert pair[0] is not None and pair[1] is not None
        sides[name] = (pair[0], pair[1])
    return sides


def value_of(facts: pd.DataFrame, source: Source) -> pd.Series:
    """Return what a source gives in each statement; NaN where it gives nothing."""
    total = pd.Series(0.0, facts.index)
    for sign, tag in source.terms:
        total = total + sign * column(facts, tag)
    for tag in source.unless:
        total = total.where(column(facts, tag).fillna(0.0) == 0.0)
    return total


def column(facts: pd.DataFrame, tag: str) -> pd.Series:
    """Return a tag's values; NaN where no filing reports it."""
    return facts[tag] if tag in facts else pd.Series(float("nan"), facts.index)


def filled(facts: pd.DataFrame, sources: Mapping[str, Sequence[Source]]) -> Items:
    """Fill items, each from the first of its sources that a statement reports."""
    values, ways = {}, {}
    for item, ordered in sources.items():
        value = pd.Series(float("nan"), facts.index)
        way = pd.Series(pd.NA, facts.index, dtype="string")
        for source in ordered:
            its = value_of(facts, source)
            now = value.isna() & its.notna()
            value, way = value.mask(now, its), way.mask(now, source.text)
        values[item], ways[item] = value, way
    return Items(pd.DataFrame(values), pd.DataFrame(ways))


def broken_identities(facts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return per identity which statements report both sides and break it."""
    broken = {}
    for name, (left, right) in identities().items():
        a, b = value_of(facts, left), value_of(facts, right)
        larger = a.abs().where(a.abs() > b.abs(), b.abs())
        broken[name] = ((a - b).abs() > TOLERANCE * larger).fillna(False)
    return broken


def watched_tags() -> set[str]:
    """Return the tags that checks look at beside those of items."""
    sides = tags_in(source for pair in identities().values() for source in pair)
    return {*sides, "MinorityInterestInNetIncomeLossOfConsolidatedEntities"}
