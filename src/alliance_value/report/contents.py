"""A finished study -> the sections of its report, one content for every format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from alliance_value.report.content import Block, Grid, Picture, Section, Text
from alliance_value.report.inputs import Inputs
from alliance_value.study.additions import asked
from alliance_value.study.exhibit_problems import FUNNEL
from alliance_value.study.spec import exhibits_of
from alliance_value.vocabulary import entries as vocabulary
from alliance_value.vocabulary.collect import implementation
from alliance_value.vocabulary.entries import Exhibit


def contents(inputs: Inputs) -> list[Section]:
    """Return the report's sections in order; those with nothing to show are left out.

    Tables and figures are numbered in the order in which they are read.
    """
    tables, figures = count(1), count(1)
    sections = []
    for entry in asked(vocabulary.Section, inputs.study):
        shown: list[Block] = [
            Grid(inputs.tables[name], next(tables))
            for name in shown_in(entry, "tables", inputs.study)
        ]
        shown += [
            Picture(name, next(figures), inputs.figures[name], inputs.captions[name])
            for name in shown_in(entry, "figures", inputs.study)
            if name in inputs.figures
        ]
        section: Section = implementation(entry)(inputs, shown)
        if not section.blocks:
            continue
        lead = (Text(entry.words),) if entry.words else ()
        sections.append(
            replace(
                section,
                name=entry.name,
                title=entry.label,
                short=entry.short,
                blocks=(*lead, *section.blocks),
            )
        )
    return sections


def shown_in(
    entry: vocabulary.Section, group: str, study: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the names of the tables or figures that stand in a section."""
    names = (entry.name, entry.instead_of)
    if group == "figures" and entry.name == "sample":
        yield FUNNEL
    families = {m["name"]: m["family"] for m in study["models"]}
    for where, exhibit, kind in exhibits_of(study):
        inside = where.startswith(f"exhibits.{group}.")
        if inside and place_of(exhibit, kind, families) in names:
            yield exhibit["name"]


def place_of(
    exhibit: Mapping[str, Any], entry: Exhibit, families: Mapping[str, str]
) -> str:
    """Return the section of an exhibit: by its kind, then by its models' families."""
    first = next(iter(families.values()), "")
    others = {families[m] for m in exhibit.get("models") or () if m in families}
    if entry.name == "models" and others - {first}:
        return "robustness"
    return entry.section
