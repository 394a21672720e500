"""The panel -> the adoption of customer-centric structures over time."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR


def adoption(panel: pd.DataFrame) -> pd.DataFrame:
    """Return how many firms are customer-centric, and how many changed, by year.

    Returns
    -------
    pandas.DataFrame
        fiscal_year, share and switched (decimals of the coded firms), n.
    """
    coded = panel.dropna(subset=["own_cc"])
    before = coded.groupby(FIRM)["own_cc"].shift()
    switched = (before.notna() & (before != coded.own_cc)).astype(float)
    return (
        coded.assign(switched=switched)
        .groupby(YEAR)
        .agg(
            share=("own_cc", "mean"),
            switched=("switched", "mean"),
            n=("own_cc", "size"),
        )
        .reset_index()
    )
