"""Codes of effects -> groups and dummies, their rank, and what both solvers need.

References
----------
Abowd, Creecy and Kramarz (2002), Computing person and firm effects using linked
longitudinal employer-employee data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import linalg, sparse

MOST_DENSE = 3000
"""Dummies beyond those of the largest effect that are solved for densely."""

COMPILE_FROM = 200_000
"""Cells (rows by columns) from which compiled kernels repay their loading."""

TOLERANCE = 1e-12
"""Mean that a level may keep, relative to the column's spread within effects."""

ROUNDING = 64 * np.finfo(float).eps
"""The same, relative to the column's size: less cannot be reached."""

MOST_SWEEPS = 4
RANK = 1e-10


class ConvergenceError(ArithmeticError):
    """Fixed effects could not be taken out to the tolerance."""


class Blocks(NamedTuple):
    """Rows by the groups of the largest effect, and the other effects' dummies.

    Parameters
    ----------
    codes
        int64, shape (n,): the group of each row, 0 to groups - 1, none empty.
    groups
        Number of groups.
    levels
        int64, shape (n, e - 1): the dummies of each row, 0 to q - 1, none empty.
    labels
        int64, shape (q, 2): the effect (its column) and code behind each dummy.
    main
        The column of ``effects`` that the groups come from; -1 without effects.
    """

    codes: np.ndarray
    groups: int
    levels: np.ndarray
    labels: np.ndarray
    main: int


@dataclass(frozen=True)
class Absorbed:
    """Columns without their effects.

    Parameters
    ----------
    columns
        float64, shape (n, p).
    effects
        float64, shape (q, p): what was subtracted per level of the smaller effects.
    rank
        Parameters that the effects use: the rank of all their dummies.
    left
        Largest weighted mean left in a level, in standard deviations of the column
        within effects (0 to machine precision where solved exactly).
    steps
        Sweeps of the exact solver, or steps of conjugate gradients.
    method
        ``means``, ``exact`` or ``conjugate gradients``.
    """

    columns: np.ndarray
    effects: np.ndarray
    rank: int
    left: float
    steps: int
    method: str


def dense_codes(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return codes numbered from 0 without gaps, and the original code of each."""
    codes = np.asarray(codes)
    if codes.dtype.kind != "i":
        raise TypeError("effects and clusters are integer codes")
    codes = codes.astype("int64", copy=False)
    if not len(codes):
        return codes, codes
    low, high = int(codes.min()), int(codes.max())
    if low < 0 or high > 10 * len(codes) + 1000:
        labels, numbered = np.unique(codes, return_inverse=True)
        return numbered, labels
    present = np.bincount(codes, minlength=high + 1) > 0
    if present.all():
        return codes, np.arange(high + 1)
    return (np.cumsum(present) - 1)[codes], np.flatnonzero(present)


def blocks(effects: np.ndarray, main: int | None = None) -> Blocks:
    """Choose the effect to take out by means and number the dummies of the others.

    Parameters
    ----------
    effects
        Integer codes, shape (n, e); without effects the constant is one.
    main
        The column to take out by means; by default the one with most groups.
    """
    n, several = effects.shape
    if not several:
        nothing = np.empty((n, 0), dtype="int64")
        return Blocks(np.zeros(n, "int64"), 1, nothing, np.empty((0, 2), "int64"), -1)
    numbered = [dense_codes(effects[:, e]) for e in range(several)]
    counts = [len(labels) for _, labels in numbered]
    main = int(np.argmax(counts)) if main is None else main
    levels, labels, first = [], [], 0
    for e, (codes, own) in enumerate(numbered):
        if e == main:
            continue
        levels.append(codes + first)
        labels.append(np.column_stack([np.full(len(own), e), own]))
        first += len(own)
    return Blocks(
        codes=numbered[main][0],
        groups=counts[main],
        levels=(np.column_stack(levels) if levels else np.empty((n, 0), dtype="int64")),
        labels=np.concatenate(labels) if labels else np.empty((0, 2), dtype="int64"),
        main=main,
    )


def checked(
    columns: np.ndarray, weights: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return columns as float64 and weights, empty for ones."""
    columns = np.asarray(columns, dtype="float64")
    if weights is None:
        return columns, np.empty(0)
    weights = np.ascontiguousarray(weights, dtype="float64")
    if weights.shape != (len(columns),) or not (weights > 0).all():
        raise ValueError("weights are one positive number a row")
    return columns, weights


def incidence(parts: Blocks) -> sparse.csr_array:
    """Return the dummies as a sparse matrix, shape (n, q)."""
    n, several = parts.levels.shape
    index = np.arange(0, n * several + 1, several)
    shape = (n, len(parts.labels))
    return sparse.csr_array((np.ones(n * several), parts.levels.ravel(), index), shape)


def joint_sizes(parts: Blocks, w: np.ndarray) -> sparse.csr_array:
    """Return weights by group and level, shape (groups, q)."""
    several = parts.levels.shape[1]
    rows, levels = np.repeat(parts.codes, several), parts.levels.ravel()
    shape = (parts.groups, len(parts.labels))
    return sparse.coo_array((np.repeat(w, several), (rows, levels)), shape).tocsr()


def level_sizes(parts: Blocks, weight: np.ndarray) -> np.ndarray:
    """Return the weight of each level, shape (q,); no weights are weights of one."""
    q, several = len(parts.labels), parts.levels.shape[1]
    repeated = np.repeat(weight, several) if weight.size else None
    return np.bincount(parts.levels.ravel(), repeated, q).astype("float64")


def progress(
    largest: np.ndarray,
    sums: np.ndarray,
    sizes: np.ndarray,
    squares: np.ndarray,
    total: float,
) -> tuple[float, bool]:
    """Return the largest mean left over the spread within, and whether that will do."""
    spread = np.sqrt(squares / total)
    means = np.abs(sums / sizes[:, None]).max(axis=0, initial=0.0)
    varied = spread > ROUNDING * largest
    left = float((means[varied] / spread[varied]).max(initial=0.0))
    return left, bool((means <= TOLERANCE * spread + ROUNDING * largest).all())


def raise_unconverged(left: float) -> None:
    """Say what is left of the effects."""
    raise ConvergenceError(
        f"fixed effects leave a mean of {left:.3g} standard deviations in a level "
        f"(tolerance {TOLERANCE:g}): columns of very different size within and between "
        "groups lose it; subtract a constant from them or rescale"
    )


@dataclass(frozen=True)
class Semidefinite:
    """A factored positive semidefinite matrix.

    Parameters
    ----------
    factor
        Upper Cholesky factor of the scaled matrix at the pivots, shape (rank, rank).
    pivots
        Independent rows, shape (rank,).
    scale
        Square root of the diagonal, shape (q,).
    """

    factor: np.ndarray
    pivots: np.ndarray
    scale: np.ndarray

    @property
    def rank(self) -> int:
        """Return the number of independent rows."""
        return len(self.pivots)

    def solve(self, right: np.ndarray) -> np.ndarray:
        """Return a solution for right-hand sides in its range, shape (q, p)."""
        result = np.zeros_like(right, dtype="float64")
        scaled = right[self.pivots] / self.scale[self.pivots, None]
        solved = linalg.cho_solve((self.factor, False), scaled, check_finite=False)
        result[self.pivots] = solved / self.scale[self.pivots, None]
        return result


def semidefinite(gram: np.ndarray) -> Semidefinite:
    """Factor a positive semidefinite matrix by Cholesky's method with pivoting."""
    scale = np.sqrt(np.maximum(gram.diagonal(), 0.0))
    scale[scale == 0] = 1.0
    factor, order, rank, _ = linalg.lapack.dpstrf(
        gram / np.outer(scale, scale), tol=RANK, lower=0
    )
    pivots = order[:rank] - 1
    return Semidefinite(np.triu(factor[:rank, :rank]), pivots, scale)


def effect_rank(effects: np.ndarray) -> tuple[int, bool]:
    """Return the rank of all dummies of effects, and whether it is exact.

    Of two effects it is their levels less the connected parts of the graph that rows
    draw between them; of more it comes from their normal equations where these are
    solved densely. Beyond, it is an upper bound: each further effect counts its levels
    less the most parts that it has with one of the effects before it.

    Parameters
    ----------
    effects
        Integer codes, shape (n, e).
    """
    several = effects.shape[1]
    if not effects.size:
        return 0, True
    parts = blocks(effects)
    if several > 2 and len(parts.labels) <= MOST_DENSE:
        weight = np.ones(len(effects))
        return parts.groups + reduced(parts, weight).rank, True
    return level_rank(effects)


def level_rank(effects: np.ndarray) -> tuple[int, bool]:
    """Return levels less connected parts of pairs of effects, and if it is exact."""
    numbered = [dense_codes(code) for code in effects.T]
    rank = len(numbered[0][1])
    for e, (code, labels) in enumerate(numbered[1:], start=1):
        parts = [connected(before, code) for before, _ in numbered[:e]]
        rank += len(labels) - max(parts)
    return rank, len(numbered) <= 2


def connected(one: np.ndarray, other: np.ndarray) -> int:
    """Return the connected parts of the graph whose edges are rows' two levels."""
    first, second = int(one.max()) + 1, int(other.max()) + 1
    if len(one) >= COMPILE_FROM:
        from alliance_value.models.engine.kernels import connected_parts

        return int(connected_parts(one, other + first, first + second))
    edges = sparse.coo_array(
        (np.ones(len(one)), (one, other + first)), (first + second,) * 2
    )
    count, _ = sparse.csgraph.connected_components(edges, directed=False)
    return int(count)


def reduced(parts: Blocks, w: np.ndarray) -> Semidefinite:
    """Factor the dummies' cross-products, group means taken out: D'MD."""
    dummies, joint = incidence(parts), joint_sizes(parts, w)
    size = np.bincount(parts.codes, w, parts.groups)
    gram = (dummies.T @ sparse.diags_array(w) @ dummies).toarray()
    gram -= (joint.T @ (joint / size[:, None])).toarray()
    return semidefinite(gram)
