"""Hand-written files as tables, and what went wrong in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile

Table = Callable[..., RawTable]


def raw_file(path: Path) -> RawTable:
    return read_file(path, TableFile(entity="", file=str(path)))


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Return a function that reads text as if it stood in a file."""

    def make(text: str, name: str = "file.csv") -> RawTable:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return raw_file(path)

    return make


def ledger(folder: Path, file: str = "") -> pd.DataFrame:
    """Return the defects that were put into a world's files."""
    table = pd.read_csv(folder / "dirt_ledger.csv", dtype="str", keep_default_na=False)
    return table[table.file.str.startswith(file)]


def rules(rejects: pd.DataFrame) -> dict[str, int]:
    """Return how often each rule was broken."""
    counts: dict[str, int] = rejects.rule.value_counts().to_dict()
    return counts
