"""Clean link and factor tables -> dead, overlapping, late links; preambles, gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.simulate.dirt.sheet import Sheet, choose


def dead(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Insert links that the vendor marks as duplicate or unresearched."""
    rows = sheet.table.loc[choose(rng, sheet.table, rate)].copy()
    kinds = np.array(["LD", "LX", "NR", "NU"], object)[rng.integers(0, 4, len(rows))]
    rows["linktype"] = kinds
    rows["lpermno"] = np.where(
        np.char.startswith(kinds.astype(str), "N"),
        "",
        [str(k) for k in rng.integers(10_000, 93_000, len(rows))],
    )
    return sheet.insert("links_dead", rows, "linktype to exclude", True)


def secondary(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Insert duplicate-issue links (linkprim N) beside second share classes."""
    second = sheet.table["linkprim"] == "J"
    rows = sheet.table.loc[choose(rng, sheet.table, rate, second)].copy()
    rows["linkprim"] = "N"
    return sheet.insert("links_secondary", rows, "linkprim=N", True)


def overlap(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Cut a link in two to the same security whose spells overlap by 60 days."""
    start = pd.to_datetime(sheet.table["linkdt"])
    live = sheet.table["linktype"].isin(["LC", "LU"]) & (sheet.table["linkprim"] == "P")
    end = pd.to_datetime(sheet.table["linkenddt"].replace("", "2015-06-30"))
    long = live & ((end - start).dt.days > 900)
    chosen = choose(rng, sheet.table, rate, long)
    rows = sheet.table.loc[chosen].copy()
    cut = start[chosen] + pd.to_timedelta(500, unit="D")
    rows["linkdt"] = cut.dt.strftime("%Y-%m-%d").astype(object)
    rows["linktype"] = "LC"
    early = (
        (cut + pd.to_timedelta(60, unit="D")).dt.strftime("%Y-%m-%d").to_numpy(object)
    )
    sheet = sheet.insert("links_overlap", rows, "second spell overlaps the first", True)
    return sheet.rewrite("links_overlap", chosen, "linkenddt", early, True)


def gap(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Start a link a year late: its first year cannot be linked."""
    live = sheet.table["linktype"].isin(["LC", "LU"]) & (sheet.table["linkprim"] == "P")
    start = pd.to_datetime(sheet.table["linkdt"])
    end = pd.to_datetime(sheet.table["linkenddt"].replace("", "2015-06-30"))
    chosen = choose(rng, sheet.table, rate, live & ((end - start).dt.days > 900))
    late = (start[chosen] + pd.to_timedelta(365, unit="D")).dt.strftime("%Y-%m-%d")
    return sheet.rewrite("links_gap", chosen, "linkdt", late.to_numpy(object), False)


def open_code(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Print E for a link that is still open."""
    chosen = choose(rng, sheet.table, rate, sheet.table["linkenddt"] == "")
    return sheet.rewrite("links_open_code", chosen, "linkenddt", "E", True)


def factors_missing(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Print -99.99 for a factor: the day has no such factor."""
    for column in ("RMW", "CMA"):
        chosen = choose(rng, sheet.table, rate)
        sheet = sheet.rewrite("factors_missing", chosen, column, "-99.99", False)
    return sheet
