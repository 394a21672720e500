"""Participants' shares as SDC prints them -> who owns how much of a joint venture."""

from __future__ import annotations

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances, Participants
from alliance_value.alliances.contracts.ownership import Ownership
from alliance_value.contracts.storage import conform
from alliance_value.sources.columns import decimals

WHOLE = 100.0
ROUNDED = 0.5  # what shares that are rounded may add up to beyond the whole


def venture_shares(
    parties: pd.DataFrame, alliances: pd.DataFrame, decimal: str = "."
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the shares of joint ventures by ultimate parent, and what was decided.

    Parameters
    ----------
    parties
        Participants as printed, with ``share``, percent of the venture, as text.
    alliances
        Canonical alliances; shares of those that are no joint venture are left out.
    decimal
        Decimal mark of the shares.

    Returns
    -------
    ownership : pandas.DataFrame
        Canonical ownership; participants of one parent hold their sum.
    words : tuple of str
        How many shares were read, and why others were not.
    """
    joint = alliances.loc[alliances[Alliances.joint_venture], Alliances.alliance]
    stated = parties[parties.share.notna() & parties.alliance.isin(joint)]
    printed = stated.share.str.replace("%", "").str.strip()
    share = decimals(printed.str.replace(decimal, "."))
    words = []
    if share.gt(0).any() and share.le(1).all():
        share = share * WHOLE
        words.append("participants' shares are at most 1: taken for parts of the whole")
    usable = share.between(0, WHOLE, "right")
    holder = stated[Participants.parent_cusip6].fillna(
        stated[Participants.parent_name].fillna(stated["name"])
    )
    table = pd.DataFrame(
        {
            Ownership.alliance: stated.alliance,
            Ownership.holder: holder,
            Ownership.held: "venture",
            Ownership.share: share,
        }
    )[usable]
    total = table.groupby(Ownership.alliance)[Ownership.share].transform("sum")
    over = total.gt(WHOLE + ROUNDED)
    ventures = table[over][Ownership.alliance].nunique()
    unread = int((~usable & share.ne(0)).sum())
    words += [
        f"{len(table) - int(over.sum()):,} participants' shares of joint ventures read",
        *([f"{unread:,} are no percentage: taken as not stated"] if unread else []),
        *(
            [f"{ventures:,} ventures' add up to more than 100: taken as not stated"]
            if ventures
            else []
        ),
    ]
    keys = [Ownership.alliance, Ownership.holder, Ownership.held]
    held = table[~over].groupby(keys)[Ownership.share].sum().clip(upper=WHOLE)
    return conform(held.reset_index(), Ownership), tuple(words)
