"""Active partnerships with structures -> shares of a portfolio's partners and deals."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from alliance_value.alliances.active import FLAGS
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.panel.keys import FIRM_YEAR
from alliance_value.vocabulary.entries import method

Weights = Literal["deal", "partner"]


@method(
    "portfolio_share",
    under="Variables",
    asks=("sources.alliances",),
    uses="portfolios",
    order=10,
    words="The share of customer-centric partners: of the deals K that are active at "
    "the fiscal year's end, each with its weight w spread over its coded partners, the "
    "part C whose partner has a customer-centric structure.",
    equation="s_(i t) = (sum_(j in C_(i t)) w_j) / (sum_(j in K_(i t)) w_j)",
)
def structure_shares(active: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """Weigh partners and compute the shares that rest on their structure.

    Coded partners of one deal (one partner's coded deals) share its weight, so an
    uncoded third party does not make a deal count less.

    Returns
    -------
    pandas.DataFrame
        On firm and fiscal_year: partners, partners_coded, coverage, cc_share,
        cc_share_all, asym_share.
    """
    unit = [*FIRM_YEAR, Alliances.alliance if weights == "deal" else "partner"]
    cc, own = active["partner_cc"], active["own_cc"]
    coded = cc.notna().astype("float64")
    table = active[[*unit, "partner"]].loc[:, lambda t: ~t.columns.duplicated()]
    table = table.assign(coded=coded)
    grouped = table.groupby(unit, sort=False)["coded"]
    even = 1.0 / grouped.transform("size")
    among = (coded / grouped.transform("sum").where(coded > 0)).fillna(0.0)
    table = table.assign(
        even=even,
        among=among,
        cc_even=even * cc.fillna(0.0),
        cc_among=among * cc.fillna(0.0),
        asym=among * (cc - own).abs().fillna(0.0),
        coded_partner=table["partner"].where(coded > 0),
    )
    sums = table.groupby(FIRM_YEAR)[
        ["even", "among", "cc_even", "cc_among", "asym"]
    ].sum()
    some = sums["among"].where(sums["among"] > 0)
    known = active.assign(own_cc=own).groupby(FIRM_YEAR)["own_cc"].first()
    distinct = table.groupby(FIRM_YEAR)
    return pd.DataFrame(
        {
            "partners": distinct["partner"].nunique(),
            "partners_coded": distinct["coded_partner"].nunique(),
            "coverage": sums["among"] / sums["even"],
            "cc_share": sums["cc_among"] / some,
            "cc_share_all": sums["cc_even"] / sums["even"],
            "asym_share": (sums["asym"] / some).where(known.notna()),
        }
    )


def deal_shares(deals: pd.DataFrame) -> pd.DataFrame:
    """Compute size and the shares of deals by type.

    Parameters
    ----------
    deals
        One row per firm, fiscal year and alliance.
    """
    grouped = deals.groupby(FIRM_YEAR)[FLAGS]
    count, mean, size = grouped.sum(), grouped.mean(), grouped.size()
    marketing, research = count[Alliances.marketing], count[Alliances.research]
    both = marketing + research
    return pd.DataFrame(
        {
            "portfolio_size": size,
            "mkt_intensity": marketing / both.where(both > 0),
            "mkt_difference": (marketing - research) / size,
            "jv_share": mean[Alliances.joint_venture],
            "cross_border_share": mean[Alliances.cross_border],
        }
    )
