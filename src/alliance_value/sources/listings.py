"""A table of listings -> when an identifier belonged to a security, and to which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.rejects import collect
from alliance_value.sources.columns import (
    find_columns,
    open_ends,
    respelled,
    texts,
)
from alliance_value.sources.dated_columns import days
from alliance_value.sources.identifiers import without_decimals
from alliance_value.sources.judged_rows import judged
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_files
from alliance_value.study.spec import layout_of
from alliance_value.vocabulary.entries import reader


@reader(
    "listings",
    of="listings",
    label="spells of identifiers",
    reads="One row per identifier and spell in which it belonged to one security.",
    needs=("security", "first", "last"),
    takes=("identifier",),
    decides=(
        "With `identifier`, events and confounds are of the security that bore it that "
        "day; those of which none or several did are rejected.",
    ),
    repairs=(
        "A first or last day that is blank leaves the spell open on that side; a last "
        "day far in the future too.",
        "Rows without a security, that end before they begin, or that repeat another "
        "are rejected.",
    ),
    stops=("Columns are absent.", "No row is left."),
)
def read_listings(
    raw: RawTable, security: str, first: str, last: str, identifier: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return spells of identifiers, and rejects.

    Parameters
    ----------
    raw
        One row per identifier and spell.
    security, first, last
        Columns; a blank first or last day leaves the spell open on that side.
    identifier
        Column with what the security was called, such as a ticker.

    Returns
    -------
    listings : pandas.DataFrame
        security, first, last, perhaps identifier; rows without a security, with a day
        that cannot be read or that end before they begin are rejected.
    rejected : pandas.DataFrame

    Raises
    ------
    UserError
        Columns are missing, or no row is left.
    """
    written = {"security": security, "first": first, "last": last}
    written |= {"identifier": identifier} if identifier else {}
    raw = respelled(raw, written.values())
    located = find_columns(raw, {n: (c, c.lower()) for n, c in written.items()})
    printed = pd.DataFrame({n: texts(raw, c) for n, c in located.items()})
    codes = [name for name in ("security", "identifier") if name in printed]
    printed[codes] = printed[codes].apply(without_decimals)
    problems: list[Problem] = []
    ends = {n: days(raw, located[n], problems) for n in ("first", "last")}
    raise_if(problems, f"the listings in {raw.file}")
    still = open_ends(printed["last"], ends["last"])
    table = printed.assign(first=ends["first"], last=ends["last"].mask(still))
    unread = {n: printed[n].notna() & table[n].isna() for n in ("first", "last")}
    unread["last"] &= ~still
    rules = (
        *((c, f"{c}_missing_or_unreadable", table[c].isna()) for c in codes),
        ("first", "date_missing_or_unreadable", unread["first"]),
        ("last", "date_missing_or_unreadable", unread["last"]),
        ("last", "listing_ends_before_it_begins", table["last"] < table["first"]),
        ("security", "listing_repeated", table.duplicated()),
    )
    table, log = judged(raw, table, located, rules)
    return table.reset_index(drop=True), collect(log)


def spells_in(
    raw: RawTable, said: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read listings by the columns that a study names for them."""
    ends = said["security"], said["first"], said["last"]
    return read_listings(raw, *ends, said.get("identifier") or "")


def identified(
    paths: Sequence[str], said: Mapping[str, Any] | None
) -> pd.DataFrame | None:
    """Read listings that tell which security an identifier stood for, else nothing."""
    if not said or not said.get("identifier"):
        return None
    raws = read_files(paths, layout_of(said))
    return pd.concat([spells_in(raw, said)[0] for raw in raws], ignore_index=True)


def bearers(
    codes: pd.Series, on: pd.Series, listings: pd.DataFrame
) -> tuple[pd.Series, pd.Series]:
    """Return which security bore an identifier on a day.

    Parameters
    ----------
    codes, on
        Identifiers (text) and days or moments, shape (n,) each.
    listings
        As `read_listings` gives them, with identifier.

    Returns
    -------
    security : pandas.Series
        Text, shape (n,); missing where none bore it, or several.
    bore : pandas.Series
        int, shape (n,): how many did.
    """
    asked = pd.DataFrame({"identifier": codes, "day": on.dt.normalize()})
    pairs = asked.dropna().reset_index(names="asked").merge(listings, on="identifier")
    begun = pairs["first"].isna() | (pairs["first"] <= pairs.day)
    held = pairs["last"].isna() | (pairs.day <= pairs["last"])
    borne = pairs[begun & held].drop_duplicates(["asked", "security"])
    bore = borne.groupby("asked").size().reindex(codes.index, fill_value=0)
    security = borne.drop_duplicates("asked").set_index("asked").security
    return security.reindex(codes.index).where(bore.eq(1)), bore
