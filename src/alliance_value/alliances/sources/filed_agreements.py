"""Contracts that firms filed, and current reports -> alliances and their parties."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances, Participants
from alliance_value.alliances.sources.matching import issuers, match_participants
from alliance_value.alliances.sources.review import (
    apply_decisions,
    matches_to_review,
    read_decisions,
)
from alliance_value.contracts.problems import Problem, gathered, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import conform
from alliance_value.sources.archives import members, named
from alliance_value.sources.edgar.registrants import Registrants
from alliance_value.sources.edgar.sentences import plain, sentences
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_file
from alliance_value.sources.text_file import unpacked
from alliance_value.study.spec import TableFile
from alliance_value.vocabulary.entries import reader

# Words of a title -> the type of alliance; a contract of none of them is no alliance.
TYPES = {
    Alliances.marketing: r"market|co-?brand|promotion|distribut|resell|sponsor|endorse"
    r"|affiliate (?:program|agree)|franchis",
    Alliances.research: r"develop|research|collaborat",
    Alliances.licensing: r"licen[cs]",
    Alliances.manufacturing: r"manufactur",
    Alliances.supply: r"suppl(?:y|ier)|outsourc",
    Alliances.joint_venture: r"joint[ -]venture|owned [0-9.]+% by",
}
ALLIANCE = r"alliance|co-?operat"
NO_ALLIANCE = (
    r"non-?\s?compet|remarketing|joint filing|maintenance|hosting|employ|consult|merger"
    r"|purchase|credit|indenture|underwrit|lease|separation|settlement|agency"
    r"|\bsale of\b|divest|acquisition"
)
ROLE = re.compile(r"\s*[(\[][^)\]]*[)\]]")
# the day of filing in a file's name: Firm_20140520_10-Q_..., FIRM_09_09_1999-EX-10-...
FILED = (
    (re.compile(r"_(\d{8})_"), "%Y%m%d"),
    (re.compile(r"_(\d{1,2}_\d{1,2}_\d{4})(?!\d)"), "%m_%d_%Y"),
)
# The sentence in which a current report tells of an agreement.
ENTERED = re.compile(r"enter(?:ed|s|ing) into|executed|signed", re.IGNORECASE)
PARTNER = re.compile(
    r"\b(?:with|between|among|and|by)\s+((?:[A-Z][\w&.'’-]*\s?,?\s*){1,6}?"
    r"(?:Inc|Incorporated|Corp|Corporation|LLC|L\.L\.C|Ltd|Limited|plc|PLC|AG|S\.A|N\.V"
    r"|GmbH|Company|Co|L\.P|LP|B\.V|KK|K\.K)\b\.?)"
)
ITEM = "Item "
LONGEST_TITLE = 600
COLUMNS = (
    "Filename",
    "Document Name-Answer",
    "Parties-Answer",
    "Agreement Date-Answer",
)
BLANK = (
    Participants.cusip6,
    Participants.parent_cusip6,
    Participants.parent_name,
    "sic",
    "nation",
    "state",
)
STATUS = "Completed/Signed"


@dataclass(frozen=True)
class FiledAlliances:
    """What contracts and current reports give.

    Parameters
    ----------
    alliances, participants
        Canonical tables.
    to_review
        Firms that unmatched parties may be.
    days
        alliance, title, agreed, filed (dates), lag (days), file: when an alliance was
        agreed and became public.
    rejected, decisions
        What was left out, and what was decided, in words.
    """

    alliances: pd.DataFrame
    participants: pd.DataFrame
    to_review: pd.DataFrame
    days: pd.DataFrame
    rejected: pd.DataFrame
    decisions: tuple[str, ...]


@reader(
    "edgar_agreements",
    of="alliances",
    label="contracts filed with the SEC, and current reports (8-K)",
    reads="A table of contracts with Filename, Document Name-Answer, Parties-Answer "
    "and Agreement Date-Answer; current reports by items as JSON, many in a zip.",
    decides=(
        "The title says the type; contracts of no type of alliance are left out.",
        "An alliance is announced on the day of its filing, which is public, and not "
        "on that of the contract; the lag between them is in `alliance_days.csv`.",
        "Parties are matched to the registrants of `sources.tickers` by equal names; "
        "others are proposed in `matches_to_review.csv`. Names hold on their dates "
        "where the tickers have dates, else for all years.",
    ),
    repairs=(
        "Contracts without a day of filing, with one party, or that are no alliance, "
        "are rejected; so are current reports without item 1.01 on an agreement.",
    ),
    stops=("Columns are absent.", "No file tells of an alliance."),
    makes=("alliances", "participants"),
    opens=True,
)
def filed_alliances(
    paths: Sequence[str],
    registrants: Registrants,
    reviewed: RawTable | None = None,
) -> FiledAlliances:
    """Read contracts and current reports and match their parties to registrants.

    Raises
    ------
    UserError
        With the problems of all files.
    """
    problems: list[Problem] = []
    deals: list[dict[str, Any]] = []
    log: list[pd.DataFrame] = []
    for path in map(Path, paths):
        with gathered(problems):
            for name, file in members(path, ""):
                with gathered(problems), named(path, file, name):
                    with unpacked(file) as stream:
                        is_json = stream.read(50).lstrip().startswith(b"{")
                    found = report(file, name) if is_json else contracts(file, name)
                    for deal in found:
                        rule = deal.pop("left_out", "")
                        if not rule:
                            deals.append(deal)
                            continue
                        log.append(
                            rejects(
                                file=name,
                                row=pd.Series([deal["row"]]),
                                column=None,
                                value=deal["title"] or None,
                                rule=rule,
                                action="rejected",
                            )
                        )
    if not problems and not deals:
        rule = "no file tells of an alliance"
        problems.append(Problem(rule, "name a table of contracts, or 8-K reports"))
    raise_if(problems, "the contracts and current reports")
    decisions = read_decisions(reviewed, "cik") if reviewed is not None else None
    return matched(deals, registrants, decisions, collect(log))


def matched(
    deals: Sequence[dict[str, Any]],
    registrants: Registrants,
    decisions: pd.DataFrame | None,
    rejected: pd.DataFrame,
) -> FiledAlliances:
    """Return deals as canonical tables, their parties matched."""
    table = pd.DataFrame(deals)
    columns: dict[str, Any] = {
        Alliances.alliance: table.alliance,
        Alliances.announced: pd.to_datetime(table.filed),
        Alliances.announced_estimated: table.agreed.ne(table.filed),
        Alliances.effective: pd.to_datetime(table.agreed),
        Alliances.terminated: pd.NaT,
        Alliances.status: STATUS,
        **{
            name: table.title.str.contains(words, case=False)
            for name, words in TYPES.items()
        },
        Alliances.cross_border: False,
        Alliances.technology_transfer: False,
        "sic": pd.NA,
    }
    alliances = conform(pd.DataFrame(columns).replace({pd.NA: None}), Alliances)
    parties = pd.DataFrame(
        [
            {
                Alliances.alliance: deal[Alliances.alliance],
                Participants.position: place,
                "name": name,
            }
            for deal in deals
            for place, name in enumerate(deal["parties"], start=1)
        ]
    ).astype({Alliances.alliance: "string", "name": "string"})
    blank = pd.Series(pd.NA, parties.index, dtype="string")
    parties = parties.assign(**dict.fromkeys(BLANK, blank))
    known = issuers(registrants.names, registrants.links, registrants.header)
    participants = match_participants(parties, alliances, known)
    own = dict(zip(table.alliance, table.filer, strict=True))
    filer = participants.alliance.map(own).fillna("")
    first = participants.position.eq(1) & filer.ne("") & participants.firm.isna()
    participants.loc[first, "firm"] = filer[first]
    participants.loc[first, Participants.match_method] = "filer of the report"
    participants.loc[first, Participants.match_score] = 1.0
    participants = conform(participants, Participants)
    to_review = matches_to_review(participants, alliances, known, decisions)
    settled: Sequence[str] = ()
    if decisions is not None:
        participants, settled = apply_decisions(participants, decisions)
    days = table[[Alliances.alliance, "title", "agreed", "filed", "file"]].copy()
    days.insert(
        4, "lag", (pd.to_datetime(days.filed) - pd.to_datetime(days.agreed)).dt.days
    )
    words = (
        f"{len(alliances):,} alliances of {len(participants):,} parties, "
        f"{int(participants.firm.notna().sum()):,} of them matched to registrants",
        f"announced on the day of filing, a median of {days.lag.median():.0f} days "
        "after the agreement",
        *settled,
    )
    return FiledAlliances(alliances, participants, to_review, days, rejected, words)


def kinds(title: str) -> set[str]:
    """Return the types of alliance that a title names."""
    return {n for n, words in TYPES.items() if re.search(words, title, re.IGNORECASE)}


def left_out(title: str, parties: Sequence[str], filed: str) -> str:
    """Return the rule by which a contract is no alliance; empty where it is one."""
    if re.search(NO_ALLIANCE, title, re.IGNORECASE):
        return "contract_is_no_alliance"
    if not kinds(title) and not re.search(ALLIANCE, title, re.IGNORECASE):
        return "contract_of_no_type_of_alliance"
    if not filed:
        return "day_of_filing_missing"
    return "fewer_than_two_participants" if len(parties) < 2 else ""


def contracts(path: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the contracts of a table."""
    raw = read_file(path, TableFile(entity="", file=""))
    raise_if(
        [
            Problem(
                f"there is no column '{column}', which a table of contracts has",
                "name the table of the Contract Understanding Atticus Dataset",
                name,
                1,
            )
            for column in COLUMNS
            if column not in raw.cells
        ],
        f"reading {name}",
    )
    cells = raw.cells[list(COLUMNS)].astype("string").fillna("")
    agreed = pd.to_datetime(cells[COLUMNS[3]], format="%m/%d/%Y", errors="coerce")
    for row, (file, title, parties, _), day in zip(
        raw.rows, cells.itertuples(index=False), agreed, strict=True
    ):
        filed = filing_day(file)
        names = [ROLE.sub("", plain(part)).strip(" ,;") for part in parties.split(";")]
        names = list(dict.fromkeys(part for part in names if part))
        signed = "" if pd.isna(day) else str(day.date())
        known = bool(signed) and (not filed or signed <= filed)
        yield {
            Alliances.alliance: f"{name}:{row}",
            "title": title or file,
            "parties": names,
            "agreed": signed if known else filed,
            "filed": filed,
            "filer": "",
            "file": file,
            "row": int(row),
            "left_out": left_out(title or file, names, filed),
        }


def filing_day(file: str) -> str:
    """Return the day of filing in a file's name, empty where it holds none."""
    for pattern, form in FILED:
        if printed := pattern.search(file):
            try:
                return str(datetime.strptime(printed[1], form).date())
            except ValueError:
                return ""
    return ""


def report(path: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the alliance of a current report, or why it tells of none."""
    with unpacked(path) as stream:
        raw = stream.read()
    needed = ("cik", "company", "filing_date", "period_of_report")
    try:
        held = json.loads(raw)
        lacking = [key for key in needed if not held.get(key)]
    except ValueError as error:
        held, lacking = {}, [f"readable JSON ({error})"]
    raise_if(
        [
            Problem(
                f"is no current report by items: it lacks {word}",
                "name files with cik, company, filing_date and item_1.01",
                name,
            )
            for word in lacking
        ],
        f"reading {name}",
    )
    text = plain(str(held.get("item_1.01") or ""))
    told = [s for s in sentences(text) if ENTERED.search(s) and ITEM not in s[-60:]]
    title = told[0][:LONGEST_TITLE] if told else ""
    others = [other.strip(" ,") for other in PARTNER.findall(title)]
    parties = list(dict.fromkeys([str(held["company"]), *others]))
    filed = str(held["filing_date"])
    why = left_out(title, parties, filed) if text else "no_material_agreement"
    yield {
        Alliances.alliance: name,
        "title": title,
        "parties": parties,
        "agreed": min(str(held["period_of_report"]), filed),
        "filed": filed,
        "filer": str(held["cik"]).zfill(10),
        "file": name,
        "row": 1,
        "left_out": why,
    }
