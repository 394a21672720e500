"""Units as coders classed them -> one settled class per unit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.alliances.contracts.alliances import CodedUnits
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.panel.dates import days
from alliance_value.panel.keys import FIRM_YEAR, keyed, numbers

ADJUDICATED = "adjudicated"
UNIT = [*FIRM_YEAR, CodedUnits.unit_name]


def first_filings(units: pd.DataFrame) -> pd.DataFrame:
    """Keep of each firm-year the filing that came first, so amendments do not count.

    Coders may note different dates for one filing; the latest of them is its date,
    so that it is never taken for known too early.

    Parameters
    ----------
    units
        Coded units: firm, fiscal_year, filed, accession, unit_name, unit_class, coder,
        sales (nullable).
    """
    day = days(units[CodedUnits.filed])
    dated = pd.Series(day, index=units.index).astype("string")
    table = units.assign(
        filed=day.astype("datetime64[s]"),
        filing=units[CodedUnits.accession].astype("string").fillna(dated).fillna(""),
    )
    filing = [*FIRM_YEAR, "filing"]
    table[CodedUnits.filed] = table.groupby(filing)[CodedUnits.filed].transform("max")
    order = table[[*filing, CodedUnits.filed]].drop_duplicates()
    order = order.sort_values(
        [*FIRM_YEAR, CodedUnits.filed, "filing"], na_position="last"
    )
    first = order.drop_duplicates(FIRM_YEAR)[filing]
    return table.merge(first, on=filing, validate="many_to_one")


def settle_units(units: pd.DataFrame, coder: str | None = None) -> pd.DataFrame:
    """Settle each unit's class: adjudicated, else what the coders agree on.

    Parameters
    ----------
    units
        Coded units, one row per firm, fiscal year, filing, unit and coder.
    coder
        Take this coder's classes alone, adjudicated ones excepted.

    Returns
    -------
    pandas.DataFrame
        One row per firm, fiscal year and unit: filed, accession, unit_class (missing
        where coders differ and nobody adjudicated), settled_by (adjudicated, agreed,
        one_coder, unresolved, or the coder's name), sales (the adjudicated figure,
        else the coders' mean).
    """
    table = first_filings(units)
    if coder is not None:
        table = table[table[CodedUnits.coder].eq(coder).to_numpy(bool)]
    table = keyed(table, [*UNIT, CodedUnits.coder])
    table = table.assign(
        sales=numbers(table["sales"]), final=table[CodedUnits.coder].eq(ADJUDICATED)
    )
    final = table[table["final"].to_numpy(bool)].set_index(UNIT)
    grouped = table.groupby(UNIT)
    settled = grouped.agg(
        filed=(CodedUnits.filed, "first"),
        accession=(CodedUnits.accession, "first"),
        unit_class=(CodedUnits.unit_class, "first"),
        classes=(CodedUnits.unit_class, "nunique"),
        coders=(CodedUnits.coder, "size"),
        sales=("sales", "mean"),
    )
    judged = settled.index.isin(final.index)
    settled.loc[judged, CodedUnits.unit_class] = final[CodedUnits.unit_class].reindex(
        settled.index[judged]
    )
    settled["sales"] = final["sales"].reindex(settled.index).fillna(settled["sales"])
    differ = (settled["classes"] != 1).to_numpy() & ~judged
    settled[CodedUnits.unit_class] = (
        settled[CodedUnits.unit_class].astype("string").mask(differ)
    )
    alone = (settled["coders"] == 1).to_numpy() & ~judged
    names = np.select(
        [judged, differ, alone],
        [ADJUDICATED, "unresolved", "one_coder"],
        "agreed",
    )
    settled["settled_by"] = coder if coder is not None else names
    columns = [
        CodedUnits.filed,
        CodedUnits.accession,
        CodedUnits.unit_class,
        "settled_by",
        "sales",
    ]
    return settled[columns].reset_index().astype({FIRM: "string", YEAR: "int64"})
