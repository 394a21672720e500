"""Compustat's annual file as exported -> one standard row per firm and fiscal year."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from alliance_value.contracts.problems import Problem, UserError, nearest
from alliance_value.contracts.rejects import rejects
from alliance_value.sources.columns import (
    dates,
    decimals,
    find_columns,
    scientific,
    texts,
)
from alliance_value.sources.read_file import RawTable
from alliance_value.vocabulary.entries import reader

KEYSET = {"indfmt": "INDL", "datafmt": "STD", "popsrc": "D", "consol": "C"}
TEXT = {*KEYSET, "gvkey", "datadate", "tic", "cusip", "cik", "conm", "curcd"} | {
    *("costat", "sich", "sic", "naicsh", "state", "city", "fic"),
}
MISSING_CODES = {"C": "combined", "I": "insignificant", "S": "semi-annual"} | {
    "A": "annual"
}
GVKEY_DIGITS = 6
CUSIP_DIGITS = 9
SEPARATED = r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?"


@reader(
    "compustat",
    of="firm_years",
    label="Compustat's annual export, brought to one standard row per firm and year",
    reads="Compustat's annual file (funda), one row per firm, closing and keyset.",
    needs=("entity", "time"),
    takes=(
        "time_format",
        "period_end",
        "columns",
        "text",
        "duplicates",
        "invalid",
        "missing_key",
    ),
    decides=("Of two closings in a fiscal year one is taken, by `datadate`.",),
    repairs=(
        "Identifiers get their leading zeros back.",
        "Letters that say why a value is missing (C, I, S, A) are missing.",
        "A blank historical SIC code is taken from the header.",
        "Rows of other keysets, repeats and earlier closings are rejected.",
    ),
    stops=("No row is of the standard keyset.",),
    makes=("firm_years",),
)
def standard_rows(
    raw: RawTable, decimal: str = "."
) -> tuple[RawTable, list[pd.DataFrame]]:
    """Keep the standard keyset, one row per firm-year, and repair what can be.

    Repairs: identifiers get their leading zeros back, letters that say why a value is
    missing become missing, thousands separators go, a blank historical SIC code is
    taken from the header. Rejected: other keysets (financial-services format, restated
    summaries), repeated rows, earlier closings of a fiscal year that closed twice, and
    of rows that share a closing all but the one with most cells filled; then rows whose
    total assets or sales are not positive. ``datadate``
    decides between closings, and comes out as YYYY-MM-DD.

    Parameters
    ----------
    raw
        Text cells of the export, with at least gvkey, datadate, fyear.
    decimal
        The decimal mark: thousands are separated by commas only where it is a point.

    Returns
    -------
    raw : RawTable
        The kept rows.
    rejected : list of pandas.DataFrame
        Rejects, one table per rule.

    Raises
    ------
    UserError
        Columns of the key are missing.
    """
    if raw.typed:
        table = pd.DataFrame({c: texts(raw, c) for c in raw.cells.columns})
    else:
        table = raw.cells.astype("string").apply(lambda c: c.str.strip())
    absent = [c for c in ("gvkey", "datadate", "fyear") if c not in table]
    if absent:
        raise UserError(
            [
                Problem(
                    rule=f"there is no column '{name}' as in Compustat's annual file",
                    remedy=nearest(name, table.columns),
                    where=raw.file,
                    row=1,
                )
                for name in absent
            ],
            f"reading {raw.file}",
        )
    log = Log(raw)
    table = log.reject(table, other_keyset(table), "not_standard_format", "indfmt")
    table = log.reject(table, table.duplicated(), "repeated_row", "gvkey")
    whole = padded(table.gvkey)
    short = int((whole != table.gvkey).sum())
    table = table.assign(gvkey=whole)
    closing = dates(table.datadate.str.upper())
    text = closing.dt.strftime("%Y-%m-%d").astype("string")
    unread = closing.isna()
    table = log.repair(
        table, "datadate", text.fillna(table.datadate), "date_in_another_format"
    )
    table = log.repair(
        table, "datadate", table.datadate.mask(unread, ""), "date_unreadable"
    )
    for column in [c for c in table.columns if c not in TEXT]:
        cells = table[column].str.upper()
        coded = cells.isin(list(MISSING_CODES))
        table = log.repair(
            table, column, table[column].mask(coded, ""), "code_for_missing"
        )
        if decimal != ".":
            continue
        separated = table[column].str.fullmatch(SEPARATED).fillna(False)
        plain = table[column].mask(separated, table[column].str.replace(",", ""))
        table = log.repair(table, column, plain, "thousands_separator")
    if {"sich", "sic"} <= set(table.columns):
        blank = table.sich.fillna("") == ""
        table = log.repair(
            table, "sich", table.sich.mask(blank, table.sic), "industry_from_header"
        )
    last = closing[table.index].groupby([table.gvkey, table.fyear]).transform("max")
    earlier = (closing[table.index] < last).fillna(False)
    table = log.reject(table, earlier, "earlier_closing_of_fiscal_year", "datadate")
    filled = (table.fillna("") != "").sum(axis=1)
    fullest = filled.sort_values(ascending=False, kind="stable").index
    again = table.loc[fullest].duplicated(["gvkey", "fyear"]).reindex(table.index)
    table = log.reject(table, again, "repeated_closing_less_filled", "datadate")
    for column in ("at", "sale"):
        if column in table:
            amount = decimals(table[column])
            table = log.reject(table, amount <= 0, f"{column}_not_positive", column)
    kept = replace(
        raw,
        cells=table.reset_index(drop=True),
        rows=raw.rows[table.index].reset_index(drop=True),
        decisions=(
            *raw.decisions,
            "kept INDL, STD, D, C and the last closing of a fiscal year",
            f"gvkey padded to {GVKEY_DIGITS} digits in {short:,} rows",
        ),
    )
    return kept, log.parts


def padded(codes: pd.Series) -> pd.Series:
    """Return codes with the leading zeros of a gvkey; codes with letters stay."""
    numeric = codes.str.fullmatch(r"\d+").fillna(False).astype(bool)
    return codes.mask(numeric, codes.str.zfill(GVKEY_DIGITS))


def header(raw: RawTable) -> pd.DataFrame:
    """Return the latest identifiers and names of firms: firm, cusip, name."""
    find_columns(raw, {"gvkey": ("gvkey",)})
    names = [c for c in ("gvkey", "cusip", "conm") if c in raw.cells]
    cells = pd.DataFrame({c: texts(raw, c) for c in names})
    blank = pd.Series(pd.NA, cells.index, dtype="string")
    cusip = cells.get("cusip", blank)
    table = pd.DataFrame(
        {
            "firm": padded(cells.gvkey),
            "cusip": cusip.mask(scientific(cusip)).str.zfill(CUSIP_DIGITS),
            "name": cells.get("conm", blank),
        }
    )
    return table.drop_duplicates(ignore_index=True)


def other_keyset(table: pd.DataFrame) -> pd.Series:
    """Return rows outside the standard keyset; a blank key passes."""
    other = pd.Series(False, index=table.index)
    for column, wanted in KEYSET.items():
        if column in table:
            other |= table[column].fillna("").ne("") & table[column].ne(wanted)
    return other.astype(bool)


class Log:
    """Collects what happens to rows and cells, with their place in the file."""

    def __init__(self, raw: RawTable) -> None:
        self.raw = raw
        self.parts: list[pd.DataFrame] = []

    def reject(
        self, table: pd.DataFrame, broken: pd.Series, rule: str, column: str
    ) -> pd.DataFrame:
        """Drop rows and note them."""
        bad = table[broken]
        self.parts.append(
            rejects(
                file=self.raw.file,
                row=self.raw.rows[bad.index],
                column=column,
                value=bad.get(column),
                rule=rule,
                action="rejected",
            )
        )
        return table[~broken]

    def repair(
        self, table: pd.DataFrame, column: str, values: pd.Series, rule: str
    ) -> pd.DataFrame:
        """Replace the cells of a column that differ and note each."""
        changed = (table[column].fillna("") != values.fillna("")).astype(bool)
        bad = table[changed]
        self.parts.append(
            rejects(
                file=self.raw.file,
                row=self.raw.rows[bad.index],
                column=column,
                value=bad[column],
                rule=rule,
                action="repaired",
                new_value=values[changed].astype("string"),
            )
        )
        return table.assign(**{column: values.astype("string")})
