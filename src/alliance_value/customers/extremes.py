"""Customers' revenue and profit -> whether the large ones stand at both extremes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

LARGE, END = 0.2, 0.1


def extremes(customers: pd.DataFrame) -> pd.DataFrame:
    """Compare how often large customers and others are among the best and the worst.

    Parameters
    ----------
    customers
        revenue, profit; one row per customer.

    Returns
    -------
    pandas.DataFrame
        end (best, worst, both), large and other (shares there), difference, z, p
        (one-sided: large customers are there more often), n. ``both`` has the smaller
        difference and the larger p, which tests that they are at both ends more often
        against that they are not at one of them.

    References
    ----------
    Berger (1982), Technometrics 24: intersection-union tests. The shares are compared
    by the normal approximation with their pooled variance.
    """
    n = len(customers)
    big = in_first(-customers.revenue, LARGE)
    rows = []
    for name, order in (("best", -customers.profit), ("worst", customers.profit)):
        there = in_first(order, END)
        ones, others = int(big.sum()), int((~big).sum())
        one = float(there[big].mean()) if ones else np.nan
        other = float(there[~big].mean()) if others else np.nan
        pooled = float(there.mean())
        spread = pooled * (1 - pooled) * (1 / ones + 1 / others) if others else 0.0
        z = (one - other) / np.sqrt(spread) if spread > 0 else np.nan
        rows.append((name, one, other, one - other, z, float(stats.norm.sf(z))))
    table = pd.DataFrame(
        rows, columns=["end", "large", "other", "difference", "z", "p"]
    )
    both = (
        table.loc[[table.difference.idxmin()]] if table.z.notna().all() else table[:1]
    )
    both = both.assign(
        end="both", large=np.nan, other=np.nan, p=table.p.max(skipna=False)
    )
    return (
        pd.concat([table, both], ignore_index=True)
        .assign(n=n)
        .dropna(subset=["difference"])
    )


def in_first(order: pd.Series, part: float) -> np.ndarray:
    """Return who is in the first part of an order, ties by their place."""
    few = max(int(np.floor(part * len(order))), 1)
    chosen = np.zeros(len(order), dtype=bool)
    chosen[np.argsort(order.to_numpy("float64"), kind="stable")[:few]] = True
    return chosen
