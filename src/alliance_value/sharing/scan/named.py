"""What can be read in a file + names of firms -> those that stand in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from alliance_value.sharing.scan.identities import CODE, ITEM, SEVERAL, WORD, Names
from alliance_value.sharing.scan.unpack import Readable

# A word in so many programs of the project is a common one.
COMMON = 3
# Of so few names none is likely to be a word of the project.
FEW = 100
# So many whole numbers are codes where most numbers as long are.
NUMBERS = 5
LONG_NUMBER = re.compile(rf"(?<![\w./+-])\d{{{CODE},}}(?![\w/-]|\.\d)")


def common_words(texts: Iterable[str], spoken: str) -> frozenset[str]:
    """Return the words of the project and of the study, which are no names alone.

    Parameters
    ----------
    texts
        Programs of the project.
    spoken
        What the study file says.
    """
    counts = Counter(word for text in texts for word in set(words_of(text)))
    often = {word for word, times in counts.items() if times >= COMMON}
    return frozenset(often | set(words_of(spoken)))


def words_of(text: str) -> tuple[str, ...]:
    """Return a text's words without case; a number with a decimal mark is one."""
    return tuple(WORD.findall(text.casefold()))


def named_in(
    content: Readable, names: Names, common: Collection[str], written: bool
) -> list[str]:
    """Return names and codes of firms that stand in a file.

    Names of several words, and single words and codes that are no common words, count
    anywhere. In what a program wrote short names and common words count too, where
    cells hold several of them and nothing else. Whole numbers are codes where most
    numbers of their length in a text are.

    Parameters
    ----------
    content
        What can be read in the file.
    names
        Names and codes of firms.
    common
        Words that are no names where they stand alone.
    written
        Whether people wrote the file: a name has a capital there, and a few long
        numbers are examples.
    """
    seen = {n for text in content.texts for n in in_text(text, names, common, written)}
    if written:
        return sorted(seen)
    cells = {cell for row in content.rows for text in row for cell in ITEM.split(text)}
    alone = {cell for cell in map(str.strip, cells) if names.is_one(cell)}
    return sorted(seen | alone if len(alone) >= SEVERAL else seen)


def capitals(word: str) -> re.Pattern[str]:
    """Return the pattern of a word written as names are."""
    return re.compile(rf"\b(?:{word.upper()}|{word.capitalize()})\b")


def in_text(
    text: str, names: Names, common: Collection[str], written: bool
) -> Iterator[str]:
    """Yield the names that stand in a text."""
    words = words_of(text)
    yield from map(" ".join, names.in_words(words))
    single = names.words.intersection(words) - set(common)
    if written:
        single = {word for word in single if not word.isdigit()}
        plain = {word for word in single if word.isalpha()}
        capital = {word for word in plain if capitals(word).search(text)}
        # a common word that the project uses once or twice may be one of many names
        enough = 1 if len(names.words) <= FEW else SEVERAL
        single = (single - plain) | (capital if len(capital) >= enough else set())
    yield from single
    long = set(LONG_NUMBER.findall(text))
    codes = [number for number in long if int(number) in names.numbers]
    if len(codes) >= NUMBERS and 2 * len(codes) >= len(long):
        yield from codes
