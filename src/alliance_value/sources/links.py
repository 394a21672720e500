"""CCM's link history -> the security of each firm on each day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import conform
from alliance_value.contracts.vendor_tables import OPEN_END, Links
from alliance_value.sources.columns import (
    find_columns,
    open_ends,
    texts,
    whole_numbers,
)
from alliance_value.sources.dated_columns import vendor_days
from alliance_value.sources.identifiers import firm_codes
from alliance_value.sources.judged_rows import Rules, code_rules, judged
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader

# In order of preference, as where two links of a firm hold on one day.
LINK_TYPES = ("LC", "LU", "LS")
USUAL_TYPES = ("LC", "LU")
PRIMARY = ("P", "C")
BEGINNING_CODES = ("B", ".B")
BEGINNING = pd.Timestamp("1900-01-01")
REQUIRED = {
    FIRM: ("gvkey",),
    "link_primary": ("linkprim",),
    "link_type": ("linktype",),
    "security": ("lpermno", "permno"),
    "link_from": ("linkdt",),
    "link_to": ("linkenddt",),
}
OPTIONAL = {"company": ("lpermco", "permco")}
DAY = pd.Timedelta(days=1)


@reader(
    "ccm",
    of="links",
    label="CCM's link history",
    reads="CCM's ccmxpf_lnkhist: one row per firm, security and spell.",
    columns=("REQUIRED", "OPTIONAL"),
    decides=("Of two securities on a day P goes before C, LC before LU before LS.",),
    repairs=(
        "An end that is blank, E or .E is open; so is one far in the future.",
        "Spells that overlap or adjoin become one.",
        "Links of other types, and those that are not primary, are rejected.",
    ),
    stops=("Columns are absent.", "No link can be used."),
    makes=("links",),
)
def firm_links(raw: RawTable, key: str = "gvkey") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return usable links between firms and securities, and the rejected ones.

    Kept are links of `USUAL_TYPES` that are primary (P or C). An end that is blank,
    E or .E is open. Spells of one security that overlap or adjoin become one. Where a
    firm has two securities on a day, P goes before C, then LC before LU before LS, then
    the spell that began later; the other one is cut.

    Parameters
    ----------
    raw
        ``ccmxpf_lnkhist``.
    key
        The firm-years' column of firms, whose codes these are padded as.

    Returns
    -------
    links, rejected : pandas.DataFrame
        Canonical links, sorted by firm and day; and rejects.

    Raises
    ------
    UserError
        Columns are missing, or no link is usable.
    """
    located = find_columns(raw, REQUIRED, OPTIONAL)
    printed = pd.DataFrame({n: texts(raw, c) for n, c in located.items()})
    begin = printed.link_from.str.upper()
    unknown = begin.isna() | begin.isin(BEGINNING_CODES)
    first, last = (vendor_days(raw, located[n]) for n in ("link_from", "link_to"))
    still = open_ends(printed.link_to, last)
    table = pd.DataFrame(
        {
            FIRM: firm_codes(printed[FIRM], key),
            "security": whole_numbers(printed.security),
            "company": whole_numbers(printed.company)
            if "company" in located
            else pd.array([pd.NA] * len(printed), dtype="Int64"),
            "link_from": first.mask(unknown, BEGINNING),
            "link_to": last.mask(still, OPEN_END),
            "link_type": printed.link_type.str.upper(),
            "link_primary": printed.link_primary.str.upper(),
        }
    )
    usable = table.link_type.isin(USUAL_TYPES) & table.link_primary.isin(PRIMARY)
    if not usable.any():
        problem = Problem(
            rule=f"no link is of type {' or '.join(USUAL_TYPES)} and primary",
            remedy="export ccmxpf_lnkhist with linktype and linkprim",
            where=raw.file,
        )
        raise_if([problem], f"reading {raw.file}")
    rules = [
        ("link_type", "link_not_primary_or_confirmed", ~usable),
        *code_rules(FIRM, table[FIRM], "firm_missing"),
        *spell_rules(table),
    ]
    table, log = judged(raw, table, located, rules)
    links, changed = linked_days(raw, table, located["link_from"])
    return conform(links, Links), collect([*log, *changed])


def linked_days(
    raw: RawTable, table: pd.DataFrame, column: str
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return the security of each firm on each day, and what was joined or cut.

    Parameters
    ----------
    raw
        The file.
    table
        Its usable links, with the index of the file's cells.
    column
        The file's column of first days, by which a link is told.
    """
    links, spells = one_security_a_day(table)
    shares = spells.groupby("spell").agg(days=("days", "sum"), first=("begin", "min"))
    shares = shares.reindex(table.index)
    whole = days_between(table.link_from, table.link_to)
    cut = shares.days.fillna(0).ne(whole)
    same = whole_of_security(table, links)
    first = shares["first"].dt.strftime("%Y-%m-%d").astype("string")
    first = first.reindex(raw.cells.index)
    cut = cut.reindex(raw.cells.index, fill_value=False)
    same = same.reindex(raw.cells.index, fill_value=False)
    printed, changed = texts(raw, column), []
    for rule, where in (
        ("overlapping_link_spells_joined", cut & same),
        ("link_cut_by_another_security", cut & ~same),
    ):
        changed.append(
            rejects(
                file=raw.file,
                row=raw.rows[where],
                column=column,
                value=printed[where],
                rule=rule,
                action="repaired",
                new_value=first[where],
            )
        )
    return links, changed


def spell_rules(table: pd.DataFrame) -> Rules:
    """Return the rules of a security's spell: it is known, begins and then ends."""
    return [
        ("security", "security_missing_or_unreadable", table.security.isna()),
        ("link_from", "date_missing_or_unreadable", table.link_from.isna()),
        ("link_to", "date_missing_or_unreadable", table.link_to.isna()),
        ("link_to", "link_ends_before_it_begins", table.link_to < table.link_from),
    ]


def one_security_a_day(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut time where any link of a firm begins or ends and keep the best of each piece.

    Returns
    -------
    links
        Pieces of one security that adjoin, put together.
    pieces
        spell (the link that each piece comes from), begin, days.
    """
    ends = table.link_to + DAY
    edges = pd.concat(
        [
            table[[FIRM]].assign(begin=table.link_from),
            table[[FIRM]].assign(begin=ends),
        ]
    )
    edges = edges.drop_duplicates().sort_values([FIRM, "begin"])
    edges["end"] = edges.groupby(FIRM).begin.shift(-1) - DAY
    edges = edges.dropna(subset=["end"])
    pieces = table.rename_axis("spell").reset_index().merge(edges, on=FIRM)
    held = (pieces.begin >= pieces.link_from) & (pieces.end <= pieces.link_to)
    pieces = pieces[held]
    pieces = pieces.assign(
        second=pieces.link_primary.map(PRIMARY.index),
        weak=pieces.link_type.map(LINK_TYPES.index),
        age=-pieces.link_from.astype("int64"),
    )
    order = [FIRM, "begin", "second", "weak", "age", "security", "link_to", "spell"]
    pieces = pieces.sort_values(order).drop_duplicates([FIRM, "begin"])
    before = pieces.groupby(FIRM)[["security", "end"]].shift()
    fresh = pieces.security.ne(before.security).fillna(True).astype(bool)
    fresh |= pieces.begin.ne(before.end + DAY)
    links = (
        pieces.assign(run=fresh.cumsum())
        .groupby("run")
        .agg(
            **{FIRM: (FIRM, "first")},
            security=("security", "first"),
            company=("company", "first"),
            link_from=("begin", "first"),
            link_to=("end", "last"),
            link_type=("link_type", "first"),
            link_primary=("link_primary", "first"),
        )
    )
    pieces = pieces.assign(days=days_between(pieces.begin, pieces.end))
    return links, pieces[["spell", "begin", "days"]]


def whole_of_security(table: pd.DataFrame, links: pd.DataFrame) -> pd.Series:
    """Return the links whose every day is still linked to their own security."""
    left = table[[FIRM, "security", "link_from", "link_to"]].rename_axis("spell")
    pairs = left.reset_index().merge(links, on=[FIRM, "security"], suffixes=("", "_k"))
    held = (pairs.link_from_k <= pairs.link_from) & (pairs.link_to_k >= pairs.link_to)
    return held.groupby(pairs.spell).any().reindex(table.index, fill_value=False)


def days_between(first: pd.Series, last: pd.Series) -> pd.Series:
    """Return the number of days from one day to another, both included."""
    days = (last.to_numpy() - first.to_numpy()) // np.timedelta64(1, "D") + 1
    return pd.Series(days, first.index, dtype="float64")
