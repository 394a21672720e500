"""Rows of a multiverse -> what they say in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from alliance_value.exhibits.failed import NOT_ESTIMATED
from alliance_value.study.schema import Mapped


def levels_of(text: str) -> dict[str, str]:
    """Read a specification's levels as the table writes them."""
    return dict(part.split(": ", 1) for part in text.split("; "))


def unestimated(own: pd.Series) -> str:
    """Say why the preregistered specification has no estimate; nothing where it has."""
    if pd.notna(own.estimate):
        return ""
    return f"The preregistered specification is {NOT_ESTIMATED}: {own.note}."


def plain(name: str) -> str:
    """Write a name in words."""
    return name.replace("_", " ")


def differs(levels: Mapping[str, str], grid: Mapped) -> str:
    """Say in which choices a specification is not the preregistered one."""
    usual = grid["preregistered"]
    changed = [
        f"{plain(choice)}: {plain(level)}"
        for choice, level in levels.items()
        if level != usual[choice]
    ]
    return "; ".join(changed) or "the preregistered specification"


def ends(table: pd.DataFrame, count: int) -> Iterator[tuple[str, pd.Series]]:
    """Yield the specifications at both ends of a curve, and at which end they are."""
    ordered = table[table.estimate.notna()].sort_values("rank")
    for _, row in ordered.tail(count)[::-1].iterrows():
        yield "largest", row
    for _, row in ordered.head(count).iterrows():
        yield "smallest", row
