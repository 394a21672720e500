"""Everything that a report shows -> its page, its PDF and the closing summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alliance_value.report.contents import contents
from alliance_value.report.html import page
from alliance_value.report.inputs import Inputs
from alliance_value.report.numbers import numbers, to_json, to_tex
from alliance_value.report.pdf import document
from alliance_value.report.summary import summary


@dataclass(frozen=True)
class Pages:
    """A report in every form in which it is read, and its numbers by name."""

    html: str
    pdf: bytes
    summary: str
    json: str
    tex: str


def pages(inputs: Inputs, templates: Mapping[str, str], place: str | Path) -> Pages:
    """Write a report.

    Parameters
    ----------
    inputs
        Everything that it shows.
    templates
        Sources of ``report.html.j2``, of the page that it extends and ``report.typ``.
    place
        Where the page will be, as the summary says it.
    """
    sections, named = contents(inputs), numbers(inputs)
    return Pages(
        page(inputs.study, sections, templates),
        document(inputs.study, sections, templates["report.typ"]),
        summary(inputs, place),
        to_json(named),
        to_tex(named),
    )
