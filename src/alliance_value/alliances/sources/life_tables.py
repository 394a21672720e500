"""Tables of ownership shares, terminations and acquisitions -> canonical rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.alliances.contracts.ownership import (
    CAUSES,
    HELD,
    Acquisitions,
    Ownership,
    Terminations,
)
from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import Contract, conform
from alliance_value.sources.columns import (
    as_printed,
    nothing_left,
    numbers,
    respelled,
    texts,
)
from alliance_value.sources.dated_columns import vendor_days
from alliance_value.sources.identifiers import without_decimals
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader

Rules = Sequence[tuple[str, str, pd.Series]]


def named_columns(
    raw: RawTable, columns: Mapping[str, Any], keys: Sequence[str]
) -> tuple[RawTable, dict[str, str]]:
    """Return the table with the columns spelled as the study does, and their names.

    Raises
    ------
    UserError
        Columns are absent, all at once.
    """
    named = {key: str(columns[key]) for key in keys if columns.get(key)}
    raw = respelled(raw, named.values())
    problems = [
        Problem(
            rule=f"there is no column '{name}'",
            remedy=nearest(name, raw.cells.columns),
            where=raw.file,
            row=1,
        )
        for name in named.values()
        if name not in raw.cells.columns
    ]
    raise_if(problems, f"reading {raw.file}")
    return raw, named


def settled(
    raw: RawTable,
    table: pd.DataFrame,
    named: Mapping[str, str],
    rules: Rules,
    unique: Sequence[str],
    contract: Contract,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reject the rows that break a rule, by the first one, and then repeated keys.

    Raises
    ------
    UserError
        No row is left.
    """
    lost = pd.Series(False, table.index)
    log = []

    def reject(key: str, rule: str, broken: pd.Series) -> None:
        now = broken.fillna(True).astype(bool) & ~lost
        log.append(
            rejects(
                file=raw.file,
                row=raw.rows[now],
                column=named.get(key),
                value=as_printed(raw, named[key])[now] if key in named else None,
                rule=rule,
                action="rejected",
            )
        )
        lost[now] = True

    for key, rule, broken in rules:
        reject(key, rule, broken)
    again = table[~lost].duplicated(list(unique)).reindex(table.index, fill_value=False)
    reject(unique[-1], f"{unique[-1]}_repeated", again)
    raise_if(nothing_left(raw, lost, log), f"reading {raw.file}")
    kept = table[~lost].sort_values(list(table.columns[:3]), ignore_index=True)
    return conform(kept, contract), collect([raw.rejects, *log])


@reader(
    "table",
    of="ownership",
    label="a table of ownership shares",
    reads="One row per alliance and holder: the share that it holds in the joint "
    "venture or in the partner.",
    takes=("alliance", "holder", "held", "share"),
    repairs=(
        "Rows without alliance or holder, of another kind of holding, with a share "
        "outside 0 to 100 percent, and repeats are rejected.",
    ),
    stops=("Columns are absent.", "No row is left."),
    makes=("ownership",),
)
def read_ownership(
    raw: RawTable, columns: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read shares of joint ventures and of partners, in percent.

    Returns
    -------
    ownership, rejected : pandas.DataFrame
        Canonical rows and rejects.
    """
    raw, named = named_columns(raw, columns, ("alliance", "holder", "held", "share"))
    table = pd.DataFrame(
        {
            "alliance": without_decimals(texts(raw, named["alliance"])),
            "holder": without_decimals(texts(raw, named["holder"])),
            "held": texts(raw, named["held"]).str.lower(),
            "share": numbers(raw, named["share"]),
        }
    )
    rules = [
        ("alliance", "alliance_missing", table.alliance.isna()),
        ("holder", "holder_missing", table.holder.isna()),
        ("held", "neither_venture_nor_partner", ~table.held.isin(HELD)),
        ("share", "share_outside_0_to_100", ~table.share.between(0, 100, "right")),
    ]
    unique = ("alliance", "held", "holder")
    return settled(raw, table, named, rules, unique, Ownership)


@reader(
    "table",
    of="terminations",
    label="a table of terminations",
    reads="One row per alliance that ended: its day, and perhaps how.",
    takes=("alliance", "ended", "cause"),
    repairs=(
        "Rows without alliance or readable day are rejected, as are repeats.",
        "A cause that is none of dissolved, acquired and party left is a dissolution.",
    ),
    stops=("Columns are absent.", "No row is left."),
    makes=("terminations",),
)
def read_terminations(
    raw: RawTable, columns: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the days on which alliances ended, and how.

    Returns
    -------
    terminations, rejected : pandas.DataFrame
        Canonical rows and rejects.
    """
    raw, named = named_columns(raw, columns, ("alliance", "ended", "cause"))
    cause = texts(raw, named["cause"]).str.lower() if "cause" in named else None
    table = pd.DataFrame(
        {
            "alliance": without_decimals(texts(raw, named["alliance"])),
            "ended": vendor_days(raw, named["ended"]),
            "cause": CAUSES[0],
        }
    )
    odd = pd.Series(False, table.index)
    if cause is not None:
        known = cause.isin(CAUSES).fillna(False).astype(bool)
        odd = cause.notna() & ~known
        table["cause"] = cause.where(known, CAUSES[0])
    rules = [
        ("alliance", "alliance_missing", table.alliance.isna()),
        ("ended", "date_missing_or_unreadable", table.ended.isna()),
    ]
    ends, rejected = settled(raw, table, named, rules, ("alliance",), Terminations)
    left = odd & ~raw.rows.isin(rejected.row).to_numpy(bool)
    taken = rejects(
        file=raw.file,
        row=raw.rows[left],
        column=named.get("cause"),
        value=as_printed(raw, named["cause"])[left] if left.any() else None,
        rule="cause_taken_for_dissolution",
        action="repaired",
        new_value=CAUSES[0],
    )
    return ends, collect([rejected, taken])


@reader(
    "table",
    of="acquisitions",
    label="a list of acquisitions",
    reads="One row per acquisition: acquirer and target by the firms' codes, its days.",
    takes=("acquisition", "acquirer", "target", "announced", "effective"),
    repairs=(
        "Rows without acquirer, target or readable day of announcement, of a firm by "
        "itself, and repeated ones are rejected.",
    ),
    stops=("Columns are absent.", "No row is left."),
    makes=("acquisitions",),
)
def read_acquisitions(
    raw: RawTable, columns: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read who acquired whom, and when that was announced and done.

    Returns
    -------
    acquisitions, rejected : pandas.DataFrame
        Canonical rows and rejects.
    """
    keys = ("acquisition", "acquirer", "target", "announced", "effective")
    raw, named = named_columns(raw, columns, keys)
    number = raw.rows.astype("string").str.zfill(7).set_axis(raw.cells.index)
    blank = pd.Series(pd.NaT, raw.cells.index, dtype="datetime64[s]")
    table = pd.DataFrame(
        {
            "acquisition": without_decimals(texts(raw, named["acquisition"]))
            if "acquisition" in named
            else number,
            "acquirer": without_decimals(texts(raw, named["acquirer"])),
            "target": without_decimals(texts(raw, named["target"])),
            "announced": vendor_days(raw, named["announced"]),
            "effective": vendor_days(raw, named["effective"])
            if "effective" in named
            else blank,
        }
    )
    rules = [
        ("acquisition", "acquisition_missing", table.acquisition.isna()),
        ("acquirer", "acquirer_missing", table.acquirer.isna()),
        ("target", "target_missing", table.target.isna()),
        ("target", "acquired_by_itself", table.target.eq(table.acquirer)),
        ("announced", "date_missing_or_unreadable", table.announced.isna()),
    ]
    return settled(raw, table, named, rules, ("acquisition",), Acquisitions)
