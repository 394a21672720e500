"""A panel of customers and its ledger's settings -> customers' profits by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, PROVENANCE, YEAR
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.customers.concentration import curve_quantities
from alliance_value.customers.extremes import extremes
from alliance_value.panel.cumulative import cumulative_curve
from alliance_value.vocabulary.entries import method
from alliance_value.vocabulary.words import Words

ALL = "all"
OF_CUSTOMERS = {
    "count": "customers",
    "share": "share_of_customers",
    "amount": "profit",
}
SUMS = ["revenue", "direct_cost", "cost_to_serve", "profit"]


def customer_profits(
    panel: pd.DataFrame, section: Mapping[str, Any], words: Words
) -> pd.DataFrame:
    """Sum each customer's amounts over its periods, within every group.

    Parameters
    ----------
    panel
        Panel with the ledger's columns; a row without a profit is left out.
    section
        The study's ``ledger``: revenue, direct_cost, by.
    words
        What the study calls its units.

    Returns
    -------
    pandas.DataFrame
        group, firm and `SUMS`; group ``all``, then ``<column>: <value>`` of each column
        in ``by``. A customer that changes its group counts in each.
    """
    named = {section["revenue"]: "revenue", section["direct_cost"]: "direct_cost"}
    rows = panel.rename(columns=named).dropna(subset=SUMS)
    parts = [rows.assign(group=ALL)]
    for column in section["by"]:
        known = rows[rows[column].notna()]
        value = known[column].map(lambda v: f"{v:g}" if isinstance(v, float) else v)
        head = words.named(column)
        parts.append(known.assign(group=f"{head}: " + value.astype("string")))
    table = pd.concat(parts, ignore_index=True)
    sums = table.groupby(["group", FIRM], sort=False)[SUMS].sum()
    return sums.reset_index().astype({"group": "string", FIRM: "string"})


@method(
    "ledger",
    under="Customers",
    asks=("ledger",),
    order=10,
    words="A customer's profit is revenue R less direct cost D and its activities' "
    "quantities q at their rates r: what a unit costs, or the cost of the resources "
    "over their practical capacity, times the minutes of a unit where that is in "
    "minutes. The curve ranks customers by profit.",
    equation="p_i = sum_t (R_(i t) - D_(i t) - sum_a r_a q_(i a t)), quad "
    "W(k) = sum_(i <= k) p_((i)) slash sum_i p_i",
)
def ledger_tables(
    panel: pd.DataFrame,
    section: Mapping[str, Any],
    words: Words,
    confidence: float,
) -> dict[str, pd.DataFrame]:
    """Return customers, their curves, what these say and the test of both extremes.

    Parameters
    ----------
    panel, section, words
        As of `customer_profits`.
    confidence
        Level of the intervals (decimal).

    Returns
    -------
    dict
        By the names of the canonical tables in `customers.contracts`.
    """
    profits = customer_profits(panel, section, words)
    curve = cumulative_curve(profits.profit, profits.group)
    by_group = list(profits.groupby("group", sort=False))
    return {
        "ledger_customers": with_quadrants(profits[profits.group == ALL]),
        "ledger_curve": curve.rename(columns=OF_CUSTOMERS),
        "ledger_summary": pd.concat(
            [
                curve_quantities(part.profit, confidence).assign(group=group)
                for group, part in by_group
            ],
            ignore_index=True,
        ),
        "ledger_extremes": pd.concat(
            [extremes(part).assign(group=group) for group, part in by_group],
            ignore_index=True,
        ),
    }


def with_quadrants(customers: pd.DataFrame) -> pd.DataFrame:
    """Add margins and the side of both medians on which each customer stands.

    References
    ----------
    Shapiro, Rangan, Moriarty and Ross (1987), Harvard Business Review 65.
    """
    revenue = customers.revenue.where(customers.revenue > 0)
    table = customers.assign(
        margin_realized=(customers.revenue - customers.direct_cost) / revenue,
        service_share=customers.cost_to_serve / revenue,
    )
    sides = [
        np.where(table[c] >= table[c].median(), "high", "low")
        for c in ("margin_realized", "service_share")
    ]
    names = [f"{a} margin, {b} cost to serve" for a, b in zip(*sides, strict=True)]
    quadrant = pd.Series(names, table.index, dtype="string").where(revenue.notna())
    table = table.assign(quadrant=quadrant).sort_values(FIRM, ignore_index=True)
    columns = [FIRM, "revenue", "margin_realized", "service_share", "profit"]
    return table[[*columns, "quadrant"]]


def check_amounts(
    panel: pd.DataFrame, firm_years: pd.DataFrame, columns: Sequence[str]
) -> None:
    """Stop where an amount or a quantity of the ledger is negative.

    Parameters
    ----------
    panel
        Panel with the columns.
    firm_years
        Firm-years with the places of their rows.
    columns
        Revenue, direct cost and quantities of activities.

    Raises
    ------
    UserError
        With every such cell.
    """
    key = [FIRM, YEAR]
    places = firm_years[[*key, *PROVENANCE]].drop_duplicates(key)
    problems = []
    for column in columns:
        wrong = panel.loc[panel[column] < 0, [*key, column]].merge(places, on=key)
        problems += [
            Problem(
                rule=f"{column} of the ledger is negative",
                remedy="set credits against the period that they correct, or leave the "
                "row out with sources.firm_years.where",
                where=str(row["source_file"]),
                row=int(row["source_row"]),
                column=column,
                value=f"{row[column]:g}",
            )
            for row in wrong.to_dict("records")
        ]
    raise_if(problems, "the ledger")
