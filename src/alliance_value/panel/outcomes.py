"""Firm-years -> performance outcomes, industry-adjusted and of later years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from alliance_value.panel.controls import ratio, statement_items, tobins_q
from alliance_value.panel.industry import industry_adjusted
from alliance_value.panel.keys import FIRM_YEAR, keyed
from alliance_value.panel.variables import shift

LEVELS = ["roa", "roa_operating", "roa_net", "roa_average", "q"]


def outcomes(
    firm_years: pd.DataFrame,
    adjustment: Literal["mean_of_others", "median"] = "mean_of_others",
    digits: int = 3,
    min_peers: int = 1,
) -> pd.DataFrame:
    """Compute outcomes of the year itself; nothing is winsorized or led here.

    Parameters
    ----------
    firm_years
        The full universe, so that industries are whole: firm, fiscal_year, sic and
        items in $ million.
    adjustment, digits, min_peers
        How outcomes are adjusted for industry, see `industry_adjusted`.

    Returns
    -------
    pandas.DataFrame
        One row per firm x fiscal year, decimals: roa, ib / at; roa_operating,
        oibdp / at; roa_net, ni / at; roa_average, ib over the mean of this and last
        fiscal year's at; q; and each of them as <name>_adjusted.
    """
    items = statement_items(firm_years)
    at = items["at"].where(items["at"] > 0)
    table = items[FIRM_YEAR].assign(
        roa=items["ib"] / at,
        roa_operating=items["oibdp"] / at,
        roa_net=items["ni"] / at,
        roa_average=ratio(items["ib"], (at + shift(at, items, -1)) / 2),
        q=tobins_q(items),
    )
    adjusted = {
        f"{name}_adjusted": industry_adjusted(
            items, table[name], adjustment, digits, min_peers
        )
        for name in LEVELS
    }
    return keyed(table.assign(**adjusted), FIRM_YEAR)


def later(
    table: pd.DataFrame,
    columns: Sequence[str],
    horizons: Sequence[int] = (1, 2, 3),
    min_years: int = 3,
) -> pd.DataFrame:
    """Add outcomes of later years and their mean, by the calendar.

    Winsorizing comes before: a lead is the finished value of its own year.

    Parameters
    ----------
    table
        One row per firm x fiscal year.
    columns
        Outcomes to lead.
    horizons
        Years ahead.
    min_years
        Years that must be observed for the mean.

    Returns
    -------
    pandas.DataFrame
        firm, fiscal_year, <column>_t<h> per horizon and <column>_mean, the mean over
        the horizons.
    """
    table = keyed(table, FIRM_YEAR)
    result = table[FIRM_YEAR]
    for column in columns:
        leads = pd.DataFrame(
            {f"{column}_t{h}": shift(table[column], table, h) for h in horizons}
        )
        seen = leads.notna().sum(axis=1)
        mean = leads.mean(axis=1).where(seen >= min_years)
        result = pd.concat([result, leads, mean.rename(f"{column}_mean")], axis=1)
    return result
