"""A contract's column -> what it means: label, unit, formula, source, missing rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

if TYPE_CHECKING:
    T = TypeVar("T")

    class Column(str, Generic[T]):
        """A contract's column: as an attribute of the contract it is its name."""

else:
    Column = Series

Text = Column[pd.StringDtype]

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


class CanonicalTable(pa.DataFrameModel):
    """A table with the declared columns, all of them and no other, in their order.

    ``source`` in a table's declaration is that of its columns which say none.
    """

    _source: ClassVar[str] = ""

    def __init_subclass__(cls, source: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)  # type: ignore[no-untyped-call]
        cls._source = source or cls._source

    class Config:
        strict = True
        ordered = True


def described(
    label: str,
    unit: str,
    formula: str = "",
    *,
    source: str = "",
    missing: str = "",
    blank: str = "",
    **checks: Any,
) -> Any:
    """Declare a contract's column: its meaning beside its checks.

    Parameters
    ----------
    label, unit, formula, source
        As in `Meaning`.
    missing
        When a value is missing; without these words none may be.
    blank
        What a blank stands for in a column that is never missing.
    **checks
        Arguments of ``pandera.Field``, such as ``ge``.
    """
    words = {"unit": unit, "formula": formula, "source": source}
    return pa.Field(
        title=label,
        description=formula or label,
        metadata={**words, "missing": missing or blank},
        **{"nullable": bool(missing), **checks},
    )


def meanings(contract: type[pa.DataFrameModel]) -> dict[str, Meaning]:
    """Return what each column of a contract means, in the contract's order."""
    columns = {}
    usual: str = getattr(contract, "_source", "")
    for name, column in contract.to_schema().columns.items():
        words = dict(column.metadata or {})
        words["source"] = words.get("source") or usual
        words["missing"] = words.get("missing") or ("" if column.nullable else NEVER)
        kind = type_in_words(column.dtype)
        columns[name] = Meaning(name, column.title or "", kind, **words)
    return columns


def type_in_words(dtype: object) -> str:
    """Return a column's type as a reader of the codebook calls it."""
    text = str(dtype).lower()
    return next((word for key, word in TYPES.items() if key in text), "text")
