"""A study's own table of events -> event, security, firm, announced and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from alliance_value.contracts.events import GROUPING, Events
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.rejects import collect
from alliance_value.sources.columns import numbers, stated_columns, texts
from alliance_value.sources.dated_columns import clock_moments
from alliance_value.sources.identifiers import without_decimals
from alliance_value.sources.judged_rows import judged
from alliance_value.sources.listings import bearers
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader


@reader(
    "events",
    of="events",
    events=True,
    label="a table of events",
    reads="One row per event.",
    needs=("security", "announced"),
    takes=("event", "firm", "market", "window", "estimation", "groups"),
    repairs=(
        "Rows without security or readable moment, and repeated events, are rejected.",
    ),
    stops=("Columns are absent.",),
    makes=("events",),
)
def listed_events(
    raw: RawTable, columns: Mapping[str, Any], listings: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read events from a table with one row for each.

    Parameters
    ----------
    raw
        The file.
    columns
        Names of the columns: security, announced, perhaps event and firm, and the list
        ``groups``.
    listings
        Which security an identifier stood for on which days.

    Returns
    -------
    events, rejected : pandas.DataFrame
        event, security, firm, announced, perhaps market, and one column per grouping,
        its name behind `GROUPING`,
        sorted by event; and rejects: rows without security (or one of the listings),
        market or readable day, and repeated identifiers.

    Raises
    ------
    UserError
        Columns are missing; all at once.
    """
    keys = ("event", "security", Events.announced, "firm", "market")
    named = {key: columns[key] for key in keys if columns.get(key)}
    groups = list(columns.get("groups", []))
    days = {
        f"{name}_{end}": column
        for name in ("window", "estimation")
        for end, column in zip(("first", "last"), columns.get(name, []), strict=False)
    }
    used = [*named.values(), *days.values(), *groups]
    raw = stated_columns(raw, used)
    problems: list[Problem] = []
    announced = clock_moments(raw, named[Events.announced], problems)
    raise_if(problems, f"the events in {raw.file}")
    printed = {key: texts(raw, column) for key, column in named.items()}
    for key in printed.keys() & {"security", "firm"}:
        printed[key] = without_decimals(printed[key])
    given = printed["security"].notna()
    bore = pd.Series(1, printed["security"].index)
    if listings is not None:
        borne, bore = bearers(printed["security"], announced, listings)
        printed["security"] = borne.where(announced.notna(), printed["security"])
        bore = bore.mask(announced.isna(), 1)
    table = pd.DataFrame(
        {
            "event": printed.get("event", raw.numbers),
            "security": printed["security"],
            "firm": printed.get("firm", printed["security"]),
            Events.announced: announced,
            **({"market": printed["market"]} if "market" in printed else {}),
            **{name: whole(raw, column) for name, column in days.items()},
            **{f"{GROUPING}{group}": texts(raw, group) for group in groups},
        }
    )
    rules = (
        ("security", "no_listing_on_the_day", given & bore.eq(0)),
        ("security", "several_listings_on_the_day", given & bore.gt(1)),
        ("security", "security_missing", table.security.isna()),
        *(
            [("market", "market_missing", table.market.isna())]
            if "market" in printed
            else []
        ),
        *((name, "day_missing_or_unreadable", table[name].isna()) for name in days),
        (Events.announced, "date_missing_or_unreadable", table.announced.isna()),
        ("event", "event_missing", table.event.isna()),
    )
    kept, log = judged(raw, table, named | days, rules, ["event"])
    return kept.sort_values("event", ignore_index=True), collect(log)


def whole(raw: RawTable, column: str) -> pd.Series:
    """Return a column's whole numbers; what is none is missing."""
    values = numbers(raw, column)
    return values.where(values.mod(1).eq(0))
