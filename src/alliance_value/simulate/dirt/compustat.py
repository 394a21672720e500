"""Clean Compustat tables -> restated, repeated, coded, mistyped and lost values."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.simulate.dirt.sheet import Sheet, choose

AMOUNTS = "at act lct che dltt dlc sale cogs xsga capx oancf ib ni".split()
LOSABLE = "at sale ib dltt che xsga emp".split()


def scaled(text: pd.Series, factor: np.ndarray) -> pd.Series:
    """Scale printed amounts; blanks stay blank."""
    values = pd.to_numeric(text.where(text != "", None)).astype(float) * factor
    result: pd.Series = values.map(lambda v: "" if v != v else f"{v:.3f}").astype(
        object
    )
    return result


def financial_format(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Repeat firm-years of financial firms in the FS format, amounts slightly off."""
    banks = sheet.table["sich"].str.startswith("6")
    return restate(
        sheet,
        rng,
        choose(rng, sheet.table, rate, banks),
        "funda_financial_format",
        "indfmt",
        "FS",
    )


def restated(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Repeat firm-years as restated summaries, amounts slightly off."""
    plain = sheet.table["indfmt"] == "INDL"
    return restate(
        sheet,
        rng,
        choose(rng, sheet.table, rate, plain),
        "funda_restated",
        "datafmt",
        "SUMM_STD",
    )


def restate(
    sheet: Sheet,
    rng: np.random.Generator,
    labels: pd.Index,
    kind: str,
    key: str,
    value: str,
) -> Sheet:
    """Insert copies under another keyset; a filter on the keyset removes them."""
    rows = sheet.table.loc[labels].copy()
    factor = rng.uniform(0.9, 1.1, len(rows))
    for column in AMOUNTS:
        rows[column] = scaled(rows[column], factor)
    rows[key] = value
    return sheet.insert(kind, rows, f"{key}={value}", repairable=True)


def fiscal_year_change(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Insert a short period that ends earlier in the same fiscal year."""
    plain = (sheet.table["indfmt"] == "INDL") & (sheet.table["datafmt"] == "STD")
    rows = sheet.table.loc[choose(rng, sheet.table, rate, plain)].copy()
    month = (rows["fyr"].astype(int) - 4) % 12 + 1
    # A month-end three months earlier; only where it stays in the fiscal year.
    same = (month <= 5) == (rows["fyr"].astype(int) <= 5)
    rows = rows[same]
    ends = pd.to_datetime(rows["datadate"]) - pd.offsets.MonthEnd(3)
    rows["datadate"] = ends.dt.strftime("%Y-%m-%d").astype(object)
    rows["fyr"] = month[same].astype(str)
    for column in ("sale", "ib", "ni", "cogs", "xsga"):
        rows[column] = scaled(rows[column], np.full(len(rows), 0.75))
    return sheet.insert(
        "funda_fiscal_year_change", rows, "earlier datadate in the same fyear", True
    )


def missing_code(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Print letters that say why a value is missing into blank cells."""
    for column in ("xrd", "xad", "prcc_f"):
        chosen = choose(rng, sheet.table, rate, sheet.table[column] == "")
        codes = np.array(list("CISA"), object)[rng.integers(0, 4, len(chosen))]
        sheet = sheet.rewrite("funda_missing_code", chosen, column, codes, True)
    return sheet


def lost_value(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Blank values that nothing else in the file gives back."""
    for column in LOSABLE:
        chosen = choose(rng, sheet.table, rate, sheet.table[column] != "")
        sheet = sheet.rewrite("funda_lost_value", chosen, column, "", False)
    return sheet


def duplicate(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Repeat whole rows."""
    rows = sheet.table.loc[choose(rng, sheet.table, rate)]
    return sheet.insert("funda_duplicate", rows, "repeated row", True)


def header_industry(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Blank the historical SIC code; the header code is the same here."""
    chosen = choose(rng, sheet.table, rate)
    return sheet.rewrite("funda_header_industry", chosen, "sich", "", True)


def leading_zeros(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Print identifiers as a spreadsheet does, without their leading zeros."""
    if rng.random() >= rate:
        return sheet
    table = sheet.table.copy()
    for column in [c for c in ("gvkey", "cik", "cusip") if c in table]:
        table[column] = table[column].str.lstrip("0")
    changed = Sheet(sheet.file, table, sheet.defects)
    kind = f"{'coding' if 'coder' in table else 'funda'}_leading_zeros"
    return changed.note(kind, [np.nan], "gvkey", "", "leading zeros lost", True)


def thousands_separator(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Print amounts with thousands separators."""
    for column in ("at", "sale"):
        large = pd.to_numeric(
            sheet.table[column].where(sheet.table[column] != "", None)
        )
        chosen = choose(
            rng, sheet.table, rate, (large.fillna(0).abs() >= 1000).to_numpy()
        )
        values = [f"{v:,.3f}" for v in large.loc[chosen]]
        sheet = sheet.rewrite("funda_thousands_separator", chosen, column, values, True)
    return sheet


def negative_assets(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Print total assets with the wrong sign: a row to reject."""
    chosen = choose(rng, sheet.table, rate, sheet.table["at"] != "")
    values = ("-" + sheet.table.loc[chosen, "at"]).to_numpy()
    return sheet.rewrite("funda_negative_assets", chosen, "at", values, False)


def date_format(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Print dates in two other unambiguous formats."""
    chosen = choose(rng, sheet.table, rate)
    dates = pd.to_datetime(sheet.table.loc[chosen, "datadate"])
    compact = rng.random(len(chosen)) < 0.5
    values = [
        d.strftime("%Y%m%d") if c else d.strftime("%d%b%Y").upper()
        for d, c in zip(dates, compact, strict=True)
    ]
    return sheet.rewrite("funda_date_format", chosen, "datadate", values, True)


def shuffled(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Put the rows in random order."""
    if rng.random() >= rate:
        return sheet
    mixed = Sheet(
        sheet.file, sheet.table.iloc[rng.permutation(len(sheet.table))], sheet.defects
    )
    kind = "sdc_shuffled" if sheet.file.startswith("sdc") else "funda_shuffled"
    return mixed.note(kind, [np.nan], "", "", "random row order", True)


def segments_restated(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Repeat a segment from a later filing, restated."""
    rows = sheet.table.loc[choose(rng, sheet.table, rate)].copy()
    later = pd.to_datetime(rows["srcdate"]) + pd.offsets.MonthEnd(12)
    rows["srcdate"] = later.dt.strftime("%Y-%m-%d").astype(object)
    rows["sales"] = scaled(rows["sales"], rng.uniform(0.9, 1.1, len(rows)))
    return sheet.insert("segments_restated", rows, "srcdate after datadate", True)
