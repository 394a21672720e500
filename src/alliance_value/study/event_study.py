"""The event study of a study file -> all its keys, or what in them does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from alliance_value.contracts.problems import Problem, nearest
from alliance_value.study.measures import (
    RETURN,
    ignored_volume,
    measure_needs,
    measure_of,
    words_of,
)
from alliance_value.study.schema import Mapped, place
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import (
    EventTest,
    Exhibit,
    Measure,
    NormalReturn,
    Reader,
)

ESTIMATION = [-295, -46]
PATH = [-10, 10]
PERIOD = {"first": "1998-01-01", "last": "2014-12-31"}
# Keys for announcements of deals, which listed events do not have.
OF_ANNOUNCEMENTS = (
    *("statuses", "estimated_dates", "structure_rule", "deal_errors", "variants"),
)
MARKET = ("mkt", "mkt_rf", "rf")
# The window that events have of their own.
OWN = "own"


def usual_tests(estimation: bool = True, measure: str = RETURN) -> list[str]:
    """Return the tests of a study that names none, with or without an estimation."""
    known = entries(Measure)
    without = known[measure].without if measure in known else ()
    usual = [e for e in entries(EventTest).values() if e.usual]
    usual = [e for e in usual if e.name not in without]
    usual = [e for e in usual if estimation or not e.estimation]
    return [e.name for e in sorted(usual, key=lambda e: e.order)]


def with_estimation(section: Mapped) -> Iterator[tuple[str, str, str]]:
    """Yield key, name and label of what in an event study needs an estimation."""
    for key, kind in (("models", NormalReturn), ("tests", EventTest)):
        known: Any = entries(kind)
        for name in section.get(key, []):
            if known[name].estimation:
                yield key, name, known[name].label


def complete_event_study(written: Mapped, study: Mapped) -> Mapped:
    """Return a study whose event study has what follows from its other keys.

    Parameters
    ----------
    written
        The study as it was written.
    study
        The same with the schema's defaults.
    """
    if "event_study" not in study:
        return study
    given, section = written["event_study"], dict(study["event_study"])
    estimation = given.get("estimation", ESTIMATION)
    own = "estimation" in study["sources"].get("events", {})
    if "tests" in given and not own and not {"estimation", "minimum"} & given.keys():
        estimation = ESTIMATION if [*with_estimation(section)] else None
    section["estimation"] = None if estimation == "none" else estimation
    measure = measure_of(section)
    section.setdefault("tests", usual_tests(section["estimation"] is not None, measure))
    if "models" not in given and (of_measure := entries(Measure)[measure].models):
        section["models"] = [m for m in of_measure if m in section["models"]]
    windows = [*section["windows"], section["headline"]]
    if "path" not in section:
        between = section["estimation"] and overlap(PATH, section["estimation"])
        longest = [min(0, *(w[0] for w in windows)), max(0, *(w[1] for w in windows))]
        section["path"] = longest if between else PATH
    if "size_power" in section:
        usual = {"windows": [[0, 0], section["headline"]]}
        section["size_power"] = {**usual, **section["size_power"]}
    section["models"] = list(dict.fromkeys(section["models"]))
    if "events" in study["sources"]:
        section = {k: v for k, v in section.items() if k not in OF_ANNOUNCEMENTS}
        section = {**dict.fromkeys(PERIOD), **section}
    else:
        section = {**PERIOD, **section}
    words = {**study["words"], **words_of(measure)}
    return {**study, "event_study": section, "words": words}


def overlap(one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether two windows share a day."""
    return one[0] <= other[1] and other[0] <= one[1]


def ignored_keys(study: Mapped) -> Iterator[Problem]:
    """Yield keys of an event study, as it was written, that would have no effect."""
    section, sources = study.get("event_study"), study.get("sources")
    if not isinstance(sources, Mapping):
        return
    yield from ignored_volume(section, sources.get("returns"))
    if not isinstance(section, Mapping):
        return
    without: dict[str, str] = {}
    if "estimation" in (sources.get("events") or {}):
        without["estimation"] = "events have their own by sources.events.estimation"
    if "events" in sources:
        what = "it is of announcements of deals, not of listed events"
        without |= dict.fromkeys(OF_ANNOUNCEMENTS, what)
    if "confounds" not in sources:
        what = "the study has no sources.confounds"
        without["confound_window"] = what
        for name, changes in (section.get("variants") or {}).items():
            if "confound_window" in (changes or {}):
                without[f"variants.{name}.confound_window"] = what
    if "bootstrap" not in section.get("tests", ["bootstrap"]):
        without["draws"] = "the test bootstrap is not among the tests"
    if section.get("estimation", ESTIMATION) in (None, "none"):
        without["minimum"] = "the study has no estimation window"
    for key, why in without.items():
        if key in section or key.startswith("variants."):
            yield Problem(
                rule=f"'{key}' has no effect: {why}",
                remedy="take it out",
                where=f"event_study.{key}",
            )


def event_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what an event study lacks, or asks of its windows in vain."""
    if "event_study" not in study:
        return
    section, sources = study["event_study"], study["sources"]
    telling = sorted({f"sources.{r.of}" for r in entries(Reader).values() if r.events})
    if all(place(study, source) is None for source in telling):
        yield Problem(
            rule=f"an event study needs {' or '.join(telling)}",
            remedy="name a table of events, or take event_study out",
            where="event_study",
        )
    for name in ("returns", "factors"):
        if name not in sources:
            yield Problem(
                rule=f"an event study needs sources.{name}",
                remedy=f"name the file of {name}, or take event_study out",
                where="event_study",
            )
    yield from measure_needs(section, sources)
    yield from window_problems(section, "estimation" in sources.get("events", {}))
    yield from variant_problems(section)
    yield from group_problems(study)
    yield from factor_problems(section, sources.get("factors", {}))
    yield from market_problems(study)
    if section["first"] and section["last"] and section["first"] > section["last"]:
        yield Problem(
            rule="last is before first",
            remedy="write days as YYYY-MM-DD, first before last",
            where="event_study.last",
        )


def variants(section: Mapping[str, Any]) -> Iterator[tuple[str, Mapped]]:
    """Yield the further ways to study the events, by name, each a section of its own.

    No test is made of them.
    """
    for name, changes in section.get("variants", {}).items():
        yield name, {**section, **changes, "tests": []}


def varies_news_alone(section: Mapping[str, Any], name: str) -> bool:
    """Return whether a variant changes nothing but which other news confounds."""
    return {*section["variants"][name]} == {"confound_window"}


def variant_problems(section: Mapped) -> Iterator[Problem]:
    """Yield variants whose windows do not fit, or that change nothing."""
    for name, changes in section.get("variants", {}).items():
        where = f"event_study.variants.{name}"
        if all(section[key] == value for key, value in changes.items()):
            yield Problem(
                rule=f"variant '{name}' changes nothing",
                remedy="change a key of event_study in it, or take it out",
                where=where,
            )
        varied = {**section, **changes}
        if "minimum" in changes and varied["estimation"] is None:
            yield Problem(
                rule="'minimum' has no effect: there is no estimation window",
                remedy="take it out, or give the variant an estimation",
                where=f"{where}.minimum",
            )
        if "estimation" in changes:
            for problem in window_problems(varied, own=False):
                yield replace(problem, where=f"{where}.estimation")


def window_problems(section: Mapped, own: bool) -> Iterator[Problem]:
    """Yield windows that end before they begin, overlap or lack an estimation.

    Overlaps with estimation windows of events' own show when events are read.
    """
    estimation = section["estimation"]
    windows = {f"windows[{i}]": w for i, w in enumerate(section["windows"])}
    windows |= {key: section[key] for key in ("headline", "path")}
    for i, window in enumerate(section.get("size_power", {}).get("windows", [])):
        windows[f"size_power.windows[{i}]"] = window
    for key, window in [*windows.items(), ("estimation", estimation)]:
        if window is None:
            continue
        if window[0] > window[1]:
            yield Problem(
                rule=f"the window {window} ends before it begins",
                remedy="write the first day first",
                where=f"event_study.{key}",
            )
        elif own or key == "estimation" or estimation is None:
            continue
        elif overlap(window, estimation):
            yield Problem(
                rule=f"the window {window} overlaps the estimation window {estimation}",
                remedy="let them share no day: move the estimation window before or "
                "after all windows, or write estimation: none where nothing needs one",
                where=f"event_study.{key}",
            )
    if own and "size_power" in section:
        yield Problem(
            rule="samples without an event have no estimation window of their own",
            remedy="study them with event_study.estimation, or take size_power out",
            where="event_study.size_power",
        )
    if estimation is not None:
        return
    if "size_power" in section:
        yield Problem(
            rule="samples without an event need an estimation window",
            remedy="give event_study.estimation, or take size_power out",
            where="event_study.size_power",
        )
    for key, name, label in with_estimation(section):
        yield Problem(
            rule=f"{name} ({label}) needs an estimation window",
            remedy="give event_study.estimation its first and last day, or take "
            f"{name} out",
            where=f"event_study.{key}",
        )


def group_problems(study: Mapped) -> Iterator[Problem]:
    """Yield variables that rank securities and that no panel has."""
    within = study["event_study"].get("size_power", {}).get("within", {})
    of = within.get("groups", {}).get("of")
    known = study["variables"] if "firm_years" in study["sources"] else {}
    if of and of not in known:
        yield Problem(
            rule=f"the panel has no variable '{of}'",
            remedy=nearest(of, known) if known else "give sources.firm_years",
            where="event_study.size_power.within.groups.of",
        )


def factor_problems(section: Mapped, factors: Mapped) -> Iterator[Problem]:
    """Yield models whose factors a table of factors does not name."""
    if factors.get("reader") != "table":
        return
    there = {*factors["columns"], *MARKET}
    for model in section["models"]:
        taken = entries(NormalReturn)[model].factors
        lacking = [factor for factor in taken if factor not in there]
        if lacking:
            yield Problem(
                rule=f"the model {model} needs {', '.join(lacking)}",
                remedy="name their columns under sources.factors.columns, or take the "
                "model out",
                where="event_study.models",
            )


def market_problems(study: Mapped) -> Iterator[Problem]:
    """Yield markets of which events or factors alone have a column."""
    sources = study["sources"]
    events, factors = sources.get("events", {}), sources.get("factors", {})
    if "market" in factors and factors["reader"] != "table":
        yield Problem(
            rule="a column of markets is for reader table",
            remedy="set reader: table and name the columns, or take market out",
            where="sources.factors.market",
        )
    if ("market" in events) != ("market" in factors):
        yield Problem(
            rule="events and factors must both name their column of markets",
            remedy="give sources.events.market and sources.factors.market, or neither",
            where="sources",
        )
    if "market" in factors and "size_power" in study["event_study"]:
        yield Problem(
            rule="samples without an event are drawn from one market",
            remedy="study a market by itself for them, or take size_power out",
            where="event_study.size_power",
        )


def shown(exhibit: Mapped, entry: Exhibit, study: Mapped) -> Mapped:
    """Return an exhibit of event windows with the window and model that it shows."""
    if entry.section != "events" or entry.models or "event_study" not in study:
        return exhibit
    section = study["event_study"]
    known = {"window": window_name(section["headline"]), "model": section["models"][0]}
    leading = entries(Measure)[measure_of(section)].leading
    known |= {"test": leading} if leading in section["tests"] else {}
    filled = {key: value for key, value in known.items() if key in entry.takes}
    filled |= exhibit
    if "window" in filled:
        filled["window"] = filled["window"].replace(" ", "")
    return filled


def shown_problems(
    exhibit: Mapped, entry: Exhibit, study: Mapped, where: str
) -> Iterator[Problem]:
    """Yield windows, models and units that an exhibit names and no result has."""
    if entry.section != "events" or entry.models or "event_study" not in study:
        return
    section = study["event_study"]
    windows = [*section["windows"], section["headline"]]
    if "size_power" in entry.inputs:
        windows = section["size_power"]["windows"]
    known = {
        "window": [window_name(window) for window in windows],
        "model": section["models"],
        "test": section["tests"],
    }
    if "window" in study["sources"].get("events", {}):
        known["window"].append(OWN)
    for key, names in known.items():
        value = exhibit.get(key)
        if value and key in entry.takes and value.replace(" ", "") not in names:
            yield Problem(
                rule=f"the event study has no {key} '{value}'",
                remedy=nearest(value, dict.fromkeys(names)),
                where=f"{where}.{key}",
            )


def window_name(window: Sequence[int]) -> str:
    """Return a window as text, such as ``[-1,1]``."""
    return f"[{window[0]},{window[1]}]"
