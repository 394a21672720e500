"""Coding sheets of organizational structures -> coded units."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from alliance_value.alliances.contracts.alliances import UNIT_CLASSES, CodedUnits
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import conform
from alliance_value.sources.columns import (
    nothing_left,
    numbers,
    respelled,
    stated_columns,
    texts,
)
from alliance_value.sources.dated_columns import days_or_stop
from alliance_value.sources.identifiers import firm_codes
from alliance_value.sources.keys import MOSTLY, PLAUSIBLE_YEARS, integer_time
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader

COLUMNS = {
    "firm": "gvkey",
    "fiscal_year": "fyear",
    CodedUnits.filed: "filing_date",
    CodedUnits.accession: "filing_accession",
    CodedUnits.unit_name: "unit_name",
    CodedUnits.unit_class: "unit_class",
    CodedUnits.coder: "coder",
    "confidence": "confidence",
    "sales": "sales_share",
}
# "Customer", "customer-centric", "product group"; "non-customer" is none of them
LABEL = rf"^({'|'.join(UNIT_CLASSES)})(?:[ -](?:centric|based|group|unit))?$"
LATEST = 2  # calendar years from a fiscal year to the filing of its report
KEY = ["firm", "fiscal_year", CodedUnits.unit_name, CodedUnits.coder]


@reader(
    "coding_sheet",
    of="structures",
    label="a coding sheet of units",
    reads="One row per firm, fiscal year, unit and coder.",
    repairs=(
        "Labels are trimmed; confidence and shares outside 0 to 1 are missing.",
        "Rows of an unknown class, without key, or that repeat one, are rejected.",
    ),
    stops=(
        "Columns are absent.",
        "Most of confidence or of shares is above 1, as percent are.",
        "No row can be used.",
    ),
    makes=("coded_units",),
)
def coded_units(raw: RawTable, key: str = "gvkey") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a coding sheet: one row per firm, year, unit and coder.

    Labels are trimmed and put in lower case; rows of an unknown class, without a firm,
    year, unit or coder, or that repeat a coder's row are rejected; of repeats that
    differ the one whose class comes first by alphabet stays. Confidence and sales
    shares outside 0 to 1 are missing, and so is the day of a filing from before the
    fiscal year or more than two calendar years after it.

    Parameters
    ----------
    raw
        The sheet.
    key
        The firm-years' column of firms, whose codes the sheet's are padded as; a sheet
        may call its own so too.

    Returns
    -------
    units, rejected : pandas.DataFrame
        Canonical coded units, and rejects.

    Raises
    ------
    UserError
        Columns are missing, confidence or shares are percent, or no row can be used.
    """
    raw = respelled(raw, [key])
    columns = COLUMNS | ({"firm": key} if key in raw.cells.columns else {})
    raw = stated_columns(raw, columns.values())
    cells = pd.DataFrame({c: texts(raw, c) for c in columns.values()})
    table = cells.set_axis(list(columns), axis=1)
    table["firm"] = firm_codes(table.firm, key)
    years = integer_time(table.fiscal_year)
    table["fiscal_year"] = years.where(years.between(*PLAUSIBLE_YEARS))
    table[CodedUnits.filed] = days_or_stop(raw, columns[CodedUnits.filed])
    label = table.unit_class.str.lower().str.extract(LABEL, expand=False)
    log = [raw.rejects]

    def note(broken: pd.Series, rule: str, column: str, repaired: bool = False) -> None:
        rows = broken.to_numpy(bool)
        log.append(
            rejects(
                file=raw.file,
                row=raw.rows[rows],
                column=column,
                value=cells.loc[rows, column],
                rule=rule,
                action="repaired" if repaired else "rejected",
            )
        )

    unknown = label.isna()
    note(unknown, "unknown_unit_class", CodedUnits.unit_class)
    no_key = ~unknown & table[KEY].isna().any(axis=1)
    named = pd.Series(False, table.index)
    for name in KEY:
        absent_here = no_key & ~named & table[name].isna()
        note(absent_here, "key_of_coded_unit_missing", columns[name])
        named |= absent_here
    for name in ("confidence", "sales"):
        table[name] = numbers(raw, columns[name])
    left = ~unknown & ~no_key
    raise_if(nothing_left(raw, ~left, log), f"reading {raw.file}")
    raise_if(no_parts_of_1(raw, table[left], columns), f"reading {raw.file}")
    for name in (CodedUnits.filed, "confidence", "sales"):
        column = columns[name]
        lost = left & table[name].isna() & cells[column].notna()
        rule = "date_unreadable" if name == CodedUnits.filed else "not_a_finite_number"
        note(lost, rule, column, repaired=True)
    for name in ("confidence", "sales"):
        outside = left & table[name].notna() & ~table[name].between(0, 1)
        note(outside, f"{name}_not_between_0_and_1", columns[name], repaired=True)
        table[name] = table[name].mask(outside)
    early = left & (table.filed.dt.year < table.fiscal_year).fillna(False)
    note(early, "filed_before_the_year_that_it_codes", "filing_date", repaired=True)
    late = left & (table.filed.dt.year > table.fiscal_year + LATEST).fillna(False)
    note(late, "filed_long_after_the_year_that_it_codes", "filing_date", repaired=True)
    table[CodedUnits.filed] = table.filed.mask(early | late)
    table = table.assign(unit_class=label)[left]
    # by what the rows hold, so that their order in the sheet makes no difference
    table = table.sort_values(
        [*KEY, CodedUnits.unit_class, CodedUnits.filed, CodedUnits.accession, "sales"]
    )
    again = table.duplicated(KEY)
    first = table.groupby(KEY).unit_class.transform("first")
    differs = again & table.unit_class.ne(first)
    for rule, broken in (
        ("unit_coded_again", again & ~differs),
        ("unit_coded_again_differently", differs),
    ):
        note(broken.reindex(cells.index, fill_value=False), rule, CodedUnits.unit_name)
    table = table[~again]
    return conform(table, CodedUnits), collect(log)


def no_parts_of_1(
    raw: RawTable, table: pd.DataFrame, columns: Mapping[str, str]
) -> list[Problem]:
    """Return a problem per column of parts of 1 of which most are larger: percent.

    Parameters
    ----------
    raw
        The sheet.
    table
        Its rows, with ``confidence`` and ``sales``.
    columns
        What the sheet calls them.
    """
    larger = {n: table.index[table[n] > 1] for n in ("confidence", "sales")}
    return [
        Problem(
            rule=f"most cells are above 1, up to {table[name].max():g}: they are "
            "no parts of 1",
            remedy="write 0.6 for 60 percent; a sign behind numbers goes with "
            "units: {'%': 0.01}",
            where=raw.file,
            row=int(raw.rows[above[0]]),
            column=columns[name],
            value=str(raw.cells[columns[name]][above[0]]),
        )
        for name, above in larger.items()
        if len(above) > MOSTLY * table[name].notna().sum()
    ]
