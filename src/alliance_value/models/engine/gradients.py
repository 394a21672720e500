"""Columns and effects of many dummies -> columns without them, by conjugate gradients.

Levels' sizes precondition the normal equations D'MD g = D'MX well where rows join
levels by chance. Where they join them along a chain or in loose clusters, the steps
after ``PATIENCE`` are preconditioned by approximate factors of each effect's own block.

References
----------
Saad, Iterative methods for sparse linear systems, chapters 9 and 10.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from alliance_value.models.engine import elimination, kernels
from alliance_value.models.engine.blocks import (
    MOST_SWEEPS,
    ROUNDING,
    TOLERANCE,
    Absorbed,
    Blocks,
    level_rank,
    level_sizes,
    progress,
    raise_unconverged,
)

PATIENCE = 12
"""Steps that levels' sizes precondition."""

MOST_STEPS = 5000
"""Steps after which it gives up."""

AHEAD = 0.1
"""Part of the mean that a level may keep at which the rows are looked at again."""

ROUNDED = 1e-9
"""Length of a residual, to that before, from which a rise is rounding, not progress."""

LEAST = 1e-13
"""Length of a residual, to that before, beyond which there is nothing but rounding."""

Map = Callable[[np.ndarray], np.ndarray]


def conjugate_gradients(
    columns: np.ndarray, parts: Blocks, weight: np.ndarray
) -> Absorbed:
    """Take effects out iteratively, all columns at once.

    The parameters counted are exact for two effects and an upper bound for more
    (``level_rank``).

    Raises
    ------
    ConvergenceError
        Where a level keeps a mean beyond the tolerance.
    """
    q, p = len(parts.labels), columns.shape[1]
    start, order = kernels.rows_of_groups(parts.codes, parts.groups)
    sizes = level_sizes(parts, weight)
    largest = np.abs(columns).max(axis=0, initial=0.0)
    total = float(weight.sum()) if weight.size else float(len(columns))
    result, effects = np.empty(columns.shape), np.zeros((q, p))
    nowhere, no_cells = np.empty(0, dtype="int64"), np.empty((0, 0, 0))

    def gram(v: np.ndarray) -> np.ndarray:
        return np.asarray(
            kernels.reduced_product(weight, start, order, parts.levels, v)
        )

    def by_sizes(residual: np.ndarray) -> np.ndarray:
        return np.asarray(residual / sizes[:, None])

    def take_out() -> tuple[np.ndarray, np.ndarray, float, bool]:
        left, squares = kernels.take_out(
            columns,
            weight,
            start,
            order,
            parts.levels,
            effects,
            nowhere,
            0,
            result,
            no_cells,
        )
        size = np.maximum(largest, np.abs(effects).max(axis=0))
        goal = AHEAD * (TOLERANCE * np.sqrt(squares / total) + ROUNDING * size)
        return left, goal, *progress(size, left, sizes, squares, total)

    residual, goal, left, done = take_out()
    towards: Map = by_sizes
    steps, most = 0, PATIENCE
    for _ in range(1 + MOST_SWEEPS):
        if done:
            break
        change, taken = descent(gram, towards, residual, sizes, goal, most - steps)
        effects += change
        steps += taken
        residual, goal, left, done = take_out()
        if steps == PATIENCE and not done:
            towards, most = by_blocks(parts, weight, start, order), MOST_STEPS
    if not done:
        raise_unconverged(left)
    rank, _ = level_rank(np.column_stack([parts.codes, parts.levels]))
    return Absorbed(result, effects, rank, left, steps, "conjugate gradients")


def descent(
    gram: Map,
    towards: Map,
    residual: np.ndarray,
    sizes: np.ndarray,
    goal: np.ndarray,
    most: int,
) -> tuple[np.ndarray, int]:
    """Return what solves for a residual, and the steps taken.

    Parameters
    ----------
    gram, towards
        Multiply by the matrix, and approximately by its inverse.
    residual
        float64, shape (q, p).
    sizes, goal
        float64, shapes (q,) and (p,): a column ends where every level's residual over
        its size is at most the goal.
    most
        Steps.
    """
    going = np.ones(residual.shape[1], dtype=bool)
    change = np.zeros_like(residual)
    direction = towards(residual)
    first = power = (residual * direction).sum(axis=0)
    for steps in range(most):
        going &= np.abs(residual / sizes[:, None]).max(axis=0) > goal
        if not going.any():
            return change, steps
        image = gram(direction)
        curve = (direction * image).sum(axis=0)
        rate = ratio_of(power, curve, going)
        change += rate * direction
        residual = residual - rate * image
        ahead = towards(residual)
        after = (residual * ahead).sum(axis=0)
        direction = ahead + ratio_of(after, power, going) * direction
        falls = (after < power) | (after > ROUNDED**2 * first)
        going &= falls & (after > LEAST**2 * first)
        power = after
    return change, most


def ratio_of(one: np.ndarray, other: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return one / other, 0 elsewhere and where other is not positive."""
    safe = where & (other > 0)
    return np.asarray(np.divide(one, other, out=np.zeros_like(one), where=safe))


def by_blocks(
    parts: Blocks, weight: np.ndarray, start: np.ndarray, order: np.ndarray
) -> Map:
    """Return what solves each effect's own equations approximately."""
    factors, bounds = [], [0]
    for a, effect in enumerate(dict.fromkeys(parts.labels[:, 0].tolist())):
        first = bounds[-1]
        q = int((parts.labels[:, 0] == effect).sum())
        levels = parts.levels[:, a] - first
        links = elimination.links_of_groups(weight, start, order, levels)
        factors.append(elimination.eliminated(q, *links))
        bounds.append(first + q)

    def solved(residual: np.ndarray) -> np.ndarray:
        result = residual.copy()
        for factor, first, last in zip(factors, bounds, bounds[1:], strict=False):
            elimination.solve(*factor, result[first:last])
        return result

    return solved
