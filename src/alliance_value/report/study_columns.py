"""A resolved study -> what the columns of its firm-years and panel mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from alliance_value.contracts.columns import NEVER, Meaning, meanings
from alliance_value.contracts.compustat_items import ITEMS
from alliance_value.contracts.firm_years import FirmYears
from alliance_value.study.expressions import names_in
from alliance_value.study.needs import joined_columns
from alliance_value.study.spec import FORMULAS, flags_of

AS_STANDS = "as in the file"
COMPARISON = re.compile(r"[<>]|==|!=")


def study_columns(study: Mapping[str, Any]) -> dict[str, Meaning]:
    """Return what the panel's columns mean, as far as the study can tell.

    A later entry explains a column better: the source's items, what is joined from
    other tables, and the study's own variables with their treatment.

    Parameters
    ----------
    study
        The resolved study.
    """
    known = dict(meanings(FirmYears))
    joined = joined_columns(dict(study))
    known |= {name: replace(meaning, name=name) for name, meaning in joined.items()}
    variables = study["variables"]
    for name in variables:
        known[name] = variable_meaning(name, study, known, frozenset())
    for flag, name in flags_of(variables).items():
        known[flag] = Meaning(
            name=flag,
            label=f"{known[name].label}: missing",
            type="number",
            unit="0/1",
            formula=f"1 where {name} was missing and became zero",
            source=f"the study's variable {name}",
            missing=NEVER,
        )
    return known


def source_meaning(name: str, study: Mapping[str, Any]) -> Meaning:
    """Return what a column read from the study's own tables means."""
    layout = study["sources"]["firm_years"]
    column = layout.get("columns", {}).get(name, name)
    if name == "datadate" and layout.get("period_end"):
        column = layout["period_end"]
    label, unit = column, AS_STANDS
    vendor = "the study's files of {entity}-{times}"
    if "firms" in study["sources"]:
        vendor += " or {entities}"
    if layout.get("reader") == "compustat" and column in ITEMS:
        label, unit = ITEMS[column]
        vendor = "Compustat annual"
    if name == "datadate":
        label, unit = "End of the {time}", "date"
    return Meaning(
        name=name,
        label=label,
        type="",
        unit=unit,
        source=f"{vendor}: {column}",
        missing="blank, a code for missing, or no finite number in the file",
    )


def variable_meaning(
    name: str,
    study: Mapping[str, Any],
    known: Mapping[str, Meaning],
    within: frozenset[str],
) -> Meaning:
    """Return what a variable of the study means, its treatment in words."""
    variable = study["variables"][name]
    written = [variable[key] for key in FORMULAS if variable.get(key)]
    base = known.get(name) if not written else None
    base = base or source_meaning(name, study)
    if written:
        read = sorted({n for text in written for n in names_in(text)} - within)
        base = replace(
            base,
            unit=unit_of(name, study, known, within),
            source="; ".join(origin(n, study, known) for n in read)
            or "the study's variables",
            missing=missing_rule(variable),
        )
    treated = [formula_of(variable) or base.formula, *treatment(variable)]
    return replace(
        base,
        label=variable.get("label") or (name if written else base.label),
        unit=variable.get("unit") or base.unit,
        formula="; ".join(part for part in treated if part),
        source=variable.get("source") or base.source,
        missing=settled(name, variable) or base.missing,
    )


def formula_of(variable: Mapping[str, Any]) -> str:
    """Return a variable's formula as one text, empty where it has none."""
    if variable.get("numerator"):
        return (
            f"{bracketed(variable['numerator'])} / {bracketed(variable['denominator'])}"
        )
    return str(variable.get("value", ""))


def bracketed(formula: str) -> str:
    """Put a formula of several parts in brackets."""
    return formula if formula.isidentifier() else f"({formula})"


def treatment(variable: Mapping[str, Any]) -> list[str]:
    """Return what happens to a variable's values after its formula, in order."""
    words = []
    if variable.get("zero") == "missing":
        words.append("zeros of the source are taken for missing")
    rule = variable.get("winsorize")
    if rule:
        group = "by {time}" if rule["by"] == "time" else "over all {times}"
        words.append(
            f"winsorized at quantiles {rule['lower']:g} and {rule['upper']:g} {group}"
        )
    rule = variable.get("adjust")
    if rule:
        usual = rule.get("usual", "mean_of_others").replace("_", " ")
        words.append(f"less the {usual} of the same {rule['by']} and {{time}}")
    if variable.get("lead"):
        words.append(f"value {times(variable['lead'])} later")
    if variable.get("lag"):
        words.append(f"value {times(variable['lag'])} earlier")
    if variable.get("horizon"):
        first, last = variable["horizon"]
        words.append(f"mean of the values {first} to {last} {{times}} later")
    return words


def times(count: int) -> str:
    """Return a number of times in words."""
    return "1 {time}" if count == 1 else f"{count} {{times}}"


def missing_rule(variable: Mapping[str, Any]) -> str:
    """Return when a computed variable is missing."""
    words = ["an item of the formula is missing"]
    if variable.get("denominator"):
        words.append("the denominator is not positive")
    if "log" in formula_of(variable):
        words.append("the logarithm is not defined")
    if any(variable.get(key) for key in ("lead", "lag", "horizon")):
        words.append("the other {time} is not observed")
    return ", or ".join(words)


def settled(name: str, variable: Mapping[str, Any]) -> str:
    """Return what stands for a missing value, empty where it stays missing."""
    rule = variable.get("missing", "keep")
    if rule == "keep":
        return ""
    flag = f", and {name}_missing is 1" if rule == "zero_and_flag" else ""
    return f"missing values become zero{flag}"


def unit_of(
    name: str,
    study: Mapping[str, Any],
    known: Mapping[str, Meaning],
    within: frozenset[str],
) -> str:
    """Return a computed variable's unit: declared, or as its formula implies."""
    variable = study["variables"][name]
    if variable.get("unit"):
        return str(variable["unit"])
    if variable.get("numerator"):
        return "decimal"
    text = str(variable.get("value", "")).strip()
    if COMPARISON.search(text):
        return "0/1"
    if text in study["variables"] and text not in {name, *within}:
        return variable_meaning(text, study, known, within | {name}).unit
    if text.isidentifier():
        return (known.get(text) or source_meaning(text, study)).unit
    if text.startswith("log"):
        return "natural logarithm"
    return "as the formula gives"


def origin(name: str, study: Mapping[str, Any], known: Mapping[str, Meaning]) -> str:
    """Return where a name in a formula comes from."""
    if name in study["variables"]:
        return f"the study's variable {name}"
    meaning = known.get(name) or source_meaning(name, study)
    if meaning.source.endswith(meaning.label):
        return meaning.source
    return f"{meaning.source} ({meaning.label})"
