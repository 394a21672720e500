"""CCM link history and CRSP name history -> dated links and names of securities."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.tables import FIRM
from alliance_value.sources.compustat import GVKEY_DIGITS
from alliance_value.sources.read_file import RawTable

LINK_TYPES = ["LC", "LU"]
PRIMARY = ["P", "C"]
OPEN_END = pd.Timestamp("2261-12-31")
NAMES = {
    "security": ("permno",),
    "name_from": ("namedt", "secinfostartdt"),
    "name_to": ("nameendt", "secinfoenddt"),
    "ncusip": ("ncusip", "cusip"),
    "name": ("comnam", "issuernm"),
}


def firm_links(raw: RawTable) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return usable links between firms and securities, and the rejected ones.

    Kept are link types LC and LU that are primary (P or C); an end that is blank, E or
    .E is open. Of links by which a firm has two securities at a time the one that began
    later ends the earlier one.

    Returns
    -------
    links, rejected : pandas.DataFrame
        firm, security, link_from, link_to; and rejects.
    """
    columns = ["gvkey", "linkprim", "linktype", "lpermno", "linkdt", "linkenddt"]
    require(raw, columns)
    cells = raw.cells[columns].astype("string").apply(lambda c: c.str.strip())
    usable = cells.linktype.isin(LINK_TYPES) & cells.linkprim.isin(PRIMARY)
    usable &= cells.lpermno.fillna("").ne("")
    bad = cells[~usable.to_numpy(bool)]
    rejected = rejects(
        file=raw.file,
        row=raw.rows[bad.index],
        column="linktype",
        value=bad.linktype,
        rule="link_not_primary_or_confirmed",
        action="rejected",
    )
    kept = cells[usable.to_numpy(bool)]
    links = pd.DataFrame(
        {
            FIRM: kept.gvkey.str.zfill(GVKEY_DIGITS),
            "security": kept.lpermno.astype("float64").astype("int64"),
            "link_from": pd.to_datetime(kept.linkdt, errors="coerce", format="mixed"),
            "link_to": pd.to_datetime(
                kept.linkenddt, errors="coerce", format="mixed"
            ).fillna(OPEN_END),
        }
    )
    links = links.sort_values([FIRM, "link_from", "security"], ignore_index=True)
    following = links.groupby(FIRM).link_from.shift(-1) - pd.Timedelta(days=1)
    cut = following < links.link_to
    links["link_to"] = links.link_to.mask(cut, following)
    return links[links.link_to >= links.link_from], collect([rejected])


def security_names(raw: RawTable) -> pd.DataFrame:
    """Return each security's names and historical CUSIPs with their dates.

    Legacy and CIZ column names are both understood.
    """
    data = {}
    problems = []
    for name, spellings in NAMES.items():
        column = next((s for s in spellings if s in raw.cells.columns), None)
        if column is None:
            problems.append(missing(raw, spellings[0]))
        else:
            data[name] = raw.cells[column].astype("string").str.strip()
    raise_if(problems, f"reading {raw.file}")
    table = pd.DataFrame(data)
    table["security"] = table.security.astype("float64").astype("int64")
    for name in ("name_from", "name_to"):
        table[name] = pd.to_datetime(table[name], errors="coerce", format="mixed")
    table["name_to"] = table.name_to.fillna(OPEN_END)
    return table.sort_values(["security", "name_from"], ignore_index=True)


def require(raw: RawTable, columns: list[str]) -> None:
    """Raise with every column that a file lacks."""
    absent = [c for c in columns if c not in raw.cells.columns]
    raise_if([missing(raw, c) for c in absent], f"reading {raw.file}")


def missing(raw: RawTable, column: str) -> Problem:
    """Return the problem of a column that a file does not have."""
    return Problem(
        rule=f"there is no column '{column}'",
        remedy=nearest(column, raw.cells.columns),
        where=raw.file,
        row=1,
    )
