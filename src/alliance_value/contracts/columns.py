"""A contract's column -> what it means: label, unit, formula, source, missing rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

Text = Series[pd.StringDtype]

NEVER = "never missing"
TYPES = {
    "bool": "true/false",
    "int": "whole number",
    "float": "number",
    "datetime": "date",
    "str": "text",
}


@dataclass(frozen=True)
class Meaning:
    """What one column holds, in words.

    Parameters
    ----------
    name, label
        The column's name, and what exhibits call it.
    type, unit
        Whole number, number, text, date or true/false; decimal, count, $ million, ...
    formula, source
        How it is computed; the vendor's field or the publication it comes from.
    missing
        When it is missing, or what stands for a missing value.
    """

    name: str
    label: str
    type: str
    unit: str
    formula: str = ""
    source: str = ""
    missing: str = ""


def described(
    label: str,
    unit: str,
    formula: str = "",
    *,
    source: str = "",
    missing: str = "",
    **checks: Any,
) -> Any:
    """Declare a contract's column: its meaning beside its checks.

    Parameters
    ----------
    label, unit, formula, source, missing
        As in `Meaning`; a nullable column says when it is missing.
    **checks
        Arguments of ``pandera.Field``, such as ``nullable`` or ``ge``.
    """
    return pa.Field(
        title=label,
        description=formula or label,
        metadata={
            "unit": unit,
            "formula": formula,
            "source": source,
            "missing": missing,
        },
        **checks,
    )


def meanings(contract: type[pa.DataFrameModel]) -> dict[str, Meaning]:
    """Return what each column of a contract means, in the contract's order."""
    found = {}
    for name, declared in contract.to_schema().columns.items():
        words = dict(declared.metadata or {})
        never = "" if declared.nullable else NEVER
        found[name] = Meaning(
            name=name,
            label=declared.title or "",
            type=type_in_words(declared.dtype),
            unit=words.get("unit", ""),
            formula=words.get("formula", ""),
            source=words.get("source", ""),
            missing=words.get("missing") or never,
        )
    return found


def type_in_words(dtype: object) -> str:
    """Return a column's type as a reader of the codebook calls it."""
    text = str(dtype).lower()
    return next((word for key, word in TYPES.items() if key in text), "text")
