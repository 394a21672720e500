"""Rejections on samples without an event -> one row per part of the returns."""

from __future__ import annotations

from alliance_value.events.chance import chance_band
from alliance_value.exhibits.cells import Rows, share
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import label, sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import EventTest, table

CHANCE = 0.99
OFTEN = "+"


@table(
    "size_within",
    label="how often each test rejects within eras and groups of returns",
    inputs=("size_power",),
    section="events",
    asks=("event_study.size_power.within",),
)
def size_within(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out how often each test rejects where nothing is there, tests in columns."""
    rejections = results["size_power"]
    null = rejections[rejections.design == rejections.design.iloc[0]]
    tests = list(dict.fromkeys(null.test))
    level, samples = float(null.level.iloc[0]), int(null.samples.iloc[0])
    most = chance_band(level, samples, CHANCE)[1]
    rows: Rows = []
    for (part, window), own in null.groupby(["part", "window"], sort=False):
        rates = own.set_index("test").rate.reindex(tests)
        head = f"{sentence(str(part)) or 'All'}, {window}"
        cells = (share(rate, 1) + (OFTEN if rate > most else "") for rate in rates)
        rows.append((head, tuple(cells)))
    notes = [
        f"Share of {samples:,} samples of {int(null.events.iloc[0])} events at random "
        f"{context.words.entities} and days of each part, in which a test of level "
        f"{level:g} rejects although nothing is there. {OFTEN} above {share(most, 1)}, "
        f"which chance allows a test of the right size in one of "
        f"{round(2 / (1 - CHANCE)):,}.",
    ]
    return finished(table, [label(EventTest, t) for t in tests], rows, notes, context)
