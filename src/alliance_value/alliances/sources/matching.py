"""Participants as printed + dated identifiers of firms -> matched participants."""

from __future__ import annotations

import re

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances, Participants
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.storage import conform

HOME = "United States"
LEGAL_FORMS = {
    *("CORP", "CORPORATION", "INC", "INCORPORATED", "CO", "COMPANY", "LTD"),
    *("LIMITED", "PLC", "LLC", "LP", "SA", "AG", "NV", "THE"),
}


def issuers(
    security_names: pd.DataFrame, links: pd.DataFrame, header: pd.DataFrame
) -> pd.DataFrame:
    """Return the CUSIP issuers and names of firms, each with the time it was theirs.

    Parameters
    ----------
    security_names
        security, ncusip, name, name_from, name_to.
    links
        firm, security, link_from, link_to.
    header
        firm, cusip, name of the statements' header: the latest ones, of any date.

    Returns
    -------
    pandas.DataFrame
        firm, cusip6, plain name, valid_from, valid_to, historical (bool).
    """
    dated = security_names.merge(links, on="security")
    overlap = (dated.name_from <= dated.link_to) & (dated.name_to >= dated.link_from)
    dated = dated[overlap]
    past = pd.DataFrame(
        {
            FIRM: dated[FIRM],
            Participants.cusip6: dated.ncusip.str[:6],
            "plain": plain_name(dated.name),
            "valid_from": dated.name_from,
            "valid_to": dated.name_to,
            "historical": True,
        }
    )
    now = pd.DataFrame(
        {
            FIRM: header[FIRM],
            Participants.cusip6: header.cusip.str[:6],
            "plain": plain_name(header.name),
            "valid_from": pd.Timestamp.min,
            "valid_to": pd.Timestamp.max,
            "historical": False,
        }
    )
    return pd.concat([past, now], ignore_index=True).drop_duplicates()


def match_participants(
    parties: pd.DataFrame,
    alliances: pd.DataFrame,
    known: pd.DataFrame,
) -> pd.DataFrame:
    """Match participants to firms, by identifiers first and names last.

    In this order, each on what earlier steps left: the participant's CUSIP issuer among
    those valid at the announcement, its ultimate parent's, both among the statements'
    headers, the parent's name and the participant's name without legal form. A step
    that leads to several firms matches none. Names match only where the parent's nation
    is blank or the firms' own: names recur across nations, CUSIP issuers do not.

    Returns
    -------
    pandas.DataFrame
        Canonical participants; ``match_score`` is 1 where codes or plain names are
        equal. `review` proposes firms for the others.
    """
    table = parties.merge(
        alliances[[Alliances.alliance, Alliances.announced]], on=Alliances.alliance
    )
    table["plain_parent"] = plain_name(table.parent_name)
    table["plain_name"] = plain_name(table["name"])
    table[FIRM] = pd.Series(pd.NA, table.index, dtype="string")
    table[Participants.match_method] = pd.Series(pd.NA, table.index, dtype="string")
    table[Participants.match_score] = pd.Series(
        float("nan"), table.index, dtype="float64"
    )
    past = known[known.historical]
    steps = [
        ("cusip", Participants.cusip6, Participants.cusip6, past),
        ("parent cusip", Participants.parent_cusip6, Participants.cusip6, past),
        ("header cusip", Participants.cusip6, Participants.cusip6, known),
        ("header parent cusip", Participants.parent_cusip6, Participants.cusip6, known),
        ("parent name", "plain_parent", "plain", known),
        ("name", "plain_name", "plain", known),
    ]
    home = table.nation.isna() | table.nation.eq(HOME)
    for method, own, listed, candidates in steps:
        unmatched = table[FIRM].isna() & table[own].notna()
        if listed == "plain":
            unmatched &= home
        left = table[unmatched]
        matched = unique_firm(left, own, candidates, listed)
        table.loc[matched.index, FIRM] = matched
        table.loc[matched.index, Participants.match_method] = method
        table.loc[matched.index, Participants.match_score] = 1.0
    table = table.sort_values([Alliances.alliance, Participants.position])
    return conform(table[list(Participants.to_schema().columns)], Participants)


def unique_firm(
    rows: pd.DataFrame, own: str, candidates: pd.DataFrame, listed: str
) -> pd.Series:
    """Return the firm of each row that has exactly one candidate at its date."""
    left = rows[[own, Alliances.announced]].reset_index().rename(columns={own: "key"})
    right = candidates.rename(columns={listed: "key"})
    right = right[["key", FIRM, "valid_from", "valid_to"]].dropna(subset=["key"])
    pairs = left.merge(right, on="key")
    valid = (pairs.announced >= pairs.valid_from) & (pairs.announced <= pairs.valid_to)
    pairs = pairs[valid].drop_duplicates(["index", FIRM])
    single = pairs[~pairs.duplicated("index", keep=False)]
    return single.set_index("index")[FIRM]


def plain_name(names: pd.Series) -> pd.Series:
    """Return names in capitals without punctuation and legal forms."""
    cleaned = names.astype("string").str.upper().str.replace("&", " AND ")
    cleaned = cleaned.str.replace(r"[^A-Z0-9 ]", " ", regex=True)
    forms = "|".join(map(re.escape, sorted(LEGAL_FORMS)))
    cleaned = cleaned.str.replace(rf"\b(?:{forms})\b", " ", regex=True)
    cleaned = cleaned.str.replace(r"\s+", " ", regex=True).str.strip()
    return cleaned.mask(cleaned == "", pd.NA)
