"""Files of events, returns and factors -> an event study of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.sources.french import SPELLINGS
from alliance_value.starting.first import First
from alliance_value.starting.look import Column, Look, plain_name

PRICES = ("close", "price", "prc", "adj_close", "adjclose")
RETURNS = ("ret", "return", "returns", "total_return")
# of CRSP's daily files, legacy and CIZ, in small letters
CRSP = ({"permno", "date", "ret"}, {"permno", "dlycaldt", "dlyret"})
# days before an event that the usual estimation window needs, and those after it
BEFORE, AFTER = 146, 6
# groups that are tested apart, and events that each has
LEVELS, MEMBERS = range(2, 13), 10


@dataclass(frozen=True)
class Returns:
    """A daily file: its keys in a study, its securities and its days."""

    source: dict[str, Any]
    securities: frozenset[str]
    days: pd.DatetimeIndex


def events_study(name: str, looks: Sequence[Look]) -> First:
    """Return an event study of files, of which each tells what it is.

    Raises
    ------
    UserError
        One of the three is not among them, or they do not fit together.
    """
    factors = [look for look in looks if is_factors(look)]
    daily = [
        returns
        for look in looks
        if look not in factors and (returns := returns_of(look)) is not None
    ]
    files = {r.source["file"] for r in daily} | {look.file for look in factors}
    listed = [look for look in looks if look.file not in files and look.of("day")]
    parts = {"events": listed, "returns": daily, "factors": factors}
    if absent := [part for part, those in parts.items() if not those]:
        raise UserError([nothing_of(part, looks) for part in absent], "the event study")
    returns, events = daily[0], listed[0]
    security = security_of(events, returns)
    announced = announced_of(events, returns)
    source: dict[str, Any] = {
        "file": events.file,
        "security": security.name,
        "announced": announced.name,
    }
    if announced.order:
        source["dates"] = announced.order
    inside = codes_of(security).isin(returns.securities)
    groups = groups_of(events, {security.name, announced.name}, inside)
    if groups:
        source["groups"] = groups
    days = announced.values[inside].dropna()
    place = returns.days.searchsorted(days)
    enough = (place >= BEFORE) & (place < len(returns.days) - AFTER)
    settings: dict[str, Any] = {"models": ["market"]}
    remarks = {"models": "ff3 and carhart too, where the factors have their columns"}
    if not enough.any():
        settings = {"models": ["market_adjusted"], "estimation": "none"}
        remarks = {"models": "the returns begin too late for an estimation window"}
    said = [
        f"{events.raw.file}: {events.rows:,} rows, of which {int(inside.sum()):,} have "
        f"a security of the returns in '{security.name}'",
        f"returns: {len(returns.securities):,} securities, {len(returns.days):,} days "
        f"from {returns.days[0]:%Y-%m-%d} to {returns.days[-1]:%Y-%m-%d}",
        f"{int(enough.sum()):,} events have days enough for an estimation window",
    ]
    study = {
        "study": name,
        "title": f"Returns around the events in {events.raw.file}",
        "sources": {
            "returns": returns.source,
            "factors": factors_source(factors[0]),
            "events": source,
        },
        "event_study": settings,
    }
    return First(study, remarks, said)


def nothing_of(part: str, looks: Sequence[Look]) -> Problem:
    """Return the problem of files among which one kind is not."""
    holds = {
        "events": "a column of days and one of securities",
        "returns": "a security, a day, and a return or price per row (or a column of "
        "days and one column per security)",
        "factors": "a day, mkt_rf and rf per row, as in Kenneth French's files",
    }
    files = ", ".join(look.raw.file for look in looks)
    return Problem(
        rule=f"none of the files looked at is one of {part}: {files}",
        remedy=f"it holds {holds[part]}; name all three: KIND=events "
        'DATA="events.csv returns.csv factors.csv"',
    )


def factor_of(column: Column) -> str:
    """Return which factor a column is, empty if none."""
    return SPELLINGS.get(plain_name(column.name).replace("_", ""), "")


def is_factors(look: Look) -> bool:
    """Return whether a file holds daily factors."""
    factors = {factor_of(c) for c in look.columns}
    return "mkt_rf" in factors and {"rf", "smb"} & factors != set()


def factors_source(look: Look) -> dict[str, Any]:
    """Return the keys of a file of factors."""
    spelled = {factor_of(c): c.name for c in look.columns if factor_of(c)}
    day = look.of("day")[0].name if look.of("day") else "date"
    if any("Mkt" in name for name in spelled.values()) and day.lower() == "date":
        return {"file": look.file}
    return {"reader": "table", "file": look.file, "date": day, "columns": spelled}


def returns_of(look: Look) -> Returns | None:
    """Return a daily file's keys; None of a file that is none."""
    names = {plain_name(c.name): c for c in look.columns}
    days = look.of("day")
    if not days:
        return None
    day = days[0]
    numbers = look.of("number")
    index = pd.DatetimeIndex(day.values.dropna().unique()).sort_values()
    ret = next((names[n] for n in RETURNS if n in names and names[n] in numbers), None)
    price = next((names[n] for n in PRICES if n in names and names[n] in numbers), None)
    if any(columns <= names.keys() for columns in CRSP):
        return Returns({"file": look.file}, distinct_codes(names["permno"]), index)
    if (ret or price) and day.distinct < look.rows:
        value = {"ret": ret.name} if ret else {"price": price.name if price else ""}
        others = [c for c in look.columns if c.kind == "text" or c.whole]
        keyed = [c for c in others if one_row_a_day(c, day) and c not in (ret, price)]
        if not keyed:
            return None
        source = {"reader": "long", "file": look.file, "security": keyed[0].name}
        source |= {"date": day.name, **value}
        return Returns(source, distinct_codes(keyed[0]), index)
    if day.distinct == look.rows and len(numbers) >= len(look.columns) - 1 > 1:
        source = {"reader": "wide", "file": look.file, "date": day.name}
        largest = max(float(c.values.abs().median()) for c in numbers)
        source["holds"] = "prices" if largest > 1 else "returns"
        return Returns(source, frozenset(c.name for c in numbers), index)
    return None


def one_row_a_day(column: Column, day: Column) -> bool:
    """Return whether a column and the day identify the rows."""
    keys = pd.DataFrame({"security": column.values, "day": day.values}).dropna()
    return column.distinct > 1 and keys.duplicated().mean() < 0.01


def codes_of(column: Column) -> pd.Series:
    """Return a column's codes as text, of numbers without a decimal point."""
    values = column.values
    text = values.astype("Int64") if column.kind == "number" else values
    return text.astype("string")


def distinct_codes(column: Column) -> frozenset[str]:
    """Return a column's distinct codes as text."""
    known = column.values.dropna().drop_duplicates()
    return frozenset(codes_of(replace(column, values=known)))


def security_of(events: Look, returns: Returns) -> Column:
    """Return the column of which most values are securities of the returns."""
    coded = [c for c in events.columns if c.kind == "text" or c.whole]
    shares = {c.name: len(distinct_codes(c) & returns.securities) for c in coded}
    best = max(coded, key=lambda c: shares[c.name], default=None)
    if best is None or not shares[best.name]:
        problem = Problem(
            rule="no column holds securities of the returns, such as "
            + ", ".join(sorted(returns.securities)[:3]),
            remedy="write securities in both files alike",
            where=events.raw.file,
        )
        raise UserError([problem], "the event study")
    return best


def announced_of(events: Look, returns: Returns) -> Column:
    """Return the column of which most days are within those of the returns."""
    first, last = returns.days[0], returns.days[-1]
    inside = {
        c.name: int(c.values.between(first, last).sum()) for c in events.of("day")
    }
    best = max(events.of("day"), key=lambda c: inside[c.name])
    if not inside[best.name]:
        problem = Problem(
            rule=f"no day of the events is within those of the returns, "
            f"{first:%Y-%m-%d} to {last:%Y-%m-%d}",
            remedy="take returns of the days of the events",
            where=events.raw.file,
            column=best.name,
        )
        raise UserError([problem], "the event study")
    return best


def groups_of(events: Look, taken: set[str], inside: pd.Series) -> list[str]:
    """Return the first column whose values make a few groups of some events each."""
    for column in events.of("text", "number"):
        sizes = column.values[inside].value_counts()
        if (
            column.name not in taken
            and (column.kind == "text" or column.whole)
            and len(sizes) in LEVELS
            and sizes.min() >= MEMBERS
        ):
            return [column.name]
    return []
