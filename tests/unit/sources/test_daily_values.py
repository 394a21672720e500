"""Rows of daily files by hand: codes, prices, repeats, gaps and market values."""

from __future__ import annotations

from datetime import date

import pandas as pd
import polars as pl
import pytest

from alliance_value.sources.daily_values import (
    believed,
    coded_returns,
    from_prices,
    labels_of,
    noted,
    one_row_a_day,
    priced,
    turnover,
    unreadable_rows,
    with_market_value,
)
from alliance_value.study.spec import ReturnsFile

CRSP = ReturnsFile()
LONG = ReturnsFile(reader="long", security="id", date="day", ret="r", price="p")
LABELS = labels_of(CRSP)
SCHEMA = {
    "file": pl.String,
    "row": pl.Int64,
    "security": pl.Int64,
    "company": pl.Int64,
    "date": pl.Date,
    "ret": pl.Float64,
    "ret_text": pl.String,
    "missing_flag": pl.String,
    "delisting_flag": pl.String,
    "price": pl.Float64,
    "price_text": pl.String,
    "value": pl.Float64,
    "shares": pl.Float64,
    "adjustment": pl.Float64,
    "volume": pl.Float64,
    "unread": pl.String,
    "unread_text": pl.String,
    "code": pl.String,
    "listing": pl.UInt32,
}


def rows(*cells):
    usual = {"file": "a.csv", "security": 1, "date": 5}
    table = [usual | {"row": n} | cell for n, cell in enumerate(cells, start=2)]
    for row in table:
        row["date"] = row["date"] and date(2004, 1, row["date"])
    return pl.DataFrame(table, SCHEMA, orient="row")


def told(log):
    table = pd.concat([part for part in log if len(part)] or [pd.DataFrame()])
    names = ["row", "column", "value", "rule", "action", "new_value"]
    if table.empty:
        return []
    cells = table[names].astype(object)
    return [tuple(None if pd.isna(c) else c for c in row) for row in cells.to_numpy()]


@pytest.mark.parametrize(
    ("spec", "labels"),
    [
        (CRSP, ("permno", "date", "ret", "prc", "shrout", "vol")),
        (LONG, ("id", "day", "r", "p", "", "")),
        (
            ReturnsFile(reader="long", security="id", date="day", price="p"),
            ("id", "day", "p", "p", "", ""),
        ),
        (
            ReturnsFile(
                reader="long", security="i", date="d", ret="r", market_value="m"
            ),
            ("i", "d", "r", "m", "", ""),
        ),
        (
            ReturnsFile(reader="long", security="i", date="d", ret="r", volume="v"),
            ("i", "d", "r", "r", "", "v"),
        ),
    ],
)
def test_rejects_name_the_files_columns(spec, labels):
    names = ("security", "date", "ret", "price", "shares", "volume")
    assert tuple(labels_of(spec)[name] for name in names) == labels


def test_a_wide_files_column_is_the_security():
    labels = labels_of(ReturnsFile(reader="wide", date="day"))
    assert labels == {"security": None, "date": "day", "ret": None, "price": None}
    part = noted(rows({"security": 7}), pl.lit("x"), None, "rule", rejected=False)
    assert told([part]) == [(2, "7", "x", "rule", "repaired", None)]
    part = noted(rows({"ret": 0.5}), pl.lit("x"), "c", "rule", "ret")
    assert told([part]) == [(2, "c", "x", "rule", "rejected", "0.5")]


def test_rows_without_security_or_day():
    broken = rows({"security": None}, {"date": None}, {"security": None, "date": None})
    broken = broken.with_columns(security_text=pl.lit("s"), date_text=pl.lit("d"))
    assert told([unreadable_rows(broken, LABELS)]) == [
        (2, "permno", "s", "security_missing_or_unreadable", "rejected", None),
        (3, "date", "d", "date_missing_or_unreadable", "rejected", None),
        (4, "permno", "s", "security_missing_or_unreadable", "rejected", None),
    ]


@pytest.mark.parametrize(
    ("cell", "ret", "code", "rule"),
    [
        ({"ret": 0.5}, 0.5, None, None),
        ({"ret": -1.0}, -1.0, None, None),
        ({"ret": -1.009}, -1.009, None, None),
        ({"ret": -1.01}, None, "below -1", "return_not_a_number"),
        ({"ret": -66.0}, None, "-66", "return_code"),
        ({"ret": -67.0}, None, "-67", "return_not_a_number"),
        ({"ret_text": ".b"}, None, "-77", "return_code"),
        ({"ret_text": "E"}, None, "-44", "return_code"),
        ({"ret_text": "."}, None, "-99", "return_code"),
        ({"ret_text": "x.y"}, None, "X.Y", "return_not_a_number"),
        ({"missing_flag": "NT"}, None, "-77", "return_code"),
        ({"missing_flag": "QQ"}, None, "QQ", "return_not_a_number"),
        ({"missing_flag": "NT", "ret": 0.1}, 0.1, None, None),
        ({}, None, None, None),
    ],
)
def test_a_code_is_no_return(cell, ret, code, rule):
    log = []
    out = coded_returns(rows(cell), LABELS, log)
    assert "low" not in out.columns
    assert out.select("ret", "code").row(0) == (ret, code)
    text = cell.get("ret_text") or str(cell.get("ret") or cell.get("missing_flag"))
    action = (2, "ret", text, rule, "repaired", None)
    assert told(log) == ([action] if rule else [])


@pytest.mark.parametrize(
    ("spec", "cell", "price", "rule"),
    [
        (CRSP, {"price": 5.0}, 5.0, None),
        (CRSP, {"price": -5.0}, 5.0, ("price_is_bid_ask_average", "-5.0", "5.0")),
        (LONG, {"price": -5.0}, None, ("price_negative", "-5.0", None)),
        (LONG, {"price": 0.0}, None, ("price_zero_is_missing", "0.0", None)),
        (LONG, {"price_text": "n"}, None, ("price_not_a_number", "n", None)),
        (LONG, {}, None, None),
    ],
)
def test_prices_are_positive_or_missing(spec, cell, price, rule):
    log = []
    out = priced(rows(cell), spec, labels_of(spec), log)
    assert out["price"].to_list() == [price]
    column = "prc" if spec is CRSP else "p"
    named = rule and (2, column, rule[1], rule[0], "repaired", rule[2])
    assert told(log) == ([named] if rule else [])
    gone = {"positive", "price_text", "unread", "unread_text"}
    assert not gone & {*out.columns}


def test_what_stands_beside_a_price_is_positive_too():
    cells = {"value": -1.0, "shares": 0.0, "adjustment": 0.0, "volume": 0.0}
    more = {"value": 1.0, "shares": 0.5, "adjustment": 2.0, "volume": -1.0}
    unread = {"unread": "shares", "unread_text": "many"}
    log = []
    out = priced(rows(cells, more, unread), CRSP, LABELS, log)
    assert out.select("value", "shares", "adjustment", "volume").rows() == [
        (None, None, None, 0.0),
        (1.0, 0.5, 2.0, None),
        (None, None, None, None),
    ]
    assert told(log) == [(4, "shrout", "many", "shares_not_a_number", "repaired", None)]


def kept(*cells):
    log = []
    out = one_row_a_day(rows(*cells), LABELS, log)
    assert out.columns == [*SCHEMA]
    return out["row"].to_list(), [(row, v, rule) for row, _, v, rule, *_ in told(log)]


def test_rows_in_order_stay_as_they_are():
    cells = [{"date": 5}, {"date": 6}, {"security": 2, "date": 5}]
    assert kept(*cells) == ([2, 3, 4], [])
    assert kept(*cells[::-1]) == ([4, 3, 2], [])


def test_of_several_rows_of_a_day_the_one_that_holds_most_stays():
    cells = [
        {"date": 6},
        {"price": 5.0},
        {"price": 5.0, "ret": 0.1},
        {"price": 4.0, "ret": 0.2},
        {"price": 4.0, "ret": 0.2},
        {"security": 2},
    ]
    differs, same = "repeated_day_differs", "repeated_day"
    assert kept(*cells) == (
        [5, 2, 7],
        [
            (6, "2004-01-05", same),
            (4, "2004-01-05", differs),
            (3, "2004-01-05", differs),
        ],
    )
    # the first of equal rows stays, wherever it stands
    assert kept({"date": 6}, {}, {}) == ([3, 2], [(4, "2004-01-05", same)])


def made(*cells, gap=1, closed=()):
    table = [{"price": price, "date": day, **more} for day, price, more in cells]
    days = [date(2004, 1, n) for n in range(1, 31) if n not in closed]
    calendar = pl.DataFrame({"date": days, "place": range(len(days))})
    log = []
    out = from_prices(rows(*table), calendar, gap, labels_of(LONG), log)
    assert out.columns == [*SCHEMA]
    returns = [None if r is None else round(r, 12) for r in out["ret"]]
    return (
        returns,
        out["code"].to_list(),
        [(r, v, rule) for r, _, v, rule, *_ in told(log)],
    )


def test_a_return_is_made_of_two_prices_of_days_close_by():
    assert made((5, 10.0, {}), (6, 11.0, {}), (7, None, {}), (8, 22.0, {})) == (
        [None, 0.1, None, None],
        ["-66", None, None, "-66"],
        [(5, "1", "return_across_gap")],
    )
    assert made((5, 10.0, {}), (8, 11.0, {}), gap=3)[0] == [None, 0.1]
    assert made((5, 10.0, {}), (8, 11.0, {}), gap=2)[0] == [None, None]
    # two days on which none trades are no gap
    assert made((5, 10.0, {}), (8, 11.0, {}), closed=(6, 7))[0] == [None, 0.1]
    # an adjustment takes a split out, and another security has no former price
    other = {"security": 2}
    cells = [(5, 10.0, {}), (6, 5.0, {"adjustment": 0.5}), (6, 7.0, other)]
    assert made(*cells)[:2] == ([None, 0.0, None], ["-66", None, "-66"])


def test_a_return_across_listings_is_none():
    cells = [
        (5, 10.0, {"listing": 0}),
        (6, 11.0, {"listing": 1}),
        (7, 22.0, {"listing": 1}),
    ]
    assert made(*cells) == (
        [None, None, 1.0],
        ["-66", "-66", None],
        [(3, "0.1", "return_across_listings")],
    )
    # told once, where a gap is there too
    far = [(5, 30.0, {"listing": 0}), (9, 10.0, {"listing": 1})]
    assert made(*far)[2] == [(3, "-0.666667", "return_across_listings")]


def test_returns_that_no_security_earns():
    spec = ReturnsFile(largest_return=2.0, smallest_return=-0.5)
    log = []
    cells = [{"ret": r} for r in (2.0, 2.1, -0.5, -0.6, None)]
    out = believed(rows(*cells), spec, LABELS, log)
    assert out["ret"].to_list() == [2.0, None, -0.5, None, None]
    assert told(log) == [
        (3, "ret", "2.1", "return_implausibly_large", "repaired", None),
        (5, "ret", "-0.6", "return_implausibly_low", "repaired", None),
    ]


def valued(*cells):
    names = ("security", "company", "price", "shares")
    table = [dict(zip(names, cell, strict=True)) for cell in cells]
    return with_market_value(rows(*table))


def test_the_value_of_a_company_is_that_of_its_securities():
    alone = valued((1, 7, 10.0, 2.0), (2, 8, 5.0, 1.0), (3, None, 4.0, 1.0))
    assert alone["market_value"].to_list() == [20.0, 5.0, 4.0]
    both = valued(
        (1, 7, 10.0, 2.0), (2, 7, 5.0, 1.0), (3, 8, 4.0, 1.0), (4, None, 1.0, 1.0)
    )
    assert both["market_value"].to_list() == [25.0, 25.0, 4.0, 1.0]
    assert both["security"].to_list() == [1, 2, 3, 4]
    lacking = valued((1, 7, 10.0, 2.0), (2, 7, None, 1.0))
    assert lacking["market_value"].to_list() == [None, None]
    gone = rows(
        {"company": 7, "price": 10.0, "shares": 2.0},
        {"company": 7, "security": 2, "delisting_flag": "Y"},
        {"company": 7, "security": 2, "date": 6, "delisting_flag": "Y"},
    )
    assert with_market_value(gone)["market_value"].to_list() == [20.0, 20.0, None]
    # the file's own value goes before price times shares
    own = rows({"value": 3.0, "price": 10.0, "shares": 2.0})
    assert with_market_value(own)["market_value"].to_list() == [3.0]


def test_turnover_is_in_percent():
    """5,000 of a million shares are half a percent."""
    table = rows({"volume": 5000.0, "shares": 1.0}).select(turnover().alias("t"))
    assert table["t"].to_list() == [pytest.approx(0.5)]
