"""Segments -> how far each firm-year's sales spread over them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.panel.keys import FIRM_YEAR, keyed, numbers

SEGMENT = [*FIRM_YEAR, "segment"]


def segments_by_year(segments: pd.DataFrame, firm_years: pd.DataFrame) -> pd.DataFrame:
    """Give segments the fiscal year of their closing; business before operating ones.

    Parameters
    ----------
    segments
        Canonical segments.
    firm_years
        firm, fiscal_year, datadate.

    Returns
    -------
    pandas.DataFrame
        firm, fiscal_year, segment, sales: of firm-years with business segments these,
        of the others the operating segments. Closings that no firm-year has are left
        out.
    """
    closings = firm_years[[*FIRM_YEAR, "datadate"]]
    table = segments.merge(closings, on=[FIRM, "datadate"], validate="many_to_one")
    business = table["segment_type"].eq("BUSSEG")
    any_business = business.groupby([table[FIRM], table[YEAR]]).transform("any")
    return table[(business == any_business).to_numpy(bool)][[*SEGMENT, "sales"]]


def diversification(segments: pd.DataFrame) -> pd.DataFrame:
    """Measure how a firm's sales spread over its segments.

    Parameters
    ----------
    segments
        One row per firm, fiscal year and segment. Segments without positive sales
        (eliminations, cost centres) have no share.

    Returns
    -------
    pandas.DataFrame
        One row per firm x fiscal year with segments: segments (count), diversification
        (entropy -sum p ln p, 0 for one segment), diversification_herfindahl
        (1 - sum p^2).

    References
    ----------
    Jacquemin and Berry (1979), Journal of Industrial Economics 27.
    """
    table = keyed(segments, SEGMENT)
    table = table.assign(sales=numbers(table["sales"]))
    table = table[(table["sales"] > 0).to_numpy(bool)]
    share = table["sales"] / table.groupby(FIRM_YEAR)["sales"].transform("sum")
    table = table.assign(entropy=-share * np.log(share), square=share**2)
    grouped = table.groupby(FIRM_YEAR)
    return (
        pd.DataFrame(
            {
                "segments": grouped.size().astype("float64"),
                # zero itself, not minus zero, for one segment
                "diversification": grouped["entropy"].sum() + 0.0,
                "diversification_herfindahl": 1.0 - grouped["square"].sum(),
            }
        )
        .reset_index()
        .astype({FIRM: "string", YEAR: "int64"})
    )
