"""A table of listings -> when an identifier belonged to a security."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.sources.columns import (
    as_printed,
    find_columns,
    open_ends,
    respelled,
    texts,
)
from alliance_value.sources.dated_columns import days
from alliance_value.sources.identifiers import without_decimals
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader


@reader(
    "listings",
    of="listings",
    label="spells of identifiers",
    reads="One row per identifier and spell in which it belonged to one security.",
    needs=("security", "first", "last"),
    repairs=(
        "A first or last day that is blank leaves the spell open on that side; a last "
        "day far in the future too.",
        "Rows without a security, or that end before they begin, are rejected.",
    ),
    stops=("Columns are absent.",),
)
def read_listings(
    raw: RawTable, security: str, first: str, last: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return spells of identifiers, and rejects.

    Parameters
    ----------
    raw
        One row per identifier and spell.
    security, first, last
        Columns; a blank first or last day leaves the spell open on that side.

    Returns
    -------
    listings : pandas.DataFrame
        security, first, last; rows without a security, with a day that cannot be read
        or that end before they begin are rejected.
    rejected : pandas.DataFrame

    Raises
    ------
    UserError
        Columns are missing.
    """
    written = {"security": security, "first": first, "last": last}
    raw = respelled(raw, written.values())
    found = find_columns(raw, {n: (c, c.lower()) for n, c in written.items()})
    printed = pd.DataFrame({n: texts(raw, c) for n, c in found.items()})
    printed["security"] = without_decimals(printed.security)
    problems: list[Problem] = []
    ends = {n: days(raw, found[n], problems) for n in ("first", "last")}
    raise_if(problems, f"the listings in {raw.file}")
    still = open_ends(printed["last"], ends["last"])
    table = printed.assign(first=ends["first"], last=ends["last"].mask(still))
    unread = {n: printed[n].notna() & table[n].isna() for n in ("first", "last")}
    unread["last"] &= ~still
    log = []
    lost = pd.Series(False, table.index)
    for column, rule, broken in (
        ("security", "security_missing_or_unreadable", table.security.isna()),
        ("first", "date_missing_or_unreadable", unread["first"]),
        ("last", "date_missing_or_unreadable", unread["last"]),
        ("last", "listing_ends_before_it_begins", table["last"] < table["first"]),
    ):
        now = broken & ~lost
        log.append(
            rejects(
                file=raw.file,
                row=raw.rows[now],
                column=found[column],
                value=as_printed(raw, found[column])[now],
                rule=rule,
                action="rejected",
            )
        )
        lost |= now
    return table[~lost].reset_index(drop=True), collect(log)
