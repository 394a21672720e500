"""Rows that come in batches -> cross-products by cluster, in two passes over them.

For one effect of any size whose groups lie within clusters (firms), and others of few
levels (years). The first pass adds up columns and rows by group and by level: that is
all that the normal equations D'MD g = D'MX of the few dummies need, M taking out group
means. The second takes both out of each row and adds its cross-products to its cluster.
Batches may come in any order, and the rows of a group in any batches.

Memory is that of the sums (``Layout.bytes_needed``), known before any row is read; rows
are never held beyond their batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from alliance_value.models.engine.blocks import (
    MOST_DENSE,
    MOST_SWEEPS,
    Semidefinite,
    progress,
    raise_unconverged,
    semidefinite,
)
from alliance_value.models.engine.grams import Grams

AT_ONCE = 2**14
"""Groups whose counts by level are turned into floating point together."""


class NotInPasses(ArithmeticError):
    """What is asked for cannot be had in passes over the rows, or not in the memory."""


class Batch(NamedTuple):
    """Rows.

    Parameters
    ----------
    columns
        float64, shape (n, p); a row with a value that is not finite is left out.
    groups
        int64, shape (n,): the group of each row, 0 to the number of groups - 1; -1 for
        rows that are left out.
    levels
        int64, shape (n, e): the level of each row in each small effect, numbered
        through all of them.
    """

    columns: np.ndarray
    groups: np.ndarray
    levels: np.ndarray


Pass = Callable[[], Iterator[Batch]]
"""Begins a pass: yields all rows, the same ones each time."""


@dataclass(frozen=True)
class Layout:
    """What the rows' numbers stand for.

    Parameters
    ----------
    names
        The p columns.
    levels
        Number of levels q of the small effects together.
    clusters
        int64, shape (groups,): the cluster of each group, 0 to their number - 1.
    """

    names: tuple[str, ...]
    levels: int
    clusters: np.ndarray

    @property
    def groups(self) -> int:
        """Groups of the large effect."""
        return len(self.clusters)

    @property
    def held(self) -> int:
        """Clusters."""
        return int(self.clusters.max(initial=-1)) + 1

    @property
    def bytes_needed(self) -> int:
        """Memory of the sums, to which that of a batch comes."""
        p, q = len(self.names), self.levels
        every_group = 2 * 8 * p + 4 * (q + 1) + 3 * 8
        some_groups = 8 * min(AT_ONCE, self.groups) * (3 * q + 3 * p * p)
        return (
            self.groups * every_group
            + self.held * 8 * (2 * p * p + 2)  # the regression copies them
            + some_groups
            + 8 * 4 * q * (q + p)
        )


@dataclass(frozen=True)
class Sums:
    """What the first pass adds up.

    Parameters
    ----------
    by_group
        float64, shape (groups, p), of columns less ``shift``.
    joint
        int32, shape (groups, q + 1): rows by group and level, and by group.
    by_level, pairs
        float64, shapes (q, p) and (q, q): sums of columns, and rows by two levels.
    shift
        float64, shape (p,): means of the first batch, so that sums lose no digits.
    largest, squares
        float64, shape (p,): largest size and sum of squares of columns less ``shift``.
    """

    by_group: np.ndarray
    joint: np.ndarray
    by_level: np.ndarray
    pairs: np.ndarray
    shift: np.ndarray
    largest: np.ndarray
    squares: np.ndarray

    @property
    def size(self) -> np.ndarray:
        """Rows by group, shape (groups,); 1 where there is none, to divide by."""
        return np.asarray(np.maximum(self.joint[:, -1], 1))

    def parts(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield some groups, and their rows by level in floating point."""
        for first in range(0, len(self.joint), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            yield some, self.joint[some, :-1].astype("float64")


@dataclass(frozen=True)
class Passed:
    """What passes over the rows leave, rows alone in their group not counted.

    Parameters
    ----------
    grams
        Cross-products by cluster, effects out.
    groups, groups_seen
        Groups that count, and all that have rows.
    levels
        bool, shape (q,): levels with rows that count.
    means, variations
        float64, shape (p,): means of the columns, sums of squares around them.
    alone
        Rows alone in their group.
    largest
        float64, shape (p,): largest size of the columns, which rounding grows with.
    """

    grams: Grams
    groups: int
    groups_seen: int
    levels: np.ndarray
    means: np.ndarray
    variations: np.ndarray
    alone: int
    largest: np.ndarray


def cross_products_in_passes(begin: Pass, layout: Layout, most_bytes: int) -> Passed:
    """Take effects out of rows that come in batches, and keep their cross-products.

    Rows alone in their group tell nothing and are not counted, nor their clusters.

    Parameters
    ----------
    begin
        Begins a pass over the rows.
    layout
        What their numbers stand for.
    most_bytes
        Memory that the sums may take.

    Raises
    ------
    NotInPasses
        The small effects are large, the sums do not fit, or a level has one row.
    ConvergenceError
        Where a level keeps a mean beyond the tolerance.
    """
    check_room(layout, most_bytes)
    sums = added_up(begin, layout)
    several = sums.joint[:, -1] > 1
    check_levels(sums, several)
    solver, right = normal_equations(sums)
    effects = solver.solve(right)
    cells = np.zeros((layout.held, len(layout.names), len(layout.names)))
    sizes = np.maximum(sums.pairs.diagonal(), 1.0)
    for _ in range(MOST_SWEEPS):
        means = group_means(sums, effects)
        left = taken_out(begin, layout, sums.shift, means, effects, cells)
        squares = np.einsum("gjj->j", cells)
        rows = max(float(sums.joint[:, -1].sum()), 1.0)
        worst, done = progress(sums.largest, left, sizes, squares, rows)
        if done:
            break
        effects = effects + solver.solve(left)
    else:
        raise_unconverged(worst)
    groups = np.bincount(layout.clusters[several], minlength=layout.held)
    held = np.bincount(
        layout.clusters[several], sums.joint[several, -1], layout.held
    ).astype("int64")
    kept = groups > 0
    grams = Grams(
        names=layout.names,
        levels=np.empty((0, 2), dtype="int64"),
        clusters=np.flatnonzero(kept),
        cells=cells if kept.all() else cells[kept],
        offset=np.empty((0, len(layout.names))),
        rows=held[kept],
        groups=groups[kept],
        rank=int(several.sum()) + solver.rank,
        exact=False,
    )
    lone = sums.by_group[sums.joint[:, -1] == 1]
    total = sums.by_group.sum(axis=0) - lone.sum(axis=0)
    squares = sums.squares - (lone**2).sum(axis=0)
    n = max(grams.n, 1)
    return Passed(
        grams,
        groups=int(several.sum()),
        groups_seen=int((sums.joint[:, -1] > 0).sum()),
        levels=sums.pairs.diagonal() > sums.joint[~several, :-1].sum(axis=0),
        means=sums.shift + total / n,
        variations=squares - total**2 / n,
        alone=len(lone),
        largest=sums.largest + np.abs(sums.shift),
    )


def check_room(layout: Layout, most_bytes: int) -> None:
    """Stop before any row is read where passes will not do."""
    if layout.levels > MOST_DENSE:
        raise NotInPasses(
            f"the effects beside the largest have {layout.levels:,} levels, more than "
            f"{MOST_DENSE:,}: two large crossed effects need all rows again and again"
        )
    if layout.bytes_needed > most_bytes:
        raise NotInPasses(
            f"sums of {layout.groups:,} groups, {layout.held:,} clusters, "
            f"{layout.levels:,} levels and {len(layout.names)} columns take "
            f"{layout.bytes_needed / 1e6:,.0f} MB, more than {most_bytes / 1e6:,.0f} MB"
        )


def added_up(begin: Pass, layout: Layout) -> Sums:
    """Pass over the rows and add up what the normal equations need."""
    from alliance_value.models.engine.pass_kernels import add_up

    p, q = len(layout.names), layout.levels
    by_group = np.zeros((layout.groups, p))
    joint = np.zeros((layout.groups, q + 1), dtype="int32")
    by_level, pairs = np.zeros((q, p)), np.zeros((q, q))
    shift, largest, squares = np.zeros(p), np.zeros(p), np.zeros(p)
    begun = False
    for batch in begin():
        if not begun:
            used = (batch.groups >= 0) & np.isfinite(batch.columns).all(axis=1)
            begun = bool(used.any())
            shift = batch.columns[used].mean(axis=0) if begun else shift
        some_levels, some_squares = np.zeros((q, p)), np.zeros(p)
        add_up(
            batch.columns,
            shift,
            batch.groups,
            batch.levels,
            by_group,
            joint,
            some_levels,
            pairs,
            largest,
            some_squares,
        )
        squares += some_squares
        by_level += some_levels
    return Sums(by_group, joint, by_level, pairs, shift, largest, squares)


def check_levels(sums: Sums, several: np.ndarray) -> None:
    """Stop where a level has one row among groups of several rows.

    Leaving it out may leave a group with one row, and so on: that takes the rows.
    """
    rows = sums.pairs.diagonal() - sums.joint[~several, :-1].sum(axis=0)
    if alone := int((rows == 1).sum()):
        raise NotInPasses(
            f"{alone} levels of the smaller effects have one row: leave these out"
        )


def normal_equations(sums: Sums) -> tuple[Semidefinite, np.ndarray]:
    """Return D'MD, factored, and D'MX."""
    gram, right = sums.pairs.copy(), sums.by_level.copy()
    for some, joint in sums.parts():
        root = np.sqrt(sums.size[some, None])
        joint /= root
        gram -= joint.T @ joint
        right -= joint.T @ (sums.by_group[some] / root)
    return semidefinite(gram), right


def group_means(sums: Sums, effects: np.ndarray) -> np.ndarray:
    """Return group means of columns less their levels' effects, shape (groups, p)."""
    means = np.empty_like(sums.by_group)
    for some, joint in sums.parts():
        means[some] = (sums.by_group[some] - joint @ effects) / sums.size[some, None]
    return means


def taken_out(
    begin: Pass,
    layout: Layout,
    shift: np.ndarray,
    means: np.ndarray,
    effects: np.ndarray,
    cells: np.ndarray,
) -> np.ndarray:
    """Pass over the rows and fill cells with cross-products of what is left of them.

    Returns
    -------
    numpy.ndarray
        float64, shape (q, p): what the levels still sum to.
    """
    from alliance_value.models.engine.pass_kernels import take_out_of_batch

    left = np.zeros_like(effects)
    cells[:] = 0.0
    for batch in begin():
        some = np.zeros_like(left)
        take_out_of_batch(
            batch.columns,
            shift,
            batch.groups,
            batch.levels,
            means,
            effects,
            layout.clusters,
            cells,
            some,
        )
        left += some
    return left
