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
TILE = 4
"""Rows and columns of the squares that cross-products are added up in: loops of a
length that the compiler knows."""


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
        if g < 0:
            continue
        finite = True
        for j in range(p):
            row[j] = columns[i, j] - shift[j]
            finite &= columns[i, j] - columns[i, j] == 0.0
        if not finite:
            continue
        joint[g, last] += 1
        for j in range(p):
            by_group[g, j] += row[j]
            largest[j] = max(largest[j], abs(row[j]))
            squares[j] += row[j] * row[j]
        for a in range(several):
            t = levels[i, a]
            joint[g, t] += 1
            for j in range(p):
                by_level[t, j] += row[j]
            for b in range(several):
                pairs[t, levels[i, b]] += 1.0


@compiled(MATRIX, MATRIX)
def move(part: np.ndarray, cell: np.ndarray) -> None:
    """Add a part, of which the upper triangle is filled, to a cell, and empty it."""
    p = len(cell)
    for j in range(p):
        for k in range(p):
            cell[j, k] += part[min(j, k), max(j, k)]
    part[:] = 0.0


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

    Cross-products go to the cell of the row's cluster, by way of a part of their own
    while the cluster stays the same; sums to ``left`` by level.
    """
    n, p = columns.shape
    several = levels.shape[1]
    width = -(-p // TILE) * TILE
    row = np.zeros(width)
    part = np.zeros((width, width))
    before = -1
    for i in range(n):
        g = groups[i]
        if g < 0:
            continue
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
        if clusters[g] != before:
            if before >= 0:
                move(part, cells[before])
            before = clusters[g]
        for j in range(0, p, TILE):
            for k in range(j, p, TILE):
                for u in range(TILE):
                    x = row[j + u]
                    for v in range(TILE):
                        part[j + u, k + v] += x * row[k + v]
    if before >= 0:
        move(part, cells[before])
