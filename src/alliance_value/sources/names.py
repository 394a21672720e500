"""CRSP's name history, legacy or CIZ -> dated names and CUSIPs of securities."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.identifiers import ISSUE_CHARACTERS
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import conform
from alliance_value.contracts.vendor_tables import OPEN_END, SecurityNames
from alliance_value.sources.columns import (
    find_columns,
    open_ends,
    texts,
    whole_numbers,
)
from alliance_value.sources.dated_columns import vendor_days
from alliance_value.sources.identifiers import changes, cusips, without_decimals
from alliance_value.sources.judged_rows import judged
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader

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

    CUSIPs are read by `cusips`; those that could be several are missing. A blank end is
    open. Rows without security or first day, that end before they begin, or that repeat
    another one are rejected.

    Returns
    -------
    names, rejected : pandas.DataFrame
        Canonical names, sorted by security and day; and rejects.

    Raises
    ------
    UserError
        Columns are missing, or no row is left.
    """
    located = find_columns(raw, REQUIRED, OPTIONAL)
    printed = pd.DataFrame({n: texts(raw, c) for n, c in located.items()})
    blank = pd.Series(pd.NA, printed.index, dtype="string")
    for name in printed.columns.intersection(["share_code", "exchange_code", "sic"]):
        printed[name] = without_decimals(printed[name])
    last = vendor_days(raw, located["name_to"])
    codes = cusips(printed.ncusip, ISSUE_CHARACTERS)
    table = pd.DataFrame(
        {
            "security": whole_numbers(printed.security),
            "company": whole_numbers(printed.get("company", blank)),
            "name_from": vendor_days(raw, located["name_from"]),
            "name_to": last.mask(open_ends(printed.name_to, last), OPEN_END),
            "ncusip": codes.codes.str[:ISSUE_CHARACTERS],
            "share_code": printed.get("share_code", blank),
            "exchange_code": printed.get("exchange_code", blank),
            "name": printed["name"],
            "sic": printed.get("sic", blank),
        }
    )
    rules = (
        ("security", "security_missing_or_unreadable", table.security.isna()),
        ("name_from", "date_missing_or_unreadable", table.name_from.isna()),
        ("name_to", "date_missing_or_unreadable", table.name_to.isna()),
        ("name_to", "name_ends_before_it_begins", table.name_to < table.name_from),
        ("name", "repeated_row", table.duplicated()),
    )
    table, log = judged(raw, table, located, rules)
    for rule, (rows, refused) in changes(codes).items():
        now = rows & rows.index.isin(table.index)
        log.append(
            rejects(
                file=raw.file,
                row=raw.rows[now],
                column=located["ncusip"],
                value=printed.ncusip[now],
                rule=rule,
                action="repaired",
                new_value=None if refused else codes.codes[now],
            )
        )
    table = table.sort_values(["security", "name_from", "name_to", "ncusip"])
    return conform(table, SecurityNames), collect(log)
