"""Names of the files that a study writes -> the contracts of their tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast, get_args, get_type_hints

from alliance_value.contracts.columns import Meaning, meanings
from alliance_value.contracts.storage import Contract
from alliance_value.vocabulary.collect import entries, implementation
from alliance_value.vocabulary.entries import Canonical

# The set of a table's columns that bears their plain names.
BASE = "base"
KEY = ("firm", "fiscal_year")
STAGES = get_args(get_type_hints(Canonical)["stage"])


@cache
def catalogue() -> dict[str, Contract]:
    """Return every canonical table's contract by name, in the codebook's order."""
    tables = sorted(entries(Canonical).values(), key=lambda t: STAGES.index(t.stage))
    return {table.name: cast(Contract, implementation(table)) for table in tables}


def table_of(path: str | Path) -> tuple[str, str]:
    """Return the table that a file holds, and its variant where there are several.

    A table with variants is a folder with a file for each, the others are files.
    """
    path = Path(path)
    single = path.stem in entries(Canonical)
    return (path.stem, BASE) if single else (path.parent.name, path.stem)


def variables_of(name: str) -> dict[str, Meaning]:
    """Return the columns of a table that is joined to firm-years, without its key."""
    columns = meanings(catalogue()[name])
    return {name: column for name, column in columns.items() if name not in KEY}
