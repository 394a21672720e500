"""A world and its market -> cumulative abnormal returns by the true loadings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.simulate.market import Market
from alliance_value.simulate.world import World


def abnormal_returns(world: World, market: Market) -> pd.DataFrame:
    """Return one row a deal and partner with two listed partners.

    Columns: those of the deals and of `Market.events`, cc (the partner's own
    structure) and estimate, the abnormal return over [-1, +1] with the true
    loadings, decimal.
    """
    table = market.securities.table
    column_of = pd.Series(
        table.index[table["primary"]], index=table["firm"][table["primary"]]
    )
    events = market.events.merge(world.deals, on="alliance", validate="many_to_one")
    column = column_of.reindex(events["firm"]).to_numpy()
    loadings = market.securities.loadings[column]
    factors = market.factors[["mktrf", "smb", "hml", "umd"]].to_numpy()
    rf = market.factors["rf"].to_numpy()
    estimate = np.zeros(len(events))
    for lag in (-1, 0, 1):
        t = events["day"].to_numpy() + lag
        expected = rf[t] + (factors[t] * loadings).sum(1)
        estimate += market.ret[t, column] - expected
    own = np.where(events["firm"] == events["i"], events["cc_i"], events["cc_j"])
    events = events.assign(estimate=estimate, cc=own).dropna(subset=["estimate"])
    both = events.groupby("alliance")["firm"].transform("size") == 2
    return events[both].reset_index(drop=True)


def combined(events: pd.DataFrame) -> pd.DataFrame:
    """Return one row a deal: value-weighted abnormal return of both partners."""
    gain = (events["estimate"] * events["value"]).groupby(events["alliance"]).sum()
    value = events["value"].groupby(events["alliance"]).sum()
    deals = events.drop_duplicates("alliance").set_index("alliance")
    return deals.assign(combined=gain / value)
