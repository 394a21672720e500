"""Results of the event study and of dyads -> the cells of their tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alliance_value.alliances.contracts.dyads import Dyads
from alliance_value.contracts.columns import meanings
from alliance_value.exhibits.cells import (
    HEADLINE_TESTS,
    NORMAL_RETURNS,
    STARRED,
    TESTS,
    Results,
    Rows,
    finished,
    fixed,
    interval,
    plain,
    sentence,
    share,
)
from alliance_value.exhibits.drawing import Context
from alliance_value.exhibits.regression_table import (
    TextTable,
    decimals,
    number,
    pair,
    stars,
    term_label,
)
from alliance_value.study.spec import Table

UNITS = {"partners": "Partners", "dyads": "Deals, both partners combined"}
DYAD_MODELS = (
    *("combined, no controls", "combined", "combined, year effects"),
    *("combined, weighted", "combined, selection", "smaller CAR", "both gain"),
)
DYADIC = "dyadic"


def dyad_labels() -> dict[str, str]:
    """Return the label of each variable in models of dyads."""
    said = {name: meaning.label for name, meaning in meanings(Dyads).items()}
    return said | {
        "asymmetric": "Asymmetric",
        "marketing": "Marketing",
        "research": "R&D",
        "joint_venture": "Joint venture",
        "technology_transfer": "Technology transfer",
        "cross_border": "Cross-border",
        "joint_size": "Size of both",
        "size_gap": "Difference in size",
        "joint_experience": "Experience of both",
        "mills": "Inverse Mills ratio",
        "share_difference": "Difference of shares",
        "car_difference": "Difference of CARs",
    }


def shown_tests(table: Table, results: Results) -> tuple[pd.DataFrame, str]:
    """Return the tests of one model, window and unit, and what they are in words."""
    tests = results["event_tests"]
    tests = tests[tests["sample"] == "all"]
    model = table.model or str(tests.model.iloc[0])
    window = table.window or "[-1,1]"
    units = [table.unit] if table.unit else list(UNITS)
    tests = tests[(tests.model == model) & (tests.window == window)]
    words = (
        f"Mean cumulative abnormal returns over {window}, normal returns by "
        f"{NORMAL_RETURNS.get(model, plain(model))}"
    )
    return tests[tests.unit.isin(units)], words


def event_tests(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out every test of one window in a row, groups in columns."""
    shown, words = shown_tests(table, results)
    groups = {
        (str(unit), str(group)): part.set_index("test")
        for unit in UNITS
        for group, part in shown[shown.unit == unit].groupby("group", sort=False)
    }
    first = [part.iloc[0] for part in groups.values()]
    rows: Rows = [
        ("Events", tuple(f"{int(row.n):,}" for row in first)),
        ("Mean CAR", tuple(share(row["mean"]) for row in first)),
    ]
    rows += [
        (
            TESTS.get(test, sentence(test)),
            tuple(starred(part, test) for part in groups.values()),
        )
        for test in dict.fromkeys(shown.test)
    ]
    upper = len({unit for unit, _ in groups}) > 1
    heads = [(UNITS[unit] if upper else "", sentence(g)) for unit, g in groups]
    notes = [f"{words}, with the statistic of each test.", STARRED]
    return finished(table, heads, rows, notes, context, [2])


def starred(by_test: pd.DataFrame, name: str) -> str:
    """Write a statistic with its stars; nothing where it is not defined."""
    if name not in by_test.index or pd.isna(by_test.statistic[name]):
        return ""
    return f"{by_test.statistic[name]:.2f}{stars(by_test.p[name])}"


def group_means(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out deals' mean abnormal returns by type, asymmetric beside symmetric."""
    shown, words = shown_tests(table, results)
    shown = shown[shown.unit == "dyads"]
    test = next((t for t in HEADLINE_TESTS if t in set(shown.test)), "")
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
            mean = f"{share(row['mean'])}{stars(row['p'])}"
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
        f"{TESTS.get(test, test)}.",
        STARRED,
    ]
    return finished(table, heads, rows, notes, context)


def division(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out how partners divide the value of deals."""
    found = results["division_of_value"]
    rows: Rows = []
    rules = []
    for group, part in found.groupby("group", sort=False):
        rules.append(len(rows))
        rows += [
            (
                f"{sentence(str(group))} deals: {r['quantity']}",
                (
                    fixed(r["estimate"]),
                    fixed(r["se"]),
                    interval(r["ci_low"], r["ci_high"]),
                    f"{r['n']:,}",
                ),
            )
            for r in part.to_dict("records")
        ]
    notes = ["Ratios by the delta method, correlations with Fisher's interval."]
    heads = ["Estimate", "s.e.", f"{context.confidence:.0%} interval", "Deals"]
    return finished(table, heads, rows, notes, context, rules)


def coefficients(
    found: pd.DataFrame, by: str, columns: Sequence[str], labels: dict[str, str]
) -> Rows:
    """Lay out terms in rows, standard errors below, one column for each of ``by``."""
    rows: Rows = []
    terms = list(dict.fromkeys(found.term))
    for term in [t for t in terms if t != "constant"] + ["constant"] * (
        "constant" in terms
    ):
        mine = found[found.term == term].set_index(by)
        places = max((decimals(se) for se in mine.se), default=3)
        cells = [
            pair(mine.estimate[c], mine.se[c], mine.p[c], places)
            if c in mine.index
            else ("", "")
            for c in columns
        ]
        rows.append((term_label(str(term), labels), tuple(c for c, _ in cells)))
        rows.append(("", tuple(e for _, e in cells)))
    return rows


def appropriation(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out the antisymmetric model, one column for each measure."""
    found = results["appropriation"]
    found = found[found.se_type == DYADIC]
    outcomes = list(dict.fromkeys(found.outcome))
    labels = dyad_labels()
    rows = coefficients(found, "outcome", outcomes, labels)
    sizes = found.drop_duplicates("outcome").set_index("outcome")
    rules = [len(rows)]
    rows.append(("Deals", tuple(f"{sizes.n[o]:,}" for o in outcomes)))
    rows.append(("Firms", tuple(f"{sizes.firms[o]:,}" for o in outcomes)))
    notes = [
        "Differences between the partners explained by their differences, without a "
        "constant; standard errors allow for all deals that share a firm.",
        STARRED,
    ]
    heads = [labels.get(o) or sentence(o) for o in outcomes]
    return finished(table, heads, rows, notes, context, rules)


def dyad_models(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out cross-sectional models of deals, one column each."""
    fits = results["dyad_fits"].set_index("model")
    found = results["dyad_models"]
    found = found[found.se_type == DYADIC]
    estimated = set(found.model)
    models = [m for m in table.models or DYAD_MODELS if m in estimated]
    found = found[found.model.isin(models)]
    if table.terms:
        found = found[found.term.isin([*table.terms])]
    rows = coefficients(found, "model", models, dyad_labels())
    rules = [len(rows)]
    rows += [
        ("Deals", tuple(f"{fits.n[m]:,}" for m in models)),
        ("Firms", tuple(f"{fits.firms[m]:,}" for m in models)),
        ("R² (logit: McFadden's)", tuple(number(fits.r2[m]) for m in models)),
    ]
    heads = [sentence(m.replace("combined, ", "")) for m in models]
    notes = [
        "Standard errors in parentheses allow for all deals that share a firm. "
        "Overlaps are deviations from their means.",
        STARRED,
    ]
    return finished(table, heads, rows, notes, context, rules)


def formation(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out the model of which potential deals are made."""
    found = results["formation"].assign(model="formation")
    labels = dyad_labels() | {
        "same_industry": "Same industry (two digits)",
        "same_state": "Same state",
        "prior_tie": "Earlier deal of the pair",
        "rivals_deals": "Deals of rivals that year (excluded from the value)",
    }
    rows = coefficients(found, "model", ["formation"], labels)
    rules = [len(rows)]
    pairs, made = (
        int(found[name].max()) if len(found) else 0 for name in ("n", "formed")
    )
    rows += [("Potential deals", (f"{pairs:,}",)), ("Deals made", (f"{made:,}",))]
    notes = [
        "Probit of whether two firms that announced a deal in a year announced one "
        "with each other, with effects of years; standard errors in parentheses.",
        STARRED,
    ]
    return finished(table, ["Deal made"], rows, notes, context, rules)


def size_power(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out how often each test rejects, designs in columns."""
    found = results["size_power"]
    window = table.window or str(found.window.iloc[-1])
    found = found[found.window == window]
    designs = list(dict.fromkeys(found.design))
    by_design = {d: found[found.design == d].set_index("test") for d in designs}
    rows: Rows = [
        (
            TESTS.get(test, sentence(test)),
            tuple(
                share(part.rate[test], 1) if test in part.index else ""
                for part in by_design.values()
            ),
        )
        for test in dict.fromkeys(found.test)
    ]
    level, samples = float(found.level.iloc[0]), int(found.samples.iloc[0])
    error = (level * (1 - level) / samples) ** 0.5
    notes = [
        f"Share of {samples:,} samples of {int(found.events.iloc[0])} events at random "
        f"firms and days, window {window}, in which a test of level {level:g} rejects; "
        f"a test of the right size has a standard error of {share(error, 1)}. Columns "
        "that add a return show power.",
    ]
    names = {"null": "no effect"}
    heads = [sentence(names.get(d, d)) for d in designs]
    return finished(table, heads, rows, notes, context)
