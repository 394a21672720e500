"""Buy-and-hold abnormal returns -> windows in rows, groups in columns."""

from __future__ import annotations

from alliance_value.exhibits.cells import Rows, fixed, share, starred, stars
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import group_head, label, window_head
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import NormalReturn, table


@table(
    "bhar",
    label="buy-and-hold abnormal returns of every window",
    inputs=("bhar",),
    section="events",
    takes=("model", "stars"),
    asks=("event_study.bhar",),
)
def bhar(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out mean buy-and-hold abnormal returns with both of their t below."""
    bhars = results["bhar"]
    model = table.model or str(bhars.model.iloc[0])
    shown = bhars[(bhars["sample"] == "all") & (bhars.model == model)]
    groups = list(dict.fromkeys(shown.group))
    by = shown.set_index(["window", "group"])
    rows: Rows = []
    for window in dict.fromkeys(shown.window):
        row = [by.loc[(window, group)] for group in groups]
        means = (f"{share(one['mean'])}{stars(one.p_skewness, table)}" for one in row)
        rows += [
            (window_head(window), tuple(means)),
            ("t", tuple(fixed(one.t, 2) for one in row)),
            ("t, skewness-adjusted", tuple(fixed(one.t_skewness, 2) for one in row)),
            ("Events", tuple(f"{int(one.n):,}" for one in row)),
        ]
    notes = [
        "Mean buy-and-hold abnormal returns, normal returns by "
        f"{label(NormalReturn, model)}; stars by the skewness-adjusted t.",
        *starred(table),
    ]
    heads = [group_head(group) for group in groups]
    return finished(table, heads, rows, notes, context)
