"""A first study -> its file, with comments that say what was seen and what is next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from alliance_value.contracts.problems import printable
from alliance_value.starting.first import First
from alliance_value.starting.look import Look
from alliance_value.study.shapes import scalar

SCHEMA_LINE = "# yaml-language-server: $schema=study.schema.json"
NEXT = {
    "models": 'Put your outcome and terms here. "a*b" is both variables and their '
    "product; controls, effects and clusters stand beside (docs/study-file.md).",
    "title": "Put your title here, and your question below it.",
}
WIDTH = 86


def page(first: First, looks: list[Look], command: str) -> str:
    """Return the text of a study file.

    Parameters
    ----------
    first
        The study and what to say of it.
    looks
        The files that were looked at: their columns are listed at the end.
    command
        What runs the study.
    """
    lines = [SCHEMA_LINE, *commented("Seen: " + "; ".join(first.said) + ".")]
    lines += [f"# Run it: {command}", ""]
    for key, value in first.study.items():
        if key in NEXT:
            lines += ["", *commented(NEXT[key])]
        lines += list(written(key, value, first.remarks, 0))
    for look in looks:
        lines += ["", f"# Columns of {look.raw.file}:"]
        lines += [f"#   {c.name}: {c.in_words()}" for c in look.columns]
    return "\n".join(printable(line) for line in lines) + "\n"


def written(
    key: str, value: Any, remarks: Mapping[str, str], depth: int
) -> Iterator[str]:
    """Yield the lines of a key: mappings below each other, all else in one line."""
    blank = "  " * depth
    if key in remarks:
        yield from (blank + line for line in commented(remarks[key], WIDTH - 2 * depth))
    if isinstance(value, Mapping) and value:
        yield f"{blank}{scalar(key)}:"
        for inner, what in value.items():
            yield from written(inner, what, remarks, depth + 1)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        yield f"{blank}{scalar(key)}:"
        for item in value:
            for number, (inner, what) in enumerate(item.items()):
                mark = "  - " if number == 0 else "    "
                yield f"{blank}{mark}{scalar(inner)}: {scalar(what)}"
    else:
        yield f"{blank}{scalar(key)}: {scalar(value)}"


def commented(text: str, width: int = WIDTH) -> list[str]:
    """Return a text as lines of comments."""
    return [f"# {line}" for line in wrap(text, width - 2, break_long_words=False)]
