"""All firms' sales -> concentration, growth and turbulence of industries."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import YEAR
from alliance_value.panel.keys import FIRM_YEAR, keyed, look_up, numbers

INDUSTRY = "industry"
SPAN = 5
MEASURES = [
    "industry_firms",
    "industry_sales",
    "hhi",
    "industry_growth_slope",
    "industry_growth",
    "industry_turbulence",
]


def industry_code(sic: pd.Series, digits: int = 3) -> pd.Series:
    """Return the leading digits of four-digit SIC codes, leading zeros restored.

    Codes that are no digits, such as names of sectors, stay as they are.
    """
    whole = sic.astype("Int64") if pd.api.types.is_numeric_dtype(sic) else sic
    text = whole.astype("string").str.strip()
    text = text.mask(text.eq(""))
    code = text.str.fullmatch(r"\d+").fillna(False)
    return text.mask(code, text.str.zfill(4).str[:digits])


def industry_years(firm_years: pd.DataFrame, digits: int = 3) -> pd.DataFrame:
    """Measure every industry in every year.

    Parameters
    ----------
    firm_years
        firm, fiscal_year, sic, sale ($ million): the full universe, before the study's
        sample is taken from it. Sales that are not positive are no sales.
    digits
        Leading digits of the SIC code that make an industry.

    Returns
    -------
    pandas.DataFrame
        One row per industry x fiscal year: industry_firms (count with sales),
        industry_sales ($ million), hhi (sum of squared sale shares, 0 to 1);
        over t-4..t, missing unless the industry has sales in all five years:
        industry_growth_slope (least-squares slope of sales on time, $ million a year),
        industry_growth (slope over mean sales, a year), industry_turbulence
        (residual standard deviation, n - 2 degrees of freedom, over mean sales).

    References
    ----------
    docs/methods.md, industry measures. Keats and Hitt (1988), Academy of Management
    Journal 31.
    """
    table = keyed(firm_years, FIRM_YEAR)
    sales = pd.Series(numbers(table["sale"]), table.index)
    table = pd.DataFrame(
        {
            INDUSTRY: industry_code(table["sic"], digits),
            YEAR: table[YEAR],
            "sale": sales.where(sales > 0),
        }
    ).dropna()
    key = [INDUSTRY, YEAR]
    total = table.groupby(key)["sale"].transform("sum")
    table = table.assign(square=(table["sale"] / total) ** 2)
    grouped = table.groupby(key)
    measures = pd.DataFrame(
        {
            "industry_firms": grouped.size(),
            "industry_sales": grouped["sale"].sum(),
            "hhi": grouped["square"].sum(),
        }
    )
    return keyed(measures.join(trends(measures["industry_sales"])).reset_index(), key)


def trends(sales: pd.Series) -> pd.DataFrame:
    """Fit a line to each five years of an industry's sales.

    Parameters
    ----------
    sales
        On industry and fiscal_year.

    Returns
    -------
    pandas.DataFrame
        On the same index: industry_growth_slope, industry_growth,
        industry_turbulence.
    """
    names = ["industry_growth_slope", "industry_growth", "industry_turbulence"]
    if sales.empty:
        return pd.DataFrame(index=sales.index, columns=names, dtype="float64")
    industry = sales.index.get_level_values(INDUSTRY)
    row = pd.factorize(industry)[0]
    year = sales.index.get_level_values(YEAR).to_numpy("int64")
    column = year - year.min()
    grid = np.full((row.max() + 1, column.max() + SPAN), np.nan)
    grid[row, column + SPAN - 1] = sales.to_numpy("float64")
    windows = np.lib.stride_tricks.sliding_window_view(grid, SPAN, axis=1)[row, column]
    time = np.arange(SPAN) - (SPAN - 1) / 2
    mean = windows.mean(axis=1)
    slope = (windows * time).sum(axis=1) / (time**2).sum()
    residuals = windows - mean[:, None] - slope[:, None] * time
    deviation = np.sqrt((residuals**2).sum(axis=1) / (SPAN - 2))
    values = (slope, slope / mean, deviation / mean)
    return pd.DataFrame(dict(zip(names, values, strict=True)), index=sales.index)


def industry_measures(firm_years: pd.DataFrame, digits: int = 3) -> pd.DataFrame:
    """Give every firm-year the measures of its industry.

    Returns
    -------
    pandas.DataFrame
        One row per firm x fiscal year: industry (text) and the columns of
        `industry_years`, missing where SIC is.
    """
    table = keyed(firm_years, FIRM_YEAR)
    keys = table[FIRM_YEAR].assign(**{INDUSTRY: industry_code(table["sic"], digits)})
    measures = look_up(industry_years(table, digits), keys[[INDUSTRY, YEAR]], MEASURES)
    return pd.concat([keys, measures.astype("float64")], axis=1)
