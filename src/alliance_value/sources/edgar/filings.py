"""What readers of filings hand on: filings, their facts, and what was left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd
import polars as pl

# Forms that hold the statements of a year; amendments have /A behind.
ANNUAL = ("10-K", "10-KT", "20-F", "40-F")
ROUNDS_DOWN = 15  # a closing up to this day belongs to the month before


@dataclass(frozen=True)
class Filings:
    """Filings of several files and the facts of those that are annual reports.

    Parameters
    ----------
    filings
        One row per filing of a firm, annual or not, each once: cik, adsh, name, sic,
        form, period, filed, file, row.
    facts
        Facts without dimensions and co-registrants: cik, adsh, tag, ddate, qtrs, uom,
        value; ddate is the month's last day that is nearest.
    dimensioned
        cik, adsh, tag, ddate, qtrs of facts that stand with dimensions.
    rejected
        Rejects: filings that stand twice, cells that cannot be read.
    listed
        How many filings the files list, repeats included.
    """

    filings: pd.DataFrame
    facts: pd.DataFrame
    dimensioned: pd.DataFrame
    rejected: list[pd.DataFrame]
    listed: int


def annual_form(form: str) -> str:
    """Return a form without the mark of an amendment."""
    return form.strip().upper().removesuffix("/A")


def month_end(day: pl.Expr) -> pl.Expr:
    """Return the last day of the month whose end is nearest, as 52-week years need."""
    before = day.dt.month_start().dt.offset_by("-1d")
    after = day.dt.month_end()
    return pl.when(day.dt.day() <= ROUNDS_DOWN).then(before).otherwise(after)


def one_currency(facts: pd.DataFrame, money: Collection[str]) -> pd.DataFrame:
    """Keep one currency per filing: that of most amounts, of several not the dollar.

    Foreign filers translate their last year into dollars for readers' convenience.
    Facts in shares stay.
    """
    currency = facts.uom.where(facts.uom.isin(money))
    counts = facts.assign(uom=currency).dropna(subset=["uom"])
    counts = counts.groupby(["cik", "adsh", "uom"]).size().rename("facts").reset_index()
    counts["dollar"] = counts.uom.eq("USD")
    order = ["cik", "adsh", "facts", "dollar", "uom"]
    counts = counts.sort_values(order, ascending=[True, True, False, True, True])
    main = counts.drop_duplicates(["cik", "adsh"])[["cik", "adsh", "uom"]]
    main = main.rename(columns={"uom": "curcd"})
    facts = facts.merge(main, on=["cik", "adsh"], how="left")
    return facts[facts.uom.eq(facts.curcd) | facts.uom.str.lower().eq("shares")]
