"""Scores and checks of a design -> sentences and tables of text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from alliance_value.certificate.score import FAILS, REJECTS, RIGHT, SIZE
from alliance_value.exhibits.context import Context
from alliance_value.report.page import rows

MISSED = 0.8
"""Power below which a planted effect counts as mostly missed."""
Body = list[tuple[str, ...]]


def coverage_table(scores: pd.DataFrame, quantity: str) -> tuple[list[str], Body]:
    """Return coverage of a quantity's 95 % intervals, methods by designs, in percent.

    What fails is bold as Markdown has it; behind each share is its simulation error.
    """
    own = scores[scores.quantity.eq(quantity) & scores.cover_95.notna()]
    cells = own.assign(
        cell=[
            marked(f"{100 * r['cover_95']:.0f} ± {100 * r['cover_95_error']:.0f}", r)
            for r in rows(own)
        ]
    )
    return spread(cells)


def bias_table(scores: pd.DataFrame, quantity: str) -> tuple[list[str], Body]:
    """Return bias and root mean squared error of a quantity, methods by designs."""
    own = scores[scores.quantity.eq(quantity) & scores.bias.notna()]
    cells = own.assign(
        cell=[
            f"{r['bias']:+.3f} ± {r['bias_error']:.3f}; {r['rmse']:.3f}"
            for r in rows(own)
        ]
    )
    return spread(cells)


def rejection_table(scores: pd.DataFrame, quantity: str) -> tuple[list[str], Body]:
    """Return how often p is at most .05, methods by designs, in percent."""
    own = scores[scores.quantity.eq(quantity) & scores.rejected.notna()]
    cells = own.assign(
        cell=[
            marked(f"{100 * r['rejected']:.0f} ± {100 * r['rejected_error']:.0f}", r)
            if r["truth"] == 0
            else f"{100 * r['rejected']:.0f} ± {100 * r['rejected_error']:.0f}"
            for r in rows(own)
        ]
    )
    return spread(cells)


def spread(cells: pd.DataFrame) -> tuple[list[str], Body]:
    """Return cells as heads and rows: designs across, methods down."""
    designs = list(dict.fromkeys(cells.design))
    wide = cells.pivot_table(
        index="method", columns="design", values="cell", aggfunc="first", sort=False
    ).reindex(columns=designs)
    body = [
        (plain(str(method)), *("" if pd.isna(c) else str(c) for c in line))
        for method, line in zip(wide.index, wide.to_numpy(object), strict=True)
    ]
    return [plain(design) for design in designs], body


def marked(text: str, row: dict[str, object]) -> str:
    """Put what fails between asterisks."""
    return f"**{text}**" if row["verdict"] in (FAILS, REJECTS) else text


def plain(name: str) -> str:
    """Write a name in words."""
    return name.replace("_", " ")


def designs_table(scores: pd.DataFrame) -> tuple[list[str], Body]:
    """Return the designs: what they are, worlds, firms in the models, and movers."""
    first = scores.groupby("design", sort=False).first()
    worlds = scores.groupby("design", sort=False).worlds.max()
    models = scores[scores.kind.eq("estimator")]
    clusters = models.groupby("design").clusters.max()
    movers = models.groupby("design").movers.min()
    body: Body = [
        (
            plain(str(design)),
            str(first.drawn[design]),
            f"{worlds[design]}",
            f"{clusters[design]:.0f}",
            f"{movers[design]:.0f}",
        )
        for design in first.index
    ]
    return ["what is drawn", "worlds", "groups in the models", "that switch"], body


def failures(scores: pd.DataFrame) -> Body:
    """Return what fails where, how far, and what to use instead."""
    own = scores[scores.verdict.isin([FAILS, REJECTS])]
    return [
        (
            plain(r["method"]),
            r["quantity"],
            plain(r["design"]),
            f"{100 * (r['cover_95'] if r['verdict'] == FAILS else r['rejected']):.0f}",
            "held" if r["verdict"] == FAILS else "rejected",
            plain(r["better"]) or "none of these",
        )
        for r in rows(own)
    ]


def missed(scores: pd.DataFrame) -> Iterator[str]:
    """Yield planted effects that methods whose intervals hold mostly do not find."""
    there = scores.truth.notna() & scores.truth.ne(0.0)
    own = scores[there & scores.verdict.isin(RIGHT) & scores.rejected.lt(MISSED)]
    for (design, quantity), part in own.groupby(["design", "quantity"], sort=False):
        best = rows(part.sort_values("rejected", ascending=False).head(1))[0]
        every = scores[
            scores.design.eq(str(design)) & scores.quantity.eq(str(quantity))
        ]
        if every[every.verdict.isin(RIGHT)].rejected.max() >= MISSED:
            continue
        yield (
            f"{plain(str(design))}: {quantity}, planted {best['truth']:.3g}, was found "
            f"in {best['rejected']:.0%} of worlds by {plain(best['method'])}, the most "
            "powerful way whose intervals hold; a test finds about "
            f"{2.8 * best['sd']:.2g} four times in five"
        )


def power_text(
    check: pd.DataFrame, context: Context, tests: pd.DataFrame | None
) -> str:
    """Write what a study could have found, as plain text.

    Parameters
    ----------
    check
        Rows of `contracts.DesignCheck`, placebos drawn.
    context
        Labels and titles of the study.
    tests
        How often event tests reject without an event; None where that is not known.
    """
    say = context.words.say
    lines = [
        "The smallest effect that each test finds four times in five, and how often it",
        "rejects placebos, the term with signs drawn anew: none of them has an effect.",
        "",
    ]
    for model, part in check.groupby("model", sort=False):
        lines.append(f"{context.title(str(model))}")
        for r in rows(part):
            lines += [
                f"  {context.label(r['term'])}",
                f"    estimate {r['estimate']:.4g}, standard error {r['se']:.3g}; "
                f"smallest effect found {r['smallest']:.3g} "
                f"({r['smallest_in_sd']:.2g} s.d. of the outcome per s.d. left)",
                say(
                    f"    {r['n']:,} {{entity}}-{{times}}, {r['clusters']:,} clusters, "
                    f"{r['movers']:,} {{entities}} that vary in it, "
                    f"{r['within_share']:.0%} of its variance left"
                ),
                say(f"    placebos rejected at 5 %: {of_placebos(r)}"),
                *([f"    caution: {r['caution']}"] if r["caution"] else []),
            ]
    if tests is not None:
        lines += ["", *of_tests(tests)]
    return "\n".join(lines) + "\n"


def of_placebos(row: dict[str, float]) -> str:
    """Say how often placebos are rejected, and what intervals would have held."""
    parts = [
        f"{row[name]:.1%} with signs by {word}"
        for name, word in (("size_by_entity", "{entity}"), ("size_by_period", "{time}"))
        if not np.isnan(row[name])
    ]
    if not parts:
        return "not drawn, the errors do not allow it"
    worst = np.nanmax([row["size_by_entity"], row["size_by_period"]])
    return (
        f"{', '.join(parts)} (error {row['size_error']:.1%}); "
        f"95 % intervals held zero in {1 - worst:.1%}"
    )


def of_tests(tests: pd.DataFrame) -> Iterator[str]:
    """Say which event tests reject too often on samples without an event."""
    null = tests[tests["shift"].eq(0) & tests.variance_factor.eq(1)]
    often = null[null.rate - 2 * null.error > SIZE]
    yield "Event tests that reject too often on these returns without an event:"
    for r in rows(often):
        dates = "common dates" if r["clustered"] else "dates of their own"
        yield (
            f"  {plain(r['test'])}, {r['model']}, {r['window']}, {r['events']} events "
            f"with {dates}: {r['rate']:.1%} at {r['level']:.0%} "
            f"(error {r['error']:.1%})"
        )
    if often.empty:
        yield "  none"
