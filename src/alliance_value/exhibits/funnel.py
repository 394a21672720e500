"""The sample funnel -> its figure, its table, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from textwrap import fill, wrap
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from alliance_value.contracts.funnel import PANEL_ROWS, ROWS, SAMPLE, SOURCE
from alliance_value.exhibits import style
from alliance_value.exhibits.cells import Rows
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.drawing import Drawn, marked
from alliance_value.exhibits.labels import plain
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.expressions import ExpressionError, names_in
from alliance_value.study.spec import Table

LEFT, RIGHT = 36, 64  # characters in a line beside the bars
LINE, GAP = 0.135, 0.045  # inches
SPAN = 4.0  # of the axis, in lengths of the longest bar
SHOWN_MODELS = 5
SHOWN_TITLES = 3
HEADS = ("Rows in", "Dropped", "Rows out", "{Entities}", "Why")
# what the events that a reason for exclusion leaves are like
LEFT_AFTER = {
    "no_date": "with a date",
    "outside_period": "in the period of the study",
    "no_trading_day": "with a trading day near",
    "no_security": "of a security with {measures}",
    "no_market_value": "with a market value before",
    "no_event_day_return": "with a {measure} on the event day",
    "too_few_estimation_days": "with enough estimation days",
    "overlapping": "apart from the firm's earlier events",
    "confounded": "without other news",
}
# a step ends in the condition, which stands for it in the reader's language
OPENINGS = ("where ", "requires ")


def draw_funnel(funnel: pd.DataFrame, context: Context) -> Drawn:
    """Draw rows left after each step that takes rows away, and why they left.

    What sources tell of, events, the sample and models stand under each other, each
    block on its own scale; models of one sample have one bar, their N, with every loss
    from the panel beside it. Of many samples the first are drawn, so that the figure
    fits a page.

    Parameters
    ----------
    funnel
        Canonical funnel of a study.
    context
        Titles of models, labels of variables, and what is simulated.
    """
    style.apply()
    rows_of_models = models_of(funnel, context)
    panel, models = rows_of_models[:1], rows_of_models[1:]
    rows_are = unit_of(context)
    kind = f"Models ({rows_are})"
    if len(models) > SHOWN_MODELS:
        kind += f", the first {SHOWN_MODELS} of {len(models)} samples"
    blocks = [
        *(
            (title_of(unit, context), steps_of(funnel, name, context))
            for name, unit in sources_of(funnel)
            if unit != ROWS
        ),
        *continued(funnel, other_branches(funnel, context), context),
        (rows_are.capitalize(), steps_of(funnel, SAMPLE, context)),
        (kind, [*panel, *models[:SHOWN_MODELS]]),
    ]
    blocks = [(title, rows) for title, rows in blocks if rows]
    heights = [block_height(rows) for _, rows in blocks]
    picture, all_axes = plt.subplots(
        len(blocks),
        1,
        figsize=(style.WIDTH + 1.2, sum(heights)),
        height_ratios=heights,
        squeeze=False,
    )
    for axes, (title, rows) in zip(all_axes[:, 0], blocks, strict=True):
        draw_block(axes, title, rows)
    return marked(Drawn(picture, funnel, caption(funnel, context)), context)


def continued(
    funnel: pd.DataFrame, names: Sequence[str], context: Context
) -> Iterator[tuple[str, list[tuple[str, int, str]]]]:
    """Yield a block per branch; one that begins where another ended continues it."""
    ended: dict[tuple[str, int], list[tuple[str, int, str]]] = {}
    for name in names:
        steps = funnel[funnel.branch == name]
        rows = steps_of(funnel, name, context)
        before = ended.get((steps.unit.iloc[0], int(steps.rows_in.iloc[0])))
        if before is None:
            yield name.capitalize(), rows
        else:
            before += rows[1:]
        ended[steps.unit.iloc[0], int(steps.rows_out.iloc[-1])] = before or rows


def draw_block(axes: Axes, title: str, rows: Sequence[tuple[str, int, str]]) -> None:
    """Draw one bar per row of label, rows left, and what was dropped."""
    most = max(count for _, count, _ in rows) or 1
    middle, below = [], 0.0
    for row in rows:
        middle.append(below + row_height(row) / 2)
        below += row_height(row)
    axes.barh(
        middle,
        [count for _, count, _ in rows],
        height=LINE * 1.3,
        color=style.COLOURS[0],
    )
    for y, (_, count, why) in zip(middle, rows, strict=True):
        axes.text(
            count + 0.015 * most,
            y,
            f"{count:,}",
            va="center",
            fontsize=8,
            clip_on=False,
        )
        axes.text(
            1.4 * most,
            y,
            fill(why, RIGHT),
            va="center",
            fontsize=7.5,
            color=style.INK,
            linespacing=1.15,
        )
    axes.set_yticks(middle, [fill(label, LEFT) for label, _, _ in rows], fontsize=8)
    axes.set_ylim(below, 0)
    axes.set_xlim(0, SPAN * most)
    axes.set_title(title, loc="left", fontsize=9, fontweight="bold")
    axes.set_xticks([])
    axes.spines[["bottom", "top", "right"]].set_visible(False)
    axes.tick_params(left=False)


def row_height(row: tuple[str, int, str]) -> float:
    """Return the inches that a row's labels need."""
    lines = max(len(wrap(row[0], LEFT)), len(wrap(row[2], RIGHT)), 1)
    return lines * LINE + GAP


def block_height(rows: Sequence[tuple[str, int, str]]) -> float:
    """Return the inches of a block with its title."""
    return sum(map(row_height, rows)) + 0.35


def steps_of(
    funnel: pd.DataFrame, branch: str, context: Context
) -> list[tuple[str, int, str]]:
    """Return label, rows left and loss of each step of a branch that takes rows away.

    The first step is there always.
    """
    steps = funnel[funnel.branch == branch].reset_index(drop=True)
    shown = steps[(steps.dropped > 0) | (steps.index == 0)]
    return [
        (
            step_label(s["step"], context),
            s["rows_out"],
            f"−{s['dropped']:,}: {s['why']}" if s["dropped"] else s["why"],
        )
        for s in records(shown)
    ]


def models_of(funnel: pd.DataFrame, context: Context) -> list[tuple[str, int, str]]:
    """Return titles, N and all losses of models, the panel before them.

    Models that lose the same rows for the same reasons have one row.
    """
    rows: list[tuple[str, int, str]] = []
    alike: dict[tuple[int, str], list[str]] = {}
    for name, steps in model_branches(funnel, context):
        if not rows:
            rows.append(("panel", int(steps.rows_in.iloc[0]), unit_of(context)))
        lost = "; ".join(
            f"−{s['dropped']:,}: {loss(s['step'], context)}"
            for s in records(steps[steps.dropped > 0])
        )
        title = context.titles.get(name) or plain(name)
        alike.setdefault((int(steps.rows_out.iloc[-1]), lost), []).append(title)
    rows += [
        (all_of(titles), count, lost or "no row is lost")
        for (count, lost), titles in alike.items()
    ]
    return rows


def all_of(titles: Sequence[str]) -> str:
    """Return the first of some titles, and how many more there are."""
    if len(titles) <= SHOWN_TITLES:
        return ", ".join(titles)
    return f"{', '.join(titles[:SHOWN_TITLES])} and {len(titles) - SHOWN_TITLES} more"


def loss(step: str, context: Context) -> str:
    """Return what the rows that a step of a model drops are like."""
    words = step_label(step, context)
    if words.startswith("where "):
        return f"unless {words.removeprefix('where ')}"
    if words.endswith(" observed"):
        name = words.removesuffix(" observed").removeprefix("term ")
        return f"{name.removeprefix('outcome ')} missing"
    return words.removeprefix("not ")


def records(steps: pd.DataFrame) -> list[dict[str, Any]]:
    """Return steps as records."""
    return [{str(k): v for k, v in s.items()} for s in steps.to_dict("records")]


def sources_of(funnel: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield the branches of sources, and what their rows tell of in the end."""
    sources = funnel[funnel.branch.str.startswith(SOURCE)]
    for name, steps in sources.groupby("branch", sort=False):
        yield str(name), str(steps.unit.iloc[-1])


def title_of(unit: str, context: Context) -> str:
    """Return what some rows are called at the head of their block."""
    return context.values.get("unit", {}).get(unit, unit.capitalize())


def other_branches(funnel: pd.DataFrame, context: Context) -> list[str]:
    """Return the branches of events and the like, whose rows are others."""
    own = funnel[
        (funnel.unit != unit_of(context)) & ~funnel.branch.str.startswith(SOURCE)
    ]
    return [str(name) for name in own.branch.unique()]


def model_branches(
    funnel: pd.DataFrame, context: Context
) -> list[tuple[str, pd.DataFrame]]:
    """Return each model's steps, in the order of the funnel."""
    own = funnel[(funnel.branch != SAMPLE) & (funnel.unit == unit_of(context))]
    return [(str(name), steps) for name, steps in own.groupby("branch", sort=False)]


def unit_of(context: Context) -> str:
    """Return what a row of the panel is called, several of them."""
    return context.words.say(PANEL_ROWS)


def step_label(step: str, context: Context) -> str:
    """Return a step in words: the labels of the variables that it names.

    Conditions keep their form where no variable of theirs has a label; a reason of one
    word loses its underscores.
    """
    if step in LEFT_AFTER:
        return context.words.say(LEFT_AFTER[step])
    if " " not in step and ":" not in step and step not in context.labels:
        return step.replace("_", " ")
    for opening in OPENINGS:
        if step.startswith(opening):
            return opening + relabelled(step.removeprefix(opening), context.labels)
    return " ".join(
        " × ".join(context.labels.get(part, part) for part in word.split(":"))
        if not word.endswith(":")
        else word
        for word in step.split(" ")
    )


def relabelled(condition: str, labels: Mapping[str, str]) -> str:
    """Return a condition with labels for its names and signs for its comparisons."""
    try:
        names = sorted(names_in(condition), key=len, reverse=True)
    except ExpressionError:
        return condition
    if len(names) == 1 and names[0] in labels:
        condition = condition.replace(names[0], labels[names[0]])
    return condition.replace(">=", "≥").replace("<=", "≤").replace("!=", "≠")


def caption(funnel: pd.DataFrame, context: Context) -> str:
    """Say in words what the figure shows."""
    sample = funnel[funnel.branch == SAMPLE]
    parts = [
        "Sample funnel. Rows left after each step that takes rows away; beside the "
        "bars how many were dropped and why"
    ]
    if len(sample):
        parts.append(
            f". {sample.rows_in.iloc[0]:,} rows of {unit_of(context)} lead to "
            f"{sample.rows_out.iloc[-1]:,} in the panel"
        )
    sizes = [
        int(steps.rows_out.iloc[-1]) for _, steps in model_branches(funnel, context)
    ]
    if sizes:
        span = f"{min(sizes):,}"
        if len(set(sizes)) > 1:
            span += f" to {max(sizes):,}"
        parts.append(f", and {span} in the models")
    for name, unit in sources_of(funnel):
        counted = funnel[(funnel.branch == name) & (funnel.unit == unit)]
        if len(counted) < (funnel.branch == name).sum():
            parts.append(
                f"; of {counted.rows_out.iloc[0]:,} {unit} "
                f"{counted.rows_out.iloc[-1]:,} reach it"
            )
    return "".join(parts) + "."


def funnel_table(funnel: pd.DataFrame, context: Context) -> TextTable:
    """Lay out every step of every branch, also those that take no row away."""
    rows: Rows = []
    rules = []
    for branch, steps in funnel.groupby("branch", sort=False):
        rules.append(len(rows))
        name = str(branch).removeprefix(SOURCE).replace("_", " ")
        name = context.titles.get(str(branch)) or name
        for place, s in enumerate(records(steps)):
            label = step_label(s["step"], context)
            head = f"{name}: {label}" if place == 0 else label
            firms = f"{s['firms_out']:,}" if s["firms_out"] else ""
            counts = (
                f"{s['rows_in']:,}",
                f"{s['dropped']:,}",
                f"{s['rows_out']:,}",
                firms,
            )
            rows.append((head, (*counts, s["why"])))
    notes = [
        "Rows are those of the files in branches of sources, then whatever a source's "
        f"file tells of; {unit_of(context)} or events elsewhere."
    ]
    table = finished(
        Table("funnel", title="From the rows of every source to the N of each model"),
        [context.words.say(head) for head in HEADS],
        rows,
        notes,
        context,
        rules,
    )
    return replace(table, align=("r", "r", "r", "r", "p{0.34\\linewidth}"))
