"""A finished study -> what it found, in ten lines."""

from __future__ import annotations

import pandas as pd

from alliance_value.exhibits.cells import HEADLINE_TESTS, TESTS, p_value, share
from alliance_value.exhibits.regression_table import term_label
from alliance_value.exhibits.table_kinds import level
from alliance_value.report.inputs import Inputs
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
    return (
        f"{sample.rows_in.iloc[0]:,} rows read, {sample.rows_out.iloc[-1]:,} in the "
        f"panel; {rejected:,} values rejected, {repaired:,} repaired; "
        f"{len(inputs.fits)} models."
    )


def announcements(inputs: Inputs) -> list[str]:
    """Say what announcements bring and who takes it."""
    lines = []
    tests = inputs.results.get("event_tests", pd.DataFrame())
    if len(tests):
        first, last = inputs.study["event_study"]["headline"]
        window = f"[{first},{last}]"
        unit = "dyads" if "dyads" in set(tests.unit) else "partners"
        found = tests[(tests.unit == unit) & (tests["sample"] == "all")]
        found = found[(found.group == "all") & (found.window == window)]
        found = found[found.model == tests.model.iloc[0]].set_index("test")
        test = next((t for t in HEADLINE_TESTS if t in found.index), "")
        if test:
            row = found.loc[[test]].iloc[0]
            what, count = (
                ("partners' combined abnormal return", "deals")
                if unit == "dyads"
                else ("firms' abnormal return", "events")
            )
            lines.append(
                f"Announcements: {what} over {window} is {share(row['mean'])} on "
                f"average ({row.n:,} {count}; {TESTS[test]} {row.statistic:.2f}, p "
                f"{p_value(row.p)})."
            )
    divided = inputs.results.get("division_of_value", pd.DataFrame())
    if not len(divided):
        return lines
    by = divided.set_index(["group", "quantity"])
    both = ("all", "both gain")
    if both in by.index and lines:
        row = by.loc[both]
        lines[0] = f"{lines[0][:-1]}; both partners gain in {share(row.estimate, 1)}."
    keys = [
        ("asymmetric", "ratio of both"),
        ("asymmetric", "customer-centric partner's CAR"),
        ("asymmetric", "product-centric partner's CAR"),
    ]
    if all(key in by.index for key in keys):
        ratio, customer, product = (by.loc[key] for key in keys)
        lines.append(
            f"In asymmetric deals the customer-centric partner's {share(customer.estimate)} "
            f"is {ratio.estimate:.3g} times the product-centric partner's "
            f"{share(product.estimate)} (s.e. of the ratio {ratio.se:.2g}; "
            f"{int(ratio.n):,} deals)."
        )
    return lines


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
    slopes = inputs.results.get("slopes", pd.DataFrame())
    if not len(slopes):
        return ""
    mine = slopes[slopes.model == name]
    for (of, over), part in mine.groupby(["of", "over"], sort=False):
        at = part[part.kind == "slope"].set_index("at")
        difference = part[part.kind == "difference"]
        if sorted(at.index) != [0.0, 1.0] or len(difference) != 1:
            continue
        said = " and ".join(
            f"{row.estimate:.4g} (s.e. {row.se:.3g}) "
            + ("for " if str(over).startswith("own_cc") else "at ")
            + level(str(over), float(value), inputs.labels)
            for value, row in at.sort_index().iterrows()
            if isinstance(value, float)
        )
        return (
            f"{title_of(name, inputs)}: the slope of {term_label(str(of), inputs.labels)}"
            f" on {outcome_of(name, inputs)} is {said}; difference "
            f"{difference.estimate.iloc[0]:.4g} (s.e. {difference.se.iloc[0]:.3g}; N = "
            f"{size_of(name, inputs):,})."
        )
    return ""


def coefficient_line(name: str, inputs: Inputs) -> str:
    """Say the coefficient of a model's last term of interest."""
    model = next(m for m in inputs.study["models"] if m["name"] == name)
    estimates = inputs.estimates.set_index(["model", "term"])
    terms = expand_all(model["terms"] or model["controls"])
    kept = [t.name for t in terms if (name, t.name) in estimates.index]
    if not kept:
        return ""
    row = estimates.loc[(name, kept[-1])]
    return (
        f"{title_of(name, inputs)}: the coefficient of "
        f"{term_label(kept[-1], inputs.labels)} on {outcome_of(name, inputs)} is "
        f"{row.estimate:.4g} (s.e. {row.se:.3g}, {row.se_type}; "
        f"{model['confidence']:.0%} CI {row.ci_low:.4g} to {row.ci_high:.4g}; "
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
