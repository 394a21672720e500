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
from alliance_value.alliances.sources.matching import (
    issuers,
    match_participants,
    plain_name,
)
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
# The sentence in which one tells of an agreement's end, and the days that it names.
ENDED = re.compile(r"terminat", re.IGNORECASE)
NAMED_DAY = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December) \d{1,2}, \d{4}"
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
        "An alliance ends on the day of which a current report says so (item 1.02), "
        "where it names two of the parties and the day of the agreement.",
        "Parties are matched to the registrants of `sources.tickers` by equal names; "
        "others are proposed in `matches_to_review.csv`. Names hold on their dates "
        "where the tickers have dates, else for all years.",
    ),
    repairs=(
        "Contracts without a day of filing, with one party, or that are no alliance, "
        "are rejected; so are current reports without item 1.01 on an agreement, or "
        "item 1.02 on the end of one that is known, and reports of an agreement that "
        "another party reported before.",
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
    ends: list[dict[str, Any]] = []
    left: list[dict[str, Any]] = []
    for path in map(Path, paths):
        with gathered(problems):
            for name, file in members(path, ""):
                with gathered(problems), named(path, file, name):
                    with unpacked(file) as stream:
                        is_json = stream.read(50).lstrip().startswith(b"{")
                    agreements = (
                        report(file, name) if is_json else contracts(file, name)
                    )
                    for deal in agreements:
                        rule = deal["left_out"]
                        (left if rule else ends if "days" in deal else deals).append(
                            deal | {"file_read": name}
                        )
    if not problems and not deals:
        rule = "no file tells of an alliance"
        problems.append(Problem(rule, "name a table of contracts, or 8-K reports"))
    raise_if(problems, "the contracts and current reports")
    decisions = read_decisions(reviewed, "cik") if reviewed is not None else None
    return matched(deals, ends, left, registrants, decisions)


def rejected(deals: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return the rejects of contracts and reports that are left out."""
    table = pd.DataFrame(deals, columns=["file_read", "row", "title", "left_out"])
    parts = [
        rejects(
            file=part.file_read,
            row=part.row.astype("int64"),
            column=None,
            value=part.title.astype("string").where(part.title.ne("")),
            rule=str(rule),
            action="rejected",
        )
        for rule, part in table.groupby("left_out", sort=False)
    ]
    return collect(parts)


def matched(
    deals: Sequence[dict[str, Any]],
    ends: Sequence[dict[str, Any]],
    left: Sequence[dict[str, Any]],
    registrants: Registrants,
    decisions: pd.DataFrame | None,
) -> FiledAlliances:
    """Return deals as canonical tables, their parties matched and ends dated."""
    known = issuers(registrants.names, registrants.links, registrants.header)
    participants = participants_of(deals, known)
    again = reported_again(deals, participants)
    participants = participants[~participants.alliance.isin(again)]
    why = {"left_out": "agreement_reported_by_another_party"}
    left = [*left, *(d | why for d in deals if d[Alliances.alliance] in again)]
    deals = [deal for deal in deals if deal[Alliances.alliance] not in again]
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
    to_review = matches_to_review(participants, alliances, known, decisions)
    settled: Sequence[str] = ()
    if decisions is not None:
        participants, settled = apply_decisions(participants, decisions)
    over, unknown = ended(ends, alliances, participants, known)
    alliances[Alliances.terminated] = alliances.alliance.map(over)
    participants = conform(described(participants, registrants.about), Participants)
    nations = participants.groupby(Alliances.alliance).nation.nunique()
    alliances[Alliances.cross_border] = alliances.alliance.map(nations).gt(1)
    alliances = conform(alliances, Alliances)
    days = table[[Alliances.alliance, "title", "agreed", "filed", "file"]].copy()
    days.insert(
        4, "lag", (pd.to_datetime(days.filed) - pd.to_datetime(days.agreed)).dt.days
    )
    words = (
        f"{len(alliances):,} alliances of {len(participants):,} parties, "
        f"{int(participants.firm.notna().sum()):,} of them matched to registrants",
        f"announced on the day of filing, a median of {days.lag.median():.0f} days "
        "after the agreement",
        f"{len(over):,} of them end by a current report",
        *settled,
    )
    log = rejected([*left, *unknown])
    return FiledAlliances(alliances, participants, to_review, days, log, words)


def participants_of(
    deals: Sequence[dict[str, Any]], known: pd.DataFrame
) -> pd.DataFrame:
    """Return the parties of deals, or of reports, by the names of the filing's day.

    Who files is a party whatever its name.
    """
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
    filed = pd.DataFrame(
        {
            Alliances.alliance: [deal[Alliances.alliance] for deal in deals],
            Alliances.announced: pd.to_datetime([deal["filed"] for deal in deals]),
        }
    ).astype({Alliances.alliance: "string"})
    participants = match_participants(parties, filed, known)
    own = {deal[Alliances.alliance]: deal["filer"] for deal in deals}
    filer = participants.alliance.map(own).fillna("")
    first = participants.position.eq(1) & filer.ne("") & participants.firm.isna()
    participants.loc[first, "firm"] = filer[first]
    participants.loc[first, Participants.match_method] = "filer of the report"
    participants.loc[first, Participants.match_score] = 1.0
    return conform(participants, Participants)


def ended(
    ends: Sequence[dict[str, Any]],
    alliances: pd.DataFrame,
    participants: pd.DataFrame,
    known: pd.DataFrame,
) -> tuple[dict[str, pd.Timestamp], list[dict[str, Any]]]:
    """Return the day on which alliances end, and the reports that fit none.

    A report fits the one alliance of a day that it names, two of whose parties it names
    too. One that tells of an agreement besides is accounted for by that.
    """
    if not ends:
        return {}, []
    parties = parties_by_deal(participants)
    by_day: dict[str, list[str]] = {}
    for deal, day in zip(alliances.alliance, alliances.effective, strict=True):
        by_day.setdefault(str(day.date()), []).append(deal)
    over: dict[str, pd.Timestamp] = {}
    unknown = []
    named = parties_by_deal(participants_of(ends, known))
    for end in ends:
        own = named[end[Alliances.alliance]]
        fits = {
            deal
            for day in end["days"]
            for deal in by_day.get(day, [])
            if len(own & parties[deal]) > 1
        }
        if len(fits) == 1:
            over.setdefault(fits.pop(), pd.Timestamp(end["agreed"]))
        elif end["alone"]:
            unknown.append(end | {"left_out": "end_of_no_alliance_known"})
    return over, unknown


def reported_again(
    deals: Sequence[dict[str, Any]], participants: pd.DataFrame
) -> set[str]:
    """Return the reports of an agreement that another of its parties reported before.

    They are of one day of agreement, by two firms, and have two parties in common.
    """
    parties = parties_by_deal(participants)
    first: dict[str, list[dict[str, Any]]] = {}
    again = set()
    for deal in sorted(deals, key=lambda deal: str(deal["filed"])):
        name, filer = deal[Alliances.alliance], deal["filer"]
        others = first.setdefault(deal["agreed"], [])
        if filer and any(
            other["filer"] not in ("", filer)
            and len(parties[name] & parties[other[Alliances.alliance]]) > 1
            for other in others
        ):
            again.add(name)
        else:
            others.append(deal)
    return again


def parties_by_deal(participants: pd.DataFrame) -> dict[str, set[str]]:
    """Return the parties of each deal: firms, or names of those that are none."""
    party = participants.firm.fillna(plain_name(participants.name))
    parties: dict[str, set[str]] = {}
    for deal, name in zip(participants.alliance, party, strict=True):
        parties.setdefault(deal, set()).add(name)
    return parties


def described(participants: pd.DataFrame, about: pd.DataFrame) -> pd.DataFrame:
    """Add the industry and place of the parties that are registrants, where known."""
    columns = {str(name): participants.firm.map(about[name]) for name in about}
    return participants.assign(**columns)


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
    """Yield the alliance of a current report and the end of one, or why it has none."""
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
    begun, over = (plain(str(held.get(f"item_1.0{n}") or "")) for n in (1, 2))
    filed = str(held["filing_date"])
    common = {
        Alliances.alliance: name,
        "agreed": min(str(held["period_of_report"]), filed),
        "filed": filed,
        "filer": str(held["cik"]).zfill(10),
        "file": name,
        "row": 1,
        "left_out": "",
    }
    if over:
        title, parties = agreement_in(over, ENDED, str(held["company"]))
        days = pd.to_datetime(NAMED_DAY.findall(title), format="%B %d, %Y")
        yield common | {
            "title": title,
            "parties": parties,
            "days": [str(day.date()) for day in days],
            "alone": not begun,
        }
    if begun or not over:
        title, parties = agreement_in(begun, ENTERED, str(held["company"]))
        why = left_out(title, parties, filed) if begun else "no_material_agreement"
        yield common | {"title": title, "parties": parties, "left_out": why}


def agreement_in(text: str, sign: re.Pattern[str], filer: str) -> tuple[str, list[str]]:
    """Return the sentence that tells of an agreement, and the parties that it names."""
    saying = [s for s in sentences(text) if sign.search(s) and ITEM not in s[-60:]]
    title = saying[0][:LONGEST_TITLE] if saying else ""
    others = [other.strip(" ,") for other in PARTNER.findall(title)]
    return title, list(dict.fromkeys([filer, *others]))
