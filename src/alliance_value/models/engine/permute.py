"""A regressor permuted within or across firms -> randomization p-values.

References
----------
Young (2019), Channeling Fisher: randomization tests and the statistical insignificance
of seemingly significant experimental results. Hess (2017), Randomization inference with
Stata. Phipson and Smyth (2010), Permutation p-values should never be zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from alliance_value.models.engine.absorb import demean
from alliance_value.models.engine.regress import (
    MOST_CONDITION,
    Collinear,
    IllConditioned,
)
from alliance_value.vocabulary.entries import inference

Scheme = Literal["within", "across"]

BLOCK_CELLS = 1_500_000
TIE = 1e-9


@dataclass(frozen=True)
class Randomization:
    """Coefficients of the permuted variable and its products.

    Parameters
    ----------
    coefficients
        float64, shape (J,): as observed.
    p
        float64, shape (J,): (1 + draws at least as large in size) / (1 + draws).
    draws
        Permutations.
    moved
        Share of rows whose value could change place.
    """

    coefficients: np.ndarray
    p: np.ndarray
    draws: int
    moved: float


@inference(
    "randomization",
    words="The variable's values permuted among each of the {entities}' {times}; p is "
    "how often an estimate is as far from zero.",
    source="Young (2019)",
)
def randomize(
    outcome: np.ndarray,
    variable: np.ndarray,
    factors: np.ndarray,
    controls: np.ndarray,
    effects: np.ndarray,
    firms: np.ndarray,
    times: np.ndarray,
    *,
    scheme: Scheme = "within",
    draws: int = 4999,
    seed: int = 0,
) -> Randomization:
    """Test that a variable has no effect on any row by permuting it.

    Parameters
    ----------
    outcome, variable
        float64, shape (n,).
    factors
        float64, shape (n, J): what the variable is multiplied by in each of the J terms
        that it enters: a column of ones for itself, z for its interaction with z. The
        products are made anew from each permutation.
    controls
        float64, shape (n, m): terms that the variable does not enter, main effects of
        of its factors included.
    effects
        Integer codes, shape (n, e).
    firms, times
        Integer codes, shape (n,).
    scheme
        ``within``: values change places among a firm's rows. ``across``: firms that are
        observed in the same years swap their whole series.
    draws, seed
        Number of permutations and seed.

    Raises
    ------
    IllConditioned
        Where terms cannot be told apart as observed.
    """
    order = np.lexsort((times, firms))
    outcome, variable = outcome[order], np.asarray(variable, "float64")[order]
    factors, controls, effects = factors[order], controls[order], effects[order]
    firms, times = firms[order], times[order]
    n, width = factors.shape
    fixed = demean(np.column_stack([controls, outcome]), effects).columns
    basis, triangle = np.linalg.qr(fixed[:, :-1] / lengths(fixed[:, :-1]))
    if controls.shape[1] and np.linalg.cond(triangle) ** 2 > MOST_CONDITION:
        raise IllConditioned("controls are nearly collinear: leave some out")
    target = fixed[:, -1] - basis @ (basis.T @ fixed[:, -1])
    own = factors * variable[:, None]
    observed = coefficients(own[:, None], effects, basis, target)[0]
    if not np.isfinite(observed).all():
        raise Collinear([])
    parts = places(firms, times, scheme)
    moved = sum(p.size for p in parts if p.shape[int(scheme == "within")] > 1) / n
    reached = np.zeros(width, dtype="int64")
    block = max(1, BLOCK_CELLS // (n * width))
    generator = np.random.default_rng(seed)
    for size in sizes(draws, block):
        permuted = permutations(variable, parts, scheme, size, generator)
        estimates = coefficients(
            factors[:, None, :] * permuted[:, :, None], effects, basis, target
        )
        # a permutation under which terms cannot be told apart counts against the test
        large = ~(np.abs(estimates) < np.abs(observed) * (1 - TIE))
        reached += large.sum(axis=0)
    return Randomization(observed, (1 + reached) / (1 + draws), draws, float(moved))


def lengths(columns: np.ndarray) -> np.ndarray:
    """Return the lengths of columns, 1 where they are 0."""
    length = np.sqrt((columns**2).sum(axis=0))
    length[length == 0] = 1.0
    return np.asarray(length)


def sizes(total: int, block: int) -> Iterator[int]:
    """Yield block sizes that add up to the total."""
    for first in range(0, total, block):
        yield min(block, total - first)


def coefficients(
    terms: np.ndarray, effects: np.ndarray, basis: np.ndarray, target: np.ndarray
) -> np.ndarray:
    """Regress the target on each draw's terms, effects and controls out.

    Parameters
    ----------
    terms
        float64, shape (n, b, J).
    basis
        Orthonormal columns that span the controls without effects, shape (n, m).
    target
        The outcome without effects and controls, shape (n,).

    Returns
    -------
    numpy.ndarray
        float64, shape (b, J); infinite where terms cannot be told apart.
    """
    n, b, width = terms.shape
    within = demean(terms.reshape(n, b * width), effects).columns
    right = (target @ within).reshape(b, width)
    shadow = (basis.T @ within).reshape(-1, b, width)
    gram = np.empty((b, width, width))
    cube = within.reshape(n, b, width)
    for i in range(width):
        for j in range(i, width):
            inner = np.einsum("nb,nb->b", cube[:, :, i], cube[:, :, j])
            inner -= np.einsum("mb,mb->b", shadow[:, :, i], shadow[:, :, j])
            gram[:, i, j] = gram[:, j, i] = inner
    scale = np.sqrt(np.maximum(gram.diagonal(axis1=1, axis2=2), 0.0))
    raw = np.sqrt((terms**2).sum(axis=0))
    scale[scale <= 1e-8 * raw] = 0.0
    whole = (scale > 0).all(axis=1)
    scale[~whole] = 1.0
    gram[~whole] = np.eye(width)
    gram /= scale[:, :, None] * scale[:, None, :]
    spectrum = np.linalg.eigvalsh(gram)
    whole &= spectrum[:, -1] <= 1e4 * MOST_CONDITION * spectrum[:, 0]
    gram[~whole] = np.eye(width)
    solution = np.linalg.solve(gram, (right / scale)[:, :, None])[:, :, 0] / scale
    solution[~whole] = np.inf
    return np.asarray(solution)


def places(firms: np.ndarray, times: np.ndarray, scheme: Scheme) -> list[np.ndarray]:
    """Group rows that may exchange values.

    Returns
    -------
    list of numpy.ndarray
        Row numbers, shape (firms, years): firms with as many rows (``within``) or with
        rows in the same years (``across``).
    """
    start = np.flatnonzero(np.concatenate([[True], firms[1:] != firms[:-1]]))
    stop = np.append(start[1:], len(firms))
    alike: dict[object, list[np.ndarray]] = {}
    for first, last in zip(start.tolist(), stop.tolist(), strict=True):
        key = last - first if scheme == "within" else times[first:last].tobytes()
        alike.setdefault(key, []).append(np.arange(first, last))
    return [np.array(rows) for rows in alike.values()]


def permutations(
    variable: np.ndarray,
    parts: list[np.ndarray],
    scheme: Scheme,
    count: int,
    generator: np.random.Generator,
) -> np.ndarray:
    """Return permuted copies of a variable, shape (n, count)."""
    result = np.empty((len(variable), count))
    for rows in parts:
        if scheme == "within":
            copies = np.broadcast_to(variable[rows], (count, *rows.shape)).copy()
            generator.permuted(copies, axis=2, out=copies)
        else:
            firms = np.broadcast_to(np.arange(len(rows)), (count, len(rows))).copy()
            generator.permuted(firms, axis=1, out=firms)
            copies = variable[rows][firms]
        result[rows.ravel()] = copies.reshape(count, -1).T
    return result
