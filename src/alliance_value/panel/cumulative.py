"""Amounts of units -> their cumulative curve by rank, and who makes the total."""

from __future__ import annotations

import numpy as np
import pandas as pd

TOP = 0.2  # share of units at either end
COLUMNS = ["group", "rank", "count", "share", "amount", "cumulative_share"]


def cumulative_curve(
    amounts: pd.Series, group: pd.Series | None = None
) -> pd.DataFrame:
    """Cumulate amounts from the largest to the smallest.

    Parameters
    ----------
    amounts
        Of either sign, shape (n,); missing ones are left out.
    group
        Group of each amount, one curve each; by default all together.

    Returns
    -------
    pandas.DataFrame
        One row per unit: group, rank (from 1), count (of the group), share (rank over
        count, decimal), amount, cumulative_share, the amounts up to this rank over the
        group's total, or over the sum of absolute amounts where the total is not
        positive.

    References
    ----------
    Kaplan and Narayanan (2001), Journal of Cost Management 15.
    """
    table = pd.DataFrame(
        {
            "group": "all" if group is None else group.astype("string"),
            "amount": amounts.astype("float64"),
        }
    ).dropna()
    table = table.sort_values(
        ["group", "amount"], ascending=[True, False], ignore_index=True, kind="stable"
    )
    grouped = table.groupby("group")["amount"]
    rank = grouped.cumcount() + 1
    count = grouped.transform("size")
    total, size = grouped.transform("sum"), table.amount.abs().groupby(table.group)
    base = total.where(total > 0, size.transform("sum"))
    return table.assign(
        rank=rank,
        count=count,
        share=rank / count,
        cumulative_share=grouped.cumsum() / base.where(base > 0),
    )[COLUMNS]


def curve_summary(curve: pd.DataFrame) -> pd.DataFrame:
    """Return each curve's peak and what its first and last units contribute.

    Parameters
    ----------
    curve
        From `cumulative_curve`.

    Returns
    -------
    pandas.DataFrame
        group, count, peak (share of the total at the curve's height), peak_at (share
        of units there), whole_at (share of units with which the curve first reaches
        its end), top_share, bottom_share (what the first and last fifth of the units,
        `TOP`, bring of the total, decimals); all missing where the total is zero.
    """
    rows = []
    for group, one in curve.groupby("group"):
        n = len(one)
        few = max(int(np.floor(TOP * n)), 1)
        share = one.cumulative_share.to_numpy()
        at = one.share.where(one.cumulative_share.notna()).to_numpy()
        before = share[n - few - 1] if n > few else 0.0
        rows.append(
            {
                "group": group,
                "count": n,
                "peak": share.max(),
                "peak_at": at[np.argmax(share)],
                "whole_at": at[np.argmax(share >= share[-1])],
                "top_share": share[few - 1],
                "bottom_share": share[-1] - before,
            }
        )
    names = ["group", "count", "peak", "peak_at", "whole_at"]
    return pd.DataFrame(rows, columns=[*names, "top_share", "bottom_share"])
