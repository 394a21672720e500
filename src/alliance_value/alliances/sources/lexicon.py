"""The name of a unit and its segment note -> a proposed class, with its evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from alliance_value.sources.edgar.segments import Unit
from alliance_value.sources.edgar.sentences import sentences

CLASSES = ("geography", "product", "customer", "function")
MIXED = "mixed"
# Confidence of a name all of whose words decide, of one with words that may mean
# several things, and of one without any such word.
SURE, DOUBTFUL, GUESSED = 0.85, 0.45, 0.2
AGREES, DISAGREES, NO_SEGMENT = 0.1, 0.5, 0.4
ALONE = 0.6  # a name that decides, where neither note nor all other units confirm it
SINGLE = re.compile(
    r"\b(?:one|single|sole|only)\s"
    r"(?:(?:reportable|operating|business|industry|reporting|and|or)[\s,]+){0,4}"
    r"segment\b(?!s)",
    re.IGNORECASE,
)
ORGANIZED = re.compile(
    r"organi[sz]|manage[sd]?\b|\bsegments?\b[^.;]{0,60}"
    r"(?:based on|determined|identif|defined|\bare\b|consist)",
    re.IGNORECASE,
)
# What is disclosed by place or product whatever the segments are.
ENTITY_WIDE = re.compile(
    r"attribut|classified by|long-lived|by location|location of", re.I
)
CLIPPED = 240


@dataclass(frozen=True)
class Reading:
    """What a segment note says of all units.

    Parameters
    ----------
    sentences
        Its sentences, in order.
    bases
        Class -> number of the first sentence that says segments are organized by it.
    single
        Number of the sentence that says the firm is one segment; 0 where none does.
    """

    sentences: tuple[str, ...]
    bases: Mapping[str, int]
    single: int


@dataclass(frozen=True)
class Proposal:
    """A class for a unit.

    Parameters
    ----------
    unit_class, confidence
        What is proposed, and how sure the lexicon is, 0 to 1.
    words
        The words that decided, each with its class.
    sentence
        Number of the sentence of the note that tells of the unit, 0 without one.
    text
        That sentence, clipped.
    """

    unit_class: str
    confidence: float
    words: str
    sentence: int
    text: str


@cache
def lexicon() -> dict[str, Any]:
    """Return the lexicon."""
    path = Path(__file__).with_name("segment_lexicon.yaml")
    held: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return held


@cache
def entries() -> dict[str, tuple[str, bool]]:
    """Return each entry of the lexicon -> its class and whether it decides alone.

    Longer ones come first: they count before their parts.
    """
    every = {
        text: (name, strength == "strong")
        for name in CLASSES
        for strength in ("weak", "strong")
        for text in lexicon()[name][strength]
    }
    order = sorted(every, key=lambda text: (-len(text.split()), text))
    return {text: every[text] for text in order}


def read_note(note: str) -> Reading:
    """Return what a segment note says of all units."""
    parts = tuple(sentences(note))
    bases: dict[str, int] = {}
    single = 0
    for number, sentence in enumerate(parts, start=1):
        if not single and SINGLE.search(sentence):
            single = number
        if not ORGANIZED.search(sentence) or ENTITY_WIDE.search(sentence):
            continue
        for name, phrases in lexicon()["basis"].items():
            if any(phrase in sentence.lower() for phrase in phrases):
                bases.setdefault(name, number)
    return Reading(parts, bases, single)


def matched(words: str) -> tuple[list[tuple[str, str, bool]], list[str]]:
    """Return the entries in a name with class and strength, and the words left over."""
    left = f" {' '.join(re.findall(r'[a-z0-9]+', words.lower()))} "
    hits: list[tuple[str, str, bool]] = []
    for text, (name, decides) in entries().items():
        if f" {text} " in left:
            hits.append((text, name, decides))
            left = left.replace(f" {text} ", " | ")
    neutral = {*lexicon()["neutral"], "|"}
    return hits, [word for word in left.split() if word not in neutral]


def proposals(units: Sequence[Unit], reading: Reading) -> list[Proposal]:
    """Propose a class for each unit of a filing.

    A name all of whose words decide for one class has it, surely where another unit of
    the filing has it too, and the rest lean to it or the note says that segments are
    organized by it. A class of which only weak words tell, or which others
    contradict (`mixed`), is doubtful. What the note says that segments are organized by
    adds or takes confidence; a firm of one segment, or units of which no result is
    measured, are in doubt whatever their names: they are no organization.
    """
    firsts = [first_guess(unit) for unit in units]
    return [
        weighed(unit, guess, [g for m, g in enumerate(firsts) if m != n], reading)
        for n, (unit, guess) in enumerate(zip(units, firsts, strict=True))
    ]


def first_guess(unit: Unit) -> tuple[str, float, str]:
    """Return class, confidence and deciding words by the name of a unit alone."""
    hits, left = matched(unit.words)
    grouped, _ = matched(unit.group)
    every = list(dict.fromkeys([*hits, *grouped]))
    shown = ", ".join(f"{text} ({name})" for text, name, _ in every)
    classes = {name for _, name, _ in every}
    if not every:
        return "product", GUESSED, shown
    if len(classes) > 1:
        return MIXED, DOUBTFUL, shown
    (name,) = classes
    sure = not left and all(strong for _, _, strong in every)
    return name, SURE if sure else DOUBTFUL, shown


def weighed(
    unit: Unit,
    guess: tuple[str, float, str],
    others: Sequence[tuple[str, float, str]],
    reading: Reading,
) -> Proposal:
    """Weigh a guess by the other units and the note."""
    name, confidence, words = guess
    siblings = any(n == name and c == SURE for n, c, _ in others)
    alike = all(n == name and c > GUESSED for n, c, _ in others)
    if confidence == SURE and not (siblings and (alike or name in reading.bases)):
        confidence = ALONE
    if reading.bases:
        agrees = name in reading.bases
        confidence += AGREES if agrees and confidence == SURE else 0.0
        confidence *= 1.0 if agrees or name == MIXED else DISAGREES
    if reading.single or not unit.result:
        confidence = min(confidence, NO_SEGMENT)
    number = sentence_of(unit, reading.sentences)
    text = reading.sentences[number - 1][:CLIPPED] if number else ""
    return Proposal(name, round(confidence, 2), words, number, text)


def sentence_of(unit: Unit, parts: Sequence[str]) -> int:
    """Return the number of the sentence that tells most of a unit; 0 without one."""
    name = re.compile(r"\W+".join(map(re.escape, unit.words.split())), re.IGNORECASE)
    tells = re.compile(r"includ|consist|compris|operates|provides|develop", re.I)
    named = [n for n, text in enumerate(parts, start=1) if name.search(text)]
    telling = [n for n in named if tells.search(parts[n - 1])]
    return (telling or named or [0])[0]
