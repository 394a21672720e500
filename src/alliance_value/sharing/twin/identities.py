"""Names, tickers and codes of firms -> invented ones of the same form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from alliance_value.simulate.names import company_names

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
OVERLAP = 0.5  # columns that share so many of their values name the same things
WIDEST = 18  # digits of a whole number


def is_code(text: str) -> bool:
    """Whether a text is written without blanks and small letters, as codes are."""
    return " " not in text and text.upper() == text


def plain(text: str) -> str:
    """Return an identifier without what files disagree on: zeros in front, case."""
    text = text.strip().removesuffix(".0") if text.endswith(".0") else text.strip()
    return text.lstrip("0") if text.isdigit() else text.casefold()


class Identities:
    """The invented identities of a study, the same in all of its files.

    Columns that share at least half of their values, such as the tickers of firms and
    of events, are one family; a value has one stand-in within its family.

    Parameters
    ----------
    rng
        Draws names and codes.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.families: list[dict[str, str]] = []
        self.real: set[str] = set()
        self.spelled: set[str] = set()
        self.used: set[str] = set()
        self.pools: dict[str, list[str]] = {}

    def stand_ins(self, values: Sequence[str], name: str = "") -> dict[str, str]:
        """Return real value -> invented value for the values of a column.

        Parameters
        ----------
        values
            Different values, none empty.
        name
            The column: where there is a pool of its name, values are taken from there
            in turn, so that columns in the order of their firms agree on them.
        """
        keys = list(dict.fromkeys(plain(v) for v in values))
        self.know(values)
        family = max(
            self.families, key=lambda f: sum(k in f for k in keys), default=None
        )
        if family is None or sum(k in family for k in keys) < OVERLAP * len(keys):
            family = {}
            self.families.append(family)
        fresh = [k for k in keys if k not in family]
        written = {plain(v): v for v in values}
        pool = self.pools.get(name.casefold(), [])[: len(fresh)]
        new = [*pool, *self.invent([written[k] for k in fresh[len(pool) :]])]
        family |= dict(zip(fresh, new, strict=True))
        return {v: like(family[plain(v)], v) for v in values}

    def know(self, values: Iterable[str]) -> None:
        """Note real identities: none is ever invented again."""
        for value in values:
            if len(value.strip()) > 1:  # single characters name nobody
                self.spelled.add(value.strip().casefold())
            self.real |= {plain(value), value.casefold()}

    def invent(self, values: Sequence[str]) -> list[str]:
        """Return as many new identities, each of the form of its value."""
        if not values:
            return []
        if all(v.strip().removesuffix(".0").isdigit() for v in values):
            return self.numbers(values)
        if not all(map(is_code, values)):
            return self.names(values)
        return [self.code(v) for v in values]

    def numbers(self, values: Sequence[str]) -> list[str]:
        """Return whole numbers that no column has, all of one length."""
        longest = max(len(plain(v)) for v in values)
        width = min(max(longest, len(str(2 * len(values)))), WIDEST)
        new: list[str] = []
        while len(new) < len(values):
            codes = map(str, range(9 * 10 ** (width - 1), 10**width))
            free = (code for code in codes if not self.taken(code))
            new += islice(free, len(values) - len(new))
            width += 1
        self.used |= set(new)
        return [str(v) for v in self.rng.permutation(new)]

    def names(self, values: Sequence[str]) -> list[str]:
        """Return names of no real company, of one word where the value is one word."""
        drawn = map(str, company_names(self.rng, 3 * len(values) + 100))
        new: list[str] = []
        for value, name in zip(values, drawn, strict=False):
            short = name if " " in value.strip() else name.split()[0]
            while self.taken(short):
                short = next(drawn)
            self.used.add(short.casefold())
            new.append(short)
        return new

    def code(self, value: str) -> str:
        """Return a code with a letter for each letter and a digit for each digit."""
        for extra in range(100):
            form = value + "A" * (extra // 20)
            drawn = "".join(map(self.character, form))
            if not self.taken(drawn):
                self.used.add(drawn.casefold())
                return drawn
        raise AssertionError("no code of this form is left")

    def taken(self, text: str) -> bool:
        """Whether a real or an invented identity is written so."""
        return text.casefold() in self.real or text.casefold() in self.used

    def character(self, like_this: str) -> str:
        """Return a random letter or digit for one, anything else as it is."""
        for kind in (DIGITS, LETTERS, LETTERS.lower()):
            if like_this in kind:
                return kind[int(self.rng.integers(len(kind)))]
        return "X" if like_this.isalnum() else like_this


@dataclass(frozen=True)
class Drawing:
    """What all files of a twin are drawn with.

    Parameters
    ----------
    identities
        Those of the study.
    named
        Texts that the study file names: as categories they may stay.
    rng
        Draws everything.
    """

    identities: Identities
    named: frozenset[str]
    rng: np.random.Generator


def like(invented: str, value: str) -> str:
    """Write an invented number with the zeros or the decimal point of a real one."""
    if not invented.isdigit():
        return invented
    if value.strip().endswith(".0"):
        return f"{invented}.0"
    return invented.zfill(len(value.strip())) if value.startswith("0") else invented


def relabelled(
    levels: Iterable[str], kept: Iterable[str], rng: np.random.Generator
) -> dict[str, str]:
    """Return category -> itself where it may be kept, else an invented one.

    Codes become other codes of the same form, words become ``group 1`` and so on.
    """
    kept = set(kept)
    levels = list(levels)
    taken = {level.casefold() for level in levels}
    out: dict[str, str] = {}
    maker = Identities(rng)
    maker.real = taken
    for place, level in enumerate(levels, start=1):
        if level in kept:
            out[level] = level
        elif any(c.isdigit() for c in level) and is_code(level):
            out[level] = maker.code(level)
        else:
            out[level] = f"group {place}"
    return out
