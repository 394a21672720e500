"""A study's own table of events -> event, security, firm, announced and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from alliance_value.contracts.events import GROUPING
from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.sources.columns import dates, decimals, texts
from alliance_value.sources.read_file import RawTable
from alliance_value.vocabulary.entries import reader


@reader(
    "events",
    of="events",
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
    raw: RawTable, columns: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read events from a table with one row for each.

    Parameters
    ----------
    raw
        The file.
    columns
        Names of the columns: security, announced, perhaps event and firm, and the list
        ``groups``.

    Returns
    -------
    events, rejected : pandas.DataFrame
        event, security, firm, announced, perhaps market, and one column per grouping,
        its name behind `GROUPING`,
        sorted by event; and rejects: rows without security, market or readable day,
        and repeated identifiers.

    Raises
    ------
    UserError
        Columns are missing; all at once.
    """
    keys = ("event", "security", "announced", "firm", "market")
    named = {key: columns[key] for key in keys if columns.get(key)}
    groups = list(columns.get("groups", []))
    days = {
        f"{name}_{end}": column
        for name in ("window", "estimation")
        for end, column in zip(("first", "last"), columns.get(name, []), strict=False)
    }
    raise_if(
        [
            Problem(
                rule=f"there is no column '{column}'",
                remedy=nearest(column, raw.cells.columns),
                where=raw.file,
                row=1,
            )
            for column in [*named.values(), *days.values(), *groups]
            if column not in raw.cells.columns
        ],
        f"the events in {raw.file}",
    )
    printed = {key: texts(raw, column) for key, column in named.items()}
    number = pd.Series(raw.rows.to_numpy(), printed["security"].index)
    table = pd.DataFrame(
        {
            "event": printed.get("event", number.astype("string").str.zfill(7)),
            "security": printed["security"],
            "firm": printed.get("firm", printed["security"]),
            "announced": moments(printed["announced"]),
            **({"market": printed["market"]} if "market" in printed else {}),
            **{name: decimals(texts(raw, column)) for name, column in days.items()},
            **{f"{GROUPING}{group}": texts(raw, group) for group in groups},
        }
    )
    printed |= {name: texts(raw, column) for name, column in days.items()}
    named |= days
    lost = pd.Series(False, table.index)
    log = []
    for key, rule, broken in (
        ("security", "security_missing", table.security.isna()),
        *(
            [("market", "market_missing", table.market.isna())]
            if "market" in printed
            else []
        ),
        *((n, "day_missing_or_unreadable", table[n].mod(1).ne(0)) for n in days),
        ("announced", "date_missing_or_unreadable", table.announced.isna()),
        ("event", "event_missing_or_repeated", table.duplicated("event")),
    ):
        if key == "event":
            broken |= table.event.isna()
        now = broken & ~lost
        log.append(
            rejects(
                file=raw.file,
                row=raw.rows[now],
                column=named.get(key),
                value=printed[key][now] if key in printed else None,
                rule=rule,
                action="rejected",
            )
        )
        lost |= now
    events = table[~lost].sort_values("event", ignore_index=True)
    return events, collect(log)


def moments(cells: pd.Series) -> pd.Series:
    """Return printed days, with a clock time (17:30 or 17:30:00) where one follows."""
    text = cells.astype("string").str.strip()
    parts = text.str.extract(r"^(.*?)(?:[T ]+(\d{1,2}:\d{2}(?::\d{2})?))?$")
    clock = parts[1].where(parts[1].str.count(":") != 1, parts[1] + ":00")
    after = pd.to_timedelta(clock.fillna("00:00:00"), errors="coerce")
    within = after < pd.Timedelta(1, "D")
    return dates(parts[0]) + after.where(within)
