"""Texts that a user wrote -> the characters in them that nothing can print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alliance_value.contracts.problems import UNPRINTABLE, Problem


def character_problems(value: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Yield texts, keys among them, that hold characters that cannot be printed.

    Parameters
    ----------
    value
        What stands in a file, in whatever depth.
    path
        Where it stands: keys and numbers.
    """
    if isinstance(value, str) and (odd := UNPRINTABLE.search(value)):
        yield unprintable(odd[0], spell(path), value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from character_problems(key, path)
            yield from character_problems(inner, (*path, str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from character_problems(inner, (*path, number))


def unprintable(character: str, where: str, text: str | None = None) -> Problem:
    """Return the problem of one character, at a place and in a text."""
    return Problem(
        rule=f"the character U+{ord(character):04X} cannot be printed",
        remedy="take it out; text pasted from another program may bring it along",
        where=where,
        value=text,
    )


def spell(path: Any) -> str:
    """Write a path in a study file as models[2].terms."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".") or "the study file"
