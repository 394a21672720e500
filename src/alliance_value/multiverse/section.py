"""Tables of a multiverse -> its section of the report."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alliance_value.exhibits.cells import interval, p_value, share
from alliance_value.multiverse.judge import COUNTS, PATHS, WILD
from alliance_value.multiverse.words import (
    differs,
    ends,
    levels_of,
    plain,
    unestimated,
)
from alliance_value.report.content import Block, Head, Section, Text, listing
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.study.schema import Mapped
from alliance_value.vocabulary.entries import headline, section

AT_EACH_END = 3
LARGEST_PAIRS = 5
BLANK = ("note", "other", "level")


@section(
    "multiverse",
    label="All specifications",
    short="Multiverse",
    words="Every combination of choices, judged together: what the whole says, which "
    "specifications stand by themselves, and which choices move the result.",
    asks=("multiverse",),
    order=65,
)
def multiverse(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Show the curve, the joint tests, what moves estimates and what is doubtful."""
    blocks: list[Block] = [*shown]
    for grid in inputs.study["multiverse"]:
        blocks += of_grid(grid, inputs)
    blocks.append(
        Text(
            "The page multiverse.html beside this report shows every specification and "
            "filters them by choice."
        )
    )
    return Section(blocks=tuple(blocks))


def of_grid(grid: Mapped, inputs: Inputs) -> list[Block]:
    """Return what is said of one grid."""
    name = grid["name"]
    table, tests, choices = (
        of_name(inputs.results[key], name)
        for key in ("multiverse", "multiverse_tests", "multiverse_choices")
    )
    own = table[table.preregistered].iloc[0]
    say = inputs.context.words.say
    lead = f"Followed is {inputs.context.label(own.term)}. " + (
        unestimated(own)
        or f"The preregistered specification: {number(own.estimate)} "
        f"({number(own.ci_low)} to {number(own.ci_high)}), p = {p_value(own.p)}, "
        f"adjusted for the search {p_value(own.p_adjusted)}."
    )
    if table.estimate.isna().all():
        title = Head(grid["title"] or plain(name))
        return [title, Text(say(lead)), doubts(tests, name)]
    return [
        Head(grid["title"] or plain(name)),
        Text(say(lead)),
        joint(tests, name),
        moving(choices, name),
        at_ends(table, grid),
        doubts(tests, name),
    ]


@headline("multiverse", asks=("multiverse",), part="doubt", order=6)
def not_estimated(inputs: Inputs) -> list[str]:
    """Say which grids lack their preregistered specification, and why."""
    table = inputs.results.get("multiverse", pd.DataFrame())
    said = []
    for grid in inputs.study["multiverse"] if len(table) else ():
        own = of_name(table, grid["name"])
        failed = unestimated(own[own.preregistered].iloc[0])
        said += [f"{grid['title'] or plain(grid['name'])}. {failed}"] if failed else []
    return said


def of_name(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a grid's rows; a blank text, which a file does not tell, is one."""
    texts = {key: "" for key in BLANK if key in table}
    return table[table.grid == name].fillna(texts)


def number(value: float) -> str:
    """Write a number with three digits, nothing where it is missing."""
    return "" if pd.isna(value) else f"{value:.3g}"


def joint(tests: pd.DataFrame, name: str) -> Block:
    """List statistics of all specifications with their p-values by method."""
    own = tests[(tests.method != COUNTS) & (tests.method != PATHS)]
    paths = tests[tests.method == PATHS].set_index("statistic").p
    body: list[tuple[str, ...]] = [
        (
            str(r["statistic"]).capitalize(),
            number(r["value"]),
            interval(r["ci_low"], r["ci_high"]),
            p_value(r["p"]),
            p_value(paths.get(r["statistic"], float("nan"))),
        )
        for r in rows(own)
    ]
    heads = ("Value", "Interval", f"p ({WILD})", f"p ({PATHS})")
    return listing(f"joint-{name}", heads, "rrrr", body)


def moving(choices: pd.DataFrame, name: str) -> Block:
    """List choices and the largest pairs by their share of the estimates' variance."""
    alone = choices[(choices.level == "") & (choices.other == "")]
    both = choices[choices.other != ""].nlargest(LARGEST_PAIRS, "share")
    body: list[tuple[str, ...]] = [
        (plain(str(r["choice"])), share(r["share"]), levels_in_words(choices, r))
        for r in rows(alone.sort_values("share", ascending=False))
    ]
    body += [
        (
            f"{plain(str(r['choice']))} with {plain(str(r['other']))}",
            share(r["share"]),
            "beyond what each does",
        )
        for r in rows(both)
    ]
    heads = ("Share of variance", "Median estimate by level")
    return listing(f"moves-{name}", heads, "rp", body)


def levels_in_words(choices: pd.DataFrame, row: dict[str, object]) -> str:
    """Say the median estimate of each level of a choice."""
    own = choices[(choices.choice == row["choice"]) & (choices.level != "")]
    return "; ".join(f"{plain(r['level'])} {number(r['median'])}" for r in rows(own))


def at_ends(table: pd.DataFrame, grid: Mapped) -> Block:
    """List the specifications at both ends, by what is not preregistered in them."""
    body: list[tuple[str, ...]] = [
        (
            end.capitalize(),
            number(row.estimate),
            p_value(row.p_adjusted),
            f"{row.n:,}",
            differs(levels_of(row.levels), grid),
        )
        for end, row in ends(table, AT_EACH_END)
    ]
    heads = ("Estimate", "Adjusted p", "N", "Not as preregistered")
    return listing(f"ends-{grid['name']}", heads, "rrrp", body)


def doubts(tests: pd.DataFrame, name: str) -> Block:
    """List how many specifications there are, and what speaks against how many."""
    body: list[tuple[str, ...]] = [
        (str(r["statistic"]).capitalize(), f"{r['value']:,.0f}", str(r["note"]))
        for r in rows(tests[tests.method == COUNTS])
    ]
    return listing(f"counts-{name}", ("Specifications", "Which"), "rp", body)
