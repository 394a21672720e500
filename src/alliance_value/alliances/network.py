"""The panel and partnerships -> its largest firms and the alliances between them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.contracts.firm_years import FIRM, YEAR

# In their order around a circle; a firm is what it was in its last year.
STRUCTURES = ("product-centric", "customer-centric", "structure unknown")
TIES = ("within one structure", "across structures", "with a structure unknown")


def largest(panel: pd.DataFrame, size: str, count: int) -> pd.DataFrame:
    """Return size and structure of the largest firms, by structure and size.

    Returns
    -------
    pandas.DataFrame
        On firm: size (mean of its years), structure (its last).
    """
    by_firm = panel.sort_values(YEAR).groupby(FIRM)
    firms = pd.DataFrame(
        {"size": by_firm[size].mean(), "own_cc": by_firm.own_cc.last()}
    )
    firms = firms.sort_values("size", ascending=False, kind="stable").head(count)
    place = firms.own_cc.fillna(2).astype(int)
    firms["structure"] = place.map(dict(enumerate(STRUCTURES)))
    return firms.iloc[np.argsort(place, kind="stable")]


def ties(partnerships: pd.DataFrame, firms: pd.DataFrame) -> pd.DataFrame:
    """Count the alliances of each pair of firms, once.

    Returns
    -------
    pandas.DataFrame
        firm, partner_firm (the firm of the lower code first), kind, alliances (count).
    """
    inside = partnerships[
        partnerships[FIRM].isin(firms.index)
        & partnerships.partner_firm.isin(firms.index)
    ]
    pair = np.sort(inside[[FIRM, "partner_firm"]].astype(str).to_numpy(), axis=1)
    deals = pd.DataFrame(
        {
            FIRM: pair[:, 0],
            "partner_firm": pair[:, 1],
            Alliances.alliance: inside.alliance,
        }
    )
    counts = deals.groupby([FIRM, "partner_firm"]).alliance.nunique()
    data = counts.rename("alliances").reset_index()
    own = data[FIRM].map(firms.own_cc)
    other = data.partner_firm.map(firms.own_cc)
    data["kind"] = np.select(
        [own.isna() | other.isna(), own == other], [TIES[2], TIES[0]], TIES[1]
    )
    return data[[FIRM, "partner_firm", "kind", "alliances"]]


def names_of(
    participants: pd.DataFrame, links: pd.DataFrame, security_names: pd.DataFrame
) -> pd.Series:
    """Return each firm's name: that of most of its alliances, else its security's last.

    Parameters
    ----------
    participants, links, security_names
        Canonical tables.
    """
    listed = links[[FIRM, "security"]].merge(
        security_names[["security", "name_from", "name"]], "inner"
    )
    listed = listed.dropna(subset=["name"]).sort_values(["name_from", "name"])
    named = listed.groupby(FIRM)["name"].last()
    return allied_names(participants).combine_first(named)


def allied_names(participants: pd.DataFrame) -> pd.Series:
    """Return the name under which each firm stands in most of its alliances."""
    named = participants.dropna(subset=[FIRM, "name"])
    counts = named.groupby([FIRM, "name"]).size().rename("n").reset_index()
    counts = counts.sort_values([FIRM, "n", "name"], ascending=[True, False, True])
    return counts.drop_duplicates(FIRM).set_index(FIRM)["name"]
