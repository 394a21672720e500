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
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import Contract, conform
from alliance_value.sources.columns import (
    as_printed,
    numbers,
    open_ends,
    stated_columns,
    texts,
)
from alliance_value.sources.dated_columns import days_or_stop
from alliance_value.sources.identifiers import firm_codes, without_decimals
from alliance_value.sources.judged_rows import Rules, code_rules, judged
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader


def named_columns(
    raw: RawTable, columns: Mapping[str, Any], keys: Sequence[str]
) -> tuple[RawTable, dict[str, str]]:
    """Return the table with the columns spelled as the study does, and their names."""
    named = {key: str(columns[key]) for key in keys if columns.get(key)}
    return stated_columns(raw, named.values()), named


def settled(
    raw: RawTable,
    table: pd.DataFrame,
    named: Mapping[str, str],
    rules: Rules,
    unique: Sequence[str],
    contract: Contract,
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return the rows that break no rule, sorted, and rejects of the others."""
    table, log = judged(raw, table, named, rules, unique)
    kept = table.sort_values(list(table.columns[:3]), ignore_index=True)
    return conform(kept, contract), log


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
    stops=(
        "Columns are absent.",
        "No share is above 1, so that they are no percent.",
        "No row is left.",
    ),
    makes=("ownership",),
)
def read_ownership(
    raw: RawTable, columns: Mapping[str, Any], key: str = "gvkey"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read shares of joint ventures and of partners, in percent.

    Parameters
    ----------
    raw
        The file.
    columns
        What the study calls its columns.
    key
        The firm-years' column of firms, whose codes those of the table are padded as.

    Returns
    -------
    ownership, rejected : pandas.DataFrame
        Canonical rows and rejects.

    Raises
    ------
    UserError
        Columns are missing, shares are parts of 1, or no row is left.
    """
    raw, named = named_columns(raw, columns, ("alliance", "holder", "held", "share"))
    table = pd.DataFrame(
        {
            "alliance": without_decimals(texts(raw, named["alliance"])),
            "holder": firm_codes(texts(raw, named["holder"]), key),
            "held": texts(raw, named["held"]).str.lower(),
            "share": numbers(raw, named["share"]),
        }
    )
    known = table.share.dropna()
    if len(known) and known.between(0, 1).all():
        problem = Problem(
            rule="no share is above 1: they are parts of 1, not percent",
            remedy="write 50 for a half; a sign behind numbers goes with ignore: '%'",
            where=raw.file,
            column=named["share"],
            value=str(raw.cells[named["share"]][known.index[0]]),
            row=int(raw.rows[known.index[0]]),
        )
        raise_if([problem], f"reading {raw.file}")
    rules = [
        *code_rules("alliance", table.alliance, "alliance_missing"),
        *code_rules("holder", table.holder, "holder_missing"),
        ("held", "neither_venture_nor_partner", ~table.held.isin(HELD)),
        ("share", "share_outside_0_to_100", ~table.share.between(0, 100, "right")),
    ]
    unique = ("alliance", "held", "holder")
    shares, log = settled(raw, table, named, rules, unique, Ownership)
    return shares, collect(log)


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
    raw: RawTable, columns: Mapping[str, Any], key: str = "gvkey"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read when alliances ended, and how; takes what `read_ownership` does.

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
            "ended": days_or_stop(raw, named["ended"]),
            "cause": CAUSES[0],
        }
    )
    odd = pd.Series(False, table.index)
    if cause is not None:
        known = cause.isin(CAUSES).fillna(False).astype(bool)
        odd = cause.notna() & ~known
        table["cause"] = cause.where(known, CAUSES[0])
    rules = [
        *code_rules("alliance", table.alliance, "alliance_missing"),
        ("ended", "date_missing_or_unreadable", table.ended.isna()),
    ]
    ends, log = settled(raw, table, named, rules, ("alliance",), Terminations)
    if odd.any():
        rule = "cause_taken_for_dissolution"
        log.append(repaired(raw, named["cause"], odd, log, rule, CAUSES[0]))
    return ends, collect(log)


@reader(
    "table",
    of="acquisitions",
    label="a list of acquisitions",
    reads="One row per acquisition: acquirer and target by the firms' codes, its days.",
    takes=("acquisition", "acquirer", "target", "announced", "effective"),
    repairs=(
        "Rows without acquirer, target or readable day of announcement, of a firm by "
        "itself, and repeated ones are rejected.",
        "A day of completion that cannot be read is missing.",
    ),
    stops=("Columns are absent.", "No row is left."),
    makes=("acquisitions",),
)
def read_acquisitions(
    raw: RawTable, columns: Mapping[str, Any], key: str = "gvkey"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read who acquired whom, and when; takes what `read_ownership` does.

    Returns
    -------
    acquisitions, rejected : pandas.DataFrame
        Canonical rows and rejects.
    """
    keys = ("acquisition", "acquirer", "target", "announced", "effective")
    raw, named = named_columns(raw, columns, keys)
    done = pd.Series(pd.NaT, raw.cells.index, dtype="datetime64[ns]")
    unread = done.notna()
    if "effective" in named:
        done = days_or_stop(raw, named["effective"])
        unread = done.isna() & ~open_ends(texts(raw, named["effective"]), done)
    table = pd.DataFrame(
        {
            "acquisition": without_decimals(texts(raw, named["acquisition"]))
            if "acquisition" in named
            else raw.numbers,
            "acquirer": firm_codes(texts(raw, named["acquirer"]), key),
            "target": firm_codes(texts(raw, named["target"]), key),
            "announced": days_or_stop(raw, named["announced"]),
            "effective": done,
        }
    )
    rules = [
        ("acquisition", "acquisition_missing", table.acquisition.isna()),
        *code_rules("acquirer", table.acquirer, "acquirer_missing"),
        *code_rules("target", table.target, "target_missing"),
        ("target", "acquired_by_itself", table.target.eq(table.acquirer)),
        ("announced", "date_missing_or_unreadable", table.announced.isna()),
    ]
    bought, log = settled(raw, table, named, rules, ("acquisition",), Acquisitions)
    if unread.any():
        log.append(repaired(raw, named["effective"], unread, log, "date_unreadable"))
    return bought, collect(log)


def repaired(
    raw: RawTable,
    column: str,
    rows: pd.Series,
    log: Sequence[pd.DataFrame],
    rule: str,
    value: str | None = None,
) -> pd.DataFrame:
    """Return the rejects of cells that are taken for a value, in rows that stay."""
    rows = rows & ~raw.rows.isin(pd.concat(log).row).set_axis(rows.index)
    return rejects(
        file=raw.file,
        row=raw.rows[rows],
        column=column,
        value=as_printed(raw, column)[rows],
        rule=rule,
        action="repaired",
        new_value=value,
    )
