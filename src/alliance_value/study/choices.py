"""The vocabulary -> the tables of choices in pages that people write.

A page marks the place of a table by its name in comments of HTML; what stands between
them is written by ``python -m alliance_value.study.choices``, never by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from alliance_value.study.estimators import errors_of
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import (
    Estimator,
    EventTest,
    Exhibit,
    Figure,
    Measure,
    NormalReturn,
    Reader,
    StandardError,
    Table,
)
from alliance_value.vocabulary.words import Words

PAGES = ("config/README.md",)
PLACE = re.compile(r"(<!-- choices: ([a-z ]+) -->\n).*?(<!-- end of choices -->)", re.S)
Rows = Iterable[tuple[str, ...]]


def estimators() -> Rows:
    """Yield what is said of estimators."""
    yield "estimator", "what it does", "also needs", "also takes", "standard errors"
    for entry in entries(Estimator).values():
        yield (
            code(entry.name),
            entry.words,
            codes(entry.needs),
            codes(entry.takes),
            codes(errors_of(entry)),
        )


def standard_errors() -> Rows:
    """Yield what is said of standard errors."""
    yield "standard errors", "what they are", "clusters", "follow"
    for entry in entries(StandardError).values():
        upto = "" if entry.exactly or entry.dimensions < 2 else "up to "
        clusters = f"{upto}{entry.dimensions}" if entry.by_cluster else ""
        yield code(entry.name), entry.words, clusters, entry.source


def exhibits(kind: type[Exhibit]) -> Rows:
    """Yield what is said of kinds of tables or figures."""
    yield f"kind of {kind.kind}", "what it shows", "needs", "takes", "asks of the study"
    for entry in entries(kind).values():
        yield (
            code(entry.name),
            entry.label,
            codes(entry.needs),
            codes(entry.takes),
            codes(entry.asks),
        )


def readers() -> Rows:
    """Yield what is said of readers."""
    yield "source", "reader", "what it reads", "needs", "takes"
    for entry in sorted(entries(Reader).values(), key=lambda r: (r.of, r.name)):
        yield (
            code(entry.of),
            code(entry.name),
            entry.reads or entry.label,
            codes(entry.needs),
            codes(entry.takes),
        )


def methods(kind: type[Measure | NormalReturn | EventTest], head: str) -> Rows:
    """Yield what is said of measures, of normal returns or of tests."""
    yield head, "what it is", "follows"
    for entry in entries(kind).values():
        yield code(entry.name), entry.words or entry.label, entry.source


TABLES: dict[str, Callable[[], Rows]] = {
    "estimators": estimators,
    "standard errors": standard_errors,
    "tables": lambda: exhibits(Table),
    "figures": lambda: exhibits(Figure),
    "readers": readers,
    "measures": lambda: methods(Measure, "measure"),
    "normal returns": lambda: methods(NormalReturn, "model of normal returns"),
    "event tests": lambda: methods(EventTest, "test"),
}


def code(text: str) -> str:
    """Return a name as a page shows it."""
    return f"`{text}`"


def codes(names: Iterable[str]) -> str:
    """Return several names as a page shows them."""
    return ", ".join(map(code, names))


def grid(rows: Rows) -> str:
    """Return rows, the first of them heads, as a table of Markdown."""
    say = Words().say
    lines = ["| " + " | ".join(map(say, row)) + " |\n" for row in rows]
    width = lines[0].count("|") - 1
    return "".join([lines[0], "|" + "---|" * width + "\n", *lines[1:]])


def filled(page: str) -> str:
    """Return a page with every table of choices as the vocabulary has it."""
    return PLACE.sub(lambda m: f"{m[1]}{grid(TABLES[m[2]]())}{m[3]}", page)


def main() -> None:
    """Write the tables into the pages of the checkout."""
    for name in PAGES:
        path = Path(name)
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
