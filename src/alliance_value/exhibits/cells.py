"""Numbers of results -> the cells of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.exhibits.house import HOUSES, USUAL_LEVELS
from alliance_value.study.spec import Table
from alliance_value.vocabulary.words import Words

Rows = list[tuple[str, tuple[str, ...]]]
USUAL = Table("")

DECIMALS = 3
LEAST_P = 1e-4

SIDES = {
    "two_sided": "Two-sided",
    "greater": "One-sided, against positive values",
    "less": "One-sided, against negative values",
}


def levels_of(table: Table) -> tuple[tuple[float, str], ...]:
    """Return a table's levels of significance: its style's, none where it has none."""
    own = HOUSES[table.style].levels
    if table.stars is None:
        return own
    return (own or USUAL_LEVELS) if table.stars else ()


def starred(table: Table, opening: str = "") -> list[str]:
    """Return the note on what a table's stars mean, none where it has no stars.

    Parameters
    ----------
    table
        Its style, stars, and whether they are against values of one sign.
    opening
        What stands before the levels in place of the sides of the test.
    """
    levels = ", ".join(f"{mark} p < {shown(p)}" for p, mark in levels_of(table))
    return [f"{opening or SIDES[table.alternative]}: {levels}."] if levels else []


def explains_stars(note: str) -> bool:
    """Return whether a note is what `starred` says."""
    return "* p < " in note


def estimate_rows(
    head: str, by: pd.DataFrame, columns: Sequence[str], table: Table = USUAL
) -> Rows:
    """Write estimates in a row, and below it what the table wants there.

    Parameters
    ----------
    head
        What is estimated.
    by
        estimate, se, p, ci_low and ci_high; on the columns, as far as they have such an
        estimate.
    columns
        In their order.
    table
        Its digits, stars, and what stands below an estimate.
    """
    places = table.digits
    if places is None:
        places = max((decimals(se) for se in by.se), default=DECIMALS)
    known = {str(c): row for c, row in by.to_dict("index").items()}
    cells = [pair(known[c], places, table) if c in known else ("", "") for c in columns]
    rows = [(head, tuple(c for c, _ in cells)), ("", tuple(e for _, e in cells))]
    return rows if table.below != "nothing" else rows[:1]


def pair(row: Mapping[Any, Any], places: int, table: Table) -> tuple[str, str]:
    """Write an estimate, and what stands below it."""
    estimate = f"{row['estimate']:z,.{places}f}{stars(row['p'], table)}"
    if table.below == "intervals":
        return (
            estimate,
            f"[{row['ci_low']:z,.{places}f}, {row['ci_high']:z,.{places}f}]",
        )
    return estimate, f"({row['se']:,.{places}f})"


def shown(level: float) -> str:
    """Write a level of significance with the decimals that it has, two at least."""
    return f"{level:.2f}" if round(level, 2) == level else f"{level:g}"


def stars(p: float, table: Table = USUAL) -> str:
    """Return the stars of a p-value in a table; none where it is missing."""
    return next((mark for level, mark in levels_of(table) if p < level), "")


def decimals(se: float) -> int:
    """Return places that show at least two significant digits of the standard error."""
    if not np.isfinite(se) or se <= 0:
        return DECIMALS
    return int(np.clip(1 - np.floor(np.log10(se)), DECIMALS, 12))


def number(value: float) -> str:
    """Write a share with three decimals, nothing where it is missing."""
    return "" if pd.isna(value) else f"{value:.{DECIMALS}f}"


def p_value(p: float) -> str:
    """Write a p-value with four decimals, never as zero."""
    if pd.isna(p):
        return ""
    return f"<{LEAST_P:.4f}" if p < LEAST_P else f"{p:.4f}"


def fixed(value: float, places: int = 4) -> str:
    """Write a number with so many decimals, nothing where it is missing."""
    return "" if pd.isna(value) else f"{value:z,.{places}f}"


def interval(low: float, high: float, places: int = 4) -> str:
    """Write an interval, nothing where it is missing."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return f"{fixed(low, places)} to {fixed(high, places)}"


def share(value: float, places: int = 2) -> str:
    """Write a decimal in percent, nothing where it is missing."""
    return "" if pd.isna(value) else f"{value:z.{places}%}"


def abnormal(value: float, words: Words) -> str:
    """Write what is abnormal around events, returns in percent."""
    return share(value) if words.in_percent else fixed(value, DECIMALS)
