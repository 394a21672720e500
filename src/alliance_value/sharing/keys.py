"""Two versions of a table -> their rows by a key that pairs them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

import pandas as pd

Rows = dict[tuple[str, ...], dict[str, str]]
NUMBER = re.compile(r"-?\d+\.\d+(?:[eE][-+]?\d+)?")
INTEGER = re.compile(r"-?\d+")


def keyed(kind: str, recorded: pd.DataFrame, rerun: pd.DataFrame) -> tuple[Rows, Rows]:
    """Return the rows of two tables by a key that both have.

    The key is the shortest run of first columns that tells rows apart, decimals aside:
    they are results. Where there is none it is the first columns of text and a row's
    place among those that share them, as in tables for readers, where a label stands
    over the row of its standard errors; without such columns the row's number.
    """
    common = [c for c in recorded.columns if c in rerun.columns]
    if kind == "tables" and common:
        recorded, rerun = (
            t.assign(**{common[0]: labels(t)}) for t in (recorded, rerun)
        )
        common = common[:1]
    named = leading(common, recorded, rerun, NUMBER)
    for width in range(1, len(named) + 1):
        key = named[:width]
        if not (recorded.duplicated(key).any() or rerun.duplicated(key).any()):
            return by_key(recorded, key), by_key(rerun, key)
    key = leading(named, recorded, rerun, INTEGER)
    return by_key(recorded, key, turns=True), by_key(rerun, key, turns=True)


def labels(table: pd.DataFrame) -> pd.Series:
    """Return the first column with each label over the rows that continue it."""
    first = table.iloc[:, 0]
    return first.where(first != "").ffill().fillna("heading")


def leading(
    columns: Sequence[str],
    recorded: pd.DataFrame,
    rerun: pd.DataFrame,
    pattern: re.Pattern[str],
) -> list[str]:
    """Return the first columns, up to one with a cell that is such a number."""

    def free(column: str) -> bool:
        cells = pd.concat([recorded[column], rerun[column]])
        return not any(map(pattern.fullmatch, cells))

    return [*takewhile(free, columns)]


def by_key(table: pd.DataFrame, key: Sequence[str], turns: bool = False) -> Rows:
    """Return the rows of a table by a key; ``turns`` numbers those that share it."""
    keys = [tuple(row) for row in table[[*key]].itertuples(index=False)]
    if turns and key:
        seen = Counter[tuple[str, ...]]()
        for i, each in enumerate(keys):
            seen[each] += 1
            keys[i] = (*each, f"row {seen[each]}") if seen[each] > 1 else each
    elif turns:
        keys = [(f"row {i}",) for i in range(2, len(table) + 2)]
    records = table.to_dict("records")
    return {
        k: {str(c): str(v) for c, v in record.items()}
        for k, record in zip(keys, records, strict=True)
    }
