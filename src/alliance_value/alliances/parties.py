"""Participants of alliances -> parties by ultimate parent, and who is whose partner."""

from __future__ import annotations

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances, Participants
from alliance_value.contracts.firm_years import FIRM
from alliance_value.panel.keys import keyed

NAMES = [
    Participants.cusip6,
    Participants.parent_cusip6,
    Participants.parent_name,
    "name",
    "sic",
    FIRM,
]


def parents(participants: pd.DataFrame) -> pd.Series:
    """Return a name for each participant's ultimate parent.

    A parent CUSIP whose own issuer is a matched firm, and no other, is that firm: SDC
    may state a group by several CUSIPs over time, which a firm's key joins. Where no
    CUSIP of a parent is given, the firm, the participant's own CUSIP, the parent's name
    and the participant's name serve, in this order.

    Returns
    -------
    pandas.Series
        string, shape (n,): the kind of name, a colon and the name.
    """
    text = participants[NAMES].astype("string")
    own = text[
        text[Participants.cusip6]
        .eq(text[Participants.parent_cusip6])
        .fillna(False)
        .to_numpy(bool)
    ]
    firms = own.groupby(Participants.parent_cusip6)[FIRM].agg(["nunique", "first"])
    known = firms.loc[firms["nunique"] == 1, "first"]
    name = "firm:" + text[Participants.parent_cusip6].map(known).astype("string")
    name = name.fillna("cusip:" + text[Participants.parent_cusip6])
    name = name.fillna("firm:" + text[FIRM]).fillna(
        "cusip:" + text[Participants.cusip6]
    )
    name = name.fillna("name:" + text[Participants.parent_name]).fillna(
        "name:" + text["name"]
    )
    place = participants[[Alliances.alliance, Participants.position]].astype("string")
    return name.fillna(
        "unnamed:" + place[Alliances.alliance] + ":" + place[Participants.position]
    )


def parties(participants: pd.DataFrame) -> pd.DataFrame:
    """Merge participants of one alliance that are the same firm or the same parent.

    Parameters
    ----------
    participants
        alliance, position, name, cusip6, parent_cusip6, parent_name, sic, firm.

    Returns
    -------
    pandas.DataFrame
        One row per alliance and party: parent, firm (missing where not matched), sic
        (of the first participant by CUSIP among those with a firm).
    """
    table = participants[[Alliances.alliance, *NAMES]].astype("string")
    table = table.assign(parent=parents(participants))
    table["party"] = ("firm:" + table[FIRM]).fillna(table["parent"])
    order = [Alliances.alliance, "party", FIRM, Participants.cusip6, "sic", "parent"]
    merged = table.sort_values(order, na_position="last", kind="stable")
    merged = merged.groupby([Alliances.alliance, "party"]).first().reset_index()
    return keyed(
        merged[[Alliances.alliance, "party", "parent", FIRM, "sic"]],
        [Alliances.alliance, "party"],
    )


def partnerships(participants: pd.DataFrame) -> pd.DataFrame:
    """Pair each matched firm with every other party of its alliances.

    Parties of one ultimate parent are no partners, and an alliance that leaves a firm
    no partner is not in the result.

    Returns
    -------
    pandas.DataFrame
        One row per alliance, firm and partner: partner_firm (missing where not
        matched), partner_sic.
    """
    sides = parties(participants)
    firms = sides.loc[
        sides[FIRM].notna(), [Alliances.alliance, "party", "parent", FIRM]
    ]
    others = sides.rename(
        columns={
            "party": "partner",
            "parent": "other_parent",
            FIRM: "partner_firm",
            "sic": "partner_sic",
        }
    )
    pairs = firms.merge(others, on=Alliances.alliance)
    apart = pairs["party"].ne(pairs["partner"]) & pairs["parent"].ne(
        pairs["other_parent"]
    )
    columns = [Alliances.alliance, FIRM, "partner", "partner_firm", "partner_sic"]
    return keyed(
        pairs.loc[apart.to_numpy(bool), columns], [Alliances.alliance, FIRM, "partner"]
    )
