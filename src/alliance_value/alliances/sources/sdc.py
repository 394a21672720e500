"""SDC Platinum download files -> deals and their participants, one row each."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from alliance_value.alliances.contracts.alliances import (
    KNOWN_STATUS,
    Alliances,
    Participants,
)
from alliance_value.alliances.sources.matching import plain_name
from alliance_value.alliances.sources.sdc_columns import (
    ALLIANCE_SIC,
    DATES,
    DEAL,
    FLAGS,
    NUMBERED,
    PARTY,
    REQUIRED,
    one_block_each,
    sdc_names,
)
from alliance_value.contracts.access import no_file
from alliance_value.contracts.identifiers import ISSUER_CHARACTERS
from alliance_value.contracts.problems import (
    Problem,
    UserError,
    clip,
    gathered,
    nearest,
    raise_if,
)
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import conform
from alliance_value.sources.archives import members, named
from alliance_value.sources.columns import no_column
from alliance_value.sources.dated_columns import vendor_days
from alliance_value.sources.file_kind import kind_of
from alliance_value.sources.fixed_width import fixed_width
from alliance_value.sources.identifiers import (
    changes,
    cusips,
    scientific,
    without_decimals,
)
from alliance_value.sources.printed_dates import dates
from alliance_value.sources.raw_table import PLAIN, RawTable
from alliance_value.sources.read_file import printed_grid
from alliance_value.sources.record import Reading
from alliance_value.sources.text_file import (
    LARGEST_CELL,
    compression,
    decode,
    unreadable,
)
from alliance_value.sources.typed_file import dates_of_columns
from alliance_value.study.spec import TableFile
from alliance_value.vocabulary.entries import reader

FILE, ROW = "file", "row"
TRAILER = "Session Details"
# what is no free text of a participant
CODED = (Participants.cusip6, Participants.parent_cusip6, "sic")
TRUE, FALSE = {"Y", "YES", "1", "TRUE"}, {"N", "NO", "0", "FALSE", ""}
# Years 00 to 30 are of this century: SDC's alliances begin in the 1980s.
CENTURY_PIVOT = 30
REPEAT_DAYS = 3
DELIMITERS = (",", "\t", ";", "|")
STATUS = {name.lower(): name for name in KNOWN_STATUS} | {
    "completed": "Completed/Signed",
    "signed": "Completed/Signed",
}
# LSEG's letters
STATUS |= {
    "c": "Completed/Signed",
    "p": "Pending",
    "r": "Renegotiated",
    "s": "Seeking",
    "t": "Terminated",
    "x": "Expired",
}
# An alliance outside these years is a slip of the pen.
PLAUSIBLE = pd.Timestamp("1950-01-01"), pd.Timestamp("2100-01-01")
NO_NUMBER = "\x00"  # a text file holds none


@dataclass(frozen=True)
class Deals:
    """What the download files hold.

    Parameters
    ----------
    alliances
        Canonical alliances.
    parties
        alliance, position and the participants' columns as printed.
    rejects, decisions, readings
        What was left out or repaired, what was decided on the way, and how each file
        was read.
    """

    alliances: pd.DataFrame
    parties: pd.DataFrame
    rejects: pd.DataFrame
    decisions: tuple[str, ...]
    readings: tuple[Reading, ...] = ()


@reader(
    "sdc",
    of="alliances",
    events=True,
    label="SDC Platinum's or LSEG's downloads of alliances",
    reads="One deal over one line or several, or a report in columns of fixed width.",
    decides=(
        "Delimiter or fixed width, and where the column heads stand.",
        "Two-digit years up to 30 are of this century.",
    ),
    repairs=(
        "Page headers, repeated heads and the session's trailer are skipped.",
        "Dates outside 1950 to 2099, and CUSIPs that are numbers, are missing.",
        "Deals without number, readable day, known status or two parties are rejected, "
        "and those whose number a spreadsheet rounded.",
    ),
    stops=("Columns are absent.", "No deal is left."),
    makes=("alliances", "participants"),
)
def read_deals(paths: Sequence[str | Path], layout: TableFile = PLAIN) -> Deals:
    """Read download files and settle what they print in many ways.

    Cells stand between delimiters or in columns of fixed width, under SDC Platinum's
    or LSEG's names (TR.JV...). Page headers, repeated column heads and the session's
    trailer are skipped; a line without deal number and status continues the deal above
    it, one with the number of a deal and no status continues that deal; a cell with
    several lines holds one participant a line. Two-digit years up to 30 are of this
    century. A blank flag means no. Taken for missing: a termination before the
    announcement, dates outside 1950 to 2099, CUSIPs that could be several (`cusips`).
    Rejected: deals of unknown status, without a number or a readable announcement date,
    with fewer than two participants, a participant that stands twice in its deal, lines
    above the first deal, repeated numbers, and repeats of the same parents within three
    days after another deal. The order of the files and of the deals in them makes no
    difference.

    Raises
    ------
    UserError
        A file is damaged or lacks columns, all files' problems at once; or no deal is
        left.
    """
    problems: list[Problem] = []
    parts, decisions, readings = [], [], []
    for path in sorted(map(Path, paths), key=lambda p: p.name):
        with gathered(problems):
            for name, file in members(path):
                own: list[Problem] = []
                with gathered(problems), named(path, file, name):
                    lines, words, reading = printed_lines(file, own, layout)
                    raise_if(own, f"reading {name}")
                    parts.append(lines.assign(**{FILE: name}))
                    readings.append(replace(reading, file=name))
                    decisions += [f"{name}: {word}" for word in words]
    raise_if(problems, "the alliance files")
    lines = pd.concat(parts, ignore_index=True)
    log: list[pd.DataFrame] = []
    titled = lines[DEAL].where(lines["Status"].ne(""))
    starts = lines["Status"].ne("") | (lines[DEAL].ne("") & ~lines[DEAL].isin(titled))
    number = lines[DEAL].mask(lines[DEAL].eq(""))
    number = number.mask(number.isna() & starts, NO_NUMBER)
    lines["deal"] = number.groupby(lines[FILE]).ffill().replace({NO_NUMBER: pd.NA})
    drop(lines, lines["deal"].isna(), "line_without_deal", PARTY["name"], log)
    deals = lines[starts & lines["deal"].notna()].copy()
    rounded = scientific(deals["deal"].astype("string"))
    deals = drop(deals, rounded, "code_in_scientific_notation", DEAL, log)
    twice = repeated_numbers(deals)
    deals = drop(deals, twice, "repeated_deal_number", DEAL, log)
    parties = participants_of(lines, starts, deals, log)
    table = typed_deals(deals, log)
    count = (
        parties.groupby(Alliances.alliance)
        .position.max()
        .reindex(table.index)
        .fillna(0)
    )
    table = drop(table, count < 2, "fewer_than_two_participants", PARTY["name"], log)
    again = repeats(table, parties)
    table = drop(table, again, "repeated_within_three_days", DEAL, log)
    raise_if(none_left(table, log, readings), "the alliance files")
    alliances = conform(table[list(Alliances.to_schema().columns)], Alliances)
    kept = parties[parties.alliance.isin(alliances.alliance)]
    return Deals(
        alliances=alliances.sort_values(Alliances.alliance, ignore_index=True),
        parties=kept.reset_index(drop=True),
        rejects=collect(log),
        decisions=tuple(decisions),
        readings=tuple(readings),
    )


def none_left(
    table: pd.DataFrame, log: list[pd.DataFrame], readings: Sequence[Reading]
) -> list[Problem]:
    """Return a problem where every deal was rejected, with the rules."""
    if len(table):
        return []
    rows = collect(log)
    counts = rows[rows.action.eq("rejected")].rule.value_counts().sort_index()
    shown = ", ".join(f"{rule} {count:,}" for rule, count in counts.items())
    return [
        Problem(
            rule=f"no deal can be used; rejected: {shown or 'nothing was there'}",
            remedy="check that these are the right files, and their columns",
            where=", ".join(reading.file for reading in readings),
        )
    ]


def records(path: Path, layout: TableFile = PLAIN) -> tuple[pd.DataFrame, pd.Series]:
    """Return a file's lines as they stand, and which of them begin a deal.

    Raises
    ------
    UserError
        The file is no export of alliances.
    """
    problems: list[Problem] = []
    lines, *_ = printed_lines(path, problems, layout)
    raise_if(problems, f"reading {path.name}")
    return lines, lines["Status"].ne("")


def printed_lines(
    path: Path, problems: list[Problem], layout: TableFile = PLAIN
) -> tuple[pd.DataFrame, list[str], Reading]:
    """Return a file's lines under its column heads, without page furniture."""
    absent_file = no_file(path)
    if absent_file is not None:
        raise UserError([absent_file], f"reading {path.name}")
    grid, encoding, delimiter = printed_grid(path, layout), "", ""
    records: list[list[str] | None] = [*(grid or [])]
    if grid is None:
        text, encoding = decode(path, layout.encoding)
        delimiter, records = split_lines(path, text, problems, layout)
    head = next((n for n, r in enumerate(records) if r and is_head(r)), None)
    if head is None:
        shown = records[0] if records and records[0] else []
        problem = Problem(
            rule=f"no line holds the column head '{DEAL}' between others",
            remedy=nearest(DEAL, [clip(c, 40) for c in shown])
            + "; export the alliances with their deal numbers",
            where=path.name,
        )
        raise UserError([problem], f"reading {path.name}")
    header, lseg = sdc_names(records[head] or [])
    problems += [
        no_column(name, header, path.name, head + 1)
        for name in REQUIRED
        if name not in header
    ]
    body, numbers, pages = [], [], 0
    printed = [h.strip(" \f\r\t") for h in records[head] or []]
    for number, record in enumerate(records[head + 1 :], start=head + 2):
        if record is None:
            continue
        cells = [c.strip(" \f\r\t") for c in record]
        if cells and cells[0] == TRAILER:
            break
        if record and record[0].startswith("\f") and len(cells) < len(header):
            pages += 1
        elif cells != printed and any(cells) and len(cells) == len(header):
            body.append(cells)
            numbers.append(number)
        elif any(cells) and cells != printed:
            problems.append(
                Problem(
                    rule=f"the line has {len(cells)} cells, the head {len(header)}",
                    remedy="mend the line or export the file again",
                    where=path.name,
                    row=number,
                )
            )
    if not body:
        raise unreadable(path, "has a header but no rows", "export it again")
    table = pd.DataFrame(body, columns=range(len(header)), dtype="str")
    table, twice = one_column_each(table, header)
    absent = missing_columns(table)
    table = table.reindex(columns=[*table.columns, *absent], fill_value="")
    if lseg and set(REQUIRED) <= set(table.columns):
        table, blocks = one_block_each(table)
        numbers = [numbers[n] for n in table.index]
        twice.append(f"LSEG's column names; {blocks}")
    kind = kind_of(path) if grid else "sdc" if delimiter else "sdc, fixed width"
    how = f"delimiter {delimiter!r}" if delimiter else "columns of fixed width"
    words = [
        *([f"read as {kind}"] if grid else [f"encoding {encoding}", how]),
        f"{pages} page headers skipped",
        *twice,
        *(f"no column '{name}': taken for blank" for name in absent),
    ]
    reading = Reading(
        file=path.name,
        format=kind,
        rows=len(table),
        columns=len(header),
        compression=compression(path),
        encoding=encoding,
        delimiter=delimiter,
        quote='"' if delimiter else "",
        header_row=head + 1,
        dates=dates_of_columns(table[[c for c in DATES.values() if c in table]]),
    )
    table = table.reset_index(drop=True)
    table[DEAL] = without_decimals(table[DEAL])
    marked = [*DATES.values(), *FLAGS.values(), *(PARTY[name] for name in CODED)]
    marked = [name for name in marked if name in table]
    table[marked] = table[marked].mask(table[marked].isin(layout.missing), "")
    rows = pd.Series(numbers, dtype="int64")
    raw = RawTable(table, rows, path.name, False, (), reading, layout=layout)
    days = table.columns.intersection([*DATES.values()])
    raw = replace(raw, cells=table[days].apply(with_century))
    for name in days:
        table[name] = plainly_dated(raw, table[name])
    table[FILE] = path.name
    table[ROW] = numbers
    return table, words, reading


def plainly_dated(raw: RawTable, printed: pd.Series) -> pd.Series:
    """Return a column with ISO days where its own cells do not tell them.

    So it is where numbers are serial, or where the study or another column of days says
    that the day is first.

    Parameters
    ----------
    raw
        The file's columns of days, with years of four digits.
    printed
        The column as it stands.
    """
    name = str(printed.name)
    read = vendor_days(raw, name)
    other = read.notna() & read.ne(dates(raw.cells[name]))
    return printed.mask(other, read.dt.strftime("%Y-%m-%d"))


def is_head(record: Sequence[str]) -> bool:
    """Return whether a line holds the column heads, by SDC's or LSEG's names."""
    return DEAL in sdc_names(record)[0]


def split_lines(
    path: Path, text: str, problems: list[Problem], layout: TableFile
) -> tuple[str, list[list[str] | None]]:
    """Return the first delimiter by which a line holds column heads, and the lines.

    No delimiter stands for columns of fixed width; a line that is missing among them is
    page furniture.
    """
    csv.field_size_limit(LARGEST_CELL)
    readings: list[tuple[str, list[list[str] | None]]] = []
    given = layout.delimiter.replace("\\t", "\t")
    for delimiter in DELIMITERS if given == "auto" else (given,):
        try:
            reader = csv.reader(
                io.StringIO(text, newline=""),
                delimiter=delimiter,
                quotechar=layout.quote,
            )
            readings.append((delimiter, list(reader)))
        except csv.Error as error:
            raise unreadable(path, "is no readable CSV file", str(error)) from None
        if any(r and len(r) > 1 and is_head(r) for r in readings[-1][1]):
            return readings[-1]
    columns = fixed_width(re.split(r"\r\n|\n|\r", text), DEAL, TRAILER)
    if columns is None:
        return readings[0]
    head, records, crossing = columns
    problems += [
        Problem(
            rule="a cell runs into the next column of the fixed-width report",
            remedy="export wider columns, or the file as CSV",
            where=path.name,
            row=n + 1,
        )
        for n in crossing
    ]
    return "", [*([None] * head), *records]


def one_column_each(
    table: pd.DataFrame, header: Sequence[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Return one column per name of columns that stand several times.

    A participants' column may be split over several, one for each line of its cells;
    others are read once.
    """
    places: dict[str, list[int]] = {}
    for n, name in enumerate(header):
        base = NUMBERED.sub("", name)
        if name:
            places.setdefault(base if base in header else name, []).append(n)
    columns, words = {}, []
    for name, own in places.items():
        first = table[own[0]]
        columns[name] = first
        others = [table[n] for n in own[1:] if not table[n].equals(first)]
        if others and name in PARTY.values():
            for other in others:
                first = first + "\n" + other
            columns[name] = first.str.rstrip("\n")
            words.append(f"'{name}' is split over {len(own)} columns: put together")
        elif others:
            apart = int(sum(other.ne(first).sum() for other in others))
            words.append(f"'{name}' stands {len(own)} times, {apart} cells differ: ")
            words[-1] += "the first one is read"
        elif len(own) > 1:
            words.append(f"'{name}' stands {len(own)} times: read once")
    return pd.DataFrame(columns, index=table.index), words


def repeated_numbers(deals: pd.DataFrame) -> pd.Series:
    """Return deals whose number another line has that comes first by what it holds."""
    same = deals[deals["deal"].duplicated(keep=False)]
    cells = same.drop(columns=[FILE, ROW])
    filled = (cells != "").sum(axis=1)
    text = ["\x1f".join(row) for row in cells.to_numpy().tolist()]
    order = pd.DataFrame(
        {"deal": same["deal"], "blank": -filled, "text": text}
    ).sort_values(["deal", "blank", "text"], kind="stable")
    return order.duplicated("deal").reindex(deals.index, fill_value=False)


def missing_columns(table: pd.DataFrame) -> list[str]:
    """Return optional columns that a file does not have."""
    known = [*DATES.values(), *FLAGS.values(), *PARTY.values()]
    known.append(ALLIANCE_SIC)
    return [c for c in known if c not in table.columns and c not in REQUIRED]


def participants_of(
    lines: pd.DataFrame,
    starts: pd.Series,
    deals: pd.DataFrame,
    log: list[pd.DataFrame],
) -> pd.DataFrame:
    """Return one row per participant, from cells with several lines and from lines.

    Lines of a deal that was left out, such as one of a repeated number, are left out
    with it.
    """
    own = pd.Series(lines.index, lines.index, dtype="Int64").where(starts)
    first = pd.Series(deals.index, deals["deal"].to_numpy(), dtype="Int64")
    named = lines[DEAL].ne("") & ~starts
    own = own.mask(named, lines[DEAL].map(first).astype("Int64"))
    # a line whose deal was left out must not fall to the deal above
    anchored = starts | named
    run = anchored.cumsum()
    own = own.groupby([lines[FILE], run]).transform("first")
    owner = own.map(deals["deal"])
    own_line = owner.notna()
    split = {k: lines[c].str.split("\n") for k, c in PARTY.items()}
    depth = split["name"].map(len)
    for name, column in PARTY.items():
        longer = own_line & (split[name].map(len) > depth)
        repair(lines, longer, "more_lines_than_participants", column, log)
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
    place = {FILE: lines[FILE], ROW: lines[ROW]}
    table = pd.DataFrame({Alliances.alliance: owner, **place, **even}).explode(
        list(PARTY)
    )
    table = table[table.alliance.notna() & table.name.fillna("").ne("")]
    table = table.reset_index(drop=True)
    text = [Alliances.alliance, *PARTY]
    table[text] = table[text].astype("string").replace({"": pd.NA})
    for name in (Participants.cusip6, Participants.parent_cusip6):
        read = cusips(table[name], ISSUER_CHARACTERS)
        for rule, (rows, refused) in changes(read).items():
            new = None if refused else read.codes
            repair(table, rows, rule, name, log, new, label=PARTY[name])
        table[name] = read.codes.str[:ISSUER_CHARACTERS]
    again = table.duplicated(
        [Alliances.alliance, "name", Participants.cusip6, Participants.parent_cusip6]
    )
    table = drop(
        table, again, "participant_repeated", "name", log, PARTY["name"]
    ).copy()
    table["sic"] = table.sic.str.extract(r"(\d{3,4})", expand=False)
    table[Participants.position] = table.groupby(Alliances.alliance).cumcount() + 1
    return table.reset_index(drop=True)[
        [Alliances.alliance, Participants.position, *PARTY]
    ]


def typed_deals(deals: pd.DataFrame, log: list[pd.DataFrame]) -> pd.DataFrame:
    """Return deals with dates, flags and known statuses, indexed by deal number."""
    table = deals.assign(alliance=deals["deal"].astype("string"))
    status = table["Status"].str.lower().map(STATUS)
    unknown = status.isna()
    spelt = ~unknown & status.ne(table["Status"])
    repair(table, spelt, "status_spelling", "Status", log, status)
    table = drop(table, unknown, "unknown_status", "Status", log)
    for name, column in DATES.items():
        table[name] = dates(with_century(table[column]))
    for name, column in DATES.items():
        far = table[name].notna() & ~table[name].between(*PLAUSIBLE)
        if name == Alliances.announced:
            table = drop(table, far, "announcement_date_implausible", column, log)
            continue
        repair(table, far.reindex(table.index), "date_implausible", column, log)
        table[name] = table[name].mask(far.reindex(table.index))
    lost = table.announced.isna()
    table = drop(
        table, lost, "announcement_date_unreadable", DATES[Alliances.announced], log
    )
    for name in (Alliances.effective, Alliances.terminated):
        bad = dates(with_century(table[DATES[name]])).isna()
        bad &= table[DATES[name]].ne("")
        repair(table, bad, "date_unreadable", DATES[name], log)
    backward = table.terminated < table.announced
    repair(
        table, backward, "terminated_before_announced", DATES[Alliances.terminated], log
    )
    table[Alliances.terminated] = table.terminated.mask(backward)
    for name, column in FLAGS.items():
        printed = table[column].str.upper()
        strange = ~printed.isin(TRUE | FALSE)
        repair(table, strange, "unknown_flag_taken_for_no", column, log)
        table[name] = printed.isin(TRUE)
    sic = table[ALLIANCE_SIC].str.extract(r"(\d{3,4})")[0]
    table["sic"] = sic.astype("string")
    table[Alliances.status] = table["Status"].str.lower().map(STATUS).astype("string")
    return table.set_index(Alliances.alliance, drop=False)


def with_century(cells: pd.Series) -> pd.Series:
    """Return printed dates with years of four digits."""
    parts = cells.str.extract(r"^(\d{1,2}/\d{1,2}/)(\d{2})$")
    year = pd.to_numeric(parts[1])
    year = year.mask(year <= CENTURY_PIVOT, year + 2000)
    year = year.mask(year < 100, year + 1900)
    text = parts[0] + year.astype("Int64").astype("string")
    return text.fillna(cells)


def repeats(table: pd.DataFrame, parties: pd.DataFrame) -> pd.Series:
    """Return deals of the same parents within three days after another deal."""
    name = plain_name(parties.parent_name.fillna(parties["name"]))
    name = name.fillna(parties["name"])
    names = name.groupby(parties.alliance).agg(lambda n: "|".join(sorted(n)))
    keyed = pd.DataFrame(
        {
            "pair": names.reindex(table.index),
            "at": table.announced,
            "number": table.alliance,
        }
    )
    keyed = keyed.sort_values(["pair", "at", "number"])
    since = keyed.groupby("pair")["at"].diff()
    close = since <= pd.Timedelta(days=REPEAT_DAYS)
    return close.reindex(table.index).fillna(False)


def drop(
    table: pd.DataFrame,
    broken: pd.Series,
    rule: str,
    column: str,
    log: list[pd.DataFrame],
    label: str = "",
) -> pd.DataFrame:
    """Leave rows out and note them."""
    note(table, broken, rule, column, "rejected", log, label=label)
    return table[~broken.to_numpy(bool)]


def repair(
    table: pd.DataFrame,
    broken: pd.Series,
    rule: str,
    column: str,
    log: list[pd.DataFrame],
    new: pd.Series | None = None,
    label: str = "",
) -> None:
    """Note cells that are taken for missing or no, or for another value."""
    note(table, broken, rule, column, "repaired", log, new, label)


def note(
    table: pd.DataFrame,
    broken: pd.Series,
    rule: str,
    column: str,
    action: Literal["rejected", "repaired"],
    log: list[pd.DataFrame],
    new: pd.Series | None = None,
    label: str = "",
) -> None:
    """Add the broken rows to the log, with their place in the file.

    ``label`` is the file's name of a column that has another name in the table.
    """
    bad = table[broken.to_numpy(bool)]
    log.append(
        rejects(
            file=bad[FILE],
            row=bad[ROW],
            column=label or column,
            value=bad[column],
            rule=rule,
            action=action,
            new_value=None if new is None else new[bad.index],
        )
    )
