"""Tables and what their columns mean -> the codebook, as a table and as a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import (
    is_bool_dtype,
    is_datetime64_any_dtype,
    is_float_dtype,
    is_numeric_dtype,
)

from alliance_value.contracts.accounts import Codebook
from alliance_value.contracts.catalogue import catalogue
from alliance_value.contracts.columns import Meaning, meanings, type_in_words
from alliance_value.contracts.storage import conform
from alliance_value.report.page import fill_page, rows
from alliance_value.report.study_columns import source_meaning, study_columns
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator, Inference, StandardError
from alliance_value.vocabulary.words import Words

QUANTILES = {"p1": 0.01, "median": 0.5, "p99": 0.99}
TOP = 5
LONGEST = 40
# Binary digits in which floats differ that are counted as distinct: nine decimal ones.
DIGITS = 30


@dataclass(frozen=True)
class Described:
    """A stored table that the codebook describes.

    Parameters
    ----------
    name
        Its file below the folder of the study, without ending; the part before a
        slash is its contract's name in the catalogue.
    columns
        Its columns in order.
    column
        Returns a column's values; one column is in memory at a time.
    """

    name: str
    columns: Sequence[str]
    column: Callable[[str], pd.Series]


def codebook(tables: Sequence[Described], study: Mapping[str, Any]) -> pd.DataFrame:
    """Describe every column of every table.

    Parameters
    ----------
    tables
        The stored tables; those whose contract allows further columns (firm-years,
        panel) are explained by the study.
    study
        The resolved study.

    Returns
    -------
    pandas.DataFrame
        Canonical codebook in the order of the catalogue.
    """
    of_study = study_columns(study)
    words = Words(**study["words"])
    order = list(catalogue())
    rows = []
    for table in sorted(tables, key=lambda t: (order.index(family(t.name)), t.name)):
        contract = catalogue()[family(table.name)]
        known = meanings(contract)
        if not contract.to_schema().strict:
            known = {**of_study, **known}
        known = in_words({**known, **estimated(table.name, study)}, words)
        for name in table.columns:
            values = table.column(name)
            meaning = known.get(name)
            if meaning is None:
                meaning = in_words({name: source_meaning(name, study)}, words)[name]
            if not meaning.label:  # of times, in a study that has none
                continue
            if not meaning.type:
                meaning = replace(meaning, type=type_in_words(values.dtype))
            rows.append(
                {"table": table.name, **entry(meaning), **summary(values, meaning.unit)}
            )
    return conform(pd.DataFrame(rows), Codebook)


def in_words(known: Mapping[str, Meaning], words: Words) -> dict[str, Meaning]:
    """Return meanings in the words of the study for its units."""
    return {
        name: Meaning(**{key: words.say(text) for key, text in vars(meaning).items()})
        for name, meaning in known.items()
    }


def estimated(table: str, study: Mapping[str, Any]) -> dict[str, Meaning]:
    """Return how a study's estimates are computed, and judged again, in words."""
    if table == "inference":
        errors = [e for e in entries(StandardError).values() if e.beside]
        said = [
            *(f"{e.beside}: {e.words}" for e in sorted(errors, key=lambda e: e.order)),
            *(f"{e.name}: {e.words}" for e in entries(Inference).values()),
        ]
        method = meanings(catalogue()[table])["method"]
        return {"method": replace(method, formula=" ".join(said))}
    if table != "estimates":
        return {}
    known = entries(Estimator)
    used = [
        known[name] for name in dict.fromkeys(m["estimator"] for m in study["models"])
    ]
    meaning = replace(
        meanings(catalogue()[table])["estimate"],
        formula=" ".join(f"{entry.label}: {entry.words}" for entry in used),
        source="the estimator that fits.csv gives for the model; docs/methods.md",
    )
    return {"estimate": meaning}


def family(table: str) -> str:
    """Return the name of a table's contract in the catalogue."""
    return table.split("/")[0]


def entry(meaning: Meaning) -> dict[str, str]:
    """Return a meaning under the codebook's column names."""
    return {
        "column": meaning.name,
        "label": meaning.label,
        "type": meaning.type,
        "unit": meaning.unit,
        "formula": meaning.formula,
        "source": meaning.source,
        "missing_rule": meaning.missing,
    }


def summary(values: pd.Series, unit: str) -> dict[str, Any]:
    """Summarize a column by what it is: numbers, dates, or codes and text.

    Quantiles interpolate linearly between order statistics (Hyndman and Fan's type
    7); the standard deviation has divisor n - 1. Codes have no mean.
    """
    seen = values.dropna()
    counts: dict[str, Any] = {
        "n": len(seen),
        "missing": len(values) - len(seen),
        "distinct": distinct(seen),
        "mean": None,
        "sd": None,
        "top": None,
        **dict.fromkeys(("min", "p1", "median", "p99", "max")),
    }
    if seen.empty:
        return counts
    if is_datetime64_any_dtype(seen):
        low, high = seen.min(), seen.max()
        middle = seen.sort_values().iloc[(len(seen) - 1) // 2]
        days = {"min": low, "median": middle, "max": high}
        return counts | {k: v.date().isoformat() for k, v in days.items()}
    is_number = is_numeric_dtype(seen) and not is_bool_dtype(seen)
    if not is_number or "code" in unit or unit.startswith("PERM"):
        return counts | {"top": most_frequent(seen)}
    numbers = seen.astype("float64")
    levels = {"min": 0.0, **QUANTILES, "max": 1.0}
    ordered = pd.Series(np.sort(numbers.to_numpy()))
    places = {name: float(ordered.quantile(q)) for name, q in levels.items()}
    return counts | {
        "mean": float(numbers.mean()),
        "sd": float(numbers.std()) if len(numbers) > 1 else None,
        **{name: f"{value:.10g}" for name, value in places.items()},
    }


def distinct(values: pd.Series) -> int:
    """Count values; floats that differ by what rounding leaves are one.

    Parameters
    ----------
    values
        Any values, none missing. Floats are taken to ``DIGITS`` binary digits, and as
        zero below as many digits of the largest.
    """
    if not is_float_dtype(values):
        return int(values.nunique())
    numbers = values.to_numpy("float64")
    largest = np.abs(numbers).max(where=np.isfinite(numbers), initial=0.0)
    noise = np.abs(numbers) < np.ldexp(largest, -DIGITS)
    fraction, exponent = np.frexp(np.where(noise, 0.0, numbers))
    rounded = np.ldexp(np.round(np.ldexp(fraction, DIGITS)), exponent - DIGITS)
    rounded.sort()
    steps = np.count_nonzero(rounded[1:] != rounded[:-1])
    return int(steps) + min(len(rounded), 1)


def most_frequent(values: pd.Series) -> str:
    """Return the most frequent values with their counts, ties by the value itself."""
    counts = values.astype(str).value_counts()
    table = counts.rename_axis("value").reset_index(name="times")
    table = table.sort_values(["times", "value"], ascending=[False, True])
    if table.times.iloc[0] == 1:
        return f"all different, such as {clipped(table.value.iloc[0])}"
    shown = [
        f"{clipped(v)} ({n:,})"
        for v, n in zip(table.value[:TOP], table.times[:TOP], strict=True)
    ]
    rest = len(table) - TOP
    return ", ".join(shown) + (f", and {rest:,} others" if rest > 0 else "")


def clipped(text: str) -> str:
    """Shorten a value that would flood a cell."""
    text = text.replace("\n", " / ") or '""'
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def codebook_page(
    table: pd.DataFrame, study: Mapping[str, Any], templates: Mapping[str, str]
) -> str:
    """Fill the codebook's page, one section per table."""
    words = Words(**study["words"])
    plain = table.astype(object).where(table.notna(), None)
    sections = [
        {
            "name": str(name),
            "id": str(name).replace("/", "-"),
            "about": words.say(about(str(name))),
            "columns": [
                {**c, "range": spread(c), "average": average(c)}
                for c in rows(part.assign(dated=part.unit == words.time))
            ],
            "most": int(part["n"].astype(int).add(part["missing"].astype(int)).max()),
        }
        for name, part in plain.groupby("table", sort=False)
    ]
    return fill_page(
        templates, "codebook.html.j2", study=study, tables=sections, width="wide"
    )


def about(table: str) -> str:
    """Return the first paragraph of a contract's docstring as plain words."""
    text = (catalogue()[family(table)].__doc__ or "").split("\n\n")[0]
    return " ".join(text.split()).replace("``", "")


def spread(column: Mapping[str, Any]) -> str:
    """Return smallest to largest with the quantiles between, or frequent values."""
    if column["top"] is not None:
        return str(column["top"])
    names = ("min", "p1", "median", "p99", "max")
    return " · ".join(
        brief(column[name], column["dated"])
        for name in names
        if column[name] is not None
    )


def average(column: Mapping[str, Any]) -> str:
    """Return mean and standard deviation, empty where the column has none."""
    if column["mean"] is None or column["dated"]:
        return ""
    text = brief(column["mean"], column["dated"])
    deviation = column["sd"]
    return (
        text if deviation is None else f"{text} ({brief(deviation, column['dated'])})"
    )


def brief(value: object, dated: bool) -> str:
    """Write a number with four significant digits or whole, a date as it is."""
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    if dated:
        return f"{number:.0f}"
    text = f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"
    return text.replace("-", "−")
