"""A finished study -> the sections of its report, one content for every format."""

from __future__ import annotations

from dataclasses import replace

from alliance_value.exhibits.order import Exhibit, numbered
from alliance_value.report.content import Block, Grid, Picture, Section, Text
from alliance_value.report.inputs import Inputs
from alliance_value.study.additions import asked
from alliance_value.vocabulary import entries as vocabulary
from alliance_value.vocabulary.collect import implementation


def contents(inputs: Inputs) -> list[Section]:
    """Return the report's sections in order; those with nothing to show are left out.

    Tables and figures are numbered in the order in which they are read.
    """
    exhibits = numbered(inputs.study)
    sections = []
    for entry in asked(vocabulary.Section, inputs.study):
        shown = [block(inputs, e) for e in exhibits if e.section == entry.name]
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


def block(inputs: Inputs, exhibit: Exhibit) -> Block:
    """Return a table or a figure with its number.

    What it says of simulated data when it travels alone stands at the report's head.
    """
    name, mark = exhibit.name, inputs.context.mark
    if exhibit.kind == "table":
        table = inputs.tables[name]
        notes = tuple(note for note in table.notes if note != mark)
        return Grid(replace(table, notes=notes), exhibit.number)
    caption = inputs.captions[name].removesuffix(f" {mark}")
    return Picture(name, exhibit.number, inputs.figures[name], caption)
