"""A variable + groups of firms -> the variable less what is usual in its group."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR


def relative_to_peers(
    values: pd.Series,
    group: pd.Series,
    table: pd.DataFrame,
    usual: Literal["mean_of_others", "median"] = "mean_of_others",
    peers: int = 1,
) -> pd.Series:
    """Subtract what is usual in the firm's group and year.

    Parameters
    ----------
    values
        On the index of ``table``, shape (n,).
    group
        Group of each row, such as its industry; rows without one have no peers.
    table
        firm and fiscal_year of each row.
    usual
        ``mean_of_others``: the mean of the group's other rows, the own one left out.
        ``median``: the median of all its rows, the own one among them.
    peers
        Other rows with the value that a row needs.

    Returns
    -------
    pandas.Series
        float64 in the unit of ``values``, on its index.
    """
    rows = pd.DataFrame(
        {
            FIRM: table[FIRM],
            YEAR: table[YEAR],
            "group": group,
            "value": values.astype("float64"),
        }
    ).sort_values([FIRM, YEAR], kind="stable")
    grouped = rows.groupby(["group", YEAR], sort=False)["value"]
    others = grouped.transform("count") - rows["value"].notna()
    if usual == "median":
        centre = grouped.transform("median")
    else:
        centre = (grouped.transform("sum") - rows["value"]) / others.where(others > 0)
    adjusted = (rows["value"] - centre).where(others >= peers)
    return adjusted.where(rows["group"].notna()).reindex(values.index)
