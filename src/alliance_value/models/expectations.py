"""What a study expects of its terms + estimates -> a verdict on each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.study.terms import expand_all

COLUMNS = ["name", "kind", "words", "model", "term", "sign"]
NUMBERS = ["estimate", "se", "p", "ci_low", "ci_high"]


def expectations(study: Mapping[str, Any], estimates: pd.DataFrame) -> pd.DataFrame:
    """Judge hypotheses, and placebos, whose terms of interest must all be zero.

    Parameters
    ----------
    study
        The resolved study: ``hypotheses`` and ``models``.
    estimates
        The canonical estimates.

    Returns
    -------
    pandas.DataFrame
        name, kind (hypothesis or placebo), words, model, term, sign (positive, negative
        or none), estimate, se, p, ci_low, ci_high, verdict; hypotheses first. Of
        hypotheses the verdict is ``supported``, ``contradicted`` or ``not supported``,
        of placebos ``passes`` or ``fails``; it follows from the interval alone.
    """
    expected = pd.DataFrame([*expected_of(study)], columns=COLUMNS)
    judged = expected.merge(estimates[["model", "term", *NUMBERS]], "left")
    verdicts = [verdict(row) for row in judged.to_dict("records")]
    return judged.assign(verdict=pd.Series(verdicts, judged.index, dtype="string"))


def expected_of(study: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what is expected: hypotheses, then terms of interest of placebos."""
    for hypothesis in study["hypotheses"]:
        yield {"kind": "hypothesis", **hypothesis}
    for model in study["models"]:
        terms: Sequence[str] = model["terms"] or model["controls"]
        for term in expand_all(terms) if model["placebo"] else ():
            yield {
                "name": model["name"],
                "kind": "placebo",
                "words": "",
                "model": model["name"],
                "term": term.name,
                "sign": "none",
            }


def verdict(row: Mapping[Any, Any]) -> str:
    """Return the verdict on an estimate; none where the model has not the term."""
    if pd.isna(row["estimate"]):
        return ""
    sign = "positive" if row["ci_low"] > 0 else "negative"
    if row["ci_low"] <= 0 <= row["ci_high"]:
        sign = "none"
    if row["kind"] == "placebo":
        return "passes" if sign == "none" else "fails"
    if sign == row["sign"]:
        return "supported"
    return "not supported" if sign == "none" else "contradicted"
