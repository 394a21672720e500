"""Tests of deals' abnormal returns -> means by type, asymmetric beside symmetric."""

from __future__ import annotations

from alliance_value.exhibits.cells import Rows, fixed, share, starred, stars
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import label, most_prominent, sentence
from alliance_value.exhibits.tables.event_tests import shown_tests
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import EventTest, table


@table(
    "group_means",
    label="deals' mean abnormal returns by type and symmetry",
    inputs=("event_tests",),
    section="events",
    takes=("model", "window", "stars"),
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def group_means(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out deals' mean abnormal returns by type, asymmetric beside symmetric."""
    shown, words = shown_tests(table, results, context)
    shown = shown[shown.unit == "dyads"]
    test = most_prominent(dict.fromkeys(shown.test))
    shown = shown[shown.test == test]
    by_group = {str(r["group"]): r for r in shown.to_dict("records")}
    sides = ("asymmetric", "symmetric")
    types = [
        group.removesuffix(f" {side}")
        for group in by_group
        for side in sides
        if group.endswith(f" {side}")
    ]
    rows: Rows = []
    for kind in dict.fromkeys(types):
        cells: list[str] = []
        for group in (f"{kind} {side}" for side in sides):
            if group not in by_group:
                cells += ["0", "", ""]
                continue
            row = by_group[group]
            mean = f"{share(row['mean'])}{stars(row['p'], table)}"
            cells += [f"{row['n']:,}", mean, fixed(row["statistic"], 2)]
        rows.append((sentence(kind), tuple(cells)))
    heads = [
        (f"{sentence(side)} deals", head)
        for side in sides
        for head in ("Deals", "Mean CAR", "Statistic")
    ]
    notes = [
        f"{words}, of both partners weighted by their market values. Asymmetric: one "
        "partner customer-centric, one product-centric. Statistic: "
        f"{label(EventTest, test)}.",
        *starred(table),
    ]
    return finished(table, heads, rows, notes, context)
