"""A file with a panel that was looked at -> a study of it, and what to say of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.problems import Problem, UserError
from alliance_value.models.collinearity import absorbed_terms, dependences
from alliance_value.models.columns import standardized
from alliance_value.models.within import demean
from alliance_value.starting.first import First
from alliance_value.starting.look import Column, Look
from alliance_value.starting.panel_key import Key
from alliance_value.study.dictionary import dictionary, with_standard_variables
from alliance_value.study.expressions import names_in
from alliance_value.study.spec import FORMULAS

WORDS = (
    (r"gvkey|cik|permno|lpermno|tic|ticker.*|firm.*|company.*|cusip|isin", "firm"),
    (r"state", "state"),
    (r"country.*|iso.*", "country"),
    (r"person.*|pid|nr", "person"),
    (r"bank.*", "bank"),
    (r"plant.*", "plant"),
)
SEVERAL = {"country": "countries"}
COMPUSTAT = {"gvkey", "fyear", "datadate", "indfmt", "datafmt", "popsrc", "consol"}
OF_COMPUSTAT = ("roa_next", "leverage", "size")
OUTCOMES = ("y", "outcome")
TERMS = 2
# share of the fullest column's cells that a column of the first model has
FULL = 0.7


def is_compustat(look: Look) -> bool:
    """Return whether a file is an annual export of Compustat."""
    return {column.name.lower() for column in look.columns} >= COMPUSTAT


def panel_study(name: str, look: Look, key: Key) -> First:
    """Return a study with one table and one model of two-way fixed effects.

    Raises
    ------
    UserError
        No two columns of numbers vary within entities.
    """
    said = seen(look, key)
    source: dict[str, Any] = {"file": look.file}
    if compustat := is_compustat(look):
        source["reader"] = "compustat"
    source |= {"entity": key.entity.name, "time": key.time.name}
    remarks: dict[str, str] = {}
    ends = key.period_end
    if ends is not None:
        source["period_end"] = ends.name
        remarks["period_end"] = "years that are missing or odd are told by these days"
    if key.time_format != "auto":
        source["time_format"] = key.time_format
    if key.time.order:
        source["dates"] = key.time.order
        remarks["dates"] = "the column does not tell: look which it is, or day_first"
    source |= look.marks
    if key.repeated and not compustat:
        source["duplicates"] = "first"
        remarks["duplicates"] = (
            f"{key.repeated:,} rows repeat an entity and time; stop (the default) "
            "lists them, keep takes all of them"
        )
    model = {} if compustat else chosen(look, key)
    standard = standard_variables(look) if compustat else []
    if compustat:
        outcome, term, *controls = standard
        model = {"outcome": outcome, "terms": [term]}
        model |= {"controls": controls} if controls else {}
    used = [model["outcome"], *model["terms"], *model.get("controls", [])]
    by_key = {column.key: column for column in look.columns}
    columns = {k: by_key[k].name for k in used if k in by_key and by_key[k].name != k}
    if columns:
        source["columns"] = columns
    if any(by_key[k].other for k in used if k in by_key):
        source["invalid"] = "missing"
        remarks["invalid"] = "cells that are no number; stop (the default) lists them"
    study: dict[str, Any] = {
        "study": name,
        "title": f"A first look at {look.raw.file}",
        "words": words_of(key),
        "sources": {"firm_years": source},
    }
    if standard:
        study["standard_variables"] = standard
    study["models"] = [{"name": "first", **model}]
    return First(study, remarks, said)


def seen(look: Look, key: Key) -> list[str]:
    """Return what the file holds, in sentences."""
    known = key.time.values.dropna()
    span = f"{known.min()} to {known.max()}"
    if key.time.kind == "number":
        span = f"{known.min():g} to {known.max():g}"
    elif key.time.kind == "day":
        span = f"{known.min():%Y-%m-%d} to {known.max():%Y-%m-%d}"
    said = [
        f"{look.raw.file}: {look.rows:,} rows, {len(look.columns)} columns",
        f"entity '{key.entity.name}': {key.entity.distinct:,} of them; time "
        f"'{key.time.name}': {span}",
    ]
    blank = look.rows - key.time.filled + key.time.other
    if blank:
        said.append(f"{blank:,} rows have no time that can be read")
    if key.repeated:
        said.append(f"{key.repeated:,} rows repeat an entity and time")
    if look.marks:
        marks = ", ".join(f"{name} {mark!r}" for name, mark in look.marks.items())
        said.append(f"numbers are written with {marks}")
    return said


def words_of(key: Key) -> dict[str, str]:
    """Return what the study calls its units."""
    name = key.entity.name.strip().lower()
    one = next((word for form, word in WORDS if re.fullmatch(form, name)), "entity")
    several = SEVERAL.get(one, f"{one}s" if one != "entity" else "entities")
    period = {"quarter": "quarter", "month": "month"}.get(key.time_format, "")
    if not period:
        yearly = key.time_format == "year" or "year" in key.time.name.lower()
        period = "year" if yearly else "period"
    words = {"entity": one, "entities": several, "time": period, "times": f"{period}s"}
    return words


def standard_variables(look: Look) -> list[str]:
    """Return standard variables that a Compustat file has the items of.

    Raises
    ------
    UserError
        It lacks the outcome of a first study, or every explanation.
    """
    items = {column.name.lower() for column in look.columns}
    known = dictionary()

    def at_hand(name: str) -> bool:
        variables, _ = with_standard_variables({"standard_variables": [name]})
        read = {
            n
            for variable in variables.values()
            for part in FORMULAS
            if part in variable
            for n in names_in(variable[part])
        }
        return read - {*known} <= items

    names = [name for name in OF_COMPUSTAT if at_hand(name)]
    if OF_COMPUSTAT[0] not in names or len(names) < 2:
        absent = ", ".join(name for name in OF_COMPUSTAT if name not in names)
        problem = Problem(
            rule=f"it lacks items of {absent}",
            remedy="export at, ib, dltt and dlc too, or write the study by hand "
            "(config/README.md)",
            where=look.raw.file,
        )
        raise UserError([problem], "the Compustat file")
    return names


def chosen(look: Look, key: Key) -> dict[str, Any]:
    """Return outcome and terms: the first columns that vary within entities and times.

    Raises
    ------
    UserError
        There are no two such columns.
    """
    taken = {key.entity.name, key.time.name}
    numbers = [
        c for c in look.of("number") if c.name not in taken and not counts_rows(c)
    ]
    most = max((c.filled for c in numbers), default=0)
    full = [c for c in numbers if c.filled - c.other >= FULL * most]
    full.sort(key=lambda c: (c.key not in OUTCOMES, c.distinct == 2))
    picked: list[Column] = []
    for column in full:
        if len(picked) <= TERMS and estimable(key, [*picked, column]):
            picked.append(column)
    if len(picked) < 2:
        problem = Problem(
            rule="fewer than two columns of numbers vary within entities and times",
            remedy="a model needs an outcome and a term; if the key is another one, "
            "say ENTITY=column TIME=column",
            where=look.raw.file,
        )
        raise UserError([problem], "the panel")
    outcome, *terms = [column.key for column in picked]
    return {"outcome": outcome, "terms": terms}


def counts_rows(column: Column) -> bool:
    """Return whether a column of numbers is one value, or numbers the rows."""
    steps = column.values.diff().iloc[1:]
    return column.distinct < 2 or bool(steps.eq(steps.iloc[0]).all())


def estimable(key: Key, columns: Sequence[Column]) -> bool:
    """Return whether columns vary apart once the effects of entity and time are out."""
    table = pd.DataFrame({column.key: column.values for column in columns})
    table = table.assign(**{FIRM: key.entity.values, YEAR: key.periods}).dropna()
    table = table.drop_duplicates([FIRM, YEAR])
    table = table[table.duplicated(FIRM, keep=False)]
    table = table[table.duplicated(YEAR, keep=False)]
    names = [column.key for column in columns]
    effects = np.column_stack([pd.factorize(table[name])[0] for name in (FIRM, YEAR)])
    if len(table) <= effects.max(axis=0, initial=-1).sum() + len(columns) + 2:
        return False
    raw = standardized(table[names].to_numpy("float64"), names)
    within = raw.with_values(demean(raw.values, effects.astype("int64")))
    return not absorbed_terms(raw, within) and not dependences(within)
