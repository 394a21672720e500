"""The panel -> how many of its rows are of each period, industry or other group."""

from __future__ import annotations

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.exhibits.cells import Rows, share
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.panel.moments import counted_by
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "sample",
    label="rows and entities of the panel by time, and by further columns (terms)",
    inputs=("panel",),
    section="sample",
    takes=("terms",),
    shows=("terms",),
)
def sample(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out how many rows and entities of the panel each period and group has."""
    panel = results["panel"]
    rows: Rows = []
    rules = []
    for name in (YEAR, *table.terms):
        rules.append(len(rows))
        for value, part in counted_by(panel, name).iterrows():
            head = f"{context.label(name)}: {printed(name, value, context)}"
            counts = f"{int(part.rows):,}", f"{int(part.entities):,}"
            rows.append((head, (*counts, share(part.share, 1))))
    rules.append(len(rows))
    total = f"{len(panel):,}", f"{panel[FIRM].nunique():,}", "100.0%"
    rows.append(("All", total))
    heads = [context.words.say(h) for h in ("Rows", "{Entities}", "Share of rows")]
    return finished(table, heads, rows, [], context, rules)


def printed(name: str, value: object, context: Context) -> str:
    """Return a value of a column in the study's words, numbers as they are."""
    text = f"{value:g}" if isinstance(value, int | float) else str(value)
    return context.values.get(name, {}).get(text, text)
