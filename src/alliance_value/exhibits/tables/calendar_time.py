"""Abnormal returns in calendar time -> windows in rows, groups in columns."""

from __future__ import annotations

from alliance_value.exhibits.cells import Rows, abnormal, fixed, starred, stars
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.labels import group_head, label, window_head
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import NormalReturn, table


@table(
    "calendar_time",
    label="abnormal returns in calendar time of every window",
    inputs=("calendar_time", "event_tests"),
    section="events",
    takes=("model", "stars"),
    asks=("event_study.calendar_time",),
)
def calendar_time(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out mean daily abnormal returns in calendar time, their t and days below."""
    series, tests = results["calendar_time"], results["event_tests"]
    model = table.model or str(series.model.iloc[0])
    shown = series[(series["sample"] == "all") & (series.model == model)]
    tests = tests[(tests["sample"] == "all") & (tests.model == model)]
    by_test = tests[tests.test == "calendar_time"].set_index(["window", "group"])
    days = shown.groupby(["window", "group"], sort=False).ar.agg(["mean", "size"])
    groups = list(dict.fromkeys(shown.group))
    rows: Rows = []
    for window in dict.fromkeys(shown.window):
        here = [(window, group) for group in groups]
        t = by_test.reindex(here)
        daily = days.reindex(here)
        means = (
            f"{abnormal(mean, context.words)}{stars(p, table)}"
            for mean, p in zip(daily["mean"], t.p, strict=True)
        )
        rows += [
            (window_head(window), tuple(means)),
            ("t", tuple(fixed(value, 2) for value in t.statistic)),
            ("Days", tuple(f"{n:,.0f}" for n in daily["size"].fillna(0))),
        ]
    notes = [
        context.words.say(
            "Mean abnormal {measure} a day, equally weighted over the {entities} in "
            "their windows, normal {modelled} by "
            f"{label(NormalReturn, model)}; t of standardized {{measures}} over days"
        )
        + (", not among the study's tests." if by_test.empty else "."),
        *starred(table),
    ]
    heads = [group_head(group) for group in groups]
    return finished(table, heads, rows, notes, context)
