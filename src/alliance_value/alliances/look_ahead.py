"""Portfolios and matched structures -> the rows that looked ahead, if any did."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.alliances.active import LIFE_YEARS, Life
from alliance_value.alliances.contracts.alliances import Alliances, CodedUnits
from alliance_value.alliances.portfolios import DEFAULT, PortfolioRule, structure_of
from alliance_value.alliances.structures import structure_at
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.panel.dates import days
from alliance_value.panel.keys import FIRM_YEAR, keyed, numbers


def structure_look_ahead(
    structures: pd.DataFrame, firm: pd.Series, date: pd.Series, used: pd.Series
) -> pd.DataFrame:
    """Return matches that rest on a filing of the date or later; none may be.

    The filing is looked up again by firm and fiscal year and not taken from the match,
    and a fiscal year without a filing date fails as well.

    Parameters
    ----------
    structures
        All structures.
    firm, date
        What was asked for, shape (n,).
    used
        Fiscal year of the structure that was used, missing where none was.

    Returns
    -------
    pandas.DataFrame
        firm, fiscal_year, filed, date of each offending match; empty if the match is
        sound.
    """
    asked = pd.DataFrame(
        {FIRM: firm.astype("string"), YEAR: numbers(used), "date": days(date)}
    )
    asked = asked[asked[YEAR].notna()].astype({YEAR: "int64"})
    filings = keyed(structures, FIRM_YEAR)[[*FIRM_YEAR, CodedUnits.filed]]
    table = asked.merge(filings, on=FIRM_YEAR, how="left", validate="many_to_one")
    sound = days(table[CodedUnits.filed]) < days(table["date"])
    return table.loc[~sound, [*FIRM_YEAR, CodedUnits.filed, "date"]].reset_index(
        drop=True
    )


def activity_look_ahead(active: pd.DataFrame, life: Life = "5y") -> pd.DataFrame:
    """Return partnerships that break the rule of activity; none may.

    Calendar dates are compared, without the arithmetic by which the rows were chosen.

    Parameters
    ----------
    active
        From `active_partnerships`.
    life
        The convention that it was made under.

    Returns
    -------
    pandas.DataFrame
        The offending rows with ``rule``: announced_after_year_end,
        announced_before_life, terminated_by_year_end.
    """
    end = pd.Series(days(active["datadate"]))
    announced = pd.Series(days(active[Alliances.announced]))
    terminated = pd.Series(days(active[Alliances.terminated]))
    span = 12 * LIFE_YEARS[life] if life in LIFE_YEARS else np.inf
    gap = months(end) - months(announced)
    by_day = (announced.dt.day <= end.dt.day) | end.dt.is_month_end
    rules = {
        "announced_after_year_end": ~(announced <= end),
        "announced_before_life": (gap > span) | ((gap == span) & by_day),
        "terminated_by_year_end": (terminated <= end) & (life != "cumulative"),
    }
    parts = [
        active[broken.to_numpy(bool)].assign(rule=rule)
        for rule, broken in rules.items()
    ]
    return pd.concat(parts, ignore_index=True)


def portfolio_look_ahead(
    active: pd.DataFrame, structures: pd.DataFrame, rule: PortfolioRule = DEFAULT
) -> pd.DataFrame:
    """Return structures of firms and partners that were not on file at the year-end.

    Parameters
    ----------
    active
        From `active_partnerships`.
    structures, rule
        As handed to `portfolios`.

    Returns
    -------
    pandas.DataFrame
        Offending matches as in `structure_look_ahead`, with ``side`` (own, partner).
        Under ``fiscal_year`` there are some by design: that convention reads filings
        of the months after the year-end.
    """
    parts = []
    for side, firm in (("own", active[FIRM]), ("partner", active["partner_firm"])):
        if rule.structure == "filed_before":
            at = structure_at(structures, firm, active["datadate"], rule.max_age_days)
            used = at[YEAR]
        else:
            flag = structure_of(active, firm, structures, rule)
            used = active[YEAR].where(flag.notna())
        ahead = structure_look_ahead(structures, firm, active["datadate"], used)
        parts.append(ahead.drop_duplicates().assign(side=side))
    return pd.concat(parts, ignore_index=True)


def months(dates: pd.Series) -> pd.Series:
    """Return the running number of the month of each date."""
    count: pd.Series = 12 * dates.dt.year + dates.dt.month
    return count
