"""Terms of a model as written in a study file -> products of columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from alliance_value.contracts.problems import clip

FACTORS = 6  # a*b*... of n variables stands for 2**n - 1 terms
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class TermError(ValueError):
    """A term that cannot be read."""


@dataclass(frozen=True)
class Term:
    """A product of columns; one factor is the column itself."""

    factors: tuple[str, ...]

    @property
    def name(self) -> str:
        """The term's name in every output: factors joined by a colon."""
        return ":".join(self.factors)


def expand(text: str) -> list[Term]:
    """Expand one written term: ``a``, ``a:b``, or ``a*b`` for a, b and a:b.

    Raises
    ------
    TermError
        The text is not made of names joined by ``*`` or ``:``.
    """
    groups = [part.strip() for part in text.split("*")]
    parsed: list[tuple[str, ...]] = []
    for group in groups:
        factors = tuple(f.strip() for f in group.split(":"))
        bad = [f for f in factors if not NAME.match(f)]
        if bad:
            raise TermError(f"'{clip(text)}' is no term: write a, a:b or a*b")
        parsed.append(factors)
    if len(parsed) > FACTORS:
        raise TermError(
            f"'{clip(text)}' multiplies {len(parsed)} variables out: "
            f"at most {FACTORS}; write the products with ':'"
        )
    subsets: list[tuple[str, ...]] = [()]
    for factors in parsed:
        subsets += [s + factors for s in subsets]
    terms = sorted((s for s in subsets if s), key=len)
    return unique(Term(s) for s in terms)


def expand_all(written: Iterable[str]) -> list[Term]:
    """Expand several written terms; a term that comes twice counts once."""
    return unique(term for text in written for term in expand(text))


def unique(terms: Iterable[Term]) -> list[Term]:
    """Keep the first of terms with the same factors in any order."""
    seen: dict[tuple[str, ...], Term] = {}
    for term in terms:
        seen.setdefault(tuple(sorted(term.factors)), term)
    return list(seen.values())
