"""A finished study -> the sections of its report, one content for every format."""

from __future__ import annotations

from dataclasses import replace

from alliance_value.exhibits.order import Exhibit, numbered
from alliance_value.report.content import Block, Grid, Origin, Picture, Section, Text
from alliance_value.report.inputs import Inputs
from alliance_value.study.additions import asked
from alliance_value.study.exhibit_problems import FUNNEL
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
        said = inputs.context.words.say(entry.words)
        lead = (Text(said),) if said else ()
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
        return Grid(
            replace(table, notes=notes), exhibit.number, origin(inputs, exhibit)
        )
    caption = inputs.captions[name].removesuffix(f" {mark}")
    source = origin(inputs, exhibit)
    return Picture(name, exhibit.number, inputs.figures[name], caption, source)


def origin(inputs: Inputs, exhibit: Exhibit) -> Origin:
    """Return what made an exhibit, and the command that makes it alone."""
    name, folder = exhibit.name, f"{exhibit.kind}s"
    script = FUNNEL if exhibit.entry is None else exhibit.kind
    code = [f"workflow/scripts/{script}.py"]
    read: tuple[str, ...] = (FUNNEL,)
    if exhibit.entry is not None:
        code.append(f"src/{exhibit.entry.module.replace('.', '/')}.py")
        read = exhibit.entry.inputs
    endings = ["csv", "tex", "docx"] if exhibit.kind == "table" else ["csv", "pdf"]
    if exhibit.entry is None:
        endings = ["pdf"]
    shown = "html" if exhibit.kind == "table" else "svg"
    target = f"results/{inputs.study['study']}/{folder}/{name}.{shown}"
    given = f" --configfile {inputs.study_file}" if inputs.study_file else ""
    return Origin(
        tuple(code),
        read,
        tuple(f"{folder}/{name}.{ending}" for ending in endings),
        f"snakemake {target}{given}",
    )
