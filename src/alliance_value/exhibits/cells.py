"""Numbers of results -> the cells of a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

Rows = list[tuple[str, tuple[str, ...]]]
STARS = ((0.01, "***"), (0.05, "**"), (0.10, "*"))

DECIMALS = 3
LEAST_P = 1e-4

SIDES = {
    "two_sided": "Two-sided",
    "greater": "One-sided, against positive values",
    "less": "One-sided, against negative values",
}


def starred_note(alternative: str) -> str:
    """Say what stars mean, against values of either sign or of one."""
    levels = ", ".join(f"{mark} p < {p:.2f}" for p, mark in STARS)
    return f"{SIDES[alternative]}: {levels}."


STARRED = starred_note("two_sided")


def estimate_rows(head: str, by: pd.DataFrame, columns: Sequence[str]) -> Rows:
    """Write estimates with their stars in a row, standard errors in one below it.

    Parameters
    ----------
    head
        What is estimated.
    by
        estimate, se and p; on the columns, as far as they have such an estimate.
    columns
        In their order.
    """
    places = max((decimals(se) for se in by.se), default=DECIMALS)
    cells = [
        pair(by.estimate[c], by.se[c], by.p[c], places) if c in by.index else ("", "")
        for c in columns
    ]
    return [(head, tuple(c for c, _ in cells)), ("", tuple(e for _, e in cells))]


def pair(estimate: float, se: float, p: float, places: int) -> tuple[str, str]:
    """Write an estimate with its stars, and its standard error in parentheses."""
    return f"{estimate:z,.{places}f}{stars(p)}", f"({se:,.{places}f})"


def stars(p: float) -> str:
    """Return the stars of a p-value; none where it is missing."""
    return next((mark for level, mark in STARS if p < level), "")


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
