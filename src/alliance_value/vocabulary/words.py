"""What a study calls its units -> sentences in its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PROSE = ["step", "unit", "why", "note", "method"]
# columns whose texts name the panel's key
OF_ERRORS = ["se_type", "note", "rule", "remedy"]
NAMES = {"firm": "entity", "fiscal_year": "time"}
CROSSED = re.compile(r"\{(entit)y\}-\{time(s?)\}", re.IGNORECASE)
PLACE = re.compile(
    r"\{(entit(?:y|ies)|times?|measures?|cumulated|modelled|measure_unit)\}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Words:
    """What the entities and times of a study are called, one and several.

    A text names them as ``{entity}``, ``{entities}``, ``{time}`` and ``{times}``, with
    a capital where a sentence begins. So it names what is studied around events, one
    and several, cumulated, with its unit, and what its models explain.
    """

    entity: str = "entity"
    entities: str = "entities"
    time: str = "period"
    times: str = "periods"
    measure: str = "return"
    measures: str = "returns"
    cumulated: str = "CAR"
    modelled: str = "returns"
    measure_unit: str = "decimal"

    @property
    def in_percent(self) -> bool:
        """Whether what is studied around events is shown in percent."""
        return self.measure_unit == "decimal"

    def say(self, text: str) -> str:
        """Fill a text's places with the study's words; of a cross-section no times."""
        if not self.time:
            text = CROSSED.sub(lambda at: f"{{{at[1]}{'ies' if at[2] else 'y'}}}", text)
        return PLACE.sub(self.word, text)

    def fill(self, table: pd.DataFrame) -> pd.DataFrame:
        """Fill the places in a table's columns of prose."""
        filled = table.copy()
        for names, write in ((PROSE, self.say), (OF_ERRORS, self.named)):
            for name in table.columns.intersection(names):
                filled[name] = filled[name].map(write, na_action="ignore")
        return filled

    def named(self, text: str) -> str:
        """Return a text that names the panel's key with the study's words for it."""
        return re.sub(
            rf"\b({'|'.join(NAMES)})\b", lambda m: str(getattr(self, NAMES[m[1]])), text
        )

    def word(self, place: re.Match[str]) -> str:
        """Return the word for a place, with a capital where the place has one."""
        name = place[1]
        word: str = getattr(self, name.lower())
        return word[:1].upper() + word[1:] if name[0].isupper() else word
