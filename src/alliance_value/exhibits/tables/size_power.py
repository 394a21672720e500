"""Rejections on samples without an event -> one row per test, designs in columns."""

from __future__ import annotations

from alliance_value.exhibits.cells import Rows, share
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import label, sentence
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import EventTest, table


@table(
    "size_power",
    label="how often each test rejects",
    inputs=("size_power",),
    section="events",
    takes=("window",),
    asks=("event_study.size_power",),
)
def size_power(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out how often each test rejects, designs in columns."""
    rejections = results["size_power"]
    rejections = rejections[rejections.part == ""]
    window = table.window or str(rejections.window.iloc[-1])
    rejections = rejections[rejections.window == window]
    designs = list(dict.fromkeys(rejections.design))
    by_design = {
        d: rejections[rejections.design == d].set_index("test") for d in designs
    }
    rows: Rows = [
        (
            label(EventTest, test),
            tuple(
                share(part.rate[test], 1) if test in part.index else ""
                for part in by_design.values()
            ),
        )
        for test in dict.fromkeys(rejections.test)
    ]
    level, samples = float(rejections.level.iloc[0]), int(rejections.samples.iloc[0])
    error = (level * (1 - level) / samples) ** 0.5
    notes = [
        f"Share of {samples:,} samples of {int(rejections.events.iloc[0])} events at "
        f"random {context.words.entities} and days, window {window}, in which a test "
        f"of level {level:g} rejects; a test of the right size has a standard error of "
        f"{share(error, 1)}. Columns that add a return show power.",
    ]
    names = {"null": "no effect"}
    heads = [sentence(names.get(d, d)) for d in designs]
    return finished(table, heads, rows, notes, context)
