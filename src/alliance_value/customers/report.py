"""A study with a ledger -> its section of the report and its lines of the summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.customers.extremes import END, LARGE
from alliance_value.customers.profits import ALL
from alliance_value.exhibits.cells import share
from alliance_value.report.content import Block, Section
from alliance_value.report.headlines import p_text
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.vocabulary.entries import headline, section


@section(
    "customers",
    label="Who makes the profit",
    words="Profits by the ledger, the curve of their total, and who is at its ends.",
    asks=("ledger",),
    order=35,
)
def customers(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Show tables, then figures."""
    return Section(blocks=tuple(shown))


@headline("ledger", asks=("ledger",), inputs=("ledger_summary",), order=11)
def ledger(inputs: Inputs) -> list[str]:
    """Say who makes the profit and who loses it."""
    by = of_all(inputs, "ledger_summary", "quantity")
    if not by:
        return []
    entities = inputs.context.words.entities
    who = f"{share(by['profitable']['estimate'], 0)} of {by['peak']['n']:,} {entities}"
    if pd.isna(by["peak"]["estimate"]):
        return [f"{who} have a profit; the total is not positive."]
    peak, first, last = (
        with_interval(by[q], inputs) for q in ("peak", "top", "bottom")
    )
    return [
        f"{who} make {peak} of the total profit; the others lose what lies above 100%.",
        f"The first fifth by profit brings {first} of it, the last fifth {last}.",
    ]


@headline("extremes", asks=("ledger",), inputs=("ledger_extremes",), order=12)
def extremes(inputs: Inputs) -> list[str]:
    """Say whether large units stand at both ends of the ranking by profit."""
    by = of_all(inputs, "ledger_extremes", "end")
    if not by or pd.isna(by["both"]["p"]):
        return []
    there = {
        end: f"{share(by[end]['large'], 1)} against {share(by[end]['other'], 1)} of "
        "the others"
        for end in ("best", "worst")
    }
    both = by["both"]["p"] < 1 - inputs.context.confidence
    verdict = "they stand" if both else "it is not shown that they stand"
    return [
        inputs.context.words.say(
            f"Of the large {{entities}}, the first {LARGE:.0%} by revenue, "
            f"{there['best']} are among the best {END:.0%} by profit, and "
            f"{there['worst']} among the worst: {verdict} at both extremes (one-sided "
            f"p {p_text(by['both']['p'])})."
        )
    ]


def of_all(inputs: Inputs, table: str, column: str) -> dict[str, Mapping[str, Any]]:
    """Return a table's rows of all units by a column."""
    known = inputs.results[table]
    return {str(r[column]): r for r in rows(known[known.group == ALL])}


def with_interval(row: Mapping[str, Any], inputs: Inputs) -> str:
    """Write a share with its interval."""
    return (
        f"{share(row['estimate'], 0)} ({inputs.context.interval} "
        f"{share(row['ci_low'], 0)} to {share(row['ci_high'], 0)})"
    )
