"""Coding sheets of organizational structures -> coded units."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.alliances import UNIT_CLASSES, CodedUnits
from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.tables import conform
from alliance_value.sources.compustat import padded
from alliance_value.sources.keys import integer_time
from alliance_value.sources.read_file import RawTable

COLUMNS = {
    "firm": "gvkey",
    "fiscal_year": "fyear",
    "filed": "filing_date",
    "accession": "filing_accession",
    "unit_name": "unit_name",
    "unit_class": "unit_class",
    "coder": "coder",
    "confidence": "confidence",
    "sales": "sales_share",
}
KEY = ["firm", "fiscal_year", "unit_name", "coder"]


def coded_units(raw: RawTable) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a coding sheet: one row per firm, year, unit and coder.

    Labels are trimmed and put in lower case; rows of an unknown class, without a firm,
    year, unit or coder, or that repeat a coder's row are rejected.

    Returns
    -------
    units, rejected : pandas.DataFrame
        Canonical coded units, and rejects.

    Raises
    ------
    UserError
        Columns are missing.
    """
    absent = [c for c in COLUMNS.values() if c not in raw.cells.columns]
    raise_if(
        [
            Problem(
                rule=f"there is no column '{name}', which a coding sheet has",
                remedy=nearest(name, raw.cells.columns),
                where=raw.file,
                row=1,
            )
            for name in absent
        ],
        f"reading {raw.file}",
    )
    cells = raw.cells[list(COLUMNS.values())].astype("string")
    cells = cells.apply(lambda c: c.str.strip())
    table = cells.set_axis(list(COLUMNS), axis=1)
    table["firm"] = padded(table.firm)
    table["fiscal_year"] = integer_time(table.fiscal_year)
    table["filed"] = pd.to_datetime(table.filed, errors="coerce", format="mixed")
    label = table.unit_class.str.lower().str.extract(rf"({'|'.join(UNIT_CLASSES)})")[0]
    log = []

    def left_out(broken: pd.Series, rule: str, column: str) -> None:
        rows = broken.to_numpy(bool)
        log.append(
            rejects(
                file=raw.file,
                row=raw.rows[rows],
                column=column,
                value=cells.loc[rows, column],
                rule=rule,
                action="rejected",
            )
        )

    unknown = label.isna()
    left_out(unknown, "unknown_unit_class", "unit_class")
    no_key = ~unknown & table[KEY].isna().any(axis=1)
    left_out(no_key, "key_of_coded_unit_missing", "unit_name")
    table = table.assign(unit_class=label)[~unknown & ~no_key]
    again = table.duplicated(KEY).reindex(raw.cells.index, fill_value=False)
    left_out(again, "unit_coded_again", "unit_name")
    table = table[~table.duplicated(KEY)].sort_values(KEY)
    for name in ("confidence", "sales"):
        table[name] = pd.to_numeric(table[name], errors="coerce").astype("float64")
    return conform(table, CodedUnits), collect(log)
