"""Rows of a daily file as printed -> returns, codes and market values, one a day."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import polars as pl

from alliance_value.contracts.rejects import collect, rejects
from alliance_value.study.spec import ReturnsFile

# Why a return is missing, in CRSP's numeric codes: SAS exports print letters, CIZ has
# flags.
LETTERS = {"E": "-44", "D": "-55", "C": "-66", "B": "-77", "A": "-88", "": "-99"}
FLAGS = {"NS": "-66", "NT": "-77", "RA": "-88", "MP": "-99"}
NO_FORMER_PRICE = "-66"
LOWEST_RETURN = -1.01
CONTENT = ["price", "ret", "shares", "value", "code", "volume"]
BESIDE = ("market_value", "shares", "adjustment", "volume")
# Shares traded over millions of shares outstanding are so many percent.
PERCENT = 1e-4
Labels = Mapping[str, str | None]


def labels_of(spec: ReturnsFile) -> Labels:
    """Return the columns by which rejects name what a row holds.

    None stands for the column of the row's own security, as in a wide file.
    """
    if spec.reader == "crsp":
        own = {"security": "permno", "date": "date", "ret": "ret", "price": "prc"}
        return own | {"shares": "shrout", "volume": "vol"}
    if spec.reader == "wide":
        return {"security": None, "date": spec.date, "ret": None, "price": None}
    ret = spec.ret or spec.price
    value = spec.price or spec.market_value or spec.ret
    own = {"security": spec.security, "date": spec.date, "ret": ret, "price": value}
    return own | {name: getattr(spec, name) for name in BESIDE}


def unreadable_rows(broken: pl.DataFrame, labels: Labels) -> pd.DataFrame:
    """Return the rejects of rows whose security or date cannot be read."""
    unknown = pl.col("security").is_null()
    parts = [
        noted(
            broken.filter(unknown),
            pl.col("security_text"),
            labels["security"],
            "security_missing_or_unreadable",
        ),
        noted(
            broken.filter(~unknown),
            pl.col("date_text"),
            labels["date"],
            "date_missing_or_unreadable",
        ),
    ]
    return collect(parts)


def noted(
    rows: pl.DataFrame,
    value: pl.Expr,
    column: str | None,
    rule: str,
    new_value: str | None = None,
    *,
    rejected: bool = True,
) -> pd.DataFrame:
    """Return rejects for rows, with an expression's text as their value."""
    texts = rows.select(value.cast(pl.String).alias("text"))["text"].to_list()
    changed = rows[new_value].cast(pl.String).to_list() if new_value else None
    table = rejects(
        file=pd.Series(rows["file"].to_list(), dtype="string"),
        row=pd.Series(rows["row"].to_list(), dtype="int64"),
        column=column,
        value=pd.Series(texts, dtype="string"),
        rule=rule,
        action="rejected" if rejected else "repaired",
        new_value=None if changed is None else pd.Series(changed, dtype="string"),
    )
    if column is None:
        own = rows["security"].cast(pl.String).to_list()
        table["column"] = pd.Series(own, dtype="string")
    return table


def coded_returns(
    rows: pl.DataFrame, labels: Labels, log: list[pd.DataFrame]
) -> pl.DataFrame:
    """Separate returns from codes for missing ones."""
    letter = pl.col("ret_text").str.strip_prefix(".").str.to_uppercase()
    low = (pl.col("ret") <= LOWEST_RETURN).fill_null(False)
    whole = pl.col("ret") == pl.col("ret").round()
    code = (
        pl.when(low & whole)
        .then(pl.col("ret").cast(pl.Int64, strict=False).cast(pl.String))
        .when(low)
        .then(pl.lit("below -1"))
        .when(pl.col("ret_text").is_not_null())
        .then(letter.replace(LETTERS))
        .when(pl.col("ret").is_null())
        .then(pl.col("missing_flag").replace(FLAGS))
    )
    rows = rows.with_columns(code=code, low=low)
    known = pl.col("code").is_in([*LETTERS.values()])
    coded = rows.filter(pl.col("code").is_not_null())
    printed = pl.coalesce("ret_text", pl.col("ret").cast(pl.String), "missing_flag")
    for rule, where in (("return_code", known), ("return_not_a_number", ~known)):
        log.append(
            noted(coded.filter(where), printed, labels["ret"], rule, rejected=False)
        )
    return rows.with_columns(ret=pl.when(~pl.col("low")).then("ret")).drop("low")


def priced(
    rows: pl.DataFrame, spec: ReturnsFile, labels: Labels, log: list[pd.DataFrame]
) -> pl.DataFrame:
    """Make prices positive or missing.

    CRSP prints the average of bid and ask as a negative price; nobody else does.
    """
    crsp = spec.reader == "crsp"
    unread = pl.col("price").is_null() & pl.col("price_text").is_not_null()
    printed = pl.coalesce("price_text", pl.col("price").cast(pl.String))
    positive = pl.col("price").abs() if crsp else pl.col("price")
    rows = rows.with_columns(positive=positive)
    negative = "price_is_bid_ask_average" if crsp else "price_negative"
    for rule, where, new in (
        (negative, pl.col("price") < 0, "positive" if crsp else None),
        ("price_zero_is_missing", pl.col("price") == 0, None),
        ("price_not_a_number", unread, None),
    ):
        log.append(
            noted(
                rows.filter(where), printed, labels["price"], rule, new, rejected=False
            )
        )
    for name in BESIDE:
        text = rows.filter(pl.col("unread") == name)
        rule = f"{name}_not_a_number"
        if len(text):
            shown = pl.col("unread_text")
            log.append(noted(text, shown, labels[name], rule, rejected=False))
    names = ("shares", "value", "adjustment")
    return rows.with_columns(
        price=pl.when(pl.col("positive") > 0).then("positive"),
        **{name: pl.when(pl.col(name) > 0).then(name) for name in names},
        volume=pl.when(pl.col("volume") >= 0).then("volume"),
    ).drop("positive", "price_text", "unread", "unread_text")


def one_row_a_day(
    rows: pl.DataFrame, labels: Labels, log: list[pd.DataFrame]
) -> pl.DataFrame:
    """Reject repeated days, preferring what holds a return, then a price.

    Rows that differ are ranked by what they hold, never by their place in the file.
    """
    key = ["security", "date"]
    equal = pl.col("security") == pl.col("security").shift()
    after, next_day = (pl.col(name) > pl.col(name).shift() for name in key)
    if rows.select((after | (equal & next_day)).fill_null(True).all()).item():
        return rows
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
        log.append(noted(later.filter(where), day, labels["date"], rule))
    kept = several.unique(subset=key, keep="first", maintain_order=True)
    return pl.concat([rows.filter(~shared), kept]).sort(key)


def from_prices(
    rows: pl.DataFrame,
    calendar: pl.DataFrame,
    longest_gap: int,
    labels: Labels,
    log: list[pd.DataFrame],
) -> pl.DataFrame:
    """Make simple returns, P_t / P_s - 1, from adjusted prices of days close by.

    s is the last day with a price. Where more than ``longest_gap`` trading days lie
    from s to t, or the listing changed in between, the return is no daily return of
    one security: it is missing (code -66, as in CRSP's files) and reported.

    Parameters
    ----------
    rows
        Sorted by security and date, one row a day; listing where known.
    calendar
        date, place: the trading days, numbered.
    """
    rows = rows.join(calendar, on="date", how="left", maintain_order="left")
    adjusted = pl.col("price") / pl.col("adjustment").fill_null(1.0)
    rows = rows.with_columns(adjusted=adjusted)
    some = rows.filter(pl.col("adjusted").is_not_null())
    same = pl.col("security") == pl.col("security").shift()
    some = some.select(
        "security",
        "date",
        simple=pl.when(same).then(pl.col("adjusted") / pl.col("adjusted").shift() - 1),
        gap=pl.when(same).then(pl.col("place") - pl.col("place").shift()),
        moved=same & pl.col("listing").ne_missing(pl.col("listing").shift()),
    )
    key = ["security", "date"]
    rows = rows.join(some, on=key, how="left", maintain_order="left")
    far = pl.col("gap") > longest_gap
    moved = pl.col("moved").fill_null(False)
    for rule, where in (
        ("return_across_listings", moved),
        ("return_across_gap", far & ~moved),
    ):
        broken = rows.filter(where)
        simple = broken["simple"].to_list()
        broken = broken.with_columns(
            shown=pl.Series([f"{v:.6g}" for v in simple], dtype=pl.String)
        )
        log.append(
            noted(broken, pl.col("shown"), labels["price"], rule, rejected=False)
        )
    ret = pl.when(~far & ~moved).then("simple")
    lacking = pl.col("price").is_not_null() & ret.is_null()
    return rows.with_columns(
        ret=ret, code=pl.when(lacking).then(pl.lit(NO_FORMER_PRICE))
    ).drop("adjusted", "simple", "gap", "moved", "place")


def believed(
    rows: pl.DataFrame, spec: ReturnsFile, labels: Labels, log: list[pd.DataFrame]
) -> pl.DataFrame:
    """Set returns to missing that no security earns in a day."""
    high = pl.col("ret") > spec.largest_return
    low = pl.col("ret") < spec.smallest_return
    for rule, where in (
        ("return_implausibly_large", high),
        ("return_implausibly_low", low),
    ):
        printed = pl.col("ret").cast(pl.String)
        log.append(
            noted(rows.filter(where), printed, labels["ret"], rule, rejected=False)
        )
    return rows.with_columns(ret=pl.when(~(high | low)).then("ret"))


def with_market_value(rows: pl.DataFrame) -> pl.DataFrame:
    """Add up the market values, in $ million, of a company's securities each day.

    The value of a company is missing where one of its securities has none that day,
    but for one that is delisted.
    """
    own = pl.coalesce("value", pl.col("price") * pl.col("shares"))
    rows = rows.with_columns(market_value=own)
    # rows are sorted by security, so that a pair is seen where it begins
    pair = pl.col("company", "security")
    fresh = pl.any_horizontal(pair.ne_missing(pair.shift()))
    pairs = rows.select("company", "security").filter(fresh)
    several = pairs.drop_nulls().unique().group_by("company").len()
    several = several.filter(pl.col("len") > 1)
    if several.is_empty():
        return rows
    shared = pl.col("company").is_in(several["company"].implode()).fill_null(False)
    day = ["company", "date"]
    both = rows.filter(shared)
    gone = (pl.col("delisting_flag") == "Y").fill_null(False)
    total = both.group_by(day, maintain_order=True).agg(
        pl.col("market_value").sum().alias("total"),
        (pl.col("market_value").is_not_null() | gone).all().alias("complete"),
    )
    both = both.join(total, on=day, how="left", maintain_order="left").with_columns(
        market_value=pl.when(pl.col("complete") & (pl.col("total") > 0)).then("total")
    )
    both = both.drop("total", "complete")
    return pl.concat([rows.filter(~shared), both]).sort("security", "date")


def turnover() -> pl.Expr:
    """Return the shares traded in percent of those outstanding."""
    return pl.col("volume") / pl.col("shares") * PERCENT
