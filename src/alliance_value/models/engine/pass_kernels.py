"""Rows of one batch -> sums by group, level and cluster, compiled.

As in ``kernels``: one thread, in the order of the rows, no fast-math. Rows in no group
(-1) or with a value that is not finite are passed over.
"""

from __future__ import annotations

import numpy as np
from numba import types

from alliance_value.models.engine.kernels import (
    CELLS,
    MATRIX,
    READ_CODES,
    READ_LEVELS,
    READ_MATRIX,
    READ_VECTOR,
    VECTOR,
    compiled,
)

COUNTS = types.Array(types.int32, 2, "C")
HELD = 256
"""Rows of a cluster whose cross-products are taken together."""

FEW = 8
"""Rows from which a product of matrices is faster than one by one."""


@compiled(
    READ_MATRIX,
    READ_VECTOR,
    READ_CODES,
    READ_LEVELS,
    MATRIX,
    COUNTS,
    MATRIX,
    MATRIX,
    VECTOR,
    VECTOR,
)
def add_up(
    columns: np.ndarray,
    shift: np.ndarray,
    groups: np.ndarray,
    levels: np.ndarray,
    by_group: np.ndarray,
    joint: np.ndarray,
    by_level: np.ndarray,
    pairs: np.ndarray,
    largest: np.ndarray,
    squares: np.ndarray,
) -> None:
    """Add columns less ``shift`` to their group and levels, and count rows.

    The last column of ``joint`` counts the rows of each group.
    """
    n, p = columns.shape
    several = levels.shape[1]
    last = joint.shape[1] - 1
    row = np.empty(p)
    for i in range(n):
        g = groups[i]
        finite = g >= 0
        for j in range(p):
            row[j] = columns[i, j] - shift[j]
            finite &= columns[i, j] - columns[i, j] == 0.0
        if not finite:
            continue
        joint[g, last] += 1
        for j in range(p):
            x = row[j]
            by_group[g, j] += x
            squares[j] += x * x
            if abs(x) > largest[j]:
                largest[j] = abs(x)
        for a in range(several):
            t = levels[i, a]
            joint[g, t] += 1
            for j in range(p):
                by_level[t, j] += row[j]
            for b in range(several):
                pairs[t, levels[i, b]] += 1.0


@compiled(MATRIX, MATRIX)
def add_products(rows: np.ndarray, cell: np.ndarray) -> None:
    """Add the cross-products of rows to a cell."""
    n, p = rows.shape
    if n >= FEW:
        cell += np.dot(rows.T, rows)
        return
    for i in range(n):
        for j in range(p):
            x = rows[i, j]
            for k in range(p):
                cell[j, k] += x * rows[i, k]


@compiled(
    READ_MATRIX,
    READ_VECTOR,
    READ_CODES,
    READ_LEVELS,
    READ_MATRIX,
    READ_MATRIX,
    READ_CODES,
    CELLS,
    MATRIX,
)
def take_out_of_batch(
    columns: np.ndarray,
    shift: np.ndarray,
    groups: np.ndarray,
    levels: np.ndarray,
    means: np.ndarray,
    effects: np.ndarray,
    clusters: np.ndarray,
    cells: np.ndarray,
    left: np.ndarray,
) -> None:
    """Take effects and group means out of rows and add up what remains.

    Cross-products go to the cell of the row's cluster, those of neighbouring rows
    together; sums to ``left`` by level.
    """
    n, p = columns.shape
    several = levels.shape[1]
    rows = np.empty((HELD, p))
    held, before = 0, -1
    for i in range(n):
        g = groups[i]
        if g < 0:
            continue
        if held == HELD or clusters[g] != before:
            if held:
                add_products(rows[:held], cells[before])
            held, before = 0, clusters[g]
        row = rows[held]
        finite = True
        for j in range(p):
            row[j] = columns[i, j] - shift[j] - means[g, j]
            finite &= columns[i, j] - columns[i, j] == 0.0
        if not finite:
            continue
        for a in range(several):
            t = levels[i, a]
            for j in range(p):
                row[j] -= effects[t, j]
        for a in range(several):
            t = levels[i, a]
            for j in range(p):
                left[t, j] += row[j]
        held += 1
    if held:
        add_products(rows[:held], cells[before])
