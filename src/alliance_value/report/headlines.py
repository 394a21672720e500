"""A finished study -> what it found, in ten lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.exhibits.cells import fixed, interval, p_value, share
from alliance_value.exhibits.labels import label, most_prominent
from alliance_value.models.expectations import expectations
from alliance_value.report.content import Block, Points, Section, Text, listing
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.study.additions import asked
from alliance_value.study.terms import expand_all
from alliance_value.vocabulary.collect import implementation
from alliance_value.vocabulary.entries import EventTest, Headline, headline, section

LINES = 10


@section("summary", label="Summary", order=10)
def summary(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Show the question, the ten lines, and what each expectation came to."""
    question = inputs.study.get("description", "")
    blocks: list[Block] = [Text(question)] if question else []
    blocks.append(Points(tuple(ten_lines(inputs))))
    table = expectations(inputs.study, inputs.estimates)
    if len(table):
        blocks.append(results_of(table, inputs))
    return Section(blocks=(*blocks, *shown))


def results_of(table: pd.DataFrame, inputs: Inputs) -> Block:
    """List hypotheses and placebos: what was expected, and what was estimated."""
    context = inputs.context
    body: list[tuple[str, ...]] = [
        (
            f"{r['name'] if r['kind'] == 'hypothesis' else context.title(r['model'])}: "
            + (r["words"] or context.label(r["term"])),
            context.title(r["model"]),
            "zero" if r["sign"] == "none" else r["sign"],
            fixed(r["estimate"]),
            interval(r["ci_low"], r["ci_high"]),
            str(r["verdict"]),
        )
        for r in rows(table)
    ]
    heads = ("Model", "Expected", "Estimate", f"{context.confidence:.0%} interval")
    return listing("expectations", (*heads, "Verdict"), "ppccp", body)


def ten_lines(inputs: Inputs) -> list[str]:
    """Say what ran and what it found, in at most ten lines.

    A study has lines only for what it makes; some fill the room that others leave.
    """
    said = {e: implementation(e)(inputs) for e in asked(Headline, inputs.study)}
    room = LINES - sum(len(lines) for e, lines in said.items() if not e.fills)
    return [
        line
        for entry, lines in said.items()
        for line in (lines[:room] if entry.fills else lines)
    ]


@headline("ran", order=10)
def ran(inputs: Inputs) -> list[str]:
    """Say how much was read, kept and estimated."""
    sample = inputs.funnel[inputs.funnel.branch == "sample"]
    rejected = int((inputs.rejects.action == "rejected").sum())
    repaired = int((inputs.rejects.action == "repaired").sum())
    values = f"{rejected:,} values rejected, {repaired:,} repaired"
    if sample.empty:
        events = inputs.funnel[inputs.funnel.branch == "events"]
        return [
            f"{events.rows_in.iloc[0]:,} events read, {events.rows_out.iloc[-1]:,} "
            f"with returns; {values}."
        ]
    return [
        f"{sample.rows_in.iloc[0]:,} rows read, {sample.rows_out.iloc[-1]:,} in the "
        f"panel; {values}; {len(inputs.fits)} model"
        f"{'s' if len(inputs.fits) != 1 else ''}."
    ]


@headline("events", asks=("event_study",), order=20)
def events(inputs: Inputs) -> list[str]:
    """Say what events bring on average."""
    test = headline_test(inputs)
    return [event_line(test, "The abnormal return", "events")] if test else []


def event_line(test: dict[str, Any], what: str, counted: str) -> str:
    """Say the mean abnormal return of the headline window and its test."""
    name = label(EventTest, test["test"])
    return (
        f"{what} over {test['window']} is {share(test['mean'])} on average "
        f"({test['n']:,} {counted}; {name} {test['statistic']:.2f}, p "
        f"{p_text(test['p'])})."
    )


def headline_test(inputs: Inputs, unit: str = "") -> dict[str, Any] | None:
    """Return the headline window's test of all events (of a unit), if there are any."""
    tests = inputs.results.get("event_tests", pd.DataFrame(columns=["unit"]))
    if unit:
        tests = tests[tests.unit == unit]
    if tests.empty:
        return None
    first, last = inputs.study["event_study"]["headline"]
    of_all = (tests["sample"] == "all") & (tests.group == "all")
    of_all &= tests.window == f"[{first},{last}]"
    of_all &= (tests.model == tests.model.iloc[0]) & tests.statistic.notna()
    by_test = {r["test"]: r for r in rows(tests[of_all])}
    return by_test.get(most_prominent(by_test))


def p_text(p: float) -> str:
    """Write a p-value behind its sign."""
    text = p_value(p)
    return text.replace("<", "< ") if text.startswith("<") else f"= {text}"


@headline("hypotheses", order=35)
def hypotheses(inputs: Inputs) -> list[str]:
    """Say of each hypothesis what was estimated and whether that supports it."""
    table = expectations(inputs.study, inputs.estimates)
    return [
        f"{r['name']}{': ' + r['words'].rstrip('.') if r['words'] else ''}: "
        f"{r['verdict']}. {coefficient_line(r['model'], inputs, r['term'])}"
        for r in rows(table[table.kind == "hypothesis"])
    ]


@headline("placebos", order=45)
def placebos(inputs: Inputs) -> list[str]:
    """Say which placebos fail: nothing may be there, and something is."""
    table = expectations(inputs.study, inputs.estimates)
    table = table[table.kind == "placebo"]
    return [
        f"{inputs.context.title(str(model))}: "
        + (
            "fails, " + "; ".join(f"{term_interval(r, inputs)}" for r in failed)
            if (failed := rows(part[part.verdict == "fails"]))
            else "passes, every interval holds zero"
        )
        + "."
        for model, part in table.groupby("model", sort=False)
    ]


def term_interval(row: Mapping[str, Any], inputs: Inputs) -> str:
    """Say a term's estimate and its interval."""
    return (
        f"{inputs.context.label(row['term'])} {row['estimate']:.3g} "
        f"({row['ci_low']:.3g} to {row['ci_high']:.3g})"
    )


@headline("models", order=40, fills=True)
def models(inputs: Inputs) -> list[str]:
    """Say each main model's slopes or coefficient of interest, slopes first.

    A study that has hypotheses says these instead.
    """
    if inputs.study["hypotheses"]:
        return []
    all_models = inputs.study["models"]
    main = [m for m in all_models if m["family"] == all_models[0]["family"]]
    interesting = [m for m in main if m["terms"]] or main
    lines = {m["name"]: slope_line(m["name"], inputs) for m in interesting}
    rest = [m["name"] for m in interesting if not lines[m["name"]]]
    said = [line for line in lines.values() if line]
    said += [line for name in rest if (line := coefficient_line(name, inputs))]
    return said


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
            + ("for " if over in inputs.context.values else "at ")
            + inputs.context.level(str(over), value)
            for value in sorted(at)
        )
        return (
            f"{inputs.context.title(name)}: the slope of "
            f"{inputs.context.label(str(of))} on {outcome_of(name, inputs)} is "
            f"{said}; difference {difference[0]['estimate']:.4g} (s.e. "
            f"{difference[0]['se']:.3g}; N = {size_of(name, inputs):,})."
        )
    return ""


def coefficient_line(name: str, inputs: Inputs, chosen: str = "") -> str:
    """Say a coefficient of a model: its first product's, or its first term's."""
    model = next(m for m in inputs.study["models"] if m["name"] == name)
    mine = inputs.estimates[inputs.estimates.model == name]
    estimates = {r["term"]: r for r in rows(mine)}
    terms = expand_all(model["terms"] or model["controls"])
    kept = sorted((t.name for t in terms if t.name in estimates), key=is_no_product)
    term = chosen or next(iter(kept), "")
    if term not in estimates:
        return ""
    row = estimates[term]
    return (
        f"{inputs.context.title(name)}: the coefficient of "
        f"{inputs.context.label(term)} on {outcome_of(name, inputs)} is "
        f"{row['estimate']:.4g} (s.e. {row['se']:.3g}, "
        f"{inputs.context.named(row['se_type'])}; {model['confidence']:.0%} CI "
        f"{row['ci_low']:.4g} to {row['ci_high']:.4g}; N = {size_of(name, inputs):,})."
    )


def is_no_product(term: str) -> bool:
    """Return whether a term is one variable: products come first."""
    return ":" not in term


def outcome_of(name: str, inputs: Inputs) -> str:
    """Return the label of a model's outcome."""
    return inputs.context.label(inputs.context.outcomes[name])


def size_of(name: str, inputs: Inputs) -> int:
    """Return how many rows a model is estimated on."""
    return int(inputs.fits.set_index("model").n[name])


@headline("claims", order=50)
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


@headline("validation", order=60)
def recovered(inputs: Inputs) -> list[str]:
    """Say how many planted values their intervals hold."""
    if not len(inputs.validation):
        return []
    held = int(inputs.validation.covered.sum())
    return [f"Planted values in their intervals: {held} of {len(inputs.validation)}."]


@headline("simulated", order=70)
def simulated(inputs: Inputs) -> list[str]:
    """Say what is simulated."""
    words = inputs.study["simulated"]
    return [f"Simulated: {words}"] if words else []
