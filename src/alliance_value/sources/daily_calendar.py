"""Days of daily files and listings -> the trading days, and rows that are on them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import polars as pl

from alliance_value.contracts.problems import Problem
from alliance_value.sources.windows import days_of

# days between most days of a file that is no daily one
LONGEST_GAP, FEWEST_DAYS = 4, 5
FREQUENCIES = {"weekly": 10, "monthly": 45, "quarterly": 100}


def trading_days(counts: pl.DataFrame, thin_day: float) -> pl.DataFrame:
    """Return the days of the files, those on which the market was open numbered.

    Parameters
    ----------
    counts
        date, rows: how many securities have a row that day.
    thin_day
        A day with fewer rows than this share of the median day of its month is none:
        vendors carry a few stale prices over holidays.

    Returns
    -------
    polars.DataFrame
        date, place, thin: place numbers the trading days from 0; null on thin days.
    """
    usual = pl.col("rows").median().over(pl.col("date").dt.truncate("1mo"))
    days = (
        counts.drop_nulls()
        .sort("date")
        .with_columns(thin=pl.col("rows") < thin_day * usual)
    )
    place = pl.when(~pl.col("thin")).then((~pl.col("thin")).cum_sum().cast(pl.Int64))
    return days.select("date", "thin", place=place - 1)


def frequency_problems(days: Iterable[object], file: str) -> list[Problem]:
    """Return a problem where days lie apart as no trading days do.

    Parameters
    ----------
    days
        Days of a file, in any order; too few of them tell nothing.
    """
    known = pd.Series(pd.to_datetime(pd.Series([*days]))).dropna().drop_duplicates()
    gap = known.sort_values().diff().median() / pd.Timedelta(1, "D")
    if len(known) < FEWEST_DAYS or gap <= LONGEST_GAP:
        return []
    kind = next((word for word, most in FREQUENCIES.items() if gap <= most), "annual")
    return [
        Problem(
            rule=f"the file is {kind}, not daily: {gap:g} days lie between its days",
            remedy="give the file of daily returns or factors",
            where=file,
        )
    ]


def spells_of(listings: pd.DataFrame, key: pl.DataType) -> pl.DataFrame:
    """Return listings (security, first, last) under numbers.

    Returns
    -------
    polars.DataFrame
        security, begin, end, listing; sorted by begin.
    """
    first = days_of(listings["first"])
    last = days_of(listings["last"])
    security = listings["security"].astype("string").to_list()
    spells = pl.DataFrame(
        {
            "security": pl.Series(security, dtype=pl.String),
            "begin": pl.Series(first, dtype=pl.Date),
            "end": pl.Series(last, dtype=pl.Date),
        }
    ).with_columns(
        pl.col("security").cast(key, strict=False),
        pl.col("begin").fill_null(pl.date(1800, 1, 1)),
        pl.col("end").fill_null(pl.date(2261, 12, 31)),
    )
    spells = spells.filter(pl.col("security").is_not_null())
    return spells.sort("begin", "security", "end").with_row_index("listing")


def listed(rows: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """Give each row the spell in which it lies; ``unlisted`` marks those in none.

    Securities without any spell are taken for listed throughout.
    """
    known = pl.col("security").is_in(spells["security"].unique().implode())
    rows = rows.sort("date").join_asof(
        spells,
        left_on="date",
        right_on="begin",
        by="security",
        check_sortedness=False,
    )
    held = (pl.col("date") <= pl.col("end")).fill_null(False)
    return rows.with_columns(
        listing=pl.when(held).then("listing"), unlisted=known & ~held
    ).drop("begin", "end", strict=False)
