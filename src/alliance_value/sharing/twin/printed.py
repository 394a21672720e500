"""A twin's rows -> its files, every cell a text as the real file writes it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.columns import Column
from alliance_value.sharing.twin.labels import PERIOD_END, Labels
from alliance_value.sharing.twin.synthetic import Twin
from alliance_value.sharing.twin.written import day_texts


def file_tables(
    twin: Twin, rng: np.random.Generator
) -> tuple[list[pd.DataFrame], pd.DataFrame | None]:
    """Return the twin's firm-year files and its table of firms, every cell a text."""
    values = twin.model.values(twin.scores)
    source, rows = twin.source, twin.rows
    layout = source.layout
    keys = {
        layout.entity: twin.labels.firms[rows.firm],
        layout.time: np.array(source.period_texts, dtype=object)[rows.slot],
    }
    if layout.period_end:
        keys[layout.period_end] = period_ends(twin, values[PERIOD_END])
    order = np.lexsort((rows.slot, keys[layout.entity].astype(str)))
    table = pd.DataFrame(
        {
            name: cells(twin, values, key) if key else keys[name]
            for name, key in source.own.items()
        }
    ).iloc[order]
    place = in_files(twin, rng)[order]
    parts = [table[place == j] for j in range(source.files.shape[1])]
    if source.firm_layout is None:
        return parts, None
    firms = pd.DataFrame(
        {
            name: cells(twin, values, key) if key else keys[layout.entity]
            for name, key in source.joined.items()
        }
    ).iloc[order]
    return parts, firms.drop_duplicates(source.firm_layout.entity)


def cells(twin: Twin, values: Mapping[str, np.ndarray], key: str) -> np.ndarray:
    """Return a column of the twin as the file writes it."""
    if key in twin.source.relative:
        begin = twin.source.begins(twin.rows.slot)
        values = {**values, key: values[key] + begin}
    column = twin.source.columns[key]
    return written_cells(column, key, values, twin.labels, len(twin.rows.firm))


def written_cells(
    column: Column, key: str, values: Mapping[str, np.ndarray], labels: Labels, n: int
) -> np.ndarray:
    """Return a column's values or invented texts as its file writes them."""
    if column.kind in ("identity", "serial"):
        return labels.texts[key]
    if column.kind == "empty":
        return np.full(n, column.absent, dtype=object)
    return column.cells(values[key], labels.levels.get(key, np.empty(0)))


def period_ends(twin: Twin, codes: np.ndarray) -> np.ndarray:
    """Return the last days of periods, as the file writes them."""
    column = twin.source.columns[PERIOD_END]
    levels = twin.labels.levels[PERIOD_END][np.nan_to_num(codes).astype(int)]
    year = np.array(twin.source.periods)[twin.rows.slot]
    days = [
        np.datetime64(
            f"{y + int(level[:-6]):04d}-{level[-5:].replace('02-29', '02-28')}"
        )
        for y, level in zip(year, levels, strict=True)
    ]
    return day_texts(np.array(days).astype("int64").astype("float64"), column.pattern)


def in_files(twin: Twin, rng: np.random.Generator) -> np.ndarray:
    """Return the file of each row, by the files' shares in its slot."""
    upper = twin.source.files.cumsum(axis=1)[twin.rows.slot]
    firm = (rng.permutation(twin.rows.firms) + 0.5) / twin.rows.firms
    return np.asarray((firm[twin.rows.firm][:, None] > upper).sum(axis=1)).clip(
        0, upper.shape[1] - 1
    )
