"""The style that a table names -> its stars, zeros, rules and notes."""

from __future__ import annotations

import re
from dataclasses import dataclass

ZERO = re.compile(r"(?<![\d.,])0(?=\.\d)")
USUAL_LEVELS = ((0.01, "***"), (0.05, "**"), (0.10, "*"))


@dataclass(frozen=True)
class House:
    """How a journal prints tables.

    Parameters
    ----------
    levels
        Levels of significance and their stars; none where it prints no stars.
    zeros
        Whether a zero stands before the decimal point.
    opening
        What opens the notes.
    stars_first
        Whether what stars mean stands before the other notes.
    top_rules
        Rules above the heads.
    numbered
        Whether columns of estimates have numbers.
    """

    levels: tuple[tuple[float, str], ...] = USUAL_LEVELS
    zeros: bool = True
    opening: str = ""
    stars_first: bool = False
    top_rules: int = 1
    numbered: bool = False

    def cell(self, text: str) -> str:
        """Return a text with the zeros that the style prints."""
        return text if self.zeros else ZERO.sub("", text)


HOUSES = {
    "plain": House(),
    # the American Economic Association prints no stars
    "aer": House(levels=(), opening="Notes: ", top_rules=2, numbered=True),
    # the American Marketing Association's tables: no zero before any decimal point,
    # asterisks explained first, then all else behind "Notes:"; stars from 0.05 on are
    # the journal's custom
    "jm": House(
        levels=((0.001, "***"), (0.01, "**"), (0.05, "*")),
        zeros=False,
        opening="Notes: ",
        stars_first=True,
    ),
}
