"""Compustat's segment file -> one row per firm, closing and segment, as first filed."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import conform
from alliance_value.contracts.vendor_tables import Segments
from alliance_value.sources.columns import (
    find_columns,
    numbers,
    texts,
)
from alliance_value.sources.compustat import MISSING_CODES
from alliance_value.sources.dated_columns import vendor_days
from alliance_value.sources.identifiers import firm_codes, without_decimals
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader

TYPES = ("BUSSEG", "OPSEG")
REQUIRED = {
    FIRM: ("gvkey",),
    "datadate": ("datadate",),
    "srcdate": ("srcdate",),
    "segment_type": ("stype",),
    "segment": ("sid",),
    "sales": ("sales", "sale"),
}
OPTIONAL = {"name": ("snms",), "sic": ("sics1",)}
KEY = [FIRM, "datadate", "segment_type", "segment"]


@reader(
    "compustat",
    of="segments",
    label="Compustat's segments",
    reads="Compustat's segment file: one row per firm, closing, segment and source.",
    columns=("REQUIRED", "OPTIONAL"),
    repairs=(
        "Sales that are letters, text or negative are missing.",
        "Rows restated by a later filing, and other kinds of segments, are rejected.",
    ),
    stops=("Columns are absent.",),
    makes=("segments", "diversification"),
)
def read_segments(
    raw: RawTable, key: str = "gvkey"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return business and operating segments as filed for their own fiscal year.

    Kept are rows whose source date is their closing: a later filing restates them, and
    would let a firm-year know its future. Geographic and state segments are rejected,
    as are rows without a key and repeats of a segment; of repeats that differ the one
    with the largest sales stays. Sales that are letters, text or negative (eliminations
    between segments) are missing.

    Parameters
    ----------
    raw
        The segment file.
    key
        The firm-years' column of firms, whose codes these are padded as.

    Returns
    -------
    segments, rejected : pandas.DataFrame
        Canonical segments, sorted by their key; and rejects.

    Raises
    ------
    UserError
        Columns are missing.
    """
    located = find_columns(raw, REQUIRED, OPTIONAL)
    printed = pd.DataFrame({n: texts(raw, c) for n, c in located.items()})
    blank = pd.Series(pd.NA, printed.index, dtype="string")
    stated = raw.layout.decimal != "." or bool(raw.layout.thousands)
    plain = printed.sales if stated else printed.sales.str.replace(",", "")
    amounts = replace(raw, cells=raw.cells.assign(**{located["sales"]: plain}))
    table = pd.DataFrame(
        {
            FIRM: firm_codes(printed[FIRM], key),
            "datadate": vendor_days(raw, located["datadate"]),
            "srcdate": vendor_days(raw, located["srcdate"]),
            "segment_type": printed.segment_type.str.upper(),
            "segment": without_decimals(printed.segment),
            "name": printed.get("name", blank),
            "sales": numbers(amounts, located["sales"]),
            "sic": without_decimals(printed.get("sic", blank)),
        }
    )
    log: list[pd.DataFrame] = [raw.rejects]

    def note(
        where: pd.Series, name: str, rule: str, new: pd.Series | str | None
    ) -> None:
        log.append(
            rejects(
                file=raw.file,
                row=raw.rows[where],
                column=located[name],
                value=printed.loc[where, name],
                rule=rule,
                action="rejected" if new is None else "repaired",
                new_value=new[where] if isinstance(new, pd.Series) else None,
            )
        )

    largest = [False, True, True]
    ordered = table.sort_values(["sales", "name", "sic"], ascending=largest)
    standing = table.segment_type.isin(TYPES) & table.srcdate.eq(table.datadate)
    ordered = ordered[standing.reindex(ordered.index)]
    again = ordered.duplicated(KEY).reindex(table.index, fill_value=False)
    lost = pd.Series(False, table.index)
    for name, rule, broken in (
        (FIRM, "firm_missing", table[FIRM].isna()),
        ("datadate", "date_missing_or_unreadable", table.datadate.isna()),
        ("srcdate", "date_missing_or_unreadable", table.srcdate.isna()),
        ("segment", "segment_missing", table.segment.isna()),
        (
            "segment_type",
            "not_a_business_or_operating_segment",
            ~table.segment_type.isin(TYPES),
        ),
        ("srcdate", "segment_of_another_filing", table.srcdate.ne(table.datadate)),
        ("segment", "segment_repeated", again),
    ):
        now = broken.fillna(False).astype(bool) & ~lost
        note(now, name, rule, None)
        lost |= now
    left = ~lost & printed.sales.notna()
    coded = printed.sales.str.upper().isin(list(MISSING_CODES)).fillna(False)
    note(left & coded, "sales", "code_for_missing", "")
    note(left & ~coded & table.sales.isna(), "sales", "not_a_finite_number", "")
    note(left & (table.sales < 0), "sales", "segment_sales_negative", "")
    separated = table.sales.notna() & plain.ne(printed.sales).fillna(False)
    note(left & separated, "sales", "thousands_separator", plain)
    table["sales"] = table.sales.where(table.sales >= 0)
    table = table[~lost].drop(columns="srcdate").sort_values(KEY)
    return conform(table, Segments), collect(log)
