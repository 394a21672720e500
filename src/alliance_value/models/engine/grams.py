"""Columns, effects and clusters -> one matrix of cross-products per cluster.

With columns W and the dummies D of effects that reach across clusters (years, say),
effects within clusters (firms) being out of both, all that least squares needs is in
``sum over g of [W_g, D_g]' [W_g, D_g]``; and since the dummies are kept as columns,
what is true of the whole sample is true of any part of it: clusters may be left out,
weighted, or come from different machines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from alliance_value.models.engine.absorb import by_matrices, demean
from alliance_value.models.engine.blocks import (
    COMPILE_FROM,
    MOST_DENSE,
    Blocks,
    blocks,
    checked,
    dense_codes,
    incidence,
    semidefinite,
)

MOST_BYTES = 2**28
"""Memory that cells with dummies may take."""

MOST_CARRIED = 500
"""Dummies that are carried along with the columns."""


@dataclass(frozen=True)
class Grams:
    """Cross-products by cluster, and what small-sample corrections need to know.

    Parameters
    ----------
    names
        The p columns: outcomes and candidate regressors.
    levels
        int64, shape (q, 2): effect and code of each dummy carried as a column.
    clusters
        int64, shape (G,): label of each cluster, increasing.
    cells
        float64, shape (G, p + q, p + q). Named columns are orthogonal to the dummies in
        the sum over clusters: their block is that of columns without any effect.
    offset
        float64, shape (q, p): what was subtracted per dummy to make them so.
    rows
        int64, shape (G,): rows by cluster.
    groups
        int64, shape (G,): groups, by cluster, of the effect taken out by means.
    rank
        Parameters that the effects use in the whole sample.
    exact
        Whether clusters may be left out or reweighted: every effect that reaches across
        clusters is carried.
    """

    names: tuple[str, ...]
    levels: np.ndarray
    clusters: np.ndarray
    cells: np.ndarray
    offset: np.ndarray
    rows: np.ndarray
    groups: np.ndarray
    rank: int
    exact: bool

    @property
    def n(self) -> int:
        """Return the number of rows."""
        return int(self.rows.sum())

    @property
    def p(self) -> int:
        """Return the number of named columns."""
        return len(self.names)

    def index(self, names: Iterable[str]) -> np.ndarray:
        """Return the positions of columns by name."""
        place = {name: j for j, name in enumerate(self.names)}
        return np.array([place[name] for name in names], dtype="int64")


def cross_products(
    columns: np.ndarray,
    names: Sequence[str],
    effects: np.ndarray,
    clusters: np.ndarray,
    weights: np.ndarray | None = None,
    carry: bool | None = None,
) -> Grams:
    """Take effects out of columns and keep their cross-products by cluster.

    Parameters
    ----------
    columns
        float64, shape (n, p), without missing values.
    names
        The p names.
    effects
        Integer codes, shape (n, e); none for pooled models, which centre.
    clusters
        Integer codes, shape (n,).
    weights
        float64, shape (n,), positive; by default all one.
    carry
        Whether to keep dummies of effects that reach across clusters as columns, so
        that clusters can be left out; by default where their number and memory allow.
    """
    columns, weight = checked(columns, weights)
    if columns.shape != (len(effects), len(names)):
        raise ValueError(f"{columns.shape} columns, {len(names)} names")
    codes, labels = dense_codes(clusters)
    n, p = columns.shape
    main = nested_effect(effects, codes)
    parts = blocks(effects, main) if main is not None else every_dummy(effects)
    q = len(parts.labels)
    rows = np.bincount(codes, minlength=len(labels))
    if carry is None:
        needed = len(labels) * (p + q) ** 2 + (n * (p + q) if main is None else 0)
        carry = 8 * needed <= MOST_BYTES and q <= MOST_CARRIED
    cluster = np.empty(0, dtype="int64")
    if main is not None:
        cluster = np.empty(parts.groups, dtype="int64")
        cluster[parts.codes] = codes
    groups = np.bincount(cluster, minlength=len(labels))
    if not carry and (main is None or q > MOST_DENSE):
        out = demean(columns, effects, weights)
        return Grams(
            names=tuple(names),
            levels=np.empty((0, 2), dtype="int64"),
            clusters=labels,
            cells=cells_by_rows(out.columns, weight, codes, len(labels)),
            offset=np.empty((0, p)),
            rows=rows,
            groups=groups,
            rank=out.rank,
            exact=False,
        )
    if main is None:
        cells, offset, rank = dummy_cells(columns, parts, weight, codes, len(labels))
        return Grams(
            names=tuple(names),
            levels=parts.labels,
            clusters=labels,
            cells=cells,
            offset=offset,
            rows=rows,
            groups=groups,
            rank=rank,
            exact=True,
        )
    if columns.size >= COMPILE_FROM:
        from alliance_value.models.engine.compiled import sweep_rows

        swept = sweep_rows(
            columns, parts, weight, (cluster, len(labels)), carry=carry, keep=False
        )
        cells, out = swept.cells, swept.absorbed
    else:
        out = by_matrices(columns, parts, weight)
        w = weight if weight.size else np.ones(len(columns))
        wide = out.columns
        if q and carry:
            dummies = incidence(parts).toarray()
            size = np.bincount(parts.codes, w, parts.groups)
            held = np.zeros((parts.groups, q))
            np.add.at(held, parts.codes, w[:, None] * dummies)
            wide = np.hstack([wide, dummies - (held / size[:, None])[parts.codes]])
        cells = cells_by_rows(wide, weight, codes, len(labels))
    held_back = bool(q) and not carry
    return Grams(
        names=tuple(names),
        levels=parts.labels[:0] if held_back else parts.labels,
        clusters=labels,
        cells=cells,
        offset=out.effects[:0] if held_back else out.effects,
        rows=rows,
        groups=groups,
        rank=out.rank,
        exact=not held_back,
    )


def nested_effect(effects: np.ndarray, clusters: np.ndarray) -> int | None:
    """Return the effect with most groups among those within clusters, if any is."""
    best: tuple[int, int] | None = None
    for e in range(effects.shape[1]):
        codes, labels = dense_codes(effects[:, e])
        if best and best[0] >= len(labels):
            continue
        home = np.empty(len(labels), dtype="int64")
        home[codes] = clusters
        if (home[codes] == clusters).all():
            best = (len(labels), e)
    return best[1] if best else None


def every_dummy(effects: np.ndarray) -> Blocks:
    """Return all effects as dummies; without effects, the constant."""
    nothing = np.zeros((len(effects), 1), dtype="int64")
    if not effects.shape[1]:
        label = np.array([[-1, 0]], dtype="int64")
        return Blocks(nothing[:, 0], 1, nothing, label, -1)
    parts = blocks(np.hstack([nothing, effects]), 0)
    return parts._replace(labels=parts.labels - [1, 0], main=-1)


def dummy_cells(
    columns: np.ndarray,
    parts: Blocks,
    weight: np.ndarray,
    codes: np.ndarray,
    groups: int,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return cells where no effect lies within clusters, the offset and the rank."""
    w = (weight if weight.size else np.ones(len(columns)))[:, None]
    sparse_dummies = incidence(parts)
    dummies = sparse_dummies.toarray()
    solver = semidefinite(dummies.T @ (w * dummies))
    left = columns
    offset = np.zeros((dummies.shape[1], columns.shape[1]))
    for _ in range(2):
        change = solver.solve(sparse_dummies.T @ (w * left))
        left, offset = left - sparse_dummies @ change, offset + change
    wide = np.hstack([left, dummies])
    return cells_by_rows(wide, weight, codes, groups), offset, solver.rank


def cells_by_rows(
    columns: np.ndarray, weight: np.ndarray, codes: np.ndarray, groups: int
) -> np.ndarray:
    """Return weighted cross-products by code, shape (groups, c, c)."""
    c = columns.shape[1]
    cells = np.zeros((groups, c, c))
    if columns.size >= COMPILE_FROM:
        from alliance_value.models.engine.kernels import add_cells

        add_cells(columns, weight, codes, cells)
        return cells
    order = np.argsort(codes, kind="stable")
    start = np.searchsorted(codes[order], np.arange(groups + 1))
    heavy = columns * np.sqrt(weight)[:, None] if weight.size else columns
    heavy = heavy[order]
    for g in range(groups):
        part = heavy[start[g] : start[g + 1]]
        cells[g] = part.T @ part
    return cells
