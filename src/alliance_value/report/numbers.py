"""A finished study -> its headline numbers by name, for the text of a manuscript."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pandas as pd

from alliance_value.exhibits.cells import decimals, p_value
from alliance_value.exhibits.latex_text import latex_text
from alliance_value.models.expectations import expectations
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows

OPENING = r"""% \input{numbers.tex}, then \studynumber{model.term.estimate}
\providecommand\studynumber[1]{\ifcsname studynumber@#1\endcsname
  \csname studynumber@#1\endcsname\else
  \PackageError{numbers}{no number is called #1}{See numbers.json.}\fi}
"""
QUANTITIES = ("estimate", "se", "ci_low", "ci_high")


def numbers(inputs: Inputs) -> dict[str, dict[str, str | float]]:
    """Return every headline number: its value, and its text as tables write it.

    Names are ``model.term.quantity`` and ``model.n``; hypotheses and placebos go by
    their own names too, with ``.verdict``.
    """
    named: dict[str, dict[str, str | float]] = {}
    for fit in rows(inputs.fits):
        for key in ("n", "entities"):
            text = f"{fit[key]:,}"
            named[f"{fit['model']}.{key}"] = {"value": int(fit[key]), "text": text}
    for row in rows(inputs.estimates):
        named |= dict(estimate_of(f"{row['model']}.{row['term']}", row))
    for row in rows(expectations(inputs.study, inputs.estimates)):
        if row["kind"] == "hypothesis" and row["verdict"]:
            named |= dict(estimate_of(row["name"], row))
        name = row["name"]
        if row["kind"] == "placebo":
            name = f"{name}.{row['term']}"
        verdict = str(row["verdict"])
        named[f"{name}.verdict"] = {"value": verdict, "text": verdict}
    return named


def estimate_of(
    name: str, row: dict[str, float]
) -> Iterator[tuple[str, dict[str, str | float]]]:
    """Yield an estimate's numbers by name, all at the places of its error."""
    places = decimals(row["se"])
    for key in QUANTITIES:
        if pd.notna(row[key]):
            value = float(f"{row[key]:.10g}")
            yield f"{name}.{key}", {"value": value, "text": f"{value:z,.{places}f}"}
    if pd.notna(row["p"]):
        value = float(f"{row['p']:.10g}")
        yield f"{name}.p", {"value": value, "text": p_value(value)}


def to_json(named: dict[str, dict[str, str | float]]) -> str:
    """Return the numbers as JSON."""
    return json.dumps(named, ensure_ascii=False, indent=1) + "\n"


def to_tex(named: dict[str, dict[str, str | float]]) -> str:
    r"""Return the numbers as LaTeX: ``\studynumber{name}`` prints one's text."""
    lines = [
        rf"\expandafter\def\csname studynumber@{name}\endcsname"
        rf"{{{latex_text(str(number['text']).replace('-', '−'))}}}"
        for name, number in named.items()
    ]
    return OPENING + "\n".join([*lines, ""])
