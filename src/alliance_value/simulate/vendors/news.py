"""A market -> dated news of each firm that may confound an announcement."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.simulate.market import Market
from alliance_value.simulate.streams import stream
from alliance_value.simulate.vendors.text import day
from alliance_value.simulate.world import World

RARE = {"merger": 0.25, "executive": 0.20, "lawsuit": 0.08, "split": 0.03}


def confounding_events(world: World, market: Market) -> pd.DataFrame:
    """Print permno, date, kind: quarterly earnings and dividends, and rarer news.

    The news moves no return on average: dropping confounded events costs
    observations, keeping them costs no bias.
    """
    rng = stream(world.settings.seed, "news")
    table = market.securities.table
    columns, dates, kinds = [], [], []
    begins, ends = table["begins"].to_numpy(), table["ends"].to_numpy()
    permnos = table["permno"].to_numpy()
    for column in np.flatnonzero(table["primary"].to_numpy()):
        begin, end = int(begins[column]), int(ends[column])
        quarter = np.arange(begin + int(rng.integers(5, 63)), end, 63)
        days = {
            "earnings": np.clip(quarter + rng.integers(-4, 5, len(quarter)), begin, end)
        }
        if market.securities.dividend[column] > 0:
            days["dividend"] = np.clip(
                quarter + rng.integers(3, 20, len(quarter)), begin, end
            )
        for kind, rate in RARE.items():
            days[kind] = rng.integers(
                begin, end + 1, rng.poisson(rate * (end - begin) / 252)
            )
        for kind, when in days.items():
            columns.append(np.full(len(when), column))
            dates.append(when)
            kinds += [kind] * len(when)
    rows = {"permno": permnos[np.concatenate(columns)], "day": np.concatenate(dates)}
    out = pd.DataFrame({**rows, "kind": kinds})
    out = out.sort_values(["permno", "day", "kind"], kind="stable")
    out = out.drop_duplicates()
    return pd.DataFrame(
        {
            "permno": out["permno"].astype(str),
            "date": day(market.days[out["day"].to_numpy()]),
            "kind": out["kind"],
        }
    ).reset_index(drop=True)
