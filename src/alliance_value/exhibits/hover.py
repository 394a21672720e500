"""Marks of a figure -> what a page says of each where a pointer rests on it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote, unquote

from matplotlib.artist import Artist

OPENING = "hover "
GROUP = re.compile(rf'<g id="{OPENING}([^"]*)">(.*?</g>\s*)</g>', re.DOTALL)
MARK = re.compile(r"<use ([^>]*)/>")


def says(artist: Artist, texts: Sequence[str]) -> None:
    """Let the marks of a line or scatter, in their order, say a text each.

    Texts travel in the artist's id to `with_titles`; other formats have no ids.
    """
    artist.set_gid(OPENING + quote(json.dumps(list(texts))))


def estimated(name: str, row: Mapping[Any, Any]) -> str:
    """Write what a mark stands for, its estimate and interval."""
    return (
        f"{name}: {row['estimate']:.3g} ({row['ci_low']:.3g} to {row['ci_high']:.3g})"
    )


def with_titles(svg: str) -> str:
    """Return an SVG whose marks have the titles that their groups' ids brought."""

    def titled(group: re.Match[str]) -> str:
        texts = json.loads(unquote(group[1]))
        if len(MARK.findall(group[2])) != len(texts):
            return f"<g>{group[2]}</g>"  # a mark beyond the axes is not drawn
        said = map(escape, texts)
        body = MARK.sub(
            lambda mark: f"<use {mark[1]}><title>{next(said)}</title></use>", group[2]
        )
        return f"<g>{body}</g>"

    return GROUP.sub(titled, svg)
