"""A declared table -> the tables of results that its kind needs, and its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.exhibits.cells import (
    STARRED,
    STRUCTURES,
    Results,
    Rows,
    finished,
    fixed,
    interval,
    p_value,
    sentence,
    share,
)
from alliance_value.exhibits.drawing import Context
from alliance_value.exhibits.event_tables import (
    appropriation,
    division,
    dyad_models,
    event_tests,
    formation,
    group_means,
    size_power,
)
from alliance_value.exhibits.regression_table import (
    TextTable,
    decimals,
    pair,
    regression_table,
    term_label,
)
from alliance_value.study.spec import Table


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


def slopes(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out simple slopes and their differences, one column for each model."""
    found = results["slopes"]
    found = found[found.kind.isin(["slope", "difference"])]
    models = list(table.models) or list(dict.fromkeys(found.model))
    found = found[found.model.isin(models)]
    if table.terms:
        found = found[found.of.isin([*table.terms])]
    rows: Rows = []
    rules = []
    for (of, over), effects in found.groupby(["of", "over"], sort=False):
        rules.append(len(rows))
        keys = effects[["kind", "at", "less"]].drop_duplicates()
        for kind, at, less in keys.itertuples(index=False):
            same = (effects.kind == kind) & (effects["at"] == at)
            same &= (effects.less == less) | (effects.less.isna() & pd.isna(less))
            mine = effects[same].set_index("model")
            places = max(decimals(se) for se in mine.se)
            cells = [
                pair(mine.estimate[m], mine.se[m], mine.p[m], places)
                if m in mine.index
                else ("", "")
                for m in models
            ]
            where = level(str(over), at, context.labels)
            if kind == "difference":
                where = f"{where} less {level(str(over), less, context.labels)}"
            head = f"{term_label(str(of), context.labels)}: {where}"
            rows.append((head, tuple(c for c, _ in cells)))
            rows.append(("", tuple(e for _, e in cells)))
    heads = [
        (
            term_label(context.outcomes.get(m, ""), context.labels),
            context.titles.get(m) or sentence(m),
        )
        for m in models
    ]
    notes = ["Simple slopes, standard errors by the delta method below.", STARRED]
    return finished(table, heads, rows, notes, context, rules)


def level(over: str, at: float, labels: Mapping[str, str]) -> str:
    """Say at which value of the other variable a slope is taken."""
    if over.startswith("own_cc") and at in STRUCTURES:
        return STRUCTURES[at]
    return f"{term_label(over, labels)} = {at:.3g}"


def claims(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out published headlines beside estimates, one row per reading."""
    rows: Rows = []
    rules = []
    for _, part in results["claims"].groupby("claim", sort=False):
        rules.append(len(rows))
        for r in part.to_dict("records"):
            known = not pd.isna(r["estimate"])
            ends = [
                "∞" if pd.isna(r[end]) else f"{r[end]:.3g}"
                for end in ("ci_low", "ci_high")
            ]
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
    several = len(set(found.model)) > 1
    for (model, term), part in found.groupby(["model", "term"], sort=False):
        rules.append(len(rows))
        head = term_label(str(term), context.labels)
        if several:
            head = f"{context.titles.get(str(model)) or sentence(str(model))}: {head}"
        for place, r in enumerate(part.to_dict("records")):
            cells = (
                sentence(r["method"]),
                fixed(r["se"]),
                p_value(r["p"]),
                interval(r["ci_low"], r["ci_high"]),
            )
            rows.append(("" if place else head, cells))
    heads = ["Method", "s.e.", "p", f"{context.confidence:.0%} interval"]
    notes = ["p-values of draws count the sample itself as one draw."]
    return finished(table, heads, rows, notes, context, rules)


def coder_agreement(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out how far coders agree on structures, beyond chance."""
    levels = {"unit": "Units", "firm_year": "Firm-years"}
    rows: Rows = [
        (
            f"{levels[r['level']]}: {r['first_coder']} and {r['second_coder']}",
            (
                f"{r['n']:,}",
                share(r["agreement"], 1),
                share(r["expected"], 1),
                fixed(r["kappa"], 3),
                fixed(r["se"]),
                interval(r["ci_low"], r["ci_high"], 3),
            ),
        )
        for r in results["coder_agreement"].to_dict("records")
    ]
    heads = [
        *("Coded by both", "Agree", "By chance", "Kappa", "s.e."),
        f"{context.confidence:.0%} interval",
    ]
    notes = [
        "Cohen's kappa with the standard error of Fleiss, Cohen and Everitt (1969). "
        "Firm-years: the firm's structure by the study's rule."
    ]
    return finished(table, heads, rows, notes, context)


LAYOUTS: dict[str, Callable[[Table, Results, Context], TextTable]] = {
    "event_tests": event_tests,
    "group_means": group_means,
    "division": division,
    "appropriation": appropriation,
    "dyad_models": dyad_models,
    "formation": formation,
    "size_power": size_power,
    "claims": claims,
    "descriptive": descriptive,
    "inference": inference,
    "slopes": slopes,
    "coder_agreement": coder_agreement,
}
