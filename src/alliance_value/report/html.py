"""The report's sections -> one HTML page that needs nothing beside itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from alliance_value.exhibits.render import to_html
from alliance_value.report.content import Block, Formula, Grid, Picture, Section
from alliance_value.report.page import fill_page
from alliance_value.report.typeset import mathml


def page(
    study: Mapping[str, Any], sections: Sequence[Section], templates: Mapping[str, str]
) -> str:
    """Fill the report's template.

    Parameters
    ----------
    study
        The resolved study.
    sections
        What to show.
    templates
        Jinja2 sources of ``report.html.j2`` and the page that it extends.
    """
    return fill_page(
        templates,
        "report.html.j2",
        study=study,
        sections=sections,
        markup=marker(sections),
    )


def marker(sections: Sequence[Section]) -> Callable[[Block], str]:
    """Return what gives the markup of a table, a figure or an equation."""
    sources = [b.source for s in sections for b in s.blocks if isinstance(b, Formula)]
    equations = mathml(sources)

    def markup(block: Block) -> str:
        if isinstance(block, Grid):
            return to_html(replace(block.table, title=block.title))
        if isinstance(block, Picture):
            return inline(block.svg, block.name)
        assert isinstance(block, Formula), block
        return equations[block.source]

    return markup


def inline(svg: str, name: str) -> str:
    """Return an SVG that can stand in a page beside others: ids carry its name."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    return re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', svg)
