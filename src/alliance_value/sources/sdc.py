"""SDC Platinum download files -> deals and their participants, one row each."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from alliance_value.contracts.alliances import KNOWN_STATUS, Alliances
from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.tables import conform
from alliance_value.sources.read_file import decode, unreadable

FILE, ROW = "file", "row"
DEAL = "Deal Number"
TRAILER = "Session Details"
DATES = {
    "announced": "Alliance Date Announced",
    "effective": "Date Effective",
    "terminated": "Date Alliance Terminated",
}
FLAGS = {
    "announced_estimated": "Date Announced Estimated",
    "marketing": "Marketing Flag",
    "research": "R&D Flag",
    "licensing": "Licensing Services Flag",
    "manufacturing": "Manufacturing Flag",
    "supply": "Supply Flag",
    "joint_venture": "Joint Venture Flag",
    "cross_border": "Cross Border Alliance",
    "technology_transfer": "Technology Transfer",
}
PARTY = {
    "name": "Participants in Venture / Alliance (Short Name)",
    "cusip6": "Participant CUSIP",
    "parent_cusip6": "Participant Ultimate Parent CUSIP",
    "parent_name": "Participant Ultimate Parent Name",
    "sic": "Participant Primary SIC Code",
    "nation": "Participant Ultimate Parent Nation",
    "state": "Participant State Code",
}
REQUIRED = [DEAL, DATES["announced"], "Status", PARTY["name"]]
TRUE, FALSE = {"Y", "YES", "1", "TRUE"}, {"N", "NO", "0", "FALSE", ""}
# Years 00 to 30 are of this century: SDC's alliances begin in the 1980s.
CENTURY_PIVOT = 30
REPEAT_DAYS = 3


@dataclass(frozen=True)
class Deals:
    """What the download files hold.

    Parameters
    ----------
    alliances
        Canonical alliances.
    parties
        alliance, position and the participants' columns as printed.
    rejects, decisions
        What was left out or repaired, and what was decided on the way.
    """

    alliances: pd.DataFrame
    parties: pd.DataFrame
    rejects: pd.DataFrame
    decisions: tuple[str, ...]


def read_deals(paths: Sequence[str | Path]) -> Deals:
    """Read download files and settle what they print in many ways.

    Page headers, repeated column heads and the session's trailer are skipped; a line
    without deal number and status continues the deal above it; a cell with several
    lines holds one participant a line. Two-digit years up to 30 are of this century.
    A blank flag means no. A termination before the announcement is taken for missing.
    Rejected: deals of unknown status, without a readable announcement date, with fewer
    than two participants, repeated numbers, and repeats of the same parents within
    three days of an earlier deal.

    Raises
    ------
    UserError
        A file is damaged or lacks columns; all files' problems at once.
    """
    problems: list[Problem] = []
    parts, decisions = [], []
    for path in map(Path, paths):
        lines, words = printed_lines(path, problems)
        parts.append(lines)
        decisions += [f"{path.name}: {word}" for word in words]
    raise_if(problems, "the alliance files")
    lines = pd.concat(parts, ignore_index=True)
    log: list[pd.DataFrame] = []
    starts = lines[DEAL].ne("") | lines["Status"].ne("")
    lines["deal"] = lines[DEAL].where(starts).ffill()
    deals = lines[starts & lines["deal"].notna()].copy()
    twice = deals.duplicated("deal")
    deals = drop(deals, twice, "repeated_deal_number", DEAL, log)
    parties = participants_of(lines[lines["deal"].notna()], deals)
    table = typed_deals(deals, log)
    count = parties.groupby("alliance").position.max().reindex(table.index).fillna(0)
    table = drop(table, count < 2, "fewer_than_two_participants", PARTY["name"], log)
    again = repeats(table, parties)
    table = drop(table, again, "repeated_within_three_days", DEAL, log)
    alliances = conform(table[list(Alliances.to_schema().columns)], Alliances)
    kept = parties[parties.alliance.isin(alliances.alliance)]
    return Deals(
        alliances=alliances.sort_values("alliance", ignore_index=True),
        parties=kept.reset_index(drop=True),
        rejects=collect(log),
        decisions=tuple(decisions),
    )


def printed_lines(
    path: Path, problems: list[Problem]
) -> tuple[pd.DataFrame, list[str]]:
    """Return a file's lines under its column heads, without page furniture."""
    text, encoding = decode(path, "auto")
    try:
        records = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise unreadable(path, "is no readable CSV file", str(error)) from None
    head = next((n for n, r in enumerate(records) if DEAL in r), None)
    if head is None:
        problems.append(
            Problem(
                rule=f"no line holds the column head '{DEAL}'",
                remedy="export the alliances with their deal numbers",
                where=path.name,
            )
        )
        return pd.DataFrame(), []
    header = [h.strip() for h in records[head]]
    problems += [
        Problem(
            rule=f"there is no column '{name}'",
            remedy=nearest(name, header),
            where=path.name,
            row=head + 1,
        )
        for name in REQUIRED
        if name not in header
    ]
    body, numbers, pages = [], [], 0
    for number, record in enumerate(records[head + 1 :], start=head + 2):
        cells = [c.strip(" \f\r\t") for c in record]
        if cells and cells[0] == TRAILER:
            break
        if record and record[0].startswith("\f"):
            pages += 1
        elif cells != header and any(cells) and len(cells) == len(header):
            body.append(cells)
            numbers.append(number)
        elif any(cells) and cells != header:
            problems.append(
                Problem(
                    rule=f"the line has {len(cells)} cells, the head {len(header)}",
                    remedy="mend the line or export the file again",
                    where=path.name,
                    row=number,
                )
            )
    table = pd.DataFrame(body, columns=range(len(header)), dtype="str")
    first = [n for n, h in enumerate(header) if h and h not in header[:n]]
    table = table[first].set_axis([header[n] for n in first], axis=1)
    columns = [*table.columns, *missing_columns(table)]
    table = table.reindex(columns=columns, fill_value="")
    words = [f"encoding {encoding}", f"{pages} page headers skipped"]
    if len(first) < len(header):
        words.append("columns that stand twice are read once")
    table[FILE] = path.name
    table[ROW] = numbers
    return table, words


def missing_columns(table: pd.DataFrame) -> list[str]:
    """Return optional columns that a file does not have."""
    known = [*DATES.values(), *FLAGS.values(), *PARTY.values()]
    known.append("Primary SIC Code of Alliance")
    return [c for c in known if c not in table.columns and c not in REQUIRED]


def participants_of(lines: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Return one row per participant, from cells with several lines and from lines.

    A file line that belongs to a repeated deal number adds to the deal above it only
    where it is that deal's own line.
    """
    own = lines.index.isin(deals.index)
    first_line = pd.Series(lines.index, lines.index).where(own).ffill()
    owner = first_line.map(deals["deal"])
    split = {k: lines[c].str.split("\n") for k, c in PARTY.items()}
    depth = split["name"].map(len)
    even = {
        k: pd.Series(
            [
                [v.strip() for v in cell] + [""] * (n - len(cell))
                if len(cell) <= n
                else [v.strip() for v in cell][:n]
                for cell, n in zip(cells, depth, strict=True)
            ],
            index=lines.index,
        )
        for k, cells in split.items()
    }
    table = pd.DataFrame({"alliance": owner, **even}).explode(list(PARTY))
    table = table[table.alliance.notna() & table.name.fillna("").ne("")]
    table = table.astype("string").replace({"": pd.NA})
    table["position"] = table.groupby("alliance").cumcount() + 1
    return table.reset_index(drop=True)[["alliance", "position", *PARTY]]


def typed_deals(deals: pd.DataFrame, log: list[pd.DataFrame]) -> pd.DataFrame:
    """Return deals with dates, flags and known statuses, indexed by deal number."""
    table = deals.assign(alliance=deals["deal"].astype("string"))
    unknown = ~table["Status"].isin(KNOWN_STATUS)
    table = drop(table, unknown, "unknown_status", "Status", log)
    for name, column in DATES.items():
        table[name] = printed_date(table[column])
    lost = table.announced.isna()
    table = drop(table, lost, "announcement_date_unreadable", DATES["announced"], log)
    for name in ("effective", "terminated"):
        bad = table[name].isna() & table[DATES[name]].ne("")
        repair(table, bad, "date_unreadable", DATES[name], log)
    backward = table.terminated < table.announced
    repair(table, backward, "terminated_before_announced", DATES["terminated"], log)
    table["terminated"] = table.terminated.mask(backward)
    for name, column in FLAGS.items():
        printed = table[column].str.upper()
        strange = ~printed.isin(TRUE | FALSE)
        repair(table, strange, "unknown_flag_taken_for_no", column, log)
        table[name] = printed.isin(TRUE)
    sic = table["Primary SIC Code of Alliance"].str.extract(r"(\d{3,4})")[0]
    table["sic"] = sic.astype("string")
    table["status"] = table["Status"].astype("string")
    return table.set_index("alliance", drop=False)


def printed_date(cells: pd.Series) -> pd.Series:
    """Return mm/dd/yy, mm/dd/yyyy or yyyy-mm-dd as dates; anything else is missing."""
    parts = cells.str.extract(r"^(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})$")
    year = pd.to_numeric(parts[2])
    short = parts[2].str.len() == 2
    year = year.mask(short & (year <= CENTURY_PIVOT), year + 2000)
    year = year.mask(short & (pd.to_numeric(parts[2]) > CENTURY_PIVOT), year + 1900)
    text = year.astype("Int64").astype("string") + "-" + parts[0] + "-" + parts[1]
    slashed = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    iso = pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")
    return slashed.fillna(iso)


def repeats(table: pd.DataFrame, parties: pd.DataFrame) -> pd.Series:
    """Return deals of the same parents within three days after another deal."""
    name = parties.parent_name.fillna(parties.name).str.upper().str.strip()
    names = name.groupby(parties.alliance).agg(lambda n: "|".join(sorted(n)))
    keyed = pd.DataFrame({"pair": names.reindex(table.index), "at": table.announced})
    keyed = keyed.sort_values(["pair", "at"], kind="stable")
    since = keyed.groupby("pair")["at"].diff()
    close = since <= pd.Timedelta(days=REPEAT_DAYS)
    return close.reindex(table.index).fillna(False)


def drop(
    table: pd.DataFrame,
    broken: pd.Series,
    rule: str,
    column: str,
    log: list[pd.DataFrame],
) -> pd.DataFrame:
    """Leave rows out and note them."""
    bad = table[broken.to_numpy(bool)]
    log.append(
        rejects(
            file=bad[FILE],
            row=bad[ROW],
            column=column,
            value=bad[column],
            rule=rule,
            action="rejected",
        )
    )
    return table[~broken.to_numpy(bool)]


def repair(
    table: pd.DataFrame,
    broken: pd.Series,
    rule: str,
    column: str,
    log: list[pd.DataFrame],
) -> None:
    """Note cells that are taken for missing or no."""
    bad = table[broken.to_numpy(bool)]
    log.append(
        rejects(
            file=bad[FILE],
            row=bad[ROW],
            column=column,
            value=bad[column],
            rule=rule,
            action="repaired",
        )
    )
