"""The panel -> moments of its variables: over time, between and within entities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtr

from alliance_value.contracts.firm_years import FIRM, YEAR


def trends(panel: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the mean of variables by time, and quartiles of their rows.

    Returns
    -------
    pandas.DataFrame
        fiscal_year, mean, low and high (quartiles, in the variable's unit), n,
        variable; missing values left out.
    """
    parts = []
    for name in names:
        grouped = panel.dropna(subset=[name]).groupby(YEAR)[name]
        part = grouped.agg(
            mean="mean",
            low=lambda v: v.quantile(0.25),
            high=lambda v: v.quantile(0.75),
            n="size",
        ).reset_index()
        parts.append(part.assign(variable=name))
    return pd.concat(parts, ignore_index=True)


def moments(used: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return moments of variables over complete rows, in their units.

    Returns
    -------
    pandas.DataFrame
        On the variables: mean, sd, between (s.d. of means by entity), within (s.d. of
        deviations from them); then their correlations, a column for each.
    """
    means = used.groupby(FIRM)[list(names)]
    within = used[list(names)] - means.transform("mean")
    table = pd.DataFrame(
        {
            "mean": used[list(names)].mean(),
            "sd": used[list(names)].std(),
            "between": means.mean().std(),
            "within": within.std(),
        }
    )
    return table.join(used[list(names)].corr())


def counted_by(panel: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return how many rows and entities have each value of a column, in its order.

    Returns
    -------
    pandas.DataFrame
        On the values: rows, entities (counts) and share of all rows (decimal); rows
        without a value are left out.
    """
    counts = panel.groupby(name, observed=True)[FIRM].agg(["size", "nunique"])
    counts.columns = ["rows", "entities"]
    return counts.assign(share=counts["rows"] / len(panel))


def correlations(panel: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the correlation of each pair of variables over the rows that have both.

    Returns
    -------
    pandas.DataFrame
        variable, other (an earlier one), n, r, and the two-sided p of no correlation by
        Student's t with n - 2 degrees of freedom; missing where one does not vary.
    """
    records = []
    for i, name in enumerate(names):
        for other in names[:i]:
            both = panel[[name, other]].dropna().to_numpy("float64")
            n, r, p = len(both), np.nan, np.nan
            if n > 2 and (both.std(axis=0) > 0).all():
                r = float(np.clip(np.corrcoef(both.T)[0, 1], -1, 1))
                rest = 1 - r**2
                t = abs(r) * np.sqrt((n - 2) / rest) if rest > 0 else np.inf
                p = 2 * float(stdtr(n - 2, -t))
            records.append((name, other, n, r, p))
    return pd.DataFrame(records, columns=["variable", "other", "n", "r", "p"])
