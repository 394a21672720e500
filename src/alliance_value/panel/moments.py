"""The panel -> moments of its variables: over time, between and within entities."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

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
