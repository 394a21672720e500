"""Small simulated markets for the event study's tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

ESTIMATION = (-120, -21)


def market(
    seed: int = 0, days: int = 400, firms: int = 30, missing: float = 0.02
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return wide returns and factors; some returns are missing."""
    rng = np.random.default_rng(seed)
    dates = pd.bdate_range("2001-01-02", periods=days)
    names = ["mkt_rf", "smb", "hml", "umd", "rmw", "cma"]
    factors = pd.DataFrame(rng.normal(0.0003, 0.01, (days, 6)), columns=names)
    factors["rf"] = 0.0001 + 0.00005 * rng.random(days)
    factors.insert(0, "date", dates)
    beta = rng.normal([1, 0.3, 0.2, 0, 0, 0], 0.3, (firms, 6))
    noise = rng.standard_t(5, (days, firms)) * rng.uniform(0.005, 0.03, firms)
    values = factors[names].to_numpy() @ beta.T + noise + 0.0001
    values[rng.random(values.shape) < missing] = np.nan
    columns = [f"s{i:03d}" for i in range(firms)]
    return pd.DataFrame(values, index=dates, columns=columns), factors


def events(
    returns: pd.DataFrame, n: int = 40, seed: int = 1, first: int = 130
) -> pd.DataFrame:
    """Return events with a return on their day; firms announce several times."""
    rng = np.random.default_rng(seed)
    days, firms = np.nonzero(returns.notna().to_numpy()[first:-12])
    drawn = rng.choice(len(days), n, replace=False)
    return pd.DataFrame(
        {
            "event": [f"e{i:03d}" for i in range(n)],
            "security": returns.columns[firms[drawn]],
            "announced": returns.index[days[drawn] + first],
            "group": np.where(np.arange(n) % 3 == 0, "a", "b"),
        }
    )


def long(returns: pd.DataFrame) -> pd.DataFrame:
    """Return wide returns as a long table."""
    table = returns.rename_axis("date").reset_index()
    return table.melt("date", var_name="security", value_name="ret").dropna()
