"""Coded units -> a firm's structure by fiscal year, and the one known at a date."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from alliance_value.alliances.coding import settle_units
from alliance_value.alliances.contracts.alliances import CodedUnits
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.panel.as_of import last_before
from alliance_value.panel.dates import days
from alliance_value.panel.keys import FIRM_YEAR, keyed

Rule = Literal["majority", "sales_weighted", "strict"]

MAX_AGE_DAYS = 1461  # four years: older filings tell no structure
COLUMNS = [
    FIRM,
    YEAR,
    CodedUnits.filed,
    CodedUnits.accession,
    "units",
    "units_unresolved",
    "customer_units",
    "customer_share",
    "customer_centric",
    CodedUnits.coder,
    "carried_forward",
    "age",
]
SETTLED_BY = ["agreed", "adjudicated", "one_coder", "unresolved"]


def code_structures(
    units: pd.DataFrame, rule: Rule = "majority", coder: str | None = None
) -> pd.DataFrame:
    """Turn coded units into one structure per firm and fiscal year.

    Units whose coders differ leave the flag missing only where settling them could
    change it.

    Parameters
    ----------
    units
        Coded units; unit_class in customer, product, function, geography, mixed.
    rule
        ``majority``: more than half of the units are customer units.
        ``sales_weighted``: units with more than half of sales are; missing unless all
        units' sales are known, none negative. ``strict``: all units are.
    coder
        Use one coder's sheet instead of the settled classes.

    Returns
    -------
    pandas.DataFrame
        One row per firm x fiscal year: filed, accession, units, units_unresolved,
        customer_units (counts), customer_share (decimal: of units, or of sales under
        ``sales_weighted``; missing while a unit is unresolved), customer_centric (1, 0
        or missing), coder (the weakest way in which a unit was settled, in the order
        agreed, adjudicated, one_coder, unresolved), carried_forward (false), age (0).

    References
    ----------
    docs/methods.md, structure coding.
    """
    settled = settle_units(units, coder)
    sales = settled["sales"]
    settled = settled.assign(
        customer=settled[CodedUnits.unit_class]
        .eq("customer")
        .fillna(False)
        .astype("int64"),
        open=settled[CodedUnits.unit_class].isna().astype("int64"),
        weak=settled["settled_by"].map({n: i for i, n in enumerate(SETTLED_BY)}),
        usable=(sales >= 0),
    )
    settled["customer_sales"] = sales * settled["customer"]
    settled["open_sales"] = sales * settled["open"]
    table = (
        settled.groupby(FIRM_YEAR)
        .agg(
            filed=(CodedUnits.filed, "first"),
            accession=(CodedUnits.accession, "first"),
            units=(CodedUnits.unit_name, "size"),
            units_unresolved=("open", "sum"),
            customer_units=("customer", "sum"),
            weak=("weak", "max"),
            sales=("sales", "sum"),
            customer_sales=("customer_sales", "sum"),
            open_sales=("open_sales", "sum"),
            usable=("usable", "all"),
        )
        .reset_index()
    )
    if rule == "sales_weighted":
        total = table["sales"].where(table["usable"] & (table["sales"] > 0))
        certain, open_ = table["customer_sales"], table["open_sales"]
    else:
        total = table["units"].astype("float64")
        certain, open_ = table["customer_units"], table["units_unresolved"]
    if rule == "strict":
        yes, no = certain == total, certain + open_ < total
    else:
        yes, no = 2 * certain > total, 2 * (certain + open_) <= total
    table["customer_centric"] = np.select([yes, no], [1.0, 0.0], np.nan)
    share = certain / total
    table["customer_share"] = share.where(table["units_unresolved"] == 0)
    names = table["weak"].map(dict(enumerate(SETTLED_BY)))
    table[CodedUnits.coder] = coder if coder is not None else names
    table = table.assign(carried_forward=False, age=0)
    counts = ["units", "units_unresolved", "customer_units", "age"]
    table = table.astype(dict.fromkeys(counts, "int64"))
    table = table.astype({CodedUnits.accession: "string", CodedUnits.coder: "string"})
    return keyed(table[COLUMNS], FIRM_YEAR)


def carry_forward(
    structures: pd.DataFrame, firm_years: pd.DataFrame, max_age: int = 3
) -> pd.DataFrame:
    """Fill firm-years without coded units with the firm's last coded fiscal year.

    Parameters
    ----------
    structures
        From `code_structures`.
    firm_years
        Firm-years that may be filled; nothing else is added.
    max_age
        Years after which a structure is no longer carried.

    Returns
    -------
    pandas.DataFrame
        Columns of `code_structures`; on added rows carried_forward is true, age is the
        years since the coded fiscal year, filed and accession are those of its filing.
    """
    coded = keyed(structures, FIRM_YEAR)
    wanted = keyed(firm_years[FIRM_YEAR], FIRM_YEAR).merge(
        coded[FIRM_YEAR], on=FIRM_YEAR, how="left", indicator="coded"
    )
    gaps = wanted.loc[wanted["coded"] == "left_only", FIRM_YEAR]
    at = last_before(coded, coded[YEAR], gaps, gaps[YEAR], max_age)
    filled = coded.take(at[at >= 0]).reset_index(drop=True)
    year = gaps[YEAR].to_numpy()[at >= 0]
    filled = filled.assign(
        carried_forward=True, age=year - filled[YEAR].to_numpy(), **{YEAR: year}
    )
    return keyed(pd.concat([coded, filled], ignore_index=True), FIRM_YEAR)


def structure_at(
    structures: pd.DataFrame,
    firm: pd.Series,
    date: pd.Series,
    max_age_days: int | None = None,
) -> pd.DataFrame:
    """Return the structure in each firm's last filing before a date.

    A filing of the day itself does not count. Of filings of one day the latest fiscal
    year counts. Rows carried forward are no filings and are left aside.

    Parameters
    ----------
    structures
        From `code_structures` or `carry_forward`.
    firm, date
        What is asked for, shape (n,) each, on one index; may be missing.
    max_age_days
        Filings older than this are not used.

    Returns
    -------
    pandas.DataFrame
        Shape (n, 7), on the index of ``firm``: fiscal_year (float64), filed, accession,
        units, customer_share, customer_centric, coder; missing where there is none.
    """
    dated = ~structures["carried_forward"].to_numpy(bool)
    dated &= ~np.isnat(days(structures[CodedUnits.filed]))
    filings = structures[dated].sort_values(
        [FIRM, CodedUnits.filed, YEAR], kind="stable"
    )
    filings = filings.reset_index(drop=True)
    day = pd.Series(days(filings[CodedUnits.filed]).astype("int64"))
    known = firm.notna().to_numpy() & ~np.isnat(days(date))
    asked = pd.DataFrame({FIRM: firm[known]})
    asked_day = pd.Series(days(date[known]).astype("int64"), index=asked.index)
    at = np.full(len(firm), -1)
    at[known] = last_before(filings, day, asked, asked_day, max_age_days)
    columns = [YEAR, CodedUnits.filed, CodedUnits.accession, "units", "customer_share"]
    columns += ["customer_centric", CodedUnits.coder]
    rows = pd.Series(at).where(at >= 0)
    latest = filings[columns].reindex(rows.fillna(-1).astype("int64"))
    return latest.set_axis(firm.index).astype({YEAR: "float64", "units": "float64"})
