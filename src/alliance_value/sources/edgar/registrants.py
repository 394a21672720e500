"""The SEC's list of tickers -> registrants by CIK, with names and tickers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from alliance_value.contracts.access import no_file
from alliance_value.contracts.problems import Problem, UserError, gathered, raise_if
from alliance_value.sources.text_file import unpacked
from alliance_value.vocabulary.entries import reader

KEYS = ("cik_str", "ticker", "title")
REMEDY = "fetch files/company_tickers.json from the SEC again"


@dataclass(frozen=True)
class Registrants:
    """Registrants of the day on which the list was made.

    Parameters
    ----------
    table
        firm (CIK), ticker, name; a row per ticker.
    """

    table: pd.DataFrame

    @property
    def header(self) -> pd.DataFrame:
        """The firms' names: firm, cusip (none), name."""
        names = self.table[["firm", "name"]].drop_duplicates()
        blank = pd.Series(pd.NA, names.index, dtype="string")
        return names.assign(cusip=blank)[["firm", "cusip", "name"]]

    @property
    def no_names(self) -> pd.DataFrame:
        """No history of names: the list has none."""
        columns = ["security", "ncusip", "name", "name_from", "name_to"]
        return pd.DataFrame(columns=columns, dtype="string")

    @property
    def no_links(self) -> pd.DataFrame:
        """No links to securities by date: the list has none."""
        columns = ["firm", "security", "link_from", "link_to"]
        return pd.DataFrame(columns=columns, dtype="string")


@reader(
    "company_tickers",
    of="tickers",
    label="the SEC's list of tickers",
    reads="company_tickers.json: CIK, ticker and name of each registrant, of one day.",
    decides=("Names and tickers are those of the day of the list, for all years.",),
    stops=("A file is no such list.",),
)
def read_registrants(paths: Sequence[str]) -> Registrants:
    """Read lists of tickers.

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
    table = pd.DataFrame(rows, columns=["firm", "ticker", "name"], dtype="string")
    return Registrants(table.drop_duplicates(ignore_index=True))


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
