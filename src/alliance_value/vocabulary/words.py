"""What a study calls its units -> sentences in its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PROSE = ["step", "unit", "why", "note"]
PLACE = re.compile(r"\{(entit(?:y|ies)|times?)\}", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """What the entities and times of a study are called, one and several.

    A text names them as ``{entity}``, ``{entities}``, ``{time}`` and ``{times}``, with
    a capital where a sentence begins.
    """

    entity: str = "entity"
    entities: str = "entities"
    time: str = "period"
    times: str = "periods"

    def say(self, text: str) -> str:
        """Fill a text's places with the study's words."""
        return PLACE.sub(self.word, text)

    def fill(self, table: pd.DataFrame) -> pd.DataFrame:
        """Fill the places in a table's columns of prose."""
        prose = table.columns.intersection(PROSE)
        return table.assign(
            **{name: table[name].map(self.say, na_action="ignore") for name in prose}
        )

    def word(self, place: re.Match[str]) -> str:
        """Return the word for a place, with a capital where the place has one."""
        name = place[1]
        word: str = getattr(self, name.lower())
        return word[:1].upper() + word[1:] if name[0].isupper() else word
