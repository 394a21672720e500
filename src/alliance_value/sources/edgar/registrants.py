"""Lists of tickers, of one day or by date -> registrants by CIK, their securities."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from alliance_value.contracts.access import no_file
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.problems import Problem, UserError, gathered, raise_if
from alliance_value.contracts.rejects import Rejects, collect
from alliance_value.contracts.storage import conform, empty
from alliance_value.contracts.vendor_tables import OPEN_END, TickerLinks
from alliance_value.sources.columns import find_columns, open_ends, texts
from alliance_value.sources.dated_columns import days_or_stop
from alliance_value.sources.identifiers import firm_codes, without_decimals
from alliance_value.sources.judged_rows import code_rules, judged
from alliance_value.sources.links import (
    BEGINNING,
    LINK_TYPES,
    PRIMARY,
    linked_days,
    spell_rules,
)
from alliance_value.sources.raw_table import RawTable, in_their_files, own_files
from alliance_value.sources.read_file import read_as_one
from alliance_value.sources.text_file import unpacked
from alliance_value.study.spec import TableFile
from alliance_value.vocabulary.entries import reader

KEYS = ("cik_str", "ticker", "title")
REQUIRED = {
    FIRM: ("cik", "cik_str"),
    "ticker": ("ticker", "symbol"),
    "link_from": ("from", "valid_from", "first"),
    "link_to": ("to", "valid_to", "last"),
}
ABOUT = ("sic", "nation", "state")
OPTIONAL = {
    "name": ("name", "title"),
    "security": ("security", "id"),
    **{name: (name,) for name in ABOUT},
}
NAMED = {"link_from": "name_from", "link_to": "name_to"}
REMEDY = "fetch files/company_tickers.json from the SEC again"


@dataclass(frozen=True)
class Registrants:
    """Registrants, and the securities that are theirs.

    Parameters
    ----------
    header
        firm (CIK), cusip (none), name: names of any date.
    names
        security, ncusip (none), name, name_from, name_to: names by date.
    links
        Canonical links by ticker; empty where the list is that of one day.
    about
        sic, nation, state by firm, of its last spell; no firm where the list says none.
    rejects
        Rows that were left out, or cut.
    """

    header: pd.DataFrame
    names: pd.DataFrame
    links: pd.DataFrame
    about: pd.DataFrame
    rejects: pd.DataFrame


def registrants(paths: Sequence[str], layout: TableFile) -> Registrants:
    """Read lists of tickers by the reader that the study names.

    Raises
    ------
    UserError
        With the problems of all files.
    """
    if layout.reader != "dated_tickers":
        return read_registrants(paths)
    raw = read_as_one(paths, layout)
    with own_files(raw):
        listed = dated_registrants(raw)
    return replace(listed, rejects=in_their_files(listed.rejects, raw))


@reader(
    "company_tickers",
    of="tickers",
    label="the SEC's list of tickers",
    reads="company_tickers.json: CIK, ticker and name of each registrant, of one day.",
    decides=("Names and tickers are those of the day of the list, for all years.",),
    stops=("A file is no such list.",),
)
def read_registrants(paths: Sequence[str]) -> Registrants:
    """Read lists of tickers of one day.

    Raises
    ------
    UserError
        With the problems of all files.
    """
    problems: list[Problem] = []
    rows: list[tuple[str, str, str]] = []
    for path in map(Path, paths):
        with gathered(problems):
            rows += listed_in(path)
    raise_if(problems, "the SEC's list of tickers")
    table = pd.DataFrame(rows, columns=[FIRM, "ticker", "name"], dtype="string")
    header = with_codes(table[[FIRM, "name"]].drop_duplicates(), "cusip")
    links = empty(TickerLinks)
    names = names_of(links.assign(name=""))
    return Registrants(header, names, links, about(pd.DataFrame()), empty(Rejects))


@reader(
    "dated_tickers",
    of="tickers",
    label="a table of tickers by date",
    reads="One row per firm, ticker and spell: cik, ticker, from, to; name, the "
    "identifier by which daily prices call the security, sic, nation and state, where "
    "there are any.",
    columns=("REQUIRED", "OPTIONAL"),
    decides=(
        "A security is called by its identifier, or by its ticker where it has none.",
        "Of two securities of a firm on a day the one that began later goes before, "
        "then that whose code comes first by alphabet.",
    ),
    repairs=(
        "A first or last day that is blank leaves the spell open on that side.",
        "Spells of one security that overlap or adjoin become one.",
        "Rows without firm or ticker, with a day that cannot be read, or that end "
        "before they begin, are rejected.",
    ),
    stops=("Columns are absent.", "No row can be used."),
    makes=("ticker_links",),
)
def dated_registrants(raw: RawTable) -> Registrants:
    """Read a table of tickers by date: old tickers and names lead to their securities.

    Raises
    ------
    UserError
        Columns are missing, or no row is usable.
    """
    located = find_columns(raw, REQUIRED, OPTIONAL)
    printed = pd.DataFrame({n: texts(raw, c) for n, c in located.items()})
    security = printed.get("security", blank(printed)).fillna(printed.ticker)
    first, last = (days_or_stop(raw, located[n]) for n in ("link_from", "link_to"))
    table = pd.DataFrame(
        {
            FIRM: firm_codes(printed[FIRM], "cik"),
            "security": without_decimals(security),
            "link_from": first.mask(printed.link_from.isna(), BEGINNING),
            "link_to": last.mask(open_ends(printed.link_to, last), OPEN_END),
            "name": printed.get("name", blank(printed)),
            "company": pd.array([pd.NA] * len(printed), dtype="Int64"),
            "link_type": LINK_TYPES[0],
            "link_primary": PRIMARY[0],
        }
    )
    rules = [*code_rules(FIRM, table[FIRM], "firm_missing"), *spell_rules(table)]
    named = located | {"security": located["ticker"]}
    table, log = judged(raw, table, named, rules)
    links, changed = linked_days(raw, table, located["link_from"])
    links = conform(links.assign(link_type="ticker"), TickerLinks)
    nobody = pd.DataFrame(columns=[FIRM, "cusip", "name"], dtype="string")
    known = about(printed.assign(**table[[FIRM, "link_from"]]).loc[table.index])
    rejects = collect([*log, *changed])
    return Registrants(nobody, names_of(table), links, known, rejects)


def about(spells: pd.DataFrame) -> pd.DataFrame:
    """Return industry and place by firm, of its last spell that tells of each."""
    there = [name for name in ABOUT if name in spells]
    if not there:
        return pd.DataFrame(index=pd.Index([], name=FIRM, dtype="string"))
    order = spells.sort_values([FIRM, "link_from"], kind="stable")
    return order.groupby(FIRM)[there].last()


def names_of(spells: pd.DataFrame) -> pd.DataFrame:
    """Return the names of securities by date."""
    table = with_codes(spells.rename(columns=NAMED), "ncusip")
    columns = ["security", "ncusip", "name", "name_from", "name_to"]
    return table[columns].dropna(subset=["name"])


def blank(table: pd.DataFrame) -> pd.Series:
    """Return a column of missing text for a table."""
    return pd.Series(pd.NA, table.index, dtype="string")


def with_codes(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a table with a column of identifiers that no registrant has."""
    return table.assign(**{column: blank(table)})


def listed_in(path: Path) -> list[tuple[str, str, str]]:
    """Return CIK, ticker and name of each entry of a list."""
    subject = f"reading {path.name}"
    absent = no_file(path)
    if absent is not None:
        raise UserError([absent], subject)
    with unpacked(path) as stream:
        raw = stream.read()
    try:
        entries = json.loads(raw).values()
        return [
            (str(entry[KEYS[0]]).zfill(10), str(entry[KEYS[1]]), str(entry[KEYS[2]]))
            for entry in entries
        ]
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        problem = Problem(f"is no list of tickers ({error!r})", REMEDY, path.name)
        raise UserError([problem], subject) from None
