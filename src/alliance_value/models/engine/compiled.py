"""Many rows and fixed effects -> columns without them, cross-products, by kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance_value.models.engine import kernels
from alliance_value.models.engine.blocks import (
    MOST_SWEEPS,
    Absorbed,
    Blocks,
    level_sizes,
    progress,
    raise_unconverged,
    semidefinite,
)


@dataclass(frozen=True)
class Swept:
    """What two passes over the rows leave behind.

    Parameters
    ----------
    absorbed
        The columns without effects; shape (0, 0) where they were not wanted.
    cells
        float64, shape (G, c, c): cross-products by cluster, empty where not wanted.
    """

    absorbed: Absorbed
    cells: np.ndarray


def sweep_rows(
    columns: np.ndarray,
    parts: Blocks,
    weight: np.ndarray,
    clusters: tuple[np.ndarray, int] | None = None,
    carry: bool = False,
    keep: bool = True,
) -> Swept:
    """Take effects out in two passes; cross-products by cluster come with the second.

    Parameters
    ----------
    columns
        float64, shape (n, p).
    parts
        Groups and dummies of the effects.
    weight
        float64, shape (n,), empty for ones.
    clusters
        The cluster of each group, shape (groups,), and the number of clusters, where
        cross-products are wanted.
    carry
        Whether dummies are columns of the cross-products.
    keep
        Whether the columns without effects are wanted.
    """
    n, p = columns.shape
    q = len(parts.labels)
    start, order = kernels.rows_of_groups(parts.codes, parts.groups)
    total = float(weight.sum()) if weight.size else float(n)
    effects = np.zeros((q, p))
    rank = parts.groups
    solver, largest = None, np.zeros(p)
    if q:
        gram, right, largest = kernels.normal_equations(
            columns, weight, start, order, parts.levels, q
        )
        solver = semidefinite(gram)
        rank += solver.rank
        effects = solver.solve(right)
    out = np.empty((n, p)) if keep else np.empty((0, 0))
    wide = p + q if carry else p
    number = clusters[1] if clusters else 0
    cluster = clusters[0] if clusters else np.empty(0, dtype="int64")
    sizes = level_sizes(parts, weight)
    for steps in range(1, MOST_SWEEPS + 1):  # noqa: B007
        cells = np.zeros((number, wide, wide))
        left, squares = kernels.take_out(
            columns,
            weight,
            start,
            order,
            parts.levels,
            effects,
            cluster,
            int(carry),
            out,
            cells,
        )
        if solver is None:
            worst = 0.0
            break
        worst, done = progress(largest, left, sizes, squares, total)
        if done:
            break
        effects = effects + solver.solve(left)
    else:
        raise_unconverged(worst)
    method = "exact" if q else "means"
    return Swept(Absorbed(out, effects, rank, worst, steps, method), cells)
