"""XBRL instances of annual reports, plain or inline -> facts and texts by context."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import name2codepoint
from pathlib import Path

import pandas as pd

from alliance_value.contracts.access import no_file
from alliance_value.contracts.problems import Problem, UserError, clip
from alliance_value.sources.edgar.sentences import plain
from alliance_value.sources.text_file import unpacked

XBRLI = "{http://www.xbrl.org/2003/instance}"
MEMBER = "{http://xbrl.org/2006/xbrldi}explicitMember"
INLINE = re.compile(r"\{http://www\.xbrl\.org/20\d\d/inlineXBRL\}")
ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]*);")
ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")
LONG = 400  # characters from which a text is a note, whatever its tag
REMEDY = "name the instance of the filing, such as abc-20231231_htm.xml or its .htm"


@dataclass(frozen=True)
class Fact:
    """A number with its tag, period and dimensions (axis -> member)."""

    tag: str
    value: float
    start: str
    end: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Instance:
    """What an annual report's instance says.

    Parameters
    ----------
    file
        The file's name.
    about
        Facts of the cover page, by their tags.
    accession
        The filing's number where the file's name holds it, else empty.
    facts
        Numbers, in the order of the file.
    texts
        Notes without markup, by their tags; of several the longest.
    """

    file: str
    about: dict[str, str]
    accession: str
    facts: list[Fact]
    texts: dict[str, str]

    @property
    def cik(self) -> str:
        """The registrant's CIK, ten digits."""
        return self.about["EntityCentralIndexKey"].zfill(10)

    @property
    def closing(self) -> pd.Timestamp:
        """The last day of the fiscal year."""
        return pd.Timestamp(self.about["DocumentPeriodEndDate"])


def read_instance(path: Path) -> Instance:
    """Read an instance.

    Raises
    ------
    UserError
        The file is not there, no XML, or no instance with a cover page.
    """
    absent = no_file(path)
    subject = f"reading {path.name}"
    if absent is not None:
        raise UserError([absent], subject)
    with unpacked(path) as stream:
        raw = stream.read()
    try:
        root = ElementTree.fromstring(ENTITY.sub(numbered, raw))
    except ElementTree.ParseError as error:
        rule = f"is no XML ({clip(str(error))})"
        raise UserError([Problem(rule, REMEDY, path.name)], subject) from None
    held = dict(contexts(root))
    inline = [e for e in root.iter() if INLINE.match(str(e.tag))]
    cells = inline_cells(inline) if inline else plain_cells(root)
    facts: list[Fact] = []
    about: dict[str, str] = {}
    texts: dict[str, str] = {}
    for tag, context, text, number in cells:
        if context not in held:
            continue
        start, end, members = held[context]
        if number is not None:
            facts.append(Fact(tag, number, start, end, members))
        elif tag.endswith("TextBlock") or len(text) > LONG:
            block = plain(text)
            if len(block) > len(texts.get(tag, "")):
                texts[tag] = block
        elif not members:
            about.setdefault(tag, plain(text))
    lacking = [
        name
        for name in ("EntityCentralIndexKey", "DocumentPeriodEndDate")
        if name not in about
    ]
    unread = not lacking and pd.isna(
        pd.to_datetime(about["DocumentPeriodEndDate"], errors="coerce")
    )
    if lacking or unread:
        named = ", ".join(lacking) or "a DocumentPeriodEndDate that is a day"
        rule = f"is no instance of a report: it lacks {named}"
        raise UserError([Problem(rule, REMEDY, path.name)], subject)
    named_by = ACCESSION.search(path.name)
    accession = named_by.group() if named_by else ""
    return Instance(path.name, about, accession, facts, texts)


def numbered(match: re.Match[bytes]) -> bytes:
    """Return an entity of HTML, which XML does not know, as a number."""
    point = name2codepoint.get(match[1].decode("ascii"))
    return b"&#%d;" % point if point else match[0]


def contexts(
    root: ElementTree.Element,
) -> Iterator[tuple[str, tuple[str, str, tuple[tuple[str, str], ...]]]]:
    """Yield contexts by their names: first day, last day, members by axis."""
    for context in root.iter(f"{XBRLI}context"):
        words = {
            name: next((str(e.text) for e in context.iter(f"{XBRLI}{name}")), "")
            for name in ("startDate", "endDate", "instant")
        }
        members = tuple(
            sorted(
                (local(e.get("dimension", "")), local((e.text or "").strip()))
                for e in context.iter(MEMBER)
            )
        )
        start, end = words["startDate"].strip(), words["endDate"] or words["instant"]
        yield context.get("id", ""), (start, end.strip(), members)


def local(name: str) -> str:
    """Return a qualified name without its prefix; countries keep theirs."""
    prefix, _, bare = name.rpartition(":")
    return name if prefix in ("country", "stpr", "naics", "sic") else bare


Cell = tuple[str, str, str, float | None]


def plain_cells(root: ElementTree.Element) -> Iterator[Cell]:
    """Yield tag, context, text and number of each fact of a plain instance."""
    for element in root:
        context = element.get("contextRef")
        if context is None:
            continue
        tag = element.tag.rpartition("}")[2]
        text = element.text or ""
        is_number = element.get("unitRef") is not None
        number = as_number(text) if is_number else None
        if not is_number or number is not None:
            yield tag, context, text, number


def inline_cells(elements: list[ElementTree.Element]) -> Iterator[Cell]:
    """Yield the same of the facts within a page, with what continues them."""
    further = {e.get("id", ""): e for e in elements if e.tag.endswith("}continuation")}
    for element in elements:
        kind = element.tag.rpartition("}")[2]
        context, tag = element.get("contextRef"), local(element.get("name", ""))
        if context is None:
            continue
        text = "".join(element.itertext())
        if kind == "nonFraction":
            number = as_number(text, element.get("format", ""))
            if number is not None:
                sign = -1.0 if element.get("sign") == "-" else 1.0
                scale = float(10 ** int(element.get("scale") or 0))
                yield tag, context, text, sign * scale * number
        elif kind == "nonNumeric":
            following, seen = element.get("continuedAt", ""), {""}
            while following in further and following not in seen:
                seen.add(following)
                text += " " + "".join(further[following].itertext())
                following = further[following].get("continuedAt", "")
            yield tag, context, text, None


def as_number(text: str, form: str = "") -> float | None:
    """Return a printed number; dashes and words for zero are 0 where the form says."""
    cell = text.strip().replace("\xa0", "").replace(" ", "")
    if "zero" in form or "nocontent" in form:
        return 0.0
    if "comma" in form:
        cell = cell.replace(".", "").replace(",", ".")
    try:
        return float(cell.replace(",", ""))
    except ValueError:
        return None
