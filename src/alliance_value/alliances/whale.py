"""Gains of deals -> the whale curve: how few make the value that others lose again."""

from __future__ import annotations

import pandas as pd

from alliance_value.panel.cumulative import cumulative_curve, curve_summary

OF_DEALS = {"count": "deals", "share": "share_of_deals", "amount": "gain"}


def whale_curve(gains: pd.Series, group: pd.Series | None = None) -> pd.DataFrame:
    """Return `panel.cumulative_curve` of gains ($ million), its columns as of deals."""
    return cumulative_curve(gains, group).rename(columns=OF_DEALS)


def whale_summary(curve: pd.DataFrame) -> pd.DataFrame:
    """Return `panel.curve_summary` of a whale curve, its columns as of deals."""
    named = curve.rename(columns={new: name for name, new in OF_DEALS.items()})
    summary = curve_summary(named).drop(columns="whole_at")
    return summary.rename(columns=OF_DEALS)
