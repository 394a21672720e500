"""Deals + ownership shares -> how each alliance is governed, as a ladder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alliance_value.alliances.active import TYPES
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.contracts.governance import LADDER, NOT_KNOWN, Governance
from alliance_value.alliances.contracts.ownership import Ownership
from alliance_value.contracts.storage import conform
from alliance_value.panel.keys import FIRM_YEAR, keyed
from alliance_value.vocabulary.entries import method

MAJORITY, HALF = 50.0, 50.0
SHARES = {form: f"share_{form.replace('-', '_').replace(' ', '_')}" for form in LADDER}


@method(
    "governance",
    under="Deals",
    asks=("governance",),
    order=50,
    words="An alliance is an acquisition of the partner where a party holds more than "
    "half of another; a joint venture, 50-50 where two parties hold half of it each "
    "and else unequal; a minority stake where a party holds less of another; a licence "
    "where licensing is its one type; else a contract. Joint ventures whose shares are "
    "not stated are of no known form. Its rung is its place on the ladder.",
)
def governance(
    alliances: pd.DataFrame,
    ownership: pd.DataFrame | None = None,
    ladder: Sequence[str] = LADDER,
) -> pd.DataFrame:
    """Decide by which form each alliance is governed.

    Parameters
    ----------
    alliances
        Canonical alliances.
    ownership
        Canonical ownership shares; none are stated where it is None.
    ladder
        The forms from the loosest to the tightest.

    Returns
    -------
    pandas.DataFrame
        Rows of the governance table, one per alliance.

    References
    ----------
    Gulati and Singh (1998), Administrative Science Quarterly 43: contract, minority
    stake, joint venture. docs/methods.md says where the order is a choice.
    """
    deals = keyed(alliances, [Alliances.alliance]).set_index(Alliances.alliance)
    stated = pd.DataFrame(columns=[Alliances.alliance, "holder", "held", "share"])
    stated = stated if ownership is None else ownership
    venture = stated[stated[Ownership.held] == "venture"].groupby(Ownership.alliance)
    partner = stated[stated[Ownership.held] == "partner"].groupby(Ownership.alliance)
    holders = venture.size().reindex(deals.index).fillna(0)
    largest = venture[Ownership.share].max().reindex(deals.index).astype("float64")
    least = venture[Ownership.share].min().reindex(deals.index).astype("float64")
    stake = partner[Ownership.share].max().reindex(deals.index).astype("float64")
    joint = deals[Alliances.joint_venture].astype(bool)
    even = (holders == 2) & (largest == HALF) & (least == HALF)
    known = largest.notna() & ~((holders < 2) & (largest == HALF))
    others = [t for t in TYPES if t != Alliances.licensing]
    licence = deals[Alliances.licensing].astype(bool) & ~deals[others].any(axis=1)
    form = np.select(
        [stake > MAJORITY, joint & even, joint & known, joint, stake > 0, licence],
        [LADDER[5], LADDER[3], LADDER[4], NOT_KNOWN, LADDER[2], LADDER[1]],
        LADDER[0],
    )
    place = {name: float(n) for n, name in enumerate(ladder, start=1)}
    table = pd.DataFrame(
        {
            Governance.alliance: deals.index,
            Governance.form: form,
            Governance.rung: pd.Series(form).map(place).to_numpy("float64"),
            Governance.equity: np.where(
                form == NOT_KNOWN, 1.0, np.isin(form, LADDER[2:]).astype("float64")
            ),
            Governance.basis: np.select(
                [stake.notna() | (joint & known), joint],
                ["ownership shares", "joint venture without shares"],
                "flags",
            ),
        }
    )
    return conform(table, Governance)


def governance_of_portfolios(
    governed: pd.DataFrame, partnerships: pd.DataFrame, firm_years: pd.DataFrame
) -> pd.DataFrame:
    """Return the shares of a firm's portfolio by form, and its mean rung.

    Parameters
    ----------
    governed
        From `governance`.
    partnerships
        The study's own portfolios, one row per firm, year, alliance and partner.
    firm_years
        firm and fiscal_year.

    Returns
    -------
    pandas.DataFrame
        One row per firm-year; shares of the active alliances of known form.
    """
    deals = partnerships.drop_duplicates([*FIRM_YEAR, Alliances.alliance])
    deals = deals[[*FIRM_YEAR, Alliances.alliance]].merge(
        governed, on=Alliances.alliance, how="left", validate="many_to_one"
    )
    known = deals[deals[Governance.rung].notna()]
    parts: dict[str, pd.Series] = {
        SHARES[form]: known[Governance.form]
        .eq(form)
        .groupby([known[key] for key in FIRM_YEAR])
        .mean()
        for form in LADDER
    }
    of_all = deals.groupby(FIRM_YEAR)
    parts["governance_rung"] = known.groupby(FIRM_YEAR)[Governance.rung].mean()
    parts["governance_known"] = of_all[Governance.rung].count() / of_all.size()
    parts["equity_share"] = of_all[Governance.equity].mean()
    table = pd.DataFrame(parts).reset_index()
    years = keyed(firm_years, FIRM_YEAR)[FIRM_YEAR]
    return years.merge(table, on=FIRM_YEAR, how="left", validate="one_to_one")
