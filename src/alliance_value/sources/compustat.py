"""Compustat's annual file as exported -> one standard row per firm and fiscal year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from alliance_value.contracts.identifiers import CUSIP_CHARACTERS, GVKEY_DIGITS
from alliance_value.contracts.problems import Problem, UserError, nearest, raise_if
from alliance_value.contracts.rejects import rejects
from alliance_value.sources.cells import numeric_column
from alliance_value.sources.columns import decimals, find_columns, texts
from alliance_value.sources.csv_file import repeated_names
from alliance_value.sources.dated_columns import vendor_days
from alliance_value.sources.identifiers import cusips, firm_codes, padded
from alliance_value.sources.raw_table import RawTable
from alliance_value.study.spec import TableFile
from alliance_value.vocabulary.entries import reader

KEYSET = {"indfmt": "INDL", "datafmt": "STD", "popsrc": "D", "consol": "C"}
KEY = ("gvkey", "datadate", "fyear")
TEXT = {*KEYSET, "gvkey", "datadate", "tic", "cusip", "cik", "conm", "curcd"} | {
    *("costat", "sich", "sic", "naicsh", "state", "city", "fic"),
    # of Compustat Global, and of the file merged with CRSP
    *("isin", "sedol", "loc", "acctstd", "acqmeth", "curncd", "fdate", "pdate"),
    *("linkprim", "liid", "linktype", "linkdt", "linkenddt"),
}
MISSING_CODES = {"C": "combined", "I": "insignificant", "S": "semi-annual"} | {
    "A": "annual"
}
SEPARATED = r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?"
WHOLE_YEAR = 12
# the better link of a firm comes first in the file merged with CRSP
LINK_ORDER = {"linkprim": ("P", "C"), "linktype": ("LC", "LU", "LS")}


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
        "where",
        "member",
        "from_name",
        "constants",
        "scale",
        "by_file",
        "keyset",
    ),
    decides=(
        "Of two closings in a fiscal year that of more months is taken (`pddur`), then "
        "the later one.",
        "Amounts in several currencies are told, and not converted.",
    ),
    repairs=(
        "Identifiers get their leading zeros back.",
        "Letters that say why a value is missing (C, I, S, A) are missing.",
        "A blank historical SIC code is taken from the header.",
        "Rows of other keysets, repeats and other closings are rejected, and rows with "
        "negative assets.",
    ),
    stops=("No row is of the keyset.",),
    makes=("firm_years",),
    small_letters=True,
)
def statements(raw: RawTable, layout: TableFile) -> tuple[RawTable, list[pd.DataFrame]]:
    """Return the rows of a study's standard, as `standard_rows` has them."""
    return standard_rows(raw, layout.decimal, layout.keyset)


def standard_rows(
    raw: RawTable, decimal: str = ".", keyset: Mapping[str, str] | None = None
) -> tuple[RawTable, list[pd.DataFrame]]:
    """Keep one keyset, one row per firm-year, and repair what can be.

    Column names come out in small letters. Repairs: identifiers get their leading zeros
    back, letters that say why a value is missing become missing, thousands separators
    go, a blank historical SIC code is taken from the header. Rejected: other keysets
    (financial-services format, restated summaries), repeated rows and, of a fiscal year
    that closed twice, the closing that covers fewer months of a whole year (``pddur``,
    where the file has it), then the earlier one; of rows that share a closing all but
    the one with the better link to CRSP (the merged file), then with most cells filled;
    then rows with negative total assets. ``datadate`` decides between closings, and
    comes out as YYYY-MM-DD.

    Parameters
    ----------
    raw
        Text cells of the export, with at least gvkey, datadate, fyear.
    decimal
        The decimal mark: thousands are separated by commas only where it is a point.
    keyset
        What to keep in place of INDL, STD, D and C.

    Returns
    -------
    raw : RawTable
        The kept rows.
    rejected : list of pandas.DataFrame
        Rejects, one table per rule.

    Raises
    ------
    UserError
        Columns of the key are missing, or no row is of the keyset.
    """
    raw = in_small_letters(raw)
    if raw.typed:
        table = pd.DataFrame({c: texts(raw, c) for c in raw.cells.columns})
    else:
        table = raw.cells.astype("string").apply(lambda c: c.str.strip())
    raise_if(
        [
            Problem(
                rule=f"there is no column '{name}' as in Compustat's annual file",
                remedy=nearest(name, table.columns),
                where=raw.file,
                row=1,
            )
            for name in KEY
            if name not in table
        ],
        f"reading {raw.file}",
    )
    log = Log(raw)
    wanted = KEYSET | dict(keyset or {})
    other = other_keyset(table, wanted)
    if len(table) and other.all():
        raise UserError([other_export(table, raw.file, wanted)], f"reading {raw.file}")
    table = log.reject(table, other, "not_standard_format", "indfmt")
    table = log.reject(table, table.duplicated(), "repeated_row", "gvkey")
    whole = padded(table.gvkey)
    short = int((whole != table.gvkey).sum())
    table = table.assign(gvkey=whole)
    closing = vendor_days(raw, "datadate").reindex(table.index)
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
        sich, sic = (
            table[name].fillna("").replace([*raw.layout.missing], "")
            for name in ("sich", "sic")
        )
        filled = table.sich.mask(sich.eq("") & sic.ne(""), sic)
        table = log.repair(table, "sich", filled, "industry_from_header")
    table = one_closing(table, closing, log)
    if "at" in table:
        assets, _ = numeric_column(replace(raw, cells=table), "at", raw.layout)
        negative = assets < 0
        table = log.reject(table, negative, "at_not_positive", "at")
    shown = ", ".join(f"{name} {value}" for name, value in wanted.items())
    kept = replace(
        raw,
        cells=table.reset_index(drop=True),
        rows=raw.rows[table.index].reset_index(drop=True),
        decisions=(
            *raw.decisions,
            "kept INDL, STD, D, C and the last closing of a fiscal year"
            if wanted == KEYSET
            else f"kept {shown} and the last closing of a fiscal year",
            f"gvkey padded to {GVKEY_DIGITS} digits in {short:,} rows",
        ),
        cautions=(*raw.cautions, *currencies(table)),
    )
    return kept, log.parts


def in_small_letters(raw: RawTable) -> RawTable:
    """Return a table with Compustat's names in small letters, as the vendor has them.

    Raises
    ------
    UserError
        Two columns differ in their capitals alone.
    """
    names = [str(name).lower() for name in raw.cells.columns]
    raise_if([*repeated_names(Path(raw.file), names, 1)], f"reading {raw.file}")
    return replace(raw, cells=raw.cells.set_axis(names, axis=1))


def one_closing(table: pd.DataFrame, closing: pd.Series, log: Log) -> pd.DataFrame:
    """Reject all but one closing of a fiscal year, and all but one row of a closing."""

    def year() -> list[pd.Series]:
        return [table.gvkey, table.fyear]

    if "pddur" in table:
        lacking = (decimals(table.pddur.str.replace(",", ".")) - WHOLE_YEAR).abs()
        fewer = lacking > lacking.groupby(year()).transform("min")
        table = log.reject(table, fewer, "closing_of_fewer_months", "pddur")
    last = closing[table.index].groupby(year()).transform("max")
    earlier = (closing[table.index] < last).fillna(False)
    table = log.reject(table, earlier, "earlier_closing_of_fiscal_year", "datadate")
    order = pd.DataFrame({"filled": -(table.fillna("") != "").sum(axis=1)})
    for name, best in LINK_ORDER.items():
        if name in table:
            place = {code: n for n, code in enumerate(best)}
            order[name] = table[name].str.upper().map(place).fillna(len(best))
    ranks = [*(name for name in LINK_ORDER if name in order), "filled"]
    ranked = order.sort_values(ranks, kind="stable").index
    again = table.loc[ranked].duplicated(["gvkey", "fyear"]).reindex(table.index)
    return log.reject(table, again, "repeated_closing_less_filled", "datadate")


def currencies(table: pd.DataFrame) -> list[str]:
    """Say where amounts of several currencies stand in one column."""
    if "curcd" not in table:
        return []
    counts = table.curcd.replace("", pd.NA).dropna().value_counts().sort_index()
    if len(counts) < 2:
        return []
    shown = ", ".join(f"{name} in {n:,} rows" for name, n in counts.items())
    return [
        f"amounts are in several currencies ({shown}) and are not converted; "
        f"keep one by where: [\"curcd == '{counts.idxmax()}'\"]"
    ]


def other_export(table: pd.DataFrame, file: str, wanted: Mapping[str, str]) -> Problem:
    """Return the problem of a file without a row of the keyset, and what to set."""
    columns = [name for name in wanted if name in table]
    common = table[columns].fillna("").value_counts().index[0]
    others = {
        name: value
        for name, value in zip(columns, np.atleast_1d(common), strict=True)
        if value not in ("", wanted[name])
    }
    shown = ", ".join(f"{name} {value}" for name, value in wanted.items())
    has = ", ".join(f"{name} {value}" for name, value in others.items())
    written = ", ".join(f"{name}: {value}" for name, value in others.items())
    return Problem(
        rule=f"no row is of {shown}; most rows have {has}",
        remedy=f"set keyset: {{{written}}} under sources.firm_years, or export the "
        "standard format (Compustat Global has popsrc I and datafmt HIST_STD)",
        where=file,
    )


def header(raw: RawTable, key: str = "gvkey") -> pd.DataFrame:
    """Return the latest identifiers and names of firms: firm, cusip, name.

    Parameters
    ----------
    raw
        Statements, or a table of firms.
    key
        The column of firms.
    """
    optional = {name: (name,) for name in ("cusip", "conm")}
    named = tuple(dict.fromkeys((key.lower(), "gvkey")))
    columns = find_columns(raw, {"firm": named}, optional)
    cells = pd.DataFrame({name: texts(raw, c) for name, c in columns.items()})
    blank = pd.Series(pd.NA, cells.index, dtype="string")
    cusip = cells.get("cusip", blank)
    table = pd.DataFrame(
        {
            "firm": firm_codes(cells.firm, key),
            "cusip": cusips(cusip, CUSIP_CHARACTERS, always=True).codes,
            "name": cells.get("conm", blank),
        }
    )
    return table.drop_duplicates(ignore_index=True)


def other_keyset(table: pd.DataFrame, keyset: Mapping[str, str]) -> pd.Series:
    """Return rows outside a keyset; a blank key passes."""
    other = pd.Series(False, index=table.index)
    for column, wanted in keyset.items():
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
