"""Rows of one batch -> sums by group, level and cluster, compiled.

As in ``kernels``: one thread, in the order of the rows, no fast-math.
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
    compiled,
)

COUNTS = types.Array(types.int32, 2, "C")
VECTOR = types.Array(types.float64, 1, "C")


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
        joint[g, last] += 1
        for j in range(p):
            row[j] = columns[i, j] - shift[j]
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
    VECTOR,
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
    squares: np.ndarray,
) -> None:
    """Take effects and group means out of rows and add up what remains.

    Cross-products go to the upper triangle of the cell of the row's cluster, sums to
    ``left`` by level, squares to ``squares``.
    """
    n, p = columns.shape
    several = levels.shape[1]
    row = np.empty(p)
    for i in range(n):
        g = groups[i]
        for j in range(p):
            row[j] = columns[i, j] - shift[j] - means[g, j]
        for a in range(several):
            t = levels[i, a]
            for j in range(p):
                row[j] -= effects[t, j]
        for a in range(several):
            t = levels[i, a]
            for j in range(p):
                left[t, j] += row[j]
        cell = cells[clusters[g]]
        for j in range(p):
            x = row[j]
            squares[j] += x * x
            for k in range(j, p):
                cell[j, k] += x * row[k]
