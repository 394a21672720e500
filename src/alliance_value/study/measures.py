"""What an event study studies -> its words, what it takes, and what does not fit it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from alliance_value.contracts.problems import Problem, nearest
from alliance_value.study.schema import Mapped
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Measure

# What is studied where a study does not say.
RETURN = "return"
MEANS_OF_ONE = "the mean of a market's securities is known where there is one market"


def measure_of(section: Mapping[str, Any]) -> str:
    """Return what an event study studies."""
    return str(section.get("measure", RETURN))


def own_market(measure: str) -> bool:
    """Return whether the market's is the mean of a measure, and no factor."""
    known = entries(Measure)
    return measure in known and known[measure].column != known[RETURN].column


def words_of(measure: str) -> dict[str, str]:
    """Return what a measure is called, where it is not the usual one."""
    if measure == RETURN:
        return {}
    entry, usual = entries(Measure)[measure], entries(Measure)[RETURN]
    return {
        "measure": entry.label,
        "measures": entry.plural,
        "cumulated": entry.cumulated,
        "modelled": usual.plural if entry.derived else entry.plural,
        "measure_unit": entry.unit,
    }


def measure_problems(
    measure: str, models: Iterable[str], tests: Iterable[str], estimation: bool
) -> Iterator[Problem]:
    """Yield models and tests that a measure does not have.

    Parameters
    ----------
    measure, models, tests
        Their names.
    estimation
        Whether there is an estimation window.
    """
    known = entries(Measure)
    if measure not in known:
        rule = f"unknown measure '{measure}'"
        yield Problem(rule, nearest(measure, known), "measure")
        return
    entry = known[measure]
    for model in models:
        if entry.models and model not in entry.models:
            yield Problem(
                rule=f"the model {model} is none of {entry.label}",
                remedy=f"take {', '.join(entry.models)}",
                where="models",
            )
    for test in tests:
        if test in entry.without:
            yield Problem(
                rule=f"the test {test} does not hold for {entry.plural}",
                remedy="take it out",
                where="tests",
            )
    if entry.derived and not estimation:
        yield Problem(
            rule=f"{entry.plural} are set beside those of an estimation window",
            remedy="give its first and last day",
            where="estimation",
        )


def measure_needs(section: Mapped, sources: Mapped) -> Iterator[Problem]:
    """Yield what a measure lacks, and keys that do not go with it."""
    measure = measure_of(section)
    estimation = section["estimation"] is not None or "estimation" in sources.get(
        "events", {}
    )
    of_measure = measure_problems(
        measure, section["models"], section["tests"], estimation
    )
    for problem in of_measure:
        yield replace(problem, where=f"event_study.{problem.where}")
    if measure == RETURN:
        return
    if "events" not in sources:
        yield Problem(
            rule=f"what deals are worth is measured by returns, not by {measure}",
            remedy="list the events in sources.events, or take measure out",
            where="event_study.measure",
        )
    for key in ("bhar", "size_power"):
        if key in section:
            yield Problem(
                rule=f"{key} is of returns, not of {entries(Measure)[measure].plural}",
                remedy=f"take {key} out, or study returns",
                where=f"event_study.{key}",
            )
    returns = sources.get("returns", {})
    takes = entries(Measure)[measure].takes
    lacking = [key for key in takes if returns.get("reader") == "long"]
    lacking = [key for key in lacking if not returns.get(key)]
    if lacking or (takes and returns.get("reader") == "wide"):
        yield Problem(
            rule=f"{measure} needs a long file's {' and '.join(lacking or takes)}",
            remedy="name the columns under sources.returns with reader: long, or take "
            "measure out",
            where="event_study.measure",
        )
    if (
        own_market(measure)
        and "market" in sources.get("factors", {})
        and set(section["models"]) - {"mean"}
    ):
        yield Problem(
            rule=MEANS_OF_ONE,
            remedy="take the model mean alone, or study a market by itself",
            where="event_study.models",
        )


def ignored_volume(section: Any, returns: Any) -> Iterator[Problem]:
    """Yield columns of volume that no event study takes."""
    if not isinstance(returns, Mapping):
        return
    measure = measure_of(section) if isinstance(section, Mapping) else RETURN
    if "volume_unit" in returns and "volume" not in returns:
        yield Problem(
            rule="'volume_unit' has no effect without volume",
            remedy="name the column of volume, or take it out",
            where="sources.returns.volume_unit",
        )
    if measure == "volume" and "shares" in returns and "price" not in returns:
        yield Problem(
            rule="'shares' has no effect: log volume does not take it",
            remedy="write measure: turnover, name a price, or take shares out",
            where="sources.returns.shares",
        )
    if "volume" in returns and not own_market(measure):
        yield Problem(
            rule=f"'volume' has no effect: what is studied is {measure}",
            remedy="write event_study.measure: turnover or volume, or take it out",
            where="sources.returns.volume",
        )
