"""A finished study -> what it found, in ten lines."""

from __future__ import annotations

from typing import Any

import pandas as pd

from alliance_value.exhibits.cells import HEADLINE_TESTS, TESTS, p_value, share
from alliance_value.exhibits.regression_table import term_label
from alliance_value.exhibits.table_kinds import level
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.study.terms import expand_all

LINES = 10


def ten_lines(inputs: Inputs) -> list[str]:
    """Say what ran and what both studies found, in at most ten lines.

    A study has lines only for what it makes; models fill the room that is left.
    """
    before = [ran(inputs), *announcements(inputs)]
    after = [*verdict_counts(inputs), *recovered(inputs)]
    if inputs.study["simulated"]:
        after.append(f"Simulated: {inputs.study['simulated']}")
    room = LINES - len(before) - len(after)
    return [*before, *portfolios(inputs)[:room], *after]


def ran(inputs: Inputs) -> str:
    """Say how much was read, kept and estimated."""
    sample = inputs.funnel[inputs.funnel.branch == "sample"]
    rejected = int((inputs.rejects.action == "rejected").sum())
    repaired = int((inputs.rejects.action == "repaired").sum())
    values = f"{rejected:,} values rejected, {repaired:,} repaired"
    if sample.empty:
        events = inputs.funnel[inputs.funnel.branch == "events"]
        return (
            f"{events.rows_in.iloc[0]:,} events read, {events.rows_out.iloc[-1]:,} "
            f"with returns; {values}."
        )
    return (
        f"{sample.rows_in.iloc[0]:,} rows read, {sample.rows_out.iloc[-1]:,} in the "
        f"panel; {values}; {len(inputs.fits)} model"
        f"{'s' if len(inputs.fits) != 1 else ''}."
    )


def announcements(inputs: Inputs) -> list[str]:
    """Say what announcements bring and who takes it."""
    lines = []
    tests = inputs.results.get("event_tests", pd.DataFrame())
    divided = {
        (r["group"], r["quantity"]): r
        for r in rows(inputs.results.get("division_of_value", pd.DataFrame()))
    }
    if len(tests) and (found := headline_test(tests, inputs)):
        deals = found["unit"] == "dyads"
        both = divided.get(("all", "both gain"))
        lines.append(
            ("Partners' combined" if deals else "Firms'")
            + f" abnormal return over {found['window']} is {share(found['mean'])} on "
            f"average ({found['n']:,} {'deals' if deals else 'announcements'}; "
            f"{TESTS[found['test']]} {found['statistic']:.2f}, p "
            f"{p_text(found['p'])})"
            + (f"; both gain in {share(both['estimate'], 1)}." if both else ".")
        )
    ratio, customer, product = (
        divided.get(("asymmetric", quantity))
        for quantity in (
            "ratio of both",
            "customer-centric partner's CAR",
            "product-centric partner's CAR",
        )
    )
    if ratio and customer and product:
        lines.append(
            "In deals of unlike structures the customer-centric partner's abnormal "
            f"return is {share(customer['estimate'])}, {ratio['estimate']:.3g} times "
            f"the product-centric partner's {share(product['estimate'])} (s.e. of the "
            f"ratio {ratio['se']:.2g}; {ratio['n']:,} deals)."
        )
    return lines


def headline_test(tests: pd.DataFrame, inputs: Inputs) -> dict[str, Any] | None:
    """Return the headline window's test of all deals, of all events where none are."""
    first, last = inputs.study["event_study"]["headline"]
    unit = "dyads" if "dyads" in set(tests.unit) else "partners"
    found = tests[(tests.unit == unit) & (tests["sample"] == "all")]
    found = found[(found.group == "all") & (found.window == f"[{first},{last}]")]
    found = found[(found.model == tests.model.iloc[0]) & found.statistic.notna()]
    by_test = {r["test"]: r for r in rows(found)}
    return next((by_test[t] for t in HEADLINE_TESTS if t in by_test), None)


def p_text(p: float) -> str:
    """Write a p-value behind its sign."""
    text = p_value(p)
    return text.replace("<", "< ") if text.startswith("<") else f"= {text}"


def portfolios(inputs: Inputs) -> list[str]:
    """Say each main model's slopes or coefficient of interest, slopes first."""
    models = inputs.study["models"]
    main = [m for m in models if m["family"] == models[0]["family"]]
    interesting = [m for m in main if m["terms"]] or main
    lines = {m["name"]: slope_line(m["name"], inputs) for m in interesting}
    rest = [m["name"] for m in interesting if not lines[m["name"]]]
    said = [line for line in lines.values() if line]
    said += [line for name in rest if (line := coefficient_line(name, inputs))]
    return said


def title_of(name: str, inputs: Inputs) -> str:
    """Return a model's title, else its name in words."""
    model = next(m for m in inputs.study["models"] if m["name"] == name)
    return str(model["title"] or name.replace("_", " ").capitalize())


def slope_line(name: str, inputs: Inputs) -> str:
    """Say a model's first pair of slopes at both values of a 0/1 variable."""
    slopes = inputs.results.get("slopes", pd.DataFrame(columns=["model", "of", "over"]))
    mine = slopes[slopes.model == name]
    for (of, over), part in mine.groupby(["of", "over"], sort=False):
        found = rows(part)
        at = {r["at"]: r for r in found if r["kind"] == "slope"}
        difference = [r for r in found if r["kind"] == "difference"]
        if sorted(at) != [0.0, 1.0] or len(difference) != 1:
            continue
        said = " and ".join(
            f"{at[value]['estimate']:.4g} (s.e. {at[value]['se']:.3g}) "
            + ("for " if str(over).startswith("own_cc") else "at ")
            + level(str(over), value, inputs.labels)
            for value in sorted(at)
        )
        return (
            f"{title_of(name, inputs)}: the slope of "
            f"{term_label(str(of), inputs.labels)} on {outcome_of(name, inputs)} is "
            f"{said}; difference {difference[0]['estimate']:.4g} (s.e. "
            f"{difference[0]['se']:.3g}; N = {size_of(name, inputs):,})."
        )
    return ""


def coefficient_line(name: str, inputs: Inputs) -> str:
    """Say the coefficient of a model's last term of interest."""
    model = next(m for m in inputs.study["models"] if m["name"] == name)
    mine = inputs.estimates[inputs.estimates.model == name]
    estimates = {r["term"]: r for r in rows(mine)}
    terms = expand_all(model["terms"] or model["controls"])
    kept = [t.name for t in terms if t.name in estimates]
    if not kept:
        return ""
    row = estimates[kept[-1]]
    return (
        f"{title_of(name, inputs)}: the coefficient of "
        f"{term_label(kept[-1], inputs.labels)} on {outcome_of(name, inputs)} is "
        f"{row['estimate']:.4g} (s.e. {row['se']:.3g}, {row['se_type']}; "
        f"{model['confidence']:.0%} CI {row['ci_low']:.4g} to {row['ci_high']:.4g}; "
        f"N = {size_of(name, inputs):,})."
    )


def outcome_of(name: str, inputs: Inputs) -> str:
    """Return the label of a model's outcome."""
    model = next(m for m in inputs.study["models"] if m["name"] == name)
    return term_label(model["outcome"], inputs.labels)


def size_of(name: str, inputs: Inputs) -> int:
    """Return how many rows a model is estimated on."""
    return int(inputs.fits.set_index("model").n[name])


def verdict_counts(inputs: Inputs) -> list[str]:
    """Say how often each verdict stands."""
    if not len(inputs.claims):
        return []
    counts = inputs.claims.verdict.value_counts(sort=False)
    said = "; ".join(f"{n} × {verdict}" for verdict, n in counts.items())
    headlines = inputs.claims.headline.nunique()
    return [
        f"Claims: {len(inputs.claims)} readings of {headlines} published headlines: "
        f"{said}."
    ]


def recovered(inputs: Inputs) -> list[str]:
    """Say how many planted values their intervals hold."""
    if not len(inputs.validation):
        return []
    held = int(inputs.validation.covered.sum())
    return [f"Planted values in their intervals: {held} of {len(inputs.validation)}."]
