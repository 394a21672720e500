"""Broken rules -> rows of the rejects table."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.contracts.storage import conform, empty
from alliance_value.vocabulary.entries import canonical


@canonical("rejects", stage="accounts")
class Rejects(CanonicalTable, source="the file"):
    """One row per value that a rule rejected or repaired."""

    file: Text = described("File", "text", source="the file in which the value stands")
    row: Column[int] = described(
        "Row",
        "count",
        "as a spreadsheet counts it; records of typed files from 1",
        ge=1,
    )
    column: Text = described("Column", "text", missing="the whole row is concerned")
    value: Text = described(
        "Value as it stands",
        "text",
        missing="the cell is empty, or the value was computed",
    )
    rule: Text = described(
        "Rule that it breaks",
        "category",
        source="the rules of the readers and the panel",
    )
    action: Text = described(
        "What was done",
        "category",
        "rejected: the row left; repaired: the value was changed; kept: both stayed",
        source="the rules",
        isin=["rejected", "repaired", "kept"],
    )
    new_value: Text = described(
        "New value",
        "text",
        source="the rules",
        missing="set to missing, or the row was rejected",
    )


def rejects(
    *,
    file: pd.Series | str,
    row: pd.Series,
    column: str | None,
    value: pd.Series | str | None,
    rule: str,
    action: Literal["rejected", "repaired", "kept"],
    new_value: pd.Series | str | None = None,
) -> pd.DataFrame:
    """Return rows of the rejects table, one per broken rule and source row.

    Parameters
    ----------
    file, row, column, value
        Where the value stands and what it is; scalars hold for every row.
    rule
        Name of the rule that it breaks.
    action
        Whether the row was rejected, the value repaired, or both kept.
    new_value
        What a repaired value was changed to; missing means "set to missing".
    """
    if row.empty:
        return empty(Rejects)
    table = pd.DataFrame({"row": row.to_numpy("int64")})
    table["file"] = file if isinstance(file, str) else file.to_numpy()
    table["column"] = column
    table["value"] = value if not isinstance(value, pd.Series) else value.to_numpy()
    table["rule"] = rule
    table["action"] = action
    table["new_value"] = (
        new_value if not isinstance(new_value, pd.Series) else new_value.to_numpy()
    )
    return conform(table, Rejects)


def collect(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Stack rejects in file and row order."""
    parts = [p for p in parts if len(p)]
    if not parts:
        return empty(Rejects)
    table = pd.concat(parts, ignore_index=True)
    table = table.sort_values(
        ["file", "row", "rule", "column"], kind="stable", na_position="first"
    )
    return conform(table, Rejects)


def rejected_by_rule(table: pd.DataFrame) -> dict[str, int]:
    """Return how many rows each rule took out, by the rules' names.

    A row that several rules reject counts once, for the first of them.
    """
    gone = table[(table.action == "rejected").to_numpy(bool)]
    gone = gone.drop_duplicates(["file", "row"])
    return {str(r): int(n) for r, n in gone.groupby("rule", sort=True).size().items()}


def in_words(rule: str) -> str:
    """Return a rule's name as words."""
    return rule.replace("_", " ")
