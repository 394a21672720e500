"""Dyads and both partners' abnormal returns -> a row per partner, all in columns."""

from __future__ import annotations

import re

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.dyads import partner_events

OF_DEALS = ["asymmetric", Alliances.marketing, Alliances.research, "confounded"]


def partner_returns(dyads: pd.DataFrame, cars: pd.DataFrame) -> pd.DataFrame:
    """Return a row per deal and partner, its abnormal returns in columns.

    Parameters
    ----------
    dyads
        Canonical dyads with both partners' market values ($ million).
    cars
        Canonical cumulative abnormal returns (decimal) of ``<deal>:<side>``.

    Returns
    -------
    pandas.DataFrame
        Canonical partner returns; a combined or mean return is missing where that of
        either partner is.
    """
    table = partner_events(dyads)
    own = dyads.set_index(Alliances.alliance)
    for side in ("i", "j"):
        rows = table.side == side
        deals = table.alliance[rows]
        for name in ("customer_centric", "market_value"):
            values = own[f"{name}_{side}"].astype("float64").reindex(deals)
            table.loc[rows, name] = values.to_numpy()
    for name in OF_DEALS:
        table[name] = own[name].astype("float64").reindex(table.alliance).to_numpy()
    table["first"] = (table.side == "i") * 1.0
    table["fiscal_year"] = table.announced.dt.year
    wide = cars.pivot(index="event", columns=["model", "window"], values="car")
    wide.columns = [f"{key[0]}_{days(key[1])}" for key in wide.columns]
    wide = wide.reindex(table.event).reset_index(drop=True)
    deal = table.alliance
    weight = table.market_value / table.market_value.groupby(deal).transform("sum")
    both = {"min_count": 2}
    combined = wide.mul(weight, axis=0).groupby(deal).transform("sum", **both)
    mean = wide.groupby(deal).transform("sum", **both) / 2
    names = [
        "firm",
        "fiscal_year",
        Alliances.alliance,
        "first",
        "customer_centric",
        *OF_DEALS,
    ]
    parts = [wide.add_prefix("car_"), combined.add_prefix("combined_")]
    return pd.concat([table[names], *parts, mean.add_prefix("mean_")], axis=1)


def days(window: str) -> str:
    """Write a window such as [-1,1] as a name can: m1_p1."""
    marks = {"-": "m", "": "p"}
    found = re.findall(r"(-?)(\d+)", window)
    return "_".join("0" if day == "0" else marks[sign] + day for sign, day in found)
