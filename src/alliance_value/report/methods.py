"""A resolved study -> the estimators, errors and tests that it uses, with equations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from alliance_value.report import equations
from alliance_value.report.content import Block, Formula, Head, Section, Text
from alliance_value.report.inputs import Inputs
from alliance_value.study.additions import asked
from alliance_value.study.measures import measure_of
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import (
    Entry,
    Estimator,
    EventTest,
    Measure,
    Method,
    NormalReturn,
    StandardError,
    section,
)


@section("methods", label="Methods used in this run", short="Methods", order=90)
def methods(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Say how this run computed, in the words of docs/methods.md."""
    study, say = inputs.study, inputs.context.words.say
    parts = {
        "Variables": list(variables(inputs)),
        "Models of {entity}-{times}": list(models(study)),
        "Event study": list(events(study)),
    }
    for entry in asked(Method, study):
        part = parts.setdefault(entry.under, [])
        part += said((entry.words, entry.equation))
    blocks: list[Block] = [*shown]
    for title, part in parts.items():
        if part:
            blocks += [Head(say(title)), *part]
    return Section(
        blocks=tuple(Text(say(b.text)) if isinstance(b, Text) else b for b in blocks)
    )


def said(method: equations.Method, name: str = "") -> list[Block]:
    """Return a method's words with the equation below."""
    words, equation = method
    return [Text(f"{name}. {words}" if name else words), Formula(equation)]


def variables(inputs: Inputs) -> Iterator[Block]:
    """Say how variables are made."""
    study = inputs.study
    if len(inputs.cut_points):
        yield Text(
            "Winsorizing pulls values to quantiles after ratios are formed; "
            "cut_points.csv holds the cut points."
        )
    if any(v["lead"] or v["lag"] for v in study["variables"].values()):
        yield Text(
            "Leads and lags go by the calendar: a {time} that is not observed leaves "
            "its neighbours' leads missing."
        )


def models(study: Mapping[str, Any]) -> Iterator[Block]:
    """Say how models are estimated and tested."""
    used = study["models"]
    for name in dict.fromkeys(m["estimator"] for m in used):
        entry = entries(Estimator)[name]
        yield from said((entry.words, entry.equation), entry.label)
    if not {m["estimator"] for m in used} <= {"fixed_effects", "pooled_ols"}:
        yield Text(
            "Tests of these estimators stand in diagnostics.csv, first stages and "
            "selection equations in equations.csv."
        )
    for name in dict.fromkeys(m["standard_errors"] for m in used):
        error = entries(StandardError)[name]
        yield from said((error.words, error.equation))
        if name == "clustered":
            counted = sorted(
                {m["count_effects"].replace("_", " ") for m in used if m["clusters"]}
            )
            yield Text(f"Fixed effects counted in k: {', '.join(counted)}.")
    if any(":" in t or "*" in t for m in used for t in m["terms"]):
        yield from said(equations.SLOPES)
    if "repeated" in study["inference"]:
        yield from said(equations.REPEATED)


def events(study: Mapping[str, Any]) -> Iterator[Block]:
    """Say how normal returns are estimated and abnormal ones tested."""
    if "event_study" not in study:
        return
    section = study["event_study"]
    entry = entries(Measure)[measure_of(section)]
    if entry.equation:
        yield from said((entry.words, entry.equation))
    if "estimation" in study["sources"].get("events", {}):
        yield Text(
            "Normal {modelled} are estimated over trading days of each event's own, "
            f"with at least {section['minimum']} {{modelled}}."
        )
    elif section["estimation"]:
        first, last = section["estimation"]
        yield Text(
            f"Normal {{modelled}} are estimated over trading days {first} to {last} "
            f"relative to the event, with at least {section['minimum']} {{modelled}}."
        )
    yield from chosen(NormalReturn, section["models"])
    if not entry.derived:
        yield from said(equations.RETURNS)
    yield from chosen(EventTest, section["tests"])


def chosen(kind: type[Entry], names: Iterable[str]) -> Iterator[Block]:
    """Say the methods of these names."""
    for name in names:
        entry = entries(kind)[name]
        yield from said((entry.words, entry.equation))
