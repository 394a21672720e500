"""Firm-years, links by date and spans of prices -> which have prices, which none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.storage import conform
from alliance_value.sources.daily_scan import open_sources, rows_of
from alliance_value.sources.raw_table import PLAIN
from alliance_value.study.spec import ReturnsFile, TableFile
from alliance_value.vocabulary.entries import canonical

# In the order in which a firm-year is judged.
REASONS = (
    "no link",
    "not listed at the closing",
    "not traded",
    "outside of the prices' dates",
    "prices",
)
WEEK = pd.Timedelta(days=7)  # markets are closed on some days of closing


@canonical("survivorship", stage="sources")
class Survivorship(CanonicalTable):
    """One row per fiscal year and reason why its firm-years have no prices.

    ``no link``: no list tells a security of the firm; ``not listed at the closing``:
    one of other days; ``not traded``: no file has a price of its security; ``outside of
    the prices' dates``: prices of other days; ``prices``: there are prices.
    """

    fiscal_year: Column[int] = described(
        "Fiscal year", "year", source="the firm-years read"
    )
    reason: Text = described(
        "Why there are no prices",
        "category",
        source="links by date and files of prices",
        isin=list(REASONS),
    )
    firm_years: Column[int] = described(
        "Firm-years with accounts", "count", source="the firm-years read", ge=1
    )
    firms: Column[int] = described("Firms", "count", source="the firm-years read", ge=1)

    class Config:
        strict = True
        ordered = True
        unique = ["fiscal_year", "reason"]


def price_spans(
    files: Sequence[str], spec: ReturnsFile, folder: Path, layout: TableFile = PLAIN
) -> pd.DataFrame:
    """Return the first and last day on which files have a price or return.

    Parameters
    ----------
    files, spec, folder, layout
        As `returns.ReturnsReader` has them.

    Returns
    -------
    pandas.DataFrame
        security (text), first, last: one row per security.
    """
    day, text = pl.col("date"), pl.col("security").cast(pl.String)
    known = pl.col("price").is_not_null() | pl.col("ret").is_not_null()
    rows = [
        rows_of(source, spec, None)
        .filter(known)
        .select(day, security=text)
        .drop_nulls()
        .group_by("security")
        .agg(first=day.min(), last=day.max())
        for source in open_sources(files, spec, folder, layout)
    ]
    grouped = pl.concat(rows).group_by("security")
    spans = grouped.agg(pl.col("first").min(), pl.col("last").max()).sort("security")
    table: pd.DataFrame = spans.collect(engine="streaming").to_pandas()
    return table.astype({"first": "datetime64[us]", "last": "datetime64[us]"})


def survivorship(
    firm_years: pd.DataFrame, links: pd.DataFrame, spans: pd.DataFrame
) -> pd.DataFrame:
    """Count firm-years by whether their firm has prices at the closing, and why not.

    Parameters
    ----------
    firm_years
        firm, fiscal_year, datadate.
    links
        firm, security, link_from, link_to.
    spans
        Result of `price_spans`.

    Returns
    -------
    pandas.DataFrame
        Canonical survivorship.
    """
    years = firm_years[[FIRM, YEAR, "datadate"]].reset_index(drop=True)
    pairs = years.reset_index(names="row").merge(links, on=FIRM)
    on_day = pairs[pairs.datadate.between(pairs.link_from, pairs.link_to)]
    security = on_day.security.astype("string")
    traded = on_day.assign(security=security).merge(spans, on="security")
    priced = traded[
        (traded["first"] <= traded.datadate)
        & (traded["last"] >= traded.datadate - WEEK)
    ]
    reached = sum(
        years.index.isin(part.row).astype(int)
        for part in (pairs, on_day, traded, priced)
    )
    years["reason"] = np.array(REASONS)[reached]
    years["place"] = reached
    counts = years.groupby([YEAR, "place", "reason"])[FIRM].agg(["size", "nunique"])
    counts.columns = pd.Index(["firm_years", "firms"])
    return conform(counts.reset_index().drop(columns="place"), Survivorship)
