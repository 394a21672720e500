"""Cross-products by cluster -> wild cluster bootstrap tests and intervals.

With Z the terms and the dummies carried, s_g = Z_g' u_g the scores of residuals u and
a the row of (Z'Z)^-1 for the coefficient tested, a draw v of one weight per cluster has

    b* - b = a' sum of v_g s_g
    score* of cluster h = v_h a's_h - a'Z_h'Z_h (Z'Z)^-1 sum of v_g s_g

so that all draws are products of the matrix of weights, and no row is touched. Under a
restriction b_j = r the scores are affine in r: the p-value at any r costs one pass over
the draws, and the interval that inverts the test next to nothing.

References
----------
Cameron, Gelbach and Miller (2008), Bootstrap-based improvements for inference with
clustered errors. Roodman, MacKinnon, Nielsen and Webb (2019), Fast and wild. Webb
(2023), Reworking wild bootstrap-based inference for clustered errors.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from alliance_value.models.engine.blocks import semidefinite
from alliance_value.models.engine.grams import Grams
from alliance_value.models.engine.regress import Regression, correction
from alliance_value.vocabulary.entries import inference

Weights = Literal["rademacher", "webb"]

POINTS: dict[str, np.ndarray] = {
    "rademacher": np.array([-1.0, 1.0]),
    "webb": np.array([-1.0, 1.0])[:, None].ravel().repeat(3)
    * np.sqrt(np.tile([0.5, 1.0, 1.5], 2)),
}
FEW = 100
"""Clusters up to which the bootstrap's scores are computed one by one."""

TIE = 1e-9
NEVER = 1e-14
BLOCK_BYTES = 2**25


@dataclass(frozen=True)
class WildBootstrap:
    """A test of one coefficient and the interval that inverts it.

    Parameters
    ----------
    term, null
        What was tested, and the value.
    t
        The coefficient less the null over its clustered standard error.
    p
        Two-sided: the share of draws whose |t| is at least as large. The sample itself
        counts as a draw, so that p is never 0.
    ci_low, ci_high
        Values not rejected; infinite where no value is rejected on that side.
    draws
        Draws made, or all there are where ``enumerated``.
    """

    term: str
    null: float
    t: float
    p: float
    ci_low: float
    ci_high: float
    draws: int
    enumerated: bool
    weights: Weights


@inference(
    "wild cluster bootstrap",
    words="The null imposed, weights of residuals drawn by cluster; the interval "
    "inverts the test.",
    source="Cameron, Gelbach and Miller (2008); Roodman and others (2019)",
)
def wild_bootstrap(
    grams: Grams,
    regression: Regression,
    term: str,
    *,
    null: float = 0.0,
    draws: int = 9999,
    weights: Weights = "rademacher",
    confidence: float = 0.95,
    seed: int = 0,
    counted: int = 0,
) -> WildBootstrap:
    """Test a coefficient by the wild cluster bootstrap, the null imposed.

    Parameters
    ----------
    grams
        Cross-products with their dummies (``exact``).
    regression
        The specification.
    term
        The coefficient's term.
    null
        Its value under the null hypothesis.
    draws
        Draws; all 2^G (Webb: 6^G) are taken instead where they are no more.
    weights
        Rademacher's two points, or Webb's six for few clusters.
    confidence
        Of the interval.
    seed
        Draws are the same for any memory and number of cores.
    counted
        Parameters of effects that the correction of standard errors counts.
    """
    if not grams.exact:
        raise ValueError("reweighting clusters is not exact: carry the dummies")
    if weights not in POINTS:
        raise ValueError(f"weights are one of {', '.join(POINTS)}, not '{weights}'")
    j = regression.terms.index(term)
    estimate = float(regression.coefficients[j])
    factor = correction(grams.n, len(regression.terms), regression.clusters, counted)
    inner = regression.scores @ regression.bread[j]
    error = float(np.sqrt(factor * inner @ inner))
    t = (estimate - null) / error
    count = len(grams.cells)
    points = len(POINTS[weights])
    enumerated = count * np.log(points) <= np.log(draws + 1)
    number = points**count if enumerated else draws
    source = partial(enumerate_weights if enumerated else draw_weights, weights)
    base, slope = residual_scores(grams, regression, j)
    moments = bootstrap_moments(
        grams, regression, j, base, slope, source(count, number, seed)
    )

    def statistics(r: float) -> np.ndarray:
        """Return |t*| of all draws under b_j = r."""
        move = r - estimate
        top = moments.top[0] + move * moments.top[1]
        m = moments.squares
        square = m[0] + move * (m[1] + move * m[2])
        size = moments.size[0] + move * (moments.size[1] + move * moments.size[2])
        never = square <= NEVER * np.abs(size)
        bottom = np.sqrt(factor * np.where(never, 1.0, square))
        return np.asarray(np.where(never, np.inf, np.abs(top) / bottom))

    def p_value(r: float) -> float:
        at_least = abs(estimate - r) / error * (1 - TIE)
        extreme = int((statistics(r) >= at_least).sum())
        return extreme / number if enumerated else (1 + extreme) / (1 + number)

    alpha = 1 - confidence
    low = invert(p_value, estimate, -error, alpha)
    high = invert(p_value, estimate, error, alpha)
    return WildBootstrap(
        term=term,
        null=null,
        t=t,
        p=p_value(null),
        ci_low=float(low),
        ci_high=float(high),
        draws=number,
        enumerated=bool(enumerated),
        weights=weights,
    )


def residual_scores(
    grams: Grams, regression: Regression, j: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return scores Z_g'u_g at b_j = estimate and what a unit of b_j adds to them.

    Returns
    -------
    base, slope
        float64, shape (G, k + q).
    """
    place = regression.place
    whole = np.concatenate([place, np.arange(grams.p, grams.cells.shape[1])])
    base = np.empty((len(grams.cells), len(whole)))
    slope = np.empty_like(base)
    # moving b_j by one moves the other coefficients along the bread's column j
    direction = regression.bread[:, j] / regression.bread[j, j]
    for first in range(0, len(base), 4096):
        cells = grams.cells[first : first + 4096, whole]
        terms = cells[:, :, place]
        base[first : first + 4096] = (
            cells[:, :, regression.outcome] - terms @ regression.coefficients
        )
        slope[first : first + 4096] = -(terms @ direction)
    return base, slope


@dataclass(frozen=True)
class Moments:
    """What every draw contributes, as polynomials in the hypothesized value.

    Parameters
    ----------
    top
        float64, shape (2, B): b* - b.
    squares
        float64, shape (3, B): sum of squared scores*, before the correction.
    size
        float64, shape (3,): their size, for telling rounding from zero.
    """

    top: np.ndarray
    squares: np.ndarray
    size: np.ndarray


def bootstrap_moments(
    grams: Grams,
    regression: Regression,
    j: int,
    base: np.ndarray,
    slope: np.ndarray,
    weights: Iterator[np.ndarray],
) -> Moments:
    """Turn weights into the numerators and denominators of t statistics.

    Parameters
    ----------
    base, slope
        Scores by cluster, shape (G, m) each.
    weights
        Blocks of draws, shape (b, G).
    """
    k = len(regression.place)
    q = grams.cells.shape[1] - grams.p
    whole = np.concatenate([regression.place, np.arange(grams.p, grams.p + q)])
    a = regression.bread[j]
    reach = np.concatenate(
        [
            np.einsum(
                "k,gkm->gm", a, grams.cells[f : f + 4096][:, whole[:k]][:, :, whole]
            )
            for f in range(0, len(grams.cells), 4096)
        ]
    )
    inverse = np.zeros((k + q, k + q))
    inverse[:k, :k] = regression.bread
    if q:
        across = grams.cells[:, grams.p :, grams.p :].sum(axis=0)
        inverse[k:, k:] = semidefinite(across).solve(np.eye(q))
    steps = [base @ inverse, slope @ inverse] if slope.any() else [base @ inverse]
    heights = [s[:, :k] @ a for s in (base, slope)][: len(steps)]
    few = len(grams.cells) <= FEW
    product = reach.T @ reach
    top, squares = [], []
    for v in weights:
        moves = [v @ s for s in steps]  # (Z'Z)^-1 times the draw's score
        if few:
            own = [v * h - m @ reach.T for h, m in zip(heights, moves, strict=True)]
            inner = [[(x * y).sum(axis=1) for y in own] for x in own]
        else:
            inner = expanded(v, heights, moves, reach, product)
        top.append(np.array([m[:, j] for m in moves]))
        squares.append(
            np.array([inner[0][0], 2 * inner[0][1], inner[1][1]])
            if len(steps) == 2
            else np.array([inner[0][0]])
        )
    size = [heights[0] @ heights[0]]
    if len(steps) == 2:
        size += [2 * heights[0] @ heights[1], heights[1] @ heights[1]]
    return Moments(
        top=padded(np.concatenate(top, axis=1), 2),
        squares=padded(np.concatenate(squares, axis=1), 3),
        size=padded(np.array(size)[:, None], 3)[:, 0],
    )


def expanded(
    v: np.ndarray,
    heights: list[np.ndarray],
    moves: list[np.ndarray],
    reach: np.ndarray,
    product: np.ndarray,
) -> list[list[np.ndarray]]:
    """Return inner products of scores* without forming them, (number of scores)^2 of b.

    sum over h of (v_h x_h - m'q_h)(v_h y_h - n'q_h), multiplied out.
    """
    rademacher = bool((np.abs(v[:1]) == 1).all())
    tilted = [v @ (h[:, None] * reach) for h in heights]
    result: list[list[np.ndarray]] = []
    for x, m, mixed in zip(heights, moves, tilted, strict=True):
        row = []
        for y, n, other in zip(heights, moves, tilted, strict=True):
            own = np.full(len(v), x @ y) if rademacher else v**2 @ (x * y)
            cross = (m * other).sum(axis=1) + (n * mixed).sum(axis=1)
            row.append(own - cross + ((m @ product) * n).sum(axis=1))
        result.append(row)
    return result


def padded(values: np.ndarray, rows: int) -> np.ndarray:
    """Return values with rows of zeros added."""
    missing = np.zeros((rows - len(values), *values.shape[1:]))
    return np.concatenate([values, missing])


def partial(
    source: Callable[[Weights, int, int, int], Iterator[np.ndarray]], weights: Weights
) -> Callable[[int, int, int], Iterator[np.ndarray]]:
    """Bind the kind of weights."""
    return lambda count, draws, seed: source(weights, count, draws, seed)


def draw_weights(
    weights: Weights, count: int, draws: int, seed: int
) -> Iterator[np.ndarray]:
    """Yield blocks of draws, shape (b, count); the stream does not depend on blocks."""
    generator = np.random.default_rng(seed)
    step = max(1, BLOCK_BYTES // (8 * count))
    for first in range(0, draws, step):
        size = min(step, draws - first)
        if weights == "rademacher":
            words = -(-count // 64)
            raw = generator.integers(0, 2**64, (size, words), dtype=np.uint64)
            bits = np.unpackbits(raw.astype("<u8").view(np.uint8), axis=1)[:, :count]
            signs = bits.astype("float64")
            signs *= 2.0
            signs -= 1.0
            yield signs
        else:
            yield POINTS["webb"][generator.integers(0, 6, (size, count))]


def enumerate_weights(
    weights: Weights, count: int, draws: int, seed: int
) -> Iterator[np.ndarray]:
    """Yield every combination of weights, in blocks; draws and seed do not matter."""
    step = max(1, BLOCK_BYTES // (8 * count))
    every = itertools.product(POINTS[weights].tolist(), repeat=count)
    while block := list(itertools.islice(every, step)):
        yield np.array(block)


def invert(
    p_value: Callable[[float], float], estimate: float, step: float, alpha: float
) -> float:
    """Return where the test ends to accept on one side of the estimate.

    The p-value is followed outwards in steps of an eighth of a standard error, up to
    two, then twice as far each time; the first crossing is bisected. It is infinite
    where nothing is rejected within a million standard errors.
    """
    inside, reach = 0.0, 0.125
    while p_value(estimate + reach * step) > alpha:
        inside = reach
        reach = reach + 0.125 if reach < 2 else reach * 1.25
        if reach > 1e6:
            return float(np.copysign(np.inf, step))
    outside = reach
    for _ in range(60):
        middle = (inside + outside) / 2
        if p_value(estimate + middle * step) > alpha:
            inside = middle
        else:
            outside = middle
        if outside - inside <= 1e-10 * outside:
            break
    return estimate + outside * step
