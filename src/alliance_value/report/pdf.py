"""The report's sections -> a PDF that typst lays out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from alliance_value.report.content import Block, Grid, Picture, Section
from alliance_value.report.typeset import MAIN, compiled


def document(
    study: Mapping[str, Any], sections: Sequence[Section], template: str
) -> bytes:
    """Typeset the report.

    Parameters
    ----------
    study
        The resolved study.
    sections
        What to show; parts that are folded on a page are left out.
    template
        Typst source that lays out ``report.json``.
    """
    content = {
        "title": study["title"],
        "lead": study["description"],
        "simulated": study["simulated"],
        "sections": [
            {"title": s.title, "blocks": [as_data(block) for block in s.blocks]}
            for s in sections
        ],
    }
    pictures = {
        f"{b.name}.svg": b.svg.encode()
        for s in sections
        for b in s.blocks
        if isinstance(b, Picture)
    }
    return compiled(
        {MAIN: template.encode(), "report.json": dumped(content), **pictures}
    )


def as_data(block: Block) -> dict[str, Any]:
    """Return a block as what JSON can hold."""
    data = asdict(block)
    if isinstance(block, Grid | Picture):
        data["title"] = block.title
    if isinstance(block, Picture):
        data["svg"] = f"{block.name}.svg"
    return data


def dumped(content: Mapping[str, Any]) -> bytes:
    """Return JSON; sets become lists in order."""
    return json.dumps(content, ensure_ascii=False, default=sorted).encode()
