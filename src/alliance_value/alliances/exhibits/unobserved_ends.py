"""Bounds of the share that has ended -> their table."""

from __future__ import annotations

from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table

SHOWN = ("recorded", "lowest", "at_random", "highest")
HEADS = ("Recorded", "Lowest", "Missed at random", "Highest")


@table(
    "unobserved_ends",
    label="the share that has ended where some ends are not recorded",
    inputs=("unobserved_ends",),
    section="lives",
    asks=("survival",),
)
def unobserved_ends(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out the share that has ended by each horizon, by the share that is missed."""
    data = results["unobserved_ends"]
    rows = [
        (
            f"After {row['years']:g} years, {row['missed']:.0%} missed",
            tuple(f"{row[name]:.1%}" for name in SHOWN),
        )
        for row in data.to_dict("records")
    ]
    per = int(data.missed.nunique()) or 1
    notes = [
        "The missed share of all ends is in no file. Lowest: all of them came after "
        "the horizon; highest: all came at once; missed at random: whenever they came."
    ]
    rules = range(per, len(rows), per)
    return finished(table, HEADS, rows, notes, context, [*rules])
