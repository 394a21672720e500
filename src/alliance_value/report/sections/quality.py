"""Rejects and cut points -> what rules rejected, repaired and pulled in."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alliance_value.exhibits.labels import plain
from alliance_value.report.content import Block, Head, Section, Text, counts, listing
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.vocabulary.entries import section

SHOWN_REJECTS = 200


@section("quality", label="Data quality", order=80)
def quality(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Count what rules rejected, repaired and pulled in."""
    blocks: list[Block] = [
        Text(
            "Each source file's columns, ranges and defects stand in "
            "data_quality.html; what every column of every table means in "
            "codebook.html."
        ),
        *shown,
    ]
    counted: list[tuple[str, ...]] = [
        (r["file"], plain(r["rule"]), r["column"], r["action"], f"{r['values']:,}")
        for r in rows(reject_counts(inputs.rejects))
    ]
    folded: tuple[Block, ...] = ()
    title = ""
    if counted:
        heads = ("Rule", "Column", "Action", "Values")
        blocks += [
            Text(
                "Values that a rule rejected or repaired. Every one of them stands in "
                "rejects.csv with its file, row, column, value and rule."
            ),
            listing("rejects", heads, "pplr", counted),
        ]
        folded, title = rejected_values(inputs.rejects)
    else:
        blocks.append(Text("No value was rejected or repaired."))
    cuts: list[tuple[str, ...]] = [
        (inputs.context.label(c["variable"]), *counts(c, "values", "raised", "lowered"))
        for c in rows(cut_summary(inputs.cut_points))
    ]
    if cuts:
        blocks += [
            Head("Winsorizing"),
            listing("cuts", ("Values", "Raised", "Lowered"), "rrr", cuts),
        ]
    return Section(blocks=tuple(blocks), folded=folded, folded_title=title)


def rejected_values(rejects: pd.DataFrame) -> tuple[tuple[Block, ...], str]:
    """List the first rejected or repaired values, and say how many there are."""
    more = max(0, len(rejects) - SHOWN_REJECTS)
    title = "The values"
    if more:
        title += f" (the first {SHOWN_REJECTS}; {more:,} more in rejects.csv)"
    names = ("file", "row", "column", "value", "rule", "action", "new_value")
    shown = rejects.head(SHOWN_REJECTS).astype(object).fillna("")
    heads = ("Row", "Column", "Value", "Rule", "Action", "New value")
    body = [tuple(str(r[n]) for n in names) for r in rows(shown)]
    return (listing("rejected-values", heads, "rppppp", body),), title


def reject_counts(rejects: pd.DataFrame) -> pd.DataFrame:
    """Return how many values each rule rejected or repaired, by file or archive."""
    keys = ["file", "rule", "column", "action"]
    return (
        rejects.astype(object)
        .fillna({"column": ""})
        .assign(file=rejects.file.str.split("/").str[0])
        .groupby(keys, sort=True)
        .size()
        .reset_index(name="values")
    )


def cut_summary(cut_points: pd.DataFrame) -> pd.DataFrame:
    """Return how many values of each variable were pulled in."""
    grouped = cut_points.groupby("variable", sort=False)
    return grouped[["values", "raised", "lowered"]].sum().reset_index()
