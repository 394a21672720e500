"""Alliances + fiscal year-ends -> the partnerships active at each of them."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.parties import partnerships
from alliance_value.contracts.firm_years import FIRM
from alliance_value.panel.dates import days, years_before
from alliance_value.panel.keys import FIRM_YEAR, keyed, numbers

Life = Literal["5y", "4y", "3y", "until_termination", "cumulative"]

LIFE_YEARS: dict[Life, int] = {"5y": 5, "4y": 4, "3y": 3}
TYPES = [
    Alliances.marketing,
    Alliances.research,
    Alliances.licensing,
    Alliances.manufacturing,
    Alliances.supply,
]
FLAGS = [*TYPES, Alliances.joint_venture, Alliances.cross_border]


def active_partnerships(
    alliances: pd.DataFrame,
    participants: pd.DataFrame,
    firm_years: pd.DataFrame,
    life: Life = "5y",
) -> pd.DataFrame:
    """Join every firm-year with the partnerships that are active at its end.

    An alliance is active at t if it was announced in (t - life, t] and was not
    terminated on or before t. ``until_termination`` has no start to the interval;
    ``cumulative`` looks at no termination either. Deals announced after the year-end,
    or on no known day, are in no portfolio.

    Parameters
    ----------
    alliances
        alliance, announced, terminated and the type flags; which statuses count is
        the caller's choice.
    participants
        Participants of the alliances.
    firm_years
        firm, fiscal_year, datadate (the fiscal year-end).
    life
        Convention on how long an alliance lasts.

    Returns
    -------
    pandas.DataFrame
        One row per firm, fiscal year, alliance and partner: datadate, announced,
        terminated, partner_firm, partner_sic, type flags as float64.
    """
    deals = keyed(alliances, [Alliances.alliance])
    deals = deals[
        [Alliances.alliance, Alliances.announced, Alliances.terminated, *FLAGS]
    ].assign(**{flag: numbers(deals[flag]) for flag in FLAGS})
    ends = keyed(firm_years, FIRM_YEAR)[[*FIRM_YEAR, "datadate"]]
    joined = partnerships(participants).merge(
        deals, on=Alliances.alliance, validate="m:1"
    )
    joined = joined.merge(ends, on=FIRM)
    end, announced = days(joined["datadate"]), days(joined[Alliances.announced])
    active = announced <= end
    if life in LIFE_YEARS:
        active &= announced > years_before(end, LIFE_YEARS[life])
    if life != "cumulative":
        active &= ~(days(joined[Alliances.terminated]) <= end)
    first = [
        *FIRM_YEAR,
        "datadate",
        Alliances.alliance,
        Alliances.announced,
        Alliances.terminated,
        "partner",
    ]
    columns = [*first, "partner_firm", "partner_sic", *FLAGS]
    return keyed(
        joined.loc[active, columns], [*FIRM_YEAR, Alliances.alliance, "partner"]
    )
