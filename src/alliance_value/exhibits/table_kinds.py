"""A declared table -> the tables of results that its kind needs, and its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from alliance_value.contracts.tables import FIRM, YEAR
from alliance_value.exhibits.drawing import Context
from alliance_value.exhibits.regression_table import (
    TextTable,
    decimals,
    regression_table,
    stars,
    term_label,
)
from alliance_value.study.spec import Table

Rows = list[tuple[str, tuple[str, ...]]]
Results = Mapping[str, pd.DataFrame]
PARTNERS, DYADS = "partners", "dyads"


def lay_out(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out one declared table from the results of its kind."""
    if table.kind == "models":
        return regression_table(
            table,
            results["estimates"],
            results["fits"],
            context.labels,
            context.titles,
            context.simulated,
            results["diagnostics"],
        )
    return LAYOUTS[table.kind](table, results, context)


def finished(
    table: Table,
    heads: Sequence[str],
    rows: Rows,
    notes: Sequence[str],
    context: Context,
    rules: Sequence[int] = (),
) -> TextTable:
    """Return a table with one line of heads, the study's own note last."""
    said = [*notes, *([table.note] if table.note else [])]
    if context.simulated:
        said.append(f"Simulated: {context.simulated}")
    return TextTable(
        table.name,
        table.title,
        tuple(("", head) for head in heads),
        tuple(rows),
        frozenset(rules),
        tuple(said),
    )


def event_tests(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out mean abnormal returns of every group with all tests of one window."""
    tests = results["event_tests"]
    tests = tests[tests["sample"] == "all"]
    model = table.model or str(tests.model.iloc[0])
    window = table.window or "[-1,1]"
    shown = tests[(tests.model == model) & (tests.window == window)]
    names = list(dict.fromkeys(shown.test))
    rows: Rows = []
    rules = []
    for unit in dict.fromkeys(shown.unit):
        rules.append(len(rows))
        for group, part in shown[shown.unit == unit].groupby("group", sort=False):
            by_test = part.set_index("test")
            statistics = tuple(starred(by_test, name) for name in names)
            mean, n = by_test["mean"].iloc[0], int(by_test.n.iloc[0])
            rows.append((f"{unit}: {group}", (f"{n:,}", f"{mean:.2%}", *statistics)))
    heads = ["N", "Mean", *(name.replace("_", " ") for name in names)]
    notes = [
        f"Mean cumulative abnormal returns over {window}, {model.replace('_', ' ')} "
        "model, with the statistic of each test.",
        "Two-sided: *** p < 0.01, ** p < 0.05, * p < 0.10.",
    ]
    return finished(table, heads, rows, notes, context, rules)


def starred(by_test: pd.DataFrame, name: str) -> str:
    """Write a statistic with its stars; nothing where it is not defined."""
    if name not in by_test.index or pd.isna(by_test.statistic[name]):
        return ""
    return f"{by_test.statistic[name]:.2f}{stars(by_test.p[name])}"


def division(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out how partners divide the value of deals."""
    found = results["division_of_value"]
    rows: Rows = [
        (
            f"{r['group']}: {r['quantity']}",
            (
                f"{r['estimate']:.4f}",
                "" if pd.isna(r["se"]) else f"{r['se']:.4f}",
                f"{r['ci_low']:.4f} to {r['ci_high']:.4f}",
                f"{r['n']:,}",
            ),
        )
        for r in found.to_dict("records")
    ]
    notes = ["Ratios by the delta method, correlations with Fisher's interval."]
    heads = ["Estimate", "s.e.", f"{context.confidence:.0%} interval", "Deals"]
    return finished(table, heads, rows, notes, context)


def appropriation(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out the antisymmetric model, one column for each measure."""
    found = results["appropriation"]
    found = found[found.se_type == "dyadic"]
    outcomes = list(dict.fromkeys(found.outcome))
    rows: Rows = []
    for term in dict.fromkeys(found.term):
        mine = found[found.term == term].set_index("outcome")
        places = max((decimals(se) for se in mine.se), default=3)
        cells = [
            (
                f"{mine.estimate[o]:.{places}f}{stars(mine.p[o])}",
                f"({mine.se[o]:.{places}f})",
            )
            if o in mine.index
            else ("", "")
            for o in outcomes
        ]
        rows.append(
            (term_label(plain(term), context.labels), tuple(c for c, _ in cells))
        )
        rows.append(("", tuple(e for _, e in cells)))
    sizes = found.drop_duplicates("outcome").set_index("outcome")
    rules = [len(rows)]
    rows.append(("Deals", tuple(f"{sizes.n[o]:,}" for o in outcomes)))
    rows.append(("Firms", tuple(f"{sizes.firms[o]:,}" for o in outcomes)))
    notes = [
        "Differences between the partners explained by their differences, without a "
        "constant; standard errors allow for all deals that share a firm.",
        "*** p < 0.01, ** p < 0.05, * p < 0.10.",
    ]
    heads = [plain(o).capitalize() for o in outcomes]
    return finished(table, heads, rows, notes, context, rules)


def plain(name: str) -> str:
    """Write the name of a column in words."""
    return name.replace("_", " ")


def claims(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out published headlines beside estimates, one row per reading."""
    rows: Rows = []
    rules = []
    for _, part in results["claims"].groupby("claim", sort=False):
        rules.append(len(rows))
        for r in part.to_dict("records"):
            known = not pd.isna(r["estimate"])
            ends = [f"{r[e]:.3g}" if not pd.isna(r[e]) else "∞" for e in ("ci_low",)]
            ends += [f"{r['ci_high']:.3g}" if not pd.isna(r["ci_high"]) else "∞"]
            rows.append(
                (
                    f"{r['label']}: {r['reading']}",
                    (
                        f"{r['published']:.3g}",
                        f"{r['estimate']:.3g}" if known else "",
                        " to ".join(ends) if known else "",
                        str(r["verdict"]),
                    ),
                )
            )
    heads = ["Published", "Estimate", f"{context.confidence:.0%} interval", "Verdict"]
    notes = ["A verdict follows from the interval by rule."]
    if context.simulated:
        notes.append(
            "On simulated data the verdicts validate the pipeline; they are no "
            "evidence about firms."
        )
    return finished(table, heads, rows, notes, context, rules)


def descriptive(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out moments and correlations of the panel's variables.

    Between is the standard deviation of firms' means, within that of deviations from
    them; correlations use the rows that have all variables.
    """
    panel = results["panel"]
    names = [t for t in table.terms if t in panel]
    rows: Rows = []
    used = panel[[FIRM, YEAR, *names]].dropna()
    matrix = used[names].corr().to_dict()
    for i, name in enumerate(names):
        values = used[name]
        means = values.groupby(used[FIRM]).transform("mean")
        between = values.groupby(used[FIRM]).mean().std()
        correlations = tuple(
            f"{matrix[other][name]:.2f}" if j < i else ("1" if j == i else "")
            for j, other in enumerate(names)
        )
        moments = (values.mean(), values.std(), between, (values - means).std())
        head = f"({i + 1}) {term_label(name, context.labels)}"
        rows.append((head, (*(f"{m:.3f}" for m in moments), *correlations)))
    heads = ["Mean", "s.d.", "Between", "Within"]
    heads += [f"({i + 1})" for i in range(len(names))]
    notes = [
        f"{len(used):,} firm-years of {used[FIRM].nunique():,} firms that have all "
        "variables; between: s.d. of firms' means; within: s.d. of deviations from "
        "them."
    ]
    return finished(table, heads, rows, notes, context)


def inference(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out what every way of inference says of each term."""
    found = results["inference"]
    rows: Rows = []
    rules = []
    for (model, term), part in found.groupby(["model", "term"], sort=False):
        rules.append(len(rows))
        head = f"{plain(str(model))}: {term_label(str(term), context.labels)}"
        for place, r in enumerate(part.to_dict("records")):
            interval = ""
            if not pd.isna(r["ci_low"]):
                interval = f"{r['ci_low']:.4f} to {r['ci_high']:.4f}"
            rows.append(
                (
                    head if place == 0 else "",
                    (
                        str(r["method"]),
                        "" if pd.isna(r["se"]) else f"{r['se']:.4f}",
                        "" if pd.isna(r["p"]) else f"{r['p']:.4f}",
                        interval,
                    ),
                )
            )
    heads = ["Method", "s.e.", "p", f"{context.confidence:.0%} interval"]
    notes = ["p-values of draws count the sample itself as one draw."]
    return finished(table, heads, rows, notes, context, rules)


LAYOUTS: dict[str, Callable[[Table, Results, Context], TextTable]] = {
    "event_tests": event_tests,
    "division": division,
    "appropriation": appropriation,
    "claims": claims,
    "descriptive": descriptive,
    "inference": inference,
}
