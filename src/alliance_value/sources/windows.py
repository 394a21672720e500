"""Windows of securities -> days that do not overlap, rows inside, delistings added."""

from __future__ import annotations

import pandas as pd
import polars as pl

DAY = pl.duration(days=1)
# the longest the market was closed since 1945 is six days, in September 2001
CLOSED = "7d"


def as_spans(windows: pd.DataFrame, key: pl.DataType) -> pl.DataFrame:
    """Return windows (security, first, last) as spans that do not overlap.

    Parameters
    ----------
    windows
        Days wanted, both ends included.
    key
        Type of the securities; what does not fit it is in no file and left out.

    Returns
    -------
    polars.DataFrame
        security, first, last; sorted.
    """
    security = windows["security"].astype("string")
    spans = pl.DataFrame(
        {
            "security": pl.Series(security.to_list(), dtype=pl.String),
            "first": pl.Series(days_of(windows["first"]), dtype=pl.Date),
            "last": pl.Series(days_of(windows["last"]), dtype=pl.Date),
        }
    )
    spans = spans.with_columns(pl.col("security").cast(key, strict=False))
    return merged(spans.drop_nulls().filter(pl.col("first") <= pl.col("last")))


def days_of(dates: pd.Series) -> list[object]:
    """Return dates as days, missing ones as None."""
    stamps = pd.to_datetime(dates)
    return [None if pd.isna(stamp) else stamp.date() for stamp in stamps]


def merged(spans: pl.DataFrame) -> pl.DataFrame:
    """Put spans of a security together that overlap or adjoin."""
    spans = spans.sort("security", "first", "last")
    reach = pl.col("last").cum_max().over("security")
    before = reach.shift().over("security")
    fresh = (pl.col("first") > before + DAY).fill_null(True)
    return (
        spans.with_columns(run=fresh.cum_sum())
        .group_by("run", maintain_order=True)
        .agg(pl.col("security", "first").first(), pl.col("last").max())
        .select("security", "first", "last")
    )


def inside(rows: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Return the rows on days of their security's spans, in their order."""
    day = pl.col("date").is_between(pl.col("first"), pl.col("last"))
    joined = rows.join(spans, on="security", how="inner", maintain_order="left")
    return joined.filter(day).drop("first", "last")


def after_last(gone: pl.DataFrame, open_days: pl.Series) -> pl.DataFrame:
    """Fill ``own_day`` with the first trading day after ``delisted``.

    Parameters
    ----------
    gone
        delisted, own_day (null where it is to be filled).
    open_days
        The trading days known, sorted; where none follows it is the next weekday.
    """
    filled = gone.sort("delisted").join_asof(
        open_days.to_frame("next_day").sort("next_day"),
        left_on="delisted",
        right_on="next_day",
        strategy="forward",
        allow_exact_matches=False,
        tolerance=CLOSED,
    )
    weekday = pl.col("delisted").dt.add_business_days(1, roll="backward")
    day = pl.coalesce("own_day", "next_day", weekday)
    return filled.with_columns(own_day=day).drop("next_day")


def with_delistings(
    rows: pl.DataFrame, spans: pl.DataFrame, delistings: pl.DataFrame, *, held: bool
) -> tuple[pl.DataFrame, dict[str, int], pl.DataFrame]:
    """Put each delisting return on its day, once.

    Where it has a row of its own in the daily file (CIZ: the flag Y, or the delisting's
    own day) that row's return stands, or takes the known one where it is missing. A
    return without a row on its day or later, as in legacy files, is a row of its own;
    where the security has an ordinary row that day, the two are compounded,
    (1 + r)(1 + d) - 1.

    Parameters
    ----------
    rows
        security, date, ret, code, delisting_flag, company, one row a day.
    spans
        The days wanted.
    delistings
        security, date, own (whether the file of delistings names the day), delisting
        (return as a decimal).
    held
        Whether the daily file is one that holds delisting returns, so that nothing is
        compounded: CIZ.

    Returns
    -------
    rows : polars.DataFrame
    counts : dict
        compounded, added, held (by the file already), between (a delisting after which
        the security has further rows).
    moved : polars.DataFrame
        security, date, counts: returns due on another day than the file of delistings
        has, the trading day after it, and whether they count there; on a day on which
        the security has no row, but later ones, they do not.
    """
    key = ["security", "date"]
    known = inside(delistings, spans)
    rows = rows.join(known, on=key, how="left", maintain_order="left")
    flagged = (pl.col("delisting_flag") == "Y").fill_null(False)
    by_flag = rows.filter(flagged).select("security").unique()
    has = pl.col("delisting").is_not_null()
    own = has & (flagged | pl.col("own").fill_null(False) | pl.lit(held))
    due = has & ~own
    both = (1 + pl.col("ret").fill_null(0)) * (1 + pl.col("delisting")) - 1
    # of a flagged row on another day than the delisting file has
    named = delistings.select("security", stated="delisting").unique("security")
    rows = rows.join(named, on="security", how="left", maintain_order="left")
    lacking = (own | flagged) & pl.col("ret").is_null() & pl.col("stated").is_not_null()
    last = rows.group_by("security").agg(
        pl.col("date").max().alias("end"), pl.col("company").last()
    )
    alone = known.join(last, on="security", how="inner")
    counts = {
        "compounded": int(rows.select(due.sum()).item()),
        "held": int(rows.select((own | flagged).sum()).item()),
        "between": alone.filter(
            ~pl.col("own")
            & (pl.col("date") < pl.col("end") + pl.duration(days=0 if held else 1))
        ).height,
    }
    moved = [rows.filter(due).select(*key, counts=pl.lit(True))]
    rows = rows.with_columns(
        ret=pl.when(due).then(both).when(lacking).then("stated").otherwise("ret"),
        code=pl.when(~due & ~lacking).then("code"),
    ).drop("delisting", "own", "stated")
    early = alone.filter(~pl.col("own") & (pl.col("date") < pl.col("end")))
    early = early.join(rows, on=key, how="anti")
    moved.append(early.select(*key, counts=pl.lit(False)))
    alone = alone.filter(pl.col("date") > pl.col("end"))
    alone = alone.join(by_flag, on="security", how="anti")
    counts["added"] = alone.height
    later = alone.filter(~pl.col("own"))
    moved.append(later.select(*key, counts=pl.lit(True)))
    if alone.height:
        alone = alone.select("security", "date", "company", ret="delisting")
        rows = pl.concat([rows, alone], how="diagonal")
    return rows, counts, pl.concat(moved)
