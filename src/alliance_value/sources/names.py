"""CRSP's name history, legacy or CIZ -> dated names and CUSIPs of securities."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.problems import raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import conform
from alliance_value.contracts.vendor_tables import OPEN_END, SecurityNames
from alliance_value.sources.columns import (
    dates,
    find_columns,
    nothing_left,
    open_ends,
    scientific,
    texts,
    whole_numbers,
)
from alliance_value.sources.read_file import RawTable
from alliance_value.vocabulary.entries import reader

CUSIP_CHARACTERS = 8
REQUIRED = {
    "security": ("permno",),
    "name_from": ("namedt", "secinfostartdt"),
    "name_to": ("nameendt", "nameenddt", "secinfoenddt"),
    "ncusip": ("ncusip", "cusip"),
    "name": ("comnam", "issuernm"),
}
OPTIONAL = {
    "company": ("permco",),
    "share_code": ("shrcd", "sharetype"),
    "exchange_code": ("exchcd", "primaryexch"),
    "sic": ("siccd",),
}


@reader(
    "crsp",
    of="security_names",
    label="CRSP's name history",
    reads="CRSP's name history, legacy or CIZ: one row per security and spell.",
    columns=("REQUIRED", "OPTIONAL"),
    repairs=(
        "An end that is blank or far in the future is open.",
        "CUSIPs get their leading zeros back.",
        "Rows that end before they begin, and repeats, are rejected.",
    ),
    stops=("Columns are absent.", "No row can be used."),
    makes=("security_names",),
)
def read_names(raw: RawTable) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each security's names, CUSIPs and codes with the days they were its own.

    CUSIPs that lost their leading zeros get them back. A blank end is open. Rows
    without security or first day, that end before they begin, or that repeat another
    one are rejected; a CUSIP that a spreadsheet made a number of is missing.

    Returns
    -------
    names, rejected : pandas.DataFrame
        Canonical names, sorted by security and day; and rejects.

    Raises
    ------
    UserError
        Columns are missing, or no row is left.
    """
    found = find_columns(raw, REQUIRED, OPTIONAL)
    printed = pd.DataFrame({n: texts(raw, c) for n, c in found.items()})
    blank = pd.Series(pd.NA, printed.index, dtype="string")
    damaged = scientific(printed.ncusip)
    table = pd.DataFrame(
        {
            "security": whole_numbers(printed.security),
            "company": whole_numbers(printed.get("company", blank)),
            "name_from": dates(printed.name_from),
            "name_to": dates(printed.name_to).mask(
                open_ends(printed.name_to, dates(printed.name_to)), OPEN_END
            ),
            "ncusip": printed.ncusip.mask(damaged)
            .str.upper()
            .str.zfill(CUSIP_CHARACTERS),
            "share_code": printed.get("share_code", blank),
            "exchange_code": printed.get("exchange_code", blank),
            "name": printed["name"],
            "sic": printed.get("sic", blank),
        }
    )
    log: list[pd.DataFrame] = [raw.rejects]
    lost = pd.Series(False, table.index)
    for column, rule, broken in (
        ("security", "security_missing_or_unreadable", table.security.isna()),
        ("name_from", "date_missing_or_unreadable", table.name_from.isna()),
        ("name_to", "date_missing_or_unreadable", table.name_to.isna()),
        ("name_to", "name_ends_before_it_begins", table.name_to < table.name_from),
        ("name", "repeated_row", table.duplicated()),
    ):
        now = broken & ~lost
        log.append(
            rejects(
                file=raw.file,
                row=raw.rows[now],
                column=found[column],
                value=printed.loc[now, column],
                rule=rule,
                action="rejected",
            )
        )
        lost |= now
    cusips = damaged & ~lost
    log.append(
        rejects(
            file=raw.file,
            row=raw.rows[cusips],
            column=found["ncusip"],
            value=printed.ncusip[cusips],
            rule="code_in_scientific_notation",
            action="repaired",
        )
    )
    raise_if(nothing_left(raw, lost, log), f"reading {raw.file}")
    table = table[~lost].sort_values(["security", "name_from", "name_to", "ncusip"])
    return conform(table, SecurityNames), collect(log)
