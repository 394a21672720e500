"""Gains of deals -> the whale curve: how few make the value that others lose again."""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ["group", "rank", "deals", "share_of_deals", "gain", "cumulative_share"]


def whale_curve(gains: pd.Series, group: pd.Series | None = None) -> pd.DataFrame:
    """Cumulate gains from the largest to the smallest.

    Parameters
    ----------
    gains
        $ million, shape (n,); missing ones are left out.
    group
        Group of each gain, one curve each; by default all together.

    Returns
    -------
    pandas.DataFrame
        One row per deal: group, rank (from 1), deals (count of the group),
        share_of_deals (decimal), gain, cumulative_share, the gains up to this rank
        over the group's total, or over the sum of absolute gains where the total is
        not positive.

    References
    ----------
    Kaplan and Narayanan (2001), Journal of Cost Management 15: cumulative customer
    profitability; applied here to deals.
    """
    table = pd.DataFrame(
        {
            "group": "all" if group is None else group.astype("string"),
            "gain": gains.astype("float64"),
        }
    ).dropna()
    table = table.sort_values(
        ["group", "gain"], ascending=[True, False], ignore_index=True, kind="stable"
    )
    grouped = table.groupby("group")["gain"]
    rank = grouped.cumcount() + 1
    count = grouped.transform("size")
    total, size = grouped.transform("sum"), table.gain.abs().groupby(table.group)
    base = total.where(total > 0, size.transform("sum"))
    return table.assign(
        rank=rank,
        deals=count,
        share_of_deals=rank / count,
        cumulative_share=grouped.cumsum() / base.where(base > 0),
    )[COLUMNS]


def whale_summary(curve: pd.DataFrame, top: float = 0.2) -> pd.DataFrame:
    """Return each curve's peak and what its first and last deals contribute.

    Parameters
    ----------
    curve
        From `whale_curve`.
    top
        Share of deals at either end (decimal).

    Returns
    -------
    pandas.DataFrame
        group, deals, peak (share of the total at the curve's height), peak_at (share
        of deals there), top_share, bottom_share (of the total, decimals).
    """
    rows = []
    for group, one in curve.groupby("group"):
        n = len(one)
        count = max(int(np.floor(top * n)), 1)
        share = one.cumulative_share.to_numpy()
        best = int(np.argmax(share)) if n and np.isfinite(share).all() else 0
        before = share[n - count - 1] if n > count else 0.0
        rows.append(
            {
                "group": group,
                "deals": n,
                "peak": share[best],
                "peak_at": one.share_of_deals.iloc[best],
                "top_share": share[count - 1],
                "bottom_share": share[-1] - before,
            }
        )
    names = ["group", "deals", "peak", "peak_at", "top_share", "bottom_share"]
    return pd.DataFrame(rows, columns=names)
