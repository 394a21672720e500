"""CRSP's daily files and delistings -> canonical returns for the windows asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.contracts.rejects import collect
from alliance_value.contracts.tables import conform, empty
from alliance_value.contracts.vendor_tables import Returns
from alliance_value.sources.daily_scan import damaged, scan_daily
from alliance_value.sources.daily_values import (
    coded_returns,
    one_row_a_day,
    priced,
    unreadable_rows,
    with_market_value,
)


@dataclass(frozen=True)
class DailyReturns:
    """Returns of the windows, what was left out or repaired, and what was decided."""

    returns: pd.DataFrame
    rejects: pd.DataFrame
    decisions: tuple[str, ...]


def daily_returns(
    paths: Sequence[str | Path],
    windows: pd.DataFrame,
    names: pd.DataFrame,
    delistings: pd.DataFrame,
    *,
    largest_return: float = 10.0,
) -> DailyReturns:
    """Read the windows' days from daily files of any size.

    Only the rows of the windows' securities and of their companies' other securities,
    in the windows' months, are ever held. A negative price is the average of bid and
    ask, a price of 0 is missing. Letters, CIZ flags and numbers up to -1.01 are codes
    for a missing return. A return above ``largest_return`` comes from a re-used
    identifier or a relisting and is set to missing. A delisting return is compounded
    on the delisting day, or stands alone where the security has no row that day; rows
    that CIZ flags as delisting returns hold it already. The market value is that of
    all securities of the company, missing where one of them has no price that day.

    Parameters
    ----------
    paths
        Parquet or CSV(.gz) files with legacy or CIZ names; their order, the order of
        their rows and the way the rows are cut into files make no difference.
    windows
        security, first, last: days wanted, both ends included; windows may overlap.
    names
        Canonical security names, for the company of each security.
    delistings
        Canonical delistings.
    largest_return
        The largest daily return that is believed, as a decimal.

    Returns
    -------
    DailyReturns
        Canonical returns, sorted by security and date.

    Raises
    ------
    UserError
        Files are not there, are damaged, lack columns, or hold none of the securities.
    """
    asked = pd.DataFrame(
        {
            "security": windows.security.astype("int64"),
            "first": windows["first"].astype("datetime64[ns]"),
            "last": windows["last"].astype("datetime64[ns]"),
        }
    ).drop_duplicates()
    if asked.empty:
        return DailyReturns(empty(Returns), collect([]), ("no day was asked for",))
    near = with_classes(asked, names)
    rows, broken, decisions = months_wanted(paths, near)
    log = [unreadable_rows(broken)]
    if rows.is_empty():
        files = ", ".join(Path(p).name for p in paths)
        raise UserError(
            [
                Problem(
                    rule="none of the securities asked for has a row in the months "
                    "asked for",
                    remedy="check that links and daily file share their PERMNOs and "
                    "years",
                    where=files,
                )
            ],
            f"reading {files}",
        )
    rows = coded_returns(rows, largest_return, log)
    rows = priced(rows, log)
    rows = one_row_a_day(rows, log)
    rows = with_market_value(rows, names)
    table = rows.select(
        "security", "company", "date", "ret", "market_value", "code", "delisting_flag"
    ).to_pandas()
    table["date"] = table.date.astype("datetime64[ns]")
    table = table[inside(table, asked)]
    absent = asked.security.nunique() - table.security.nunique()
    table, words = with_delistings(table, asked, delistings)
    table = table.rename(columns={"code": "ret_code"}).drop(columns="delisting_flag")
    table = table.sort_values(["security", "date"])
    return DailyReturns(
        returns=conform(table, Returns),
        rejects=collect(log),
        decisions=(
            *decisions,
            f"{absent:,} of {asked.security.nunique():,} securities have no row",
            *words,
        ),
    )


def with_classes(asked: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return the windows again for each other security of the same company."""
    company = names[["security", "company"]].dropna().drop_duplicates()
    pairs = company.merge(company, on="company", suffixes=("", "_other"))
    others = asked.merge(pairs[["security", "security_other"]], on="security")
    others["security"] = others.security_other.astype("int64")
    both = [asked, others[["security", "first", "last"]]]
    return pd.concat(both, ignore_index=True).drop_duplicates(ignore_index=True)


def months_wanted(
    paths: Sequence[str | Path], near: pd.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, tuple[str, ...]]:
    """Read the rows of the securities in the months of their windows.

    Returns
    -------
    rows, broken : polars.DataFrame
        Rows wanted; and rows that cannot be placed since their security, or the date
        of a security that is wanted, cannot be read.
    decisions : tuple of str
    """
    start = near["first"].dt.year * 12 + near["first"].dt.month
    count = near["last"].dt.year * 12 + near["last"].dt.month - start + 1
    count = count.clip(lower=0).to_numpy()
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    keys = pl.DataFrame(
        {
            "security": np.repeat(near.security.to_numpy(), count),
            "month": np.repeat(start.to_numpy("int64"), count) + within,
        },
        schema={"security": pl.Int64, "month": pl.Int64},
    ).unique()
    wanted = sorted(set(near.security))
    lazy, decisions = scan_daily(paths, wanted)
    month = pl.col("date").dt.year().cast(pl.Int64) * 12 + pl.col("date").dt.month()
    days = pl.lit(near["first"].min().date()), pl.lit(near["last"].max().date())
    rows = (
        lazy.filter(pl.col("date").is_between(*days))
        .with_columns(month=month)
        .join(keys.lazy(), on=["security", "month"], how="semi")
        .drop("month", "security_text", "date_text")
    )
    broken = lazy.filter(pl.col("security").is_null() | pl.col("date").is_null())
    broken = broken.select("file", "row", "security", "security_text", "date_text")
    try:
        read, lost = pl.collect_all([rows, broken], engine="streaming")
    except (pl.exceptions.PolarsError, OSError) as error:
        problems = [damaged(Path(path), error) for path in paths]
        raise UserError(problems[:1], "reading the daily returns") from None
    return read.sort("security", "date", "file", "row"), lost, decisions


def inside(table: pd.DataFrame, asked: pd.DataFrame) -> np.ndarray:
    """Return which rows lie within a window of their security.

    Returns
    -------
    ndarray of bool, shape (rows,)
    """
    spans = asked.sort_values(["security", "first"])
    reach = spans.groupby("security")["last"].cummax()
    place, known = pd.factorize(spans.security, sort=True)
    own = pd.Index(known).get_indexer(table.security)
    # one number per security and day, so that one binary search finds the window
    day = table.date.to_numpy("datetime64[D]").astype("int64")
    begin = spans["first"].to_numpy("datetime64[D]").astype("int64")
    end = reach.to_numpy("datetime64[D]").astype("int64")
    offset, width = -200_000, 1_000_000
    starts = place * width + begin - offset
    hit = np.searchsorted(starts, own * width + day - offset, side="right") - 1
    safe = np.clip(hit, 0, None)
    found: np.ndarray = (own >= 0) & (hit >= 0) & (place[safe] == own)
    found &= day <= end[safe]
    return found


def with_delistings(
    table: pd.DataFrame, asked: pd.DataFrame, delistings: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Compound delisting returns on their day, or add the day."""
    traded = delistings.security.isin(table.security)
    known = delistings[delistings.ret.notna() & traded]
    known = known.rename(columns={"delisted": "date", "ret": "delisting"})
    known = known[["security", "date", "delisting"]]
    known = known[inside(known, asked)]
    table = table.merge(known, on=["security", "date"], how="left")
    held = table.delisting_flag.eq("Y").fillna(False).to_numpy(bool)
    due = table.delisting.notna() & ~held
    both = (1 + table.ret.fillna(0)) * (1 + table.delisting) - 1
    table["ret"] = table.ret.mask(due, both)
    table["code"] = table.code.mask(due)
    index = pd.MultiIndex.from_frame(table[["security", "date"]])
    days = pd.MultiIndex.from_frame(known[["security", "date"]])
    alone = known[~days.isin(index)].rename(columns={"delisting": "ret"})
    groups = table.groupby("security")
    last = groups.agg(date=("date", "max"), company=("company", "last"))
    alone = alone[alone.date > alone.security.map(last.date)]
    alone = alone.assign(company=alone.security.map(last.company))
    words = (
        f"{int(due.sum()):,} delisting returns compounded",
        f"{len(alone):,} delisting returns on days without a row",
        f"{int((held & table.delisting.notna()).sum()):,} held by the file already",
    )
    table = table.drop(columns="delisting")
    if len(alone):
        table = pd.concat([table, alone.reindex(columns=table.columns)])
    return table, words
