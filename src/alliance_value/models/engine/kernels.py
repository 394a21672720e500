"""Rows in blocks of one group -> sums, compiled; imported only where rows are many.

Every kernel runs on one thread and adds in the order of the rows, so that the bytes are
the same on any number of cores. Nothing is compiled with fast-math.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types

# one signature for any memory order, and for read-only columns of data frames
READ_CODES = types.Array(types.int64, 1, "A", readonly=True)
READ_LEVELS = types.Array(types.int64, 2, "A", readonly=True)
READ_VECTOR = types.Array(types.float64, 1, "A", readonly=True)
READ_MATRIX = types.Array(types.float64, 2, "A", readonly=True)
VECTOR = types.Array(types.float64, 1, "C")
MATRIX = types.Array(types.float64, 2, "C")
CELLS = types.Array(types.float64, 3, "C")


def compiled(*arguments: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile, and keep the machine code beside the module where that is writable."""

    def compile_function(function: Callable[..., Any]) -> Callable[..., Any]:
        try:
            kernel: Any = numba.njit([arguments], cache=True, nogil=True)(function)
        except RuntimeError:  # numba finds no folder for its cache
            kernel = numba.njit([arguments], nogil=True)(function)
        return kernel  # type: ignore[no-any-return]

    return compile_function


@compiled(READ_CODES, types.int64)
def group_order(codes: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first position of each group and the rows in order of their group."""
    start = np.zeros(groups + 1, np.int64)
    for i in range(codes.size):
        start[codes[i] + 1] += 1
    for g in range(groups):
        start[g + 1] += start[g]
    place = start[:-1].copy()
    order = np.empty(codes.size, np.int64)
    for i in range(codes.size):
        g = codes[i]
        order[place[g]] = i
        place[g] += 1
    return start, order


def rows_of_groups(codes: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what `group_order` does; the rows are empty where they are in order."""
    if bool((codes[1:] >= codes[:-1]).all()):
        size = np.bincount(codes, minlength=groups)
        return np.concatenate([[0], np.cumsum(size)]), np.empty(0, dtype="int64")
    start, order = group_order(codes, groups)
    return start, order


@compiled(READ_MATRIX, READ_VECTOR, READ_CODES, READ_CODES, READ_LEVELS, types.int64)
def normal_equations(
    columns: np.ndarray,
    weights: np.ndarray,
    start: np.ndarray,
    order: np.ndarray,
    levels: np.ndarray,
    q: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return D'MD, D'MX and the largest size of X, M taking out group means.

    ``order`` is empty where rows are in order of their group; ``weights`` is empty for
    weights of one. D are the q dummies, row i having ones in ``levels[i]``. Sums go
    through partial sums of 512 groups, so that rounding does not build up.
    """
    p = columns.shape[1]
    several = levels.shape[1]
    gram, part = np.zeros((q, q)), np.zeros((q, q))
    right, part_right = np.zeros((q, p)), np.zeros((q, p))
    largest = np.zeros(p)
    mean = np.empty(p)
    share = np.zeros(q)
    touched = np.empty(q, np.int64)
    for g in range(start.size - 1):
        total = 0.0
        mean[:] = 0.0
        count = 0
        for at in range(start[g], start[g + 1]):
            i = order[at] if order.size else at
            w = weights[i] if weights.size else 1.0
            total += w
            for j in range(p):
                x = columns[i, j]
                mean[j] += w * x
                largest[j] = max(largest[j], abs(x))
            for a in range(several):
                t = levels[i, a]
                if share[t] == 0.0:
                    touched[count] = t
                    count += 1
                share[t] += w
        for j in range(p):
            mean[j] /= total
        for at in range(start[g], start[g + 1]):
            i = order[at] if order.size else at
            w = weights[i] if weights.size else 1.0
            for a in range(several):
                t = levels[i, a]
                for j in range(p):
                    part_right[t, j] += w * (columns[i, j] - mean[j])
                for b in range(several):
                    part[t, levels[i, b]] += w
        for a in range(count):
            t = touched[a]
            s = share[t] / total
            for b in range(count):
                part[t, touched[b]] -= s * share[touched[b]]
        for a in range(count):
            share[touched[a]] = 0.0
        if g % 512 == 511 or g == start.size - 2:
            gram += part
            right += part_right
            part[:] = 0.0
            part_right[:] = 0.0
    return gram, right, largest


@compiled(
    READ_MATRIX,
    READ_VECTOR,
    READ_CODES,
    READ_CODES,
    READ_LEVELS,
    READ_MATRIX,
    READ_CODES,
    types.int64,
    MATRIX,
    CELLS,
)
def take_out(
    columns: np.ndarray,
    weights: np.ndarray,
    start: np.ndarray,
    order: np.ndarray,
    levels: np.ndarray,
    effects: np.ndarray,
    cluster: np.ndarray,
    carried: int,
    out: np.ndarray,
    cells: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Write columns less ``effects`` of their levels and group means to ``out``.

    With cells of shape (G, c, c), c = p or p + q, each group's cross-products are added
    to those of ``cluster[group]``; the dummies follow the columns where ``carried``.
    ``out`` and ``cells`` may be empty, to be left out.

    Returns
    -------
    left : numpy.ndarray
        float64, shape (q, p): what the levels still sum to.
    squares : numpy.ndarray
        float64, shape (p,): weighted squares of what is left.
    """
    p = columns.shape[1]
    q = effects.shape[0]
    several = levels.shape[1]
    left = np.zeros((q, p))
    squares = np.zeros(p)
    widest = 0
    for g in range(start.size - 1):
        widest = max(widest, start[g + 1] - start[g])
    block = np.empty((widest, p))
    mean = np.empty(p)
    share = np.zeros(q)
    touched = np.empty(q, np.int64)
    for g in range(start.size - 1):
        first, rows = start[g], start[g + 1] - start[g]
        total = 0.0
        mean[:] = 0.0
        for r in range(rows):
            i = order[first + r] if order.size else first + r
            w = weights[i] if weights.size else 1.0
            total += w
            for j in range(p):
                block[r, j] = columns[i, j]
            for a in range(several):
                t = levels[i, a]
                for j in range(p):
                    block[r, j] -= effects[t, j]
            for j in range(p):
                mean[j] += w * block[r, j]
        for j in range(p):
            mean[j] /= total
        for r in range(rows):
            i = order[first + r] if order.size else first + r
            w = weights[i] if weights.size else 1.0
            for j in range(p):
                block[r, j] -= mean[j]
            for a in range(several):
                t = levels[i, a]
                for j in range(p):
                    left[t, j] += w * block[r, j]
            for j in range(p):
                squares[j] += w * block[r, j] * block[r, j]
            if out.size:
                for j in range(p):
                    out[i, j] = block[r, j]
        if not cells.size:
            continue
        cell = cells[cluster[g]]
        for r in range(rows):
            i = order[first + r] if order.size else first + r
            w = weights[i] if weights.size else 1.0
            for j in range(p):
                x = w * block[r, j]
                for k in range(j, p):
                    cell[j, k] += x * block[r, k]
        if carried:
            count = 0
            for r in range(rows):
                i = order[first + r] if order.size else first + r
                w = weights[i] if weights.size else 1.0
                for a in range(several):
                    t = levels[i, a]
                    if share[t] == 0.0:
                        touched[count] = t
                        count += 1
                    share[t] += w
                    for j in range(p):
                        cell[j, p + t] += w * block[r, j]
                    for b in range(several):
                        cell[p + t, p + levels[i, b]] += w
            for a in range(count):
                t = touched[a]
                s = share[t] / total
                for b in range(count):
                    cell[p + t, p + touched[b]] -= s * share[touched[b]]
            for a in range(count):
                share[touched[a]] = 0.0
    # what is below the diagonal of a cell mirrors what is above it
    for g in range(cells.shape[0]):
        for j in range(cells.shape[1]):
            for k in range(j):
                cells[g, j, k] = cells[g, k, j]
    return left, squares


@compiled(READ_VECTOR, READ_CODES, READ_CODES, READ_LEVELS, READ_MATRIX)
def reduced_product(
    weights: np.ndarray,
    start: np.ndarray,
    order: np.ndarray,
    levels: np.ndarray,
    vectors: np.ndarray,
) -> np.ndarray:
    """Return D'MD times vectors of shape (q, p); arguments as `normal_equations`."""
    p = vectors.shape[1]
    several = levels.shape[1]
    image = np.zeros(vectors.shape)
    widest = 0
    for g in range(start.size - 1):
        widest = max(widest, start[g + 1] - start[g])
    block = np.empty((widest, p))
    mean = np.empty(p)
    for g in range(start.size - 1):
        first, rows = start[g], start[g + 1] - start[g]
        total = 0.0
        mean[:] = 0.0
        for r in range(rows):
            i = order[first + r] if order.size else first + r
            w = weights[i] if weights.size else 1.0
            total += w
            for j in range(p):
                block[r, j] = 0.0
                for a in range(several):
                    block[r, j] += vectors[levels[i, a], j]
                mean[j] += w * block[r, j]
        for j in range(p):
            mean[j] /= total
        for r in range(rows):
            i = order[first + r] if order.size else first + r
            w = weights[i] if weights.size else 1.0
            for j in range(p):
                x = w * (block[r, j] - mean[j])
                for a in range(several):
                    image[levels[i, a], j] += x
    return image


@compiled(READ_CODES, READ_CODES, types.int64)
def connected_parts(one: np.ndarray, other: np.ndarray, vertices: int) -> int:
    """Return the connected parts of a graph whose edges join ``one`` and ``other``."""
    above = np.arange(vertices)
    parts = vertices
    for i in range(one.size):
        a, b = one[i], other[i]
        while above[a] != a:
            above[a] = above[above[a]]
            a = above[a]
        while above[b] != b:
            above[b] = above[above[b]]
            b = above[b]
        if a != b:
            above[max(a, b)] = min(a, b)
            parts -= 1
    return parts


@compiled(READ_MATRIX, READ_VECTOR, READ_CODES, CELLS)
def add_cells(
    columns: np.ndarray, weights: np.ndarray, codes: np.ndarray, cells: np.ndarray
) -> None:
    """Add each row's cross-products to the cell of its code."""
    p = columns.shape[1]
    for i in range(columns.shape[0]):
        w = weights[i] if weights.size else 1.0
        cell = cells[codes[i]]
        for j in range(p):
            x = w * columns[i, j]
            for k in range(j, p):
                cell[j, k] += x * columns[i, k]
    for g in range(cells.shape[0]):
        for j in range(p):
            for k in range(j):
                cells[g, j, k] = cells[g, k, j]
