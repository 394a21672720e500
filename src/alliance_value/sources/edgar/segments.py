"""An annual report's instance -> the units of its segment note, with their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from alliance_value.sources.edgar.instances import Fact, Instance

# Axes on which segments stand, and those that may stand beside them.
SEGMENTS = re.compile(r"Segments?(?:ReportingInformationBySegment)?Axis$")
BESIDE = re.compile(r"ConsolidationItems|SegmentGroup|SegmentsGroup|ReportableSegment")
SALES = re.compile(r"Revenue|Sales(?!person|force)")
NO_SALES = re.compile(
    r"Cost|Tax|Expense|Deferred|Proceeds|Percent|Gain|Loss|Receivable|Unbilled"
    r"|Interest|Related|Intersegment|Increase|Securit|OfAsset|Discontinued|Backlog"
)
# What is measured of segments alone, and not of products that share their axis.
RESULT = re.compile(r"OperatingIncome|IncomeLoss|Profit|OperatingExpenses|CostsAndExp")
RESIDUAL = re.compile(
    r"Corporate|Eliminat|Reconcil|Unallocated|Intersegment|Consolidat|OperatingSegments"
    r"|ReportableSegmentAgg|SegmentTotal|^Total|Domain$|ReportableSegments?Member$"
)
NOTE = re.compile(r"^SegmentReporting(?:Disclosure|Information)\w*TextBlock$")
OF_SEGMENTS = re.compile(r"\b(?:operating|reportable|reporting|business) segments?\b")
YEAR_DAYS = (350, 380)
CLOSING_DAYS = 7
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@dataclass(frozen=True)
class Unit:
    """A unit of a firm's segment note.

    Parameters
    ----------
    member
        Its member of the axis.
    words
        Its name in words.
    group
        Words of members that stand beside it on further axes.
    sales
        Its sales of the year, in the filing's currency.
    result
        Whether a result is measured for it, as for a segment.
    """

    member: str
    words: str
    group: str
    sales: float
    result: bool


def units_of(instance: Instance) -> list[Unit]:
    """Return the units of a filing's segment axis that have sales of the year.

    Where a result is measured for some members, those without are products or regions
    that share the axis, and no units. What reconciles segments to totals is none.
    """
    facts = [f for f in instance.facts if member_of(f) and of_year(f, instance)]
    results = {member_of(f) for f in facts if RESULT.search(f.tag)}
    sales = [f for f in facts if is_sales(f.tag)]
    counts: dict[str, set[str]] = {}
    for fact in sales:
        counts.setdefault(fact.tag, set()).add(member_of(fact))
    if not counts:
        return []
    tag = max(counts, key=lambda name: (len(counts[name]), -len(name), name))
    best: dict[str, Fact] = {}
    for fact in sorted(
        (f for f in sales if f.tag == tag), key=lambda f: len(f.members)
    ):
        best.setdefault(member_of(fact), fact)
    if results & best.keys():
        best = {name: fact for name, fact in best.items() if name in results}
    return [
        Unit(
            member=name,
            words=in_words(name),
            group=", ".join(
                in_words(member)
                for axis, member in fact.members
                if not SEGMENTS.search(axis) and not RESIDUAL.search(member)
            ),
            sales=fact.value,
            result=name in results,
        )
        for name, fact in sorted(best.items())
    ]


def is_sales(tag: str) -> bool:
    """Return whether a tag stands for sales, with or without taxes on them."""
    bare = re.sub(r"(?:In|Ex)cludingAssessedTax$", "", tag)
    return bool(SALES.search(bare)) and not NO_SALES.search(bare)


def member_of(fact: Fact) -> str:
    """Return the unit of which a fact speaks; empty where it speaks of none alone."""
    units = [member for axis, member in fact.members if SEGMENTS.search(axis)]
    others = [a for a, _ in fact.members if not SEGMENTS.search(a)]
    if len(units) != 1 or RESIDUAL.search(units[0]):
        return ""
    return units[0] if all(BESIDE.search(axis) for axis in others) else ""


def of_year(fact: Fact, instance: Instance) -> bool:
    """Return whether a fact is of the fiscal year that the report closes."""
    if not fact.start:
        return False
    length = (day(fact.end) - day(fact.start)).days + 1
    apart = abs((day(fact.end) - instance.closing.date()).days)
    return YEAR_DAYS[0] <= length <= YEAR_DAYS[1] and apart <= CLOSING_DAYS


def day(text: str) -> date:
    """Return the day of a text such as 2023-09-30."""
    return date.fromisoformat(text[:10])


def in_words(member: str) -> str:
    """Return a member's name as words, such as rest of asia pacific."""
    bare = re.sub(
        r"(?:Reportable|Operating|Business)?(?:Segments?)?Member$", "", member
    )
    return " ".join(WORD.findall(bare)).lower()


def note_of(instance: Instance) -> tuple[str, str]:
    """Return the text block that tells of segments, and its tag; empty without one."""
    notes = {t: x for t, x in instance.texts.items() if NOTE.match(t)}
    if not notes:
        notes = {t: x for t, x in instance.texts.items() if OF_SEGMENTS.search(x)}
    if not notes:
        return "", ""
    tag = max(notes, key=lambda t: (len(OF_SEGMENTS.findall(notes[t])), t))
    return notes[tag], tag
