"""A study whose firm-years name no time -> a cross-section: one row per entity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from alliance_value.contracts.problems import Problem
from alliance_value.study.schema import Mapped

# keys of firm-years, variables and words that speak of times
OF_SOURCE = ("time_format", "period_end")
OF_VARIABLES = ("lead", "lag", "horizon")
OF_WORDS = ("time", "times")
OF_EXHIBITS = ("trends",)


def is_cross_section(study: Mapped) -> bool:
    """Return whether a study has rows of entities without times."""
    source = section(section(study, "sources"), "firm_years")
    return bool(source) and "time" not in source


def section(study: Mapped, key: str) -> Mapped:
    """Return a section of a study as it was written, empty where there is none."""
    part = study.get(key)
    return dict(part) if isinstance(part, Mapping) else {}


def time_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what a cross-section, as it was written, asks of times that it has not."""
    if not is_cross_section(study):
        return
    source = section(section(study, "sources"), "firm_years")
    keys = [f"sources.firm_years.{key}" for key in OF_SOURCE if key in source]
    keys += [
        f"sources.firm_years.by_file.{name}.time"
        for name, part in section(source, "by_file").items()
        if isinstance(part, Mapping) and "time" in part
    ]
    keys += [f"words.{key}" for key in OF_WORDS if key in section(study, "words")]
    variables = section(study, "variables")
    keys += [
        f"variables.{name}.{key}"
        for name in variables
        for key in OF_VARIABLES
        if key in section(variables, name)
    ]
    figures = section(study, "exhibits").get("figures") or []
    keys += [
        f"exhibits.figures.{figure.get('name', '')}"
        for figure in figures
        if isinstance(figure, Mapping) and figure.get("kind") in OF_EXHIBITS
    ]
    if source.get("reader", "table") != "table":
        keys.append("sources.firm_years.reader")
    for key in keys:
        yield Problem(
            rule="this needs a time, and the rows of the study have none",
            remedy="name its column under sources.firm_years.time, or take this out",
            where=key,
        )
