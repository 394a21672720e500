"""A study's sources of returns and factors -> what in them does not fit together."""

from __future__ import annotations

from collections.abc import Iterator

from alliance_value.contracts.problems import Problem
from alliance_value.study.schema import Mapped

LONG = ("security", "ret", "price", "adjustment", "market_value", "shares", "volume")


def daily_problems(sources: Mapped) -> Iterator[Problem]:
    """Yield keys of returns, delistings, listings and factors that do not fit."""
    if "returns" in sources:
        yield from returns_problems(sources["returns"])
    for name in ("delistings", "listings"):
        if name in sources and "returns" not in sources:
            yield Problem(
                rule=f"{name} without returns",
                remedy=f"give sources.returns, or take sources.{name} out",
                where=f"sources.{name}",
            )
    if "identifier" in sources.get("listings", {}) and "events" not in sources:
        yield Problem(
            rule="identifier has no effect without a table of events",
            remedy="give sources.events, or take it out",
            where="sources.listings.identifier",
        )
    factors = sources.get("factors", {"reader": "french", "columns": {}})
    table = factors["reader"] == "table"
    if table and "mkt_rf" not in factors["columns"]:
        yield Problem(
            rule="key 'mkt_rf' is missing",
            remedy="name the column with the market's return less the risk-free rate",
            where="sources.factors.columns",
        )
    if not table and factors["columns"]:
        yield Problem(
            rule="columns are for reader table; reader french knows its own",
            remedy="set reader: table, or take columns out",
            where="sources.factors.columns",
        )


def returns_problems(returns: Mapped) -> Iterator[Problem]:
    """Yield keys that a reader of returns needs, and those that it has no use for."""
    where, reader = "sources.returns", returns["reader"]
    needed = {"long": ("security", "date"), "wide": ("date",)}.get(reader, ())
    known = {"long": (*LONG, "date"), "wide": ("date",)}.get(reader, ())
    for key in needed:
        if not returns.get(key):
            yield Problem(
                rule=f"key '{key}' is missing",
                remedy=f"reader {reader} needs it: name the column",
                where=where,
            )
    for key in (*LONG, "date"):
        if key in returns and key not in known:
            yield Problem(
                rule=f"reader {reader} has no use for '{key}'",
                remedy="set reader: long, or take the key out",
                where=f"{where}.{key}",
            )
    if reader == "long" and not {"ret", "price"} & returns.keys():
        yield Problem(
            rule="neither ret nor price is given",
            remedy="name the column with the return, or with the price to make it of",
            where=where,
        )
    sized = {"price", "volume"} & returns.keys()
    if "shares" in returns and not sized and reader == "long":
        yield Problem(
            rule="shares without price make no market value, without volume no "
            "turnover",
            remedy="name the column with the price or volume, or give market_value",
            where=f"{where}.shares",
        )
    if returns["first"] and returns["last"] and returns["first"] > returns["last"]:
        yield Problem(
            rule="last is before first",
            remedy="write days as YYYY-MM-DD, first before last",
            where=f"{where}.last",
        )
