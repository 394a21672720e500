"""Licensed tables and their study -> names and codes of firms, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

WORD = re.compile(r"\d+(?:\.\d+)+(?:[eE][-+]?\d+)?|[^\W_]+")
# Legal forms, which results may leave away.
FORMS = frozenset(
    "ab ag and bv co com company corp corporation group holding holdings inc "
    "incorporated kg limited llc lp ltd nv of oyj plc sa sarl se spa the".split()
)
# Ends of the names, letters alone, that vendors give to columns of names and codes.
VENDORS = tuple(
    "cik comnam companyname conm conml cusip cusip6 cusip8 cusip9 dealnumber firmname "
    "gvkey isin issuername issuernm legalname lei parentname participantname permco "
    "permno securityname securitynm sedol shortname ticker tickersymbol tradingsymbol "
    "tsymbol".split()
)
WHOLE_NAMES = frozenset(
    "company firm firms issuer name names parent participant ric security symbol tic "
    "unternehmen entity firma emittent".split()
)
NUMBERED = ("dealnumber", "cusip", "gvkey", "permno", "permco", "cik")
# Keys of a source that name a column of firms or securities.
DECLARED = ("entity", "security", "firm", "event", "name")
# Values of which so many belong to one firm each name firms.
OWN = 0.9
SHORT, LETTERS, CODE = 4, 7, 5
# So many names that are common words, or short, are no coincidence.
SEVERAL = 3
# So many numbers are identifiers where most numbers of their length are.
NUMBERS = 5
# A list of values in one cell, with their counts.
ITEM = re.compile(r"[,;|\n]\s*|\s\(\d[\d,]*\)")


@dataclass
class Names:
    """Names and codes of firms, by how they can be told from other words.

    Parameters
    ----------
    phrases
        Names of several words, by their first word.
    words
        Single words of four letters or more, and codes of letters and digits.
    short
        Shorter ones, as they stand: only a cell that holds nothing else is one.
    numbers
        Codes that are whole numbers.
    """

    phrases: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    short: set[str] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        """Return how many there are."""
        phrases = sum(map(len, self.phrases.values()))
        return phrases + len(self.words) + len(self.short) + len(self.numbers)

    def add(self, value: str) -> None:
        """Add a name or a code."""
        value = value.strip()
        if number := re.fullmatch(r"(\d{1,15})(?:\.0+)?", value):
            self.numbers.add(int(number[1]))
            if value.startswith("0") and len(value) >= CODE:
                self.words.add(value)
            return
        full = tuple(WORD.findall(value.casefold()))
        core = tuple(word for word in full if word not in FORMS)
        long = {words for words in (full, core) if sum(map(len, words)) >= LETTERS}
        for words in long:
            if len(words) > 1:
                self.phrases.setdefault(words[0], set()).add(words)
        single = {words[0] for words in (full, core) if len(words) == 1}
        self.words |= set(filter(is_word, single))
        if core not in long and not any(map(is_word, single)):
            self.short.add(value)

    def is_one(self, cell: str) -> bool:
        """Whether a cell holds a single word that is a name, and nothing else."""
        return cell in self.short or cell.casefold() in self.words

    def leave_out(self, text: str) -> None:
        """Forget what the authors themselves write."""
        spoken = tuple(WORD.findall(text.casefold()))
        for phrase in self.in_words(spoken):
            self.phrases[phrase[0]].discard(phrase)
        self.words -= set(spoken)

    def in_words(self, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Yield the names of several words that stand in a text."""
        for place, word in enumerate(words):
            for phrase in tuple(self.phrases.get(word, ())):
                if words[place : place + len(phrase)] == phrase:
                    yield phrase


def is_word(word: str) -> bool:
    """Whether a single word is long enough to be told from others in a text."""
    if word.isdigit():
        return False
    return len(word) >= (SHORT if word.isalpha() else CODE)


def naming_columns(
    table: pl.DataFrame, section: Mapping[str, Any], own: Collection[str]
) -> list[str]:
    """Return the columns of a source's table that name firms or securities.

    They are those that the study declares, those that vendors call so, and those of
    text whose values belong to one firm each.

    Parameters
    ----------
    table
        The table, or its first part.
    section
        What the study says of the source.
    own
        Further columns that the study says to name firms.
    """
    declared = {section[key] for key in DECLARED if isinstance(section.get(key), str)}
    declared |= set(own)
    naming = [
        column
        for column in table.columns
        if column in declared
        or letters(column) in WHOLE_NAMES
        or letters(column).endswith(VENDORS)
    ]
    entity = section.get("entity", "")
    if entity in table.columns:
        naming += [
            column
            for column in table.columns
            if column not in naming and belongs(table, column, entity)
        ]
    return naming


def letters(column: str) -> str:
    """Return a column's name without what is no letter or digit."""
    return re.sub(r"[\W_]", "", column.lower())


def belongs(table: pl.DataFrame, column: str, entity: str) -> bool:
    """Whether a column holds texts that belong to one firm each."""
    if table[column].dtype != pl.String:
        return False
    filled = table.select(entity, column).filter(
        pl.col(column).str.strip_chars().str.contains(r"\p{L}")
    )
    if len(filled) < len(table) / 2:
        return False
    firms = filled.group_by(column).agg(pl.col(entity).n_unique().alias("firms"))
    return bool(
        len(firms) >= table[entity].n_unique() / 2
        and (firms["firms"] == 1).mean() >= OWN  # type: ignore[operator]
    )


def values_of(table: pl.DataFrame, columns: Iterable[str]) -> set[str]:
    """Return the values of columns, of a cell with several lines each of them."""
    values: set[str] = set()
    for column in columns:
        texts = table[column].cast(pl.String, strict=False).drop_nulls().unique()
        lines = {line.strip() for text in texts for line in text.splitlines()}
        if letters(column).endswith(NUMBERED):  # a page's foot may stand below it
            lines = {line for line in lines if any(map(str.isdigit, line))}
        values |= lines
    # a page's head may stand again among the rows
    return values - {"", *table.columns}
