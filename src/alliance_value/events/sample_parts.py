"""Eras and groups of securities -> designs whose samples stay within each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.problems import Problem, UserError
from alliance_value.events.size_power import Design


def within_eras(design: Design, days: pd.Series, number: int) -> Iterator[Design]:
    """Yield a design within each of some eras of about as many trading days.

    Parameters
    ----------
    design
        What to simulate.
    days
        datetime64: the trading days, in any order, repeated or not.
    number
        Of eras.
    """
    for era in np.array_split(np.sort(days.unique()), number):
        first, last = pd.Timestamp(era[0]), pd.Timestamp(era[-1])
        part = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        yield replace(design, part=part, first=first, last=last)


def within_groups(
    design: Design, values: pd.Series, number: int, label: str
) -> Iterator[Design]:
    """Yield a design within each quantile group of the securities.

    Parameters
    ----------
    design
        What to simulate.
    values
        By security, any unit; missing values are in no group.
    number
        Of groups of about as many securities.
    label
        Of the values.

    Raises
    ------
    UserError
        Fewer securities than groups have a value.
    """
    known = values.dropna().sort_index(key=lambda names: names.astype(str))
    if len(known) < number:
        raise UserError(
            [
                Problem(
                    f"{len(known):,} securities have a value of {label}, too few for "
                    f"{number} groups",
                    "name a variable of firms whose securities the returns hold, or "
                    "fewer groups",
                    "event_study.size_power.within.groups",
                )
            ],
            "the simulation of size and power",
        )
    ordered = known.sort_values(kind="stable").index
    for place, group in enumerate(np.array_split(ordered, number), start=1):
        part = f"{label}, group {place} of {number}"
        yield replace(design, part=part, securities=frozenset(group))


def by_security(
    panel: pd.DataFrame,
    variable: str,
    returns: pd.DataFrame,
    links: pd.DataFrame | None = None,
) -> pd.Series:
    """Return each security's mean of a variable of its firm.

    Parameters
    ----------
    panel
        ``firm`` and the variable.
    variable
        Any unit.
    returns
        Rows of `contracts.vendor_tables.Returns`.
    links
        Rows of `contracts.vendor_tables.Links`; without any the firms are the
        returns' securities, or else their companies.

    Returns
    -------
    pandas.Series
        By security; missing where its firm has no value or is not known.

    Raises
    ------
    UserError
        The variable is text.
    """
    if not is_numeric_dtype(panel[variable]):
        raise UserError(
            [
                Problem(
                    f"securities cannot be ranked by '{variable}', which is text",
                    "name a variable of numbers",
                    "event_study.size_power.within.groups.of",
                )
            ],
            "the simulation of size and power",
        )
    means = panel.groupby(FIRM, observed=True)[variable].mean()
    means.index = means.index.astype(str)
    if links is not None and len(links):
        of = links.assign(security=links.security.astype(str), firm=links[FIRM])
    else:
        of = returns[["security", "company"]].drop_duplicates()
        alike = of.security.astype(str).isin(means.index).any()
        of = of.assign(firm=of.security if alike else of.company)
    values = of.firm.astype(str).map(means)
    return values.groupby(of.security.astype(str).to_numpy()).mean()
