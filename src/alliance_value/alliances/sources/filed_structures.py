"""Annual reports -> proposed classes of their units; people's decisions read back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from alliance_value.alliances.coding import ADJUDICATED
from alliance_value.alliances.contracts.alliances import UNIT_CLASSES, CodedUnits
from alliance_value.alliances.sources.lexicon import CLIPPED, proposals, read_note
from alliance_value.contracts.problems import Problem, gathered, nearest, raise_if
from alliance_value.contracts.rejects import rejects
from alliance_value.contracts.storage import conform
from alliance_value.sources.archives import members
from alliance_value.sources.columns import find_columns, texts
from alliance_value.sources.edgar.instances import read_instance
from alliance_value.sources.edgar.segments import Unit, note_of, units_of
from alliance_value.sources.edgar.sentences import sentences
from alliance_value.sources.identifiers import firm_codes
from alliance_value.sources.keys import fiscal_year_of
from alliance_value.sources.raw_table import RawTable, in_places, in_their_files
from alliance_value.sources.text_file import unpacked
from alliance_value.vocabulary.entries import reader

CODER = "lexicon"
SURE_ENOUGH = 0.7  # below it people decide
WHOLE = Unit("", "the whole firm", "", float("nan"), False)
KEY = ["gvkey", "fyear", "unit_name"]
SHEET = [
    *("gvkey", "fyear", "filing_date", "filing_accession", "unit_name", "unit_class"),
    *("coder", "confidence", "sales_share"),
]
EVIDENCE = ["firm_name", "words", "sentence", "text", "second_evidence", "file"]
ACCEPT, REJECT = "accept", "reject"
# "three segments: A, B and C" in the items of an annual report
NAMED = re.compile(
    r"\bsegments\b[^.;:]{0,70}?(?::|\bare\b|\bconsist(?:s|ing)? of\b)\s*"
    r"([A-Z(][^.;:]{4,200})"
)
PARTS = re.compile(r"\s*(?:,|;|\band\b|\(\d\)|\(i+\))\s*")


@dataclass(frozen=True)
class FiledStructures:
    """What annual reports give.

    Parameters
    ----------
    units
        Canonical coded units: proposals that are sure enough, and what people decided.
    to_review
        Proposals that people decide, with their evidence; a coding sheet too.
    proposed
        All proposals with their evidence.
    rejected
        Rejects.
    decisions
        What was proposed and decided, in words.
    """

    units: pd.DataFrame
    to_review: pd.DataFrame
    proposed: pd.DataFrame
    rejected: list[pd.DataFrame]
    decisions: tuple[str, ...] = ()


@reader(
    "edgar_instances",
    of="structures",
    label="units of the segment notes in annual reports, classed by a lexicon",
    reads="XBRL instances, plain or inline, one per annual report; items of 10-K "
    "filings as JSON (item_1, item_7, item_8) are second evidence.",
    decides=(
        "Units are the members of the segment axis with sales of the year; where a "
        "result is measured for some of them, those alone.",
        "A class is proposed from the words of a unit's name, what the note says that "
        "segments are organized by, and the other units; words, sentence and "
        "confidence stand beside it (`structures_proposed.csv`).",
        "Proposals below 0.7 are no coding: they go to `structures_to_review.csv`, of "
        "which a copy with decisions is read back (`sources.reviewed_structures`).",
    ),
    repairs=("An annual report that names no units is one unit, to be reviewed.",),
    stops=("A file is no instance, and no JSON of a 10-K's items.",),
    makes=("coded_units",),
    opens=True,
)
def filed_structures(
    paths: Sequence[str],
    reviewed: RawTable | None = None,
    filed: pd.DataFrame | None = None,
) -> FiledStructures:
    """Propose classes for the units of annual reports and apply what people decided.

    Parameters
    ----------
    paths
        Instances, and JSON files or zip archives of 10-K items.
    reviewed
        A copy of the table to review in which ``decision`` holds accept, reject or a
        class, and ``reviewer`` may name who decided.
    filed
        Days on which annual reports were filed, from `days_of_filing`: instances hold
        none.

    Raises
    ------
    UserError
        With the problems of all files, or decisions that are none.
    """
    problems: list[Problem] = []
    parts: list[pd.DataFrame] = []
    items: list[pd.DataFrame] = []
    for path in map(Path, paths):
        with gathered(problems):
            for name, file in members(path, ""):
                with gathered(problems):
                    if is_json(file):
                        items.append(item_sheet(file, name))
                    else:
                        parts.append(instance_sheet(file, name))
    raise_if(problems, "the annual reports")
    proposed = with_items(parts, items)
    if filed is not None:
        proposed = dated(proposed, filed)
    repeated = proposed.duplicated(KEY)
    log = [
        rejects(
            file=proposed.file[repeated],
            row=pd.Series(1, proposed.index[repeated]),
            column="unit_name",
            value=proposed.unit_name[repeated],
            rule="unit_of_another_filing_of_the_year",
            action="rejected",
        )
    ]
    proposed = proposed[~repeated].reset_index(drop=True)
    nothing = proposed.iloc[:0].assign(decision="")
    decided = nothing
    if reviewed is not None:
        decided, idle = decisions(reviewed, proposed)
        log.append(idle)
    keys = pd.MultiIndex.from_frame(proposed[KEY])
    known = keys.isin(pd.MultiIndex.from_frame(decided[KEY]))
    left_out = decided[decided.decision.eq(REJECT)]
    gone = keys.isin(pd.MultiIndex.from_frame(left_out[KEY]))
    decided = decided.drop(index=left_out.index)
    sure = proposed.confidence.ge(SURE_ENOUGH).to_numpy(bool)
    to_review = proposed[~sure & ~known].assign(decision="", reviewer="")
    units = pd.concat([proposed[(sure | known) & ~gone], decided], ignore_index=True)
    words = (
        f"{len(proposed):,} units of {len(proposed[KEY[:2]].drop_duplicates()):,} "
        f"firm-years are proposed by the lexicon: {int(sure.sum()):,} at a confidence "
        f"of {SURE_ENOUGH} or more, {len(to_review):,} for people to decide, "
        f"{int(known.sum()):,} decided",
    )
    return FiledStructures(canonical(units), to_review, proposed, log, words)


def dated(proposed: pd.DataFrame, filed: pd.DataFrame) -> pd.DataFrame:
    """Fill in the days of filing that proposals lack, with the filings' numbers."""
    keys = pd.MultiIndex.from_frame(proposed[KEY[:2]])
    known = filed.reindex(keys).set_axis(proposed.index)
    lacks = proposed.filing_date.eq("") & known.filed.notna()
    day = known.filed.dt.strftime("%Y-%m-%d")
    return proposed.assign(
        filing_date=proposed.filing_date.mask(lacks, day),
        filing_accession=proposed.filing_accession.mask(lacks, known.adsh),
    )


def is_json(path: Path) -> bool:
    """Return whether a file begins as JSON does."""
    with unpacked(path) as stream:
        return stream.read(200).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")


def instance_sheet(path: Path, name: str) -> pd.DataFrame:
    """Return the proposals for the units of an instance."""
    instance = read_instance(path)
    note, _ = note_of(instance)
    return sheet_of(
        units_of(instance) or [WHOLE],
        note,
        gvkey=instance.cik,
        fyear=fiscal_year(instance.closing),
        filing_date="",
        filing_accession=instance.accession,
        firm_name=instance.about.get("EntityRegistrantName", ""),
        file=name,
    )


@cache
def fiscal_year(closing: pd.Timestamp) -> int:
    """Return the fiscal year that closes on a day."""
    return int(fiscal_year_of(pd.Series([closing])).iloc[0])


def item_sheet(path: Path, name: str) -> pd.DataFrame:
    """Return the proposals for the units that a 10-K's items name in a sentence."""
    with unpacked(path) as stream:
        raw = stream.read()
    needed = ("cik", "period_of_report", "item_1")
    try:
        held: dict[str, Any] = json.loads(raw)
        lacking = [key for key in needed if key not in held]
    except ValueError as error:
        held, lacking = {}, [f"readable JSON ({error})"]
    closing = pd.to_datetime(pd.Series([held.get("period_of_report")]), errors="coerce")
    if not lacking and closing.isna().any():
        lacking = ["a period_of_report that is a day"]
    raise_if(
        [
            Problem(
                f"is no annual report by items: it lacks {word}",
                "name files with cik, period_of_report, item_1, item_7 and item_8",
                name,
            )
            for word in lacking
        ],
        f"reading {name}",
    )
    note = " ".join(str(held.get(f"item_{n}", "")) for n in (1, 7, 8))
    return sheet_of(
        [*units_named(note)] or [WHOLE],
        note,
        gvkey=str(held["cik"]).zfill(10),
        fyear=fiscal_year(closing.iloc[0]),
        filing_date=str(held.get("filing_date", "")),
        filing_accession="",
        firm_name=str(held.get("company", "")),
        file=name,
    )


def units_named(text: str) -> Iterator[Unit]:
    """Yield the units of the first sentence that lists a firm's segments."""
    for sentence in sentences(text):
        listed = NAMED.search(sentence)
        if listed is None:
            continue
        names = [part.strip(" “”\"'()") for part in PARTS.split(listed[1])]
        names = [n for n in names if n[:1].isupper() and len(n.split()) <= 6]
        if len(names) > 1:
            for name in dict.fromkeys(names):
                yield Unit(name, name.lower(), "", float("nan"), False)
            return


def sheet_of(units: Sequence[Unit], note: str, **about: str | int) -> pd.DataFrame:
    """Return a coding sheet of units with the evidence for each class."""
    total = sum(unit.sales for unit in units)
    reading = read_note(note)
    classed, single = proposals(units, reading), reading.single
    rows = []
    for unit, proposal in zip(units, classed, strict=True):
        sentence = proposal.sentence or single
        text = proposal.text or (reading.sentences[single - 1] if single else "")
        rows.append(
            {
                **about,
                "unit_name": unit.words,
                "unit_class": proposal.unit_class,
                "coder": CODER,
                "confidence": proposal.confidence,
                "sales_share": unit.sales / total if total > 0 else float("nan"),
                "words": proposal.words,
                "sentence": sentence,
                "text": text[:CLIPPED],
                "second_evidence": "",
            }
        )
    return pd.DataFrame(rows, columns=[*SHEET, *EVIDENCE])


def with_items(
    parts: Sequence[pd.DataFrame], items: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Return all proposals; where there is an instance, items are evidence alone."""
    empty = pd.DataFrame(columns=[*SHEET, *EVIDENCE])
    filed = pd.concat([*parts], ignore_index=True) if parts else empty
    named = pd.concat([*items], ignore_index=True) if items else empty
    year = ["gvkey", "fyear"]
    words = named.assign(said=named.unit_name + ": " + named.unit_class)
    said = words.groupby(year).said.agg("; ".join)
    own = pd.MultiIndex.from_frame(filed[year])
    filed["second_evidence"] = [said.get(key, "") for key in own]
    others = ~pd.MultiIndex.from_frame(named[year]).isin(own)
    both = [part for part in (filed, named[others]) if len(part)]
    return pd.concat(both or [empty], ignore_index=True)


@reader(
    "review",
    of="reviewed_structures",
    label="decisions on proposed structures",
    reads="A copy of structures_to_review.csv: gvkey, fyear, unit_name, unit_class, "
    "decision and, where someone signs, reviewer.",
    decides=(
        "accept takes the class that was proposed, a class takes that one, reject "
        "leaves the unit out; each settles the unit.",
        "A reviewer's decisions are also those of a coder, whose agreement with the "
        "lexicon is in `lexicon_agreement.csv`.",
    ),
    repairs=("A decision on a unit that is not proposed is rejected.",),
    stops=(
        "A decision is neither accept, reject nor a class.",
        "A unit is decided twice, or cannot be told.",
        "Columns are absent.",
    ),
    makes=("coded_units",),
)
def decisions(
    raw: RawTable, proposed: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what people decided as rows of a sheet; ``adjudicated`` settles a unit.

    A unit with a named reviewer also has a row of theirs, so that the agreement of
    lexicon and reviewer is reported as that of two coders. Decisions on units that are
    not proposed are rejects.

    Raises
    ------
    UserError
        Columns are absent, a decision is neither accept, reject nor a class, or is on a
        unit that has one or cannot be told; all at once.
    """
    names = {name: (name,) for name in (*KEY, "unit_class", "decision")}
    located = find_columns(raw, names, {"reviewer": ("reviewer",)})
    table = pd.DataFrame({n: texts(raw, c) for n, c in located.items()})
    table["decision"] = table.decision.str.strip().str.lower().fillna("")
    known = ("", ACCEPT, REJECT, *UNIT_CLASSES)
    table["gvkey"] = firm_codes(table.gvkey, "cik")
    table["fyear"] = pd.to_numeric(table.fyear, errors="coerce").astype("Int64")
    given = table[table.decision.ne("")]
    blank = given[KEY].isna().any(axis=1).reindex(table.index, fill_value=False)
    again = given.duplicated(KEY).reindex(table.index, fill_value=False) & ~blank
    problems = [
        Problem(rule, remedy, raw.file, int(row), "decision", value)
        for row, value, untold, twice in zip(
            raw.rows, table.decision, blank, again, strict=True
        )
        for rule, remedy, broken in (
            (
                "is no decision",
                f"write accept, reject or a class; {nearest(value, known[1:])}",
                value not in known,
            ),
            ("the unit is decided a second time", "keep one of its decisions", twice),
            ("the unit cannot be told", f"correct {', '.join(KEY)}", untold),
        )
        if broken
    ]
    raise_if(in_places(problems, raw), f"reading {raw.file}")
    there = pd.MultiIndex.from_frame(proposed[KEY])
    idle = given[~pd.MultiIndex.from_frame(given[KEY]).isin(there)]
    log = rejects(
        file=raw.file,
        row=raw.rows[idle.index],
        column=located["unit_name"],
        value=idle.unit_name,
        rule="decision_on_a_unit_that_is_not_proposed",
        action="rejected",
    )
    kept = proposed.merge(
        given[[*KEY, "decision", *(["reviewer"] if "reviewer" in given else [])]],
        on=KEY,
    )
    own = kept.decision.where(kept.decision.ne(ACCEPT), kept.unit_class)
    kept = kept.assign(unit_class=own, confidence=1.0)
    people = kept.get("reviewer", pd.Series("", kept.index)).fillna("").str.strip()
    named = kept.assign(coder=people)[people.ne("")]
    rows = pd.concat([kept.assign(coder=ADJUDICATED), named], ignore_index=True)
    return rows[[*SHEET, *EVIDENCE, "decision"]], in_their_files(log, raw)


def canonical(sheet: pd.DataFrame) -> pd.DataFrame:
    """Return a sheet as coded units."""
    filed = pd.to_datetime(sheet.filing_date, errors="coerce")
    return conform(
        pd.DataFrame(
            {
                "firm": sheet.gvkey.astype("string"),
                "fiscal_year": sheet.fyear.astype("int64"),
                CodedUnits.filed: filed,
                CodedUnits.accession: sheet.filing_accession.replace("", pd.NA),
                CodedUnits.unit_name: sheet.unit_name,
                CodedUnits.unit_class: sheet.unit_class,
                CodedUnits.coder: sheet.coder,
                "confidence": sheet.confidence.astype("float64"),
                "sales": sheet.sales_share.astype("float64"),
            }
        ),
        CodedUnits,
    )
