"""Rows of a daily file as printed -> returns, codes and market values, one a day."""

from __future__ import annotations

import pandas as pd
import polars as pl

from alliance_value.contracts.rejects import collect, rejects

# Why a return is missing, in CRSP's numeric codes: SAS exports print letters, CIZ has
# flags.
LETTERS = {"E": "-44", "D": "-55", "C": "-66", "B": "-77", "A": "-88", "": "-99"}
FLAGS = {"NS": "-66", "NT": "-77", "RA": "-88", "MP": "-99"}
LOWEST_RETURN = -1.01
CONTENT = ["price", "ret", "shares", "code"]


def unreadable_rows(broken: pl.DataFrame) -> pd.DataFrame:
    """Return the rejects of rows whose security or date cannot be read."""
    unknown = pl.col("security").is_null()
    parts = [
        noted(
            broken.filter(unknown),
            pl.col("security_text"),
            "permno",
            "security_missing_or_unreadable",
        ),
        noted(
            broken.filter(~unknown),
            pl.col("date_text"),
            "date",
            "date_missing_or_unreadable",
        ),
    ]
    return collect(parts)


def noted(
    rows: pl.DataFrame,
    value: pl.Expr,
    column: str,
    rule: str,
    new_value: str | None = None,
    *,
    rejected: bool = True,
) -> pd.DataFrame:
    """Return rejects for rows, with an expression's text as their value."""
    texts = rows.select(value.cast(pl.String).alias("text"))["text"].to_list()
    changed = rows[new_value].cast(pl.String).to_list() if new_value else None
    return rejects(
        file=pd.Series(rows["file"].to_list(), dtype="string"),
        row=pd.Series(rows["row"].to_list(), dtype="int64"),
        column=column,
        value=pd.Series(texts, dtype="string"),
        rule=rule,
        action="rejected" if rejected else "repaired",
        new_value=None if changed is None else pd.Series(changed, dtype="string"),
    )


def coded_returns(
    rows: pl.DataFrame, largest: float, log: list[pd.DataFrame]
) -> pl.DataFrame:
    """Separate returns from codes, and disbelieve those that are too large."""
    letter = pl.col("ret_text").str.strip_prefix(".").str.to_uppercase()
    low = pl.col("ret") <= LOWEST_RETURN
    whole = pl.col("ret") == pl.col("ret").round()
    code = (
        pl.when(low & whole)
        .then(pl.col("ret").cast(pl.Int64).cast(pl.String))
        .when(low)
        .then(pl.lit("below -1"))
        .when(pl.col("ret_text").is_not_null())
        .then(letter.replace(LETTERS))
        .when(pl.col("ret").is_null())
        .then(pl.col("missing_flag").replace(FLAGS))
    )
    printed = pl.coalesce("ret_text", pl.col("ret").cast(pl.String), "missing_flag")
    huge = pl.col("ret") > largest
    rows = rows.with_columns(code=code, huge=huge.fill_null(False))
    known = pl.col("code").is_in([*LETTERS.values()])
    is_code = pl.col("code").is_not_null()
    for rule, where in (
        ("return_code", is_code & known),
        ("return_not_a_number", is_code & ~known),
        ("return_implausibly_large", pl.col("huge")),
    ):
        log.append(noted(rows.filter(where), printed, "ret", rule, rejected=False))
    kept = ~(low | pl.col("huge"))
    return rows.with_columns(ret=pl.when(kept).then(pl.col("ret")))


def priced(rows: pl.DataFrame, log: list[pd.DataFrame]) -> pl.DataFrame:
    """Make prices positive or missing, and value each security in $ million."""
    text = pl.col("price_text").str.strip_chars().fill_null("")
    unread = pl.col("price").is_null() & ~text.is_in(["", "NaN", "nan"])
    printed = pl.coalesce("price_text", pl.col("price").cast(pl.String))
    rows = rows.with_columns(positive=pl.col("price").abs())
    for rule, where, new in (
        ("price_is_bid_ask_average", pl.col("price") < 0, "positive"),
        ("price_zero_is_missing", pl.col("price") == 0, None),
        ("price_not_a_number", unread, None),
    ):
        log.append(noted(rows.filter(where), printed, "prc", rule, new, rejected=False))
    price = pl.when(pl.col("positive") > 0).then(pl.col("positive"))
    shares = pl.when(pl.col("shares") > 0).then(pl.col("shares"))
    return rows.with_columns(price=price, shares=shares).drop("positive", "price_text")


def one_row_a_day(rows: pl.DataFrame, log: list[pd.DataFrame]) -> pl.DataFrame:
    """Reject repeated days, preferring what holds a return, then a price.

    Rows that differ are ranked by what they hold, never by their place in the file.
    """
    key = ["security", "date"]
    rows = rows.sort([*key, "file", "row"])
    again = pl.all_horizontal(pl.col(key) == pl.col(key).shift()).fill_null(False)
    shared = again | again.shift(-1, fill_value=False)
    several = rows.filter(shared)
    if several.is_empty():
        return rows
    several = several.sort([*key, *CONTENT, "file", "row"], nulls_last=True)
    first = several.group_by(key, maintain_order=True).agg(
        *(pl.col(c).first().alias(f"first_{c}") for c in CONTENT)
    )
    later = several.filter(~pl.struct(key).is_first_distinct())
    later = later.join(first, on=key, how="left", maintain_order="left")
    same = pl.all_horizontal(
        pl.col(c).eq_missing(pl.col(f"first_{c}")) for c in CONTENT
    )
    day = pl.col("date")
    for rule, where in (("repeated_day", same), ("repeated_day_differs", ~same)):
        log.append(noted(later.filter(where), day, "date", rule))
    kept = several.unique(subset=key, keep="first", maintain_order=True)
    return pl.concat([rows.filter(~shared), kept]).sort(key)


def with_market_value(rows: pl.DataFrame, names: pd.DataFrame) -> pl.DataFrame:
    """Add up the market values of a company's securities each day."""
    known = names[["security", "company"]].dropna().drop_duplicates("security")
    company = pl.DataFrame(
        {
            "security": known.security.to_numpy("int64"),
            "named": known.company.to_numpy("int64"),
        },
        schema={"security": pl.Int64, "named": pl.Int64},
    )
    rows = rows.join(company, on="security", how="left", maintain_order="left")
    rows = rows.with_columns(
        company=pl.coalesce("company", "named"),
        own=pl.col("price") * pl.col("shares") / 1000,
    )
    day = ["company", "date"]
    total = pl.col("own").sum().over(day)
    complete = pl.col("own").is_not_null().all().over(day)
    alone = pl.col("company").is_null()
    return rows.with_columns(
        market_value=pl.when(alone).then("own").when(complete).then(total)
    )
