"""A finished study -> what it found: the report's first page, and ten lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

import pandas as pd

from alliance_value.contracts.failures import reasons
from alliance_value.contracts.firm_years import FIRM
from alliance_value.exhibits.cells import abnormal, decimals, fixed, interval, p_value
from alliance_value.exhibits.labels import label, most_prominent
from alliance_value.exhibits.variations import variations, with_median
from alliance_value.models.expectations import expectations
from alliance_value.report.content import Block, Head, Points, Section, Text, listing
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.study.additions import asked
from alliance_value.study.measures import measure_of
from alliance_value.study.terms import expand_all
from alliance_value.vocabulary.collect import entries, implementation
from alliance_value.vocabulary.entries import (
    EventTest,
    Headline,
    Measure,
    headline,
    section,
)
from alliance_value.vocabulary.words import Words

LINES = 10


@section("summary", label="Summary", order=10)
def summary(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Show the question, its answer with a figure and results, doubts, then the run."""
    parts: dict[str, list[str]] = {"answer": [], "doubt": [], "run": []}
    for entry in asked(Headline, inputs.study):
        parts[entry.part] += implementation(entry)(inputs)
    question = inputs.study["question"]
    blocks: list[Block] = [Text(question)] if question else []
    if parts["answer"]:
        blocks += [Head("The answer"), Points(tuple(parts["answer"]))]
    blocks += shown
    table = expectations(inputs.study, inputs.estimates)
    table = table[table.kind == "hypothesis"]
    if len(table):
        blocks.append(results_of(table, inputs))
    if parts["doubt"]:
        blocks += [Head("What may change this reading"), Points(tuple(parts["doubt"]))]
    if parts["run"]:
        blocks += [Head("The run"), Points(tuple(parts["run"]))]
    return Section(blocks=tuple(blocks))


def results_of(table: pd.DataFrame, inputs: Inputs) -> Block:
    """List hypotheses: what was expected, and what was estimated."""
    context = inputs.context
    body: list[tuple[str, ...]] = [
        (
            f"{r['name']}: {context.label(r['term'])}",
            context.title(r["model"]),
            "zero" if r["sign"] == "none" else r["sign"],
            fixed(r["estimate"]),
            interval(r["ci_low"], r["ci_high"]),
            str(r["verdict"]),
        )
        for r in rows(table)
    ]
    heads = ("Model", "Expected", "Estimate", context.interval)
    return listing("expectations", (*heads, "Verdict"), "ccccc", body)


def ten_lines(inputs: Inputs) -> list[str]:
    """Say what was found and what ran, in at most ten lines.

    A study has lines only for what it makes; some fill the room that others leave.
    """
    said = {e: implementation(e)(inputs) for e in asked(Headline, inputs.study)}
    room = LINES - sum(len(lines) for e, lines in said.items() if not e.fills)
    kept = []
    for entry, lines in said.items():
        if entry.fills:
            lines = lines[: max(room, 0)]
            room -= len(lines)
        kept += lines
    return kept


@headline("ran", part="run", order=100)
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
            f"with {inputs.context.words.measures}; {values}."
        ]
    return [
        f"{sample.rows_in.iloc[0]:,} rows read, {sample.rows_out.iloc[-1]:,} in the "
        f"panel; {values}; {len(inputs.fits)} model"
        f"{'s' if len(inputs.fits) != 1 else ''}."
    ]


@headline("events", asks=("event_study",), order=20)
def events(inputs: Inputs) -> list[str]:
    """Say what events bring on average."""
    test, words = headline_test(inputs), inputs.context.words
    what = words.say("The abnormal {measure}")
    return [event_line(test, what, "events", words)] if test else []


def event_line(test: dict[str, Any], what: str, counted: str, words: Words) -> str:
    """Say the mean abnormal return of the headline window and its test."""
    name = label(EventTest, test["test"])
    return (
        f"{what} over {test['window']} is {abnormal(test['mean'], words)} on average "
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
    leading = entries(Measure)[measure_of(inputs.study["event_study"])].leading
    return by_test.get(leading) or by_test.get(most_prominent(by_test))


def p_text(p: float) -> str:
    """Write a p-value behind its sign."""
    text = p_value(p)
    return text.replace("<", "< ") if text.startswith("<") else f"= {text}"


@headline("hypotheses", order=10)
def hypotheses(inputs: Inputs) -> list[str]:
    """Say of each hypothesis whether the study supports it, and by how much."""
    table = expectations(inputs.study, inputs.estimates)
    lines = []
    failed = reasons(inputs.failures)
    for r in rows(table[table.kind == "hypothesis"]):
        if r["model"] in failed:
            title = inputs.context.title(r["model"])
            lines.append(f"{r['name']} is not judged: {title} is not estimated.")
        if not r["verdict"]:
            continue
        words = f": {r['words'].rstrip('.')}" if r["words"] else ""
        name = r["model"]
        lines.append(
            f"{r['name']} is {r['verdict']}{words}. {term_interval(r, inputs)} "
            f"on {outcome_of(name, inputs)} (N = {size_of(name, inputs):,})."
        )
    return lines


@headline("placebos", part="doubt", order=50)
def placebos(inputs: Inputs) -> list[str]:
    """Say which placebos fail: nothing may be there, and something is."""
    table = expectations(inputs.study, inputs.estimates)
    table = table[(table.kind == "placebo") & (table.verdict != "")]
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


@headline("failures", part="doubt", order=5)
def failures(inputs: Inputs) -> list[str]:
    """Say which models are not estimated, and why."""
    failed = [
        f"{inputs.context.title(model)} ({why})"
        for model, why in reasons(inputs.failures).items()
    ]
    return [f"Not estimated: {'; '.join(failed)}."] if failed else []


@headline("within", part="doubt", order=55, fills=True)
def within(inputs: Inputs) -> list[str]:
    """Say how few entities identify a 0/1 variable of the hypotheses' models."""
    panel = inputs.results.get("panel", pd.DataFrame())
    asserted = {h["model"] for h in inputs.study["hypotheses"]}
    lines = {}
    for model in inputs.study["models"]:
        if model["name"] not in asserted or FIRM not in model["effects"]:
            continue
        for name in dict.fromkeys(
            f for t in expand_all(model["terms"]) for f in t.factors
        ):
            if name in panel and set(panel[name].dropna().unique()) == {0, 1}:
                lines[name] = changing(
                    panel.groupby(FIRM)[name].nunique(), name, inputs
                )
    return list(lines.values())


def changing(distinct: pd.Series, name: str, inputs: Inputs) -> str:
    """Say how many entities a variable changes in, of those that have it."""
    changed, known = int((distinct > 1).sum()), int((distinct > 0).sum())
    return inputs.context.words.say(
        f"{inputs.context.label(name)} changes within {changed:,} of {known:,} "
        "{entities} of the panel; with effects of {entities} these alone identify its "
        "own coefficient."
    )


@headline("variations", part="doubt", order=60, fills=True)
def sensitivity(inputs: Inputs) -> list[str]:
    """Say between what an estimate lies over variations, and which depart."""
    lines = []
    for figure in inputs.study["exhibits"]["figures"]:
        if figure["kind"] != "specification_curve":
            continue
        varied = variations(
            inputs.estimates,
            figure["terms"],
            figure.get("models") or [],
            inputs.context.placebos,
        )
        varied = varied[~varied.placebo]
        if varied.empty:
            continue
        places = min(decimals(se) for se in varied.se)
        ends = varied.estimate.min(), varied.estimate.max()
        departing = varied[~(with_median(varied) & varied.clear)]
        said = "; ".join(
            f"{inputs.context.title(r['model'])} {r['estimate']:z,.{places}f}"
            for r in rows(departing)
        )
        lines.append(
            f"{inputs.context.label(figure['terms'][0])} over {len(varied)} "
            f"variations: {ends[0]:z,.{places}f} to {ends[1]:z,.{places}f}; "
            + (
                f"without a clear effect of the usual sign: {said}."
                if said
                else "every interval lies on the same side of zero."
            )
        )
    return lines


def term_interval(row: Mapping[str, Any], inputs: Inputs) -> str:
    """Say a term's estimate and its interval."""
    places = decimals(row["se"])
    return (
        f"{inputs.context.label(row['term'])}: {row['estimate']:z,.{places}f} "
        f"({inputs.context.interval} "
        f"{row['ci_low']:z,.{places}f} to {row['ci_high']:z,.{places}f})"
    )


@headline("models", order=15, fills=True)
def models(inputs: Inputs) -> list[str]:
    """Say each main model's slopes or coefficient of interest, slopes first.

    Where hypotheses say what is of interest, slopes of their products stand beside.
    """
    asserted = {(h["model"], h["term"]) for h in inputs.study["hypotheses"]}
    all_models = inputs.study["models"]
    main = [m for m in all_models if m["family"] == all_models[0]["family"]]
    interesting = [m for m in main if m["terms"]] or main
    if asserted:
        interesting = [m for m in all_models if m["name"] in dict(asserted)]
    lines = {m["name"]: slope_line(m["name"], inputs, asserted) for m in interesting}
    said = [line for line in lines.values() if line]
    if not asserted:
        rest = [name for name, line in lines.items() if not line]
        said += [line for name in rest if (line := coefficient_line(name, inputs))]
    return said


def slope_line(name: str, inputs: Inputs, asserted: Set[tuple[str, str]]) -> str:
    """Say a model's first pair of slopes at both values of a 0/1 variable.

    Where products are asserted of models, one of those.
    """
    slopes = inputs.results.get("slopes", pd.DataFrame(columns=["model", "of", "over"]))
    own = slopes[slopes.model == name]
    for (of, over), part in own.groupby(["of", "over"], sort=False):
        if asserted and not {(name, f"{of}:{over}"), (name, f"{over}:{of}")} & asserted:
            continue
        slopes_at = rows(part)
        at = {r["at"]: r for r in slopes_at if r["kind"] == "slope"}
        difference = [r for r in slopes_at if r["kind"] == "difference"]
        if sorted(at) != [0.0, 1.0] or len(difference) != 1:
            continue
        said = " and ".join(
            f"{with_error(at[value])}) "
            + ("for " if over in inputs.context.values else "at ")
            + inputs.context.level(str(over), value)
            for value in sorted(at)
        )
        return (
            f"{inputs.context.title(name)}: the slope of "
            f"{inputs.context.label(str(of))} on {outcome_of(name, inputs)} is "
            f"{said}; difference {with_error(difference[0])}; "
            f"N = {size_of(name, inputs):,})."
        )
    return ""


def coefficient_line(name: str, inputs: Inputs) -> str:
    """Say a coefficient of a model: its first product's, or its first term's."""
    model = next(m for m in inputs.study["models"] if m["name"] == name)
    own = inputs.estimates[inputs.estimates.model == name]
    estimates = {r["term"]: r for r in rows(own)}
    terms = expand_all(model["terms"] or model["controls"])
    kept = sorted((t.name for t in terms if t.name in estimates), key=is_no_product)
    term = next(iter(kept), "")
    if term not in estimates:
        return ""
    row = estimates[term]
    return (
        f"{inputs.context.title(name)}: the coefficient of "
        f"{inputs.context.label(term)} on {outcome_of(name, inputs)} is "
        f"{with_error(row)}, {inputs.context.named(row['se_type'])}; "
        f"{inputs.context.interval} "
        f"{interval(row['ci_low'], row['ci_high'], decimals(row['se']))}; "
        f"N = {size_of(name, inputs):,})."
    )


def with_error(row: Mapping[str, Any]) -> str:
    """Write an estimate and its standard error in an open bracket."""
    places = decimals(row["se"])
    return f"{fixed(row['estimate'], places)} (s.e. {fixed(row['se'], places)}"


def is_no_product(term: str) -> bool:
    """Return whether a term is one variable: products come first."""
    return ":" not in term


def outcome_of(name: str, inputs: Inputs) -> str:
    """Return the label of a model's outcome."""
    return inputs.context.label(inputs.context.outcomes[name])


def size_of(name: str, inputs: Inputs) -> int:
    """Return how many rows a model is estimated on."""
    return int(inputs.fits.set_index("model").n[name])


@headline("claims", part="run", order=110)
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


@headline("validation", part="run", order=120)
def recovered(inputs: Inputs) -> list[str]:
    """Say how many planted values their intervals hold."""
    if not len(inputs.validation):
        return []
    held = int(inputs.validation.covered.sum())
    return [f"Planted values in their intervals: {held} of {len(inputs.validation)}."]
