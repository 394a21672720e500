"""A market -> the CRSP/Compustat link table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.simulate.market import Market
from alliance_value.simulate.vendors.text import day
from alliance_value.simulate.world import World

COLUMNS = "gvkey linkprim liid linktype lpermno lpermco linkdt linkenddt".split()


def links(world: World, market: Market) -> pd.DataFrame:
    """Print one link per security, as text; an open end is blank.

    The first class is primary (P), a second one a joiner (J).
    """
    table = market.securities.table
    still = table["ends"].to_numpy() == len(market.days) - 1
    ends = market.days[table["ends"].to_numpy()].copy()
    ends[still] = np.datetime64("NaT", "D")
    out = pd.DataFrame(
        {
            "gvkey": world.firms.table["gvkey"].to_numpy()[table["firm"]],
            "linkprim": np.where(table["primary"], "P", "J"),
            "liid": np.where(table["primary"], "01", "02"),
            "linktype": np.where(table["permno"] % 4 == 0, "LU", "LC"),
            "lpermno": table["permno"].astype(str),
            "lpermco": table["permco"].astype(str),
            "linkdt": day(table["opening"]),
            "linkenddt": day(ends),
        }
    )
    keys = ["gvkey", "liid"]
    return out[COLUMNS].sort_values(keys, kind="stable", ignore_index=True)
