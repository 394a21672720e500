"""Firm-years + segments -> the study's control variables."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from alliance_value.contracts.tables import FIRM, YEAR
from alliance_value.panel.keys import FIRM_YEAR, keyed, numbers

SEGMENT = [*FIRM_YEAR, "segment"]


def statement_items(firm_years: pd.DataFrame) -> pd.DataFrame:
    """Return the items as float64 on the index of a sorted table, keys kept."""
    table = keyed(firm_years, FIRM_YEAR)
    numeric = [
        c
        for c in table.columns
        if c not in FIRM_YEAR and pd.api.types.is_numeric_dtype(table[c].dtype)
    ]
    return table.assign(**{name: numbers(table[name]) for name in numeric})


def ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    """Divide where the denominator is positive; missing elsewhere."""
    return above / below.where(below > 0)


def log(values: pd.Series) -> pd.Series:
    """Return natural logarithms of positive values; missing elsewhere."""
    logs: pd.Series = np.log(values.where(values > 0))
    return logs


def tobins_q(items: pd.DataFrame) -> pd.Series:
    """Return (at + prcc_f csho - ceq) / at."""
    return ratio(
        items["at"] + items["prcc_f"] * items["csho"] - items["ceq"], items["at"]
    )


def intensity(item: pd.Series, sale: pd.Series, zero_is_missing: bool) -> pd.DataFrame:
    """Return an expense over sales, zero where it is not reported, and the flag.

    A firm-year without positive sales has no intensity, reported or not.

    Parameters
    ----------
    item, sale
        $ million, shape (n,).
    zero_is_missing
        The source writes zero for what is not reported.

    Returns
    -------
    pandas.DataFrame
        intensity (decimal), missing (0/1).

    References
    ----------
    Koh and Reeb (2015), Journal of Accounting and Economics 60: missing is not zero.
    """
    reported = item.where(item != 0) if zero_is_missing else item
    return pd.DataFrame(
        {
            "intensity": ratio(reported.fillna(0.0), sale),
            "missing": reported.isna().astype("int64"),
        }
    )


def controls(
    firm_years: pd.DataFrame,
    segments: pd.DataFrame,
    zero_is_missing: Collection[str] = (),
) -> pd.DataFrame:
    """Compute the controls of every firm-year; nothing is winsorized here.

    Parameters
    ----------
    firm_years
        firm, fiscal_year and Compustat items in $ million (emp in thousands, prcc_f in
        $, csho in millions).
    segments
        firm, fiscal_year, segment, sic, sales ($ million).
    zero_is_missing
        Items of ``xrd``, ``xad``, ``xsga`` whose zeros mean "not reported".

    Returns
    -------
    pandas.DataFrame
        One row per firm x fiscal year. Logarithms: size (assets), size_sales,
        size_employees. Decimals: leverage, (dltt + dlc) / at; rd_intensity,
        ad_intensity, over sales, zero with rd_missing, ad_missing = 1 where not
        reported; sga_intensity, over sales; slack, che / at; current_ratio, act / lct;
        free_cash, (oancf - capx) / at; capex_intensity, capx / at; q, Tobin's; and the
        columns of `diversification`.

    References
    ----------
    docs/methods.md, variable dictionary.
    """
    items = statement_items(firm_years)
    at, sale = items["at"], items["sale"]
    rd = intensity(items["xrd"], sale, "xrd" in zero_is_missing)
    ad = intensity(items["xad"], sale, "xad" in zero_is_missing)
    sga = items["xsga"]
    sga = sga.where(sga != 0) if "xsga" in zero_is_missing else sga
    table = items[FIRM_YEAR].assign(
        size=log(at),
        size_sales=log(sale),
        size_employees=log(items["emp"]),
        leverage=ratio(items["dltt"] + items["dlc"], at),
        rd_intensity=rd["intensity"],
        rd_missing=rd["missing"],
        ad_intensity=ad["intensity"],
        ad_missing=ad["missing"],
        sga_intensity=ratio(sga, sale),
        slack=ratio(items["che"], at),
        current_ratio=ratio(items["act"], items["lct"]),
        free_cash=ratio(items["oancf"] - items["capx"], at),
        capex_intensity=ratio(items["capx"], at),
        q=tobins_q(items),
    )
    table = table.merge(
        diversification(segments), on=FIRM_YEAR, how="left", validate="one_to_one"
    )
    return keyed(table, FIRM_YEAR)


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
    grouped = table.groupby(FIRM_YEAR, sort=True)
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
