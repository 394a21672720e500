"""A variable + groups of firms -> the variable less what is usual in its group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR

# a difference this small beside what was subtracted has lost digits
CANCELLED = 2.0**-20


def relative_to_peers(
    values: pd.Series,
    group: pd.Series,
    table: pd.DataFrame,
    usual: Literal["mean_of_others", "median"],
    peers: int,
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
        whole, groups = grouped.transform("sum"), [rows["group"], rows[YEAR]]
        rest = sum_without(whole, rows["value"], groups, rows.index.to_series())
        centre = rest / others.where(others > 0)
    adjusted = (rows["value"] - centre).where(others >= peers)
    return adjusted.where(rows["group"].notna()).reindex(values.index)


def sum_without(
    whole: pd.Series, own: pd.Series, group: Sequence[pd.Series], member: pd.Series
) -> pd.Series:
    """Return the sum of a group's other members.

    Where a member outweighs the others, so that subtracting it from the whole would
    leave rounding errors, the others are added up without it.

    Parameters
    ----------
    whole, own
        Sum over the group, and the member's own part, of each row; shape (n,).
    group
        The columns that make the group.
    member
        Who the part belongs to; its rows in a group repeat one part.
    """
    rest = whole - own
    if not (rest.abs() < CANCELLED * own.abs()).any():
        return rest
    keys = {f"group{n}": part for n, part in enumerate(group)}
    parts = pd.DataFrame({**keys, "member": member, "own": own})
    each = parts.dropna().drop_duplicates([*keys, "member"])
    each = each.loc[each["own"].abs().sort_values(kind="stable").index]
    halves = []
    for ordered in (each, each[::-1]):
        sums = ordered.groupby(list(keys))["own"].cumsum()
        before = sums.groupby([ordered[name] for name in keys]).shift(fill_value=0.0)
        halves.append(before)
    each = each.assign(rest=halves[0] + halves[1]).drop(columns="own")
    added = parts.reset_index().merge(each, on=[*keys, "member"], how="left")
    exact = pd.Series(added["rest"].to_numpy(), parts.index)
    return rest.where(rest.abs() >= CANCELLED * own.abs(), exact)
