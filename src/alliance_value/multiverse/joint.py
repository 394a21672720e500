"""Statistics of all specifications, as observed and under the null -> joint tests.

References
----------
Simonsohn, Simmons and Nelson (2020), Specification curve analysis, Nature Human
Behaviour 4. Westfall and Young (1993), Resampling-based multiple testing. Romano and
Wolf (2005), Econometrica 73.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

TIE = 1e-9
AVERAGE = "average effect"


@dataclass(frozen=True)
class Judged:
    """The specifications that have an estimate, judged together.

    Parameters
    ----------
    estimates, t
        float64, shape (S,): coefficients, and t by the groups that stay whole.
    df
        float64, shape (S,): of these t.
    plausibility
        float64, shape (S,): weights, which add up to 1.
    drawn, drawn_t
        float64, shape (S, B): the same under the null, one draw a column.
    """

    estimates: np.ndarray
    t: np.ndarray
    df: np.ndarray
    plausibility: np.ndarray
    drawn: np.ndarray
    drawn_t: np.ndarray


def joint_tests(judged: Judged, level: float) -> list[tuple[str, float, float, str]]:
    """Return name, value, p-value and meaning of each statistic of the whole curve.

    Parameters
    ----------
    judged
        The specifications.
    level
        Of significance (decimal).

    Returns
    -------
    list
        The p-value is the share of draws, the sample among them, in which the statistic
        is as far from what the null says; NaN for a count that is no test.
    """
    w = judged.plausibility
    critical = np.asarray(stats.t.isf(level / 2, judged.df))[:, None]
    observed = statistics(judged.estimates[:, None], judged.t[:, None], w, critical)
    null = statistics(judged.drawn, judged.drawn_t, w, critical)
    tests = []
    for name, (value, meaning) in observed.items():
        far, drawn = np.abs(value[0]), np.abs(null[name][0])
        p = float((1 + (drawn >= far * (1 - TIE)).sum()) / (1 + len(drawn)))
        tests.append((name, float(value[0]), p, meaning))
    return tests


def statistics(
    estimates: np.ndarray, t: np.ndarray, w: np.ndarray, critical: np.ndarray
) -> dict[str, tuple[np.ndarray, str]]:
    """Return each statistic of curves, a column each, and what it means.

    Parameters
    ----------
    estimates, t
        float64, shape (S, B).
    w
        Weights, shape (S,).
    critical
        Value of t beyond which an estimate is significant, shape (S, 1).
    """
    positive, negative = w @ (estimates > 0), w @ (estimates < 0)
    above, below = w @ (t > critical), w @ (t < -critical)
    return {
        AVERAGE: (w @ estimates, "the average estimate is as far from zero"),
        "median effect": (
            weighted_medians(estimates, w),
            "the median estimate is as far from zero",
        ),
        "median t": (weighted_medians(t, w), "the median t is as far from zero"),
        "share of one sign": (
            np.maximum(positive, negative),
            "as many estimates have one sign, whichever",
        ),
        "share significant": (above + below, "as many are significant"),
        "share significant and positive": (above, "as many are, and positive"),
        "share significant and negative": (below, "as many are, and negative"),
        "largest t": (
            np.abs(t).max(axis=0),
            "the best of the grid is as far from zero",
        ),
    }


def weighted_medians(values: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the weighted median of each column, shape (B,).

    The middle of the smallest values at which half the weight, and more than half of
    it, is reached; with equal weights the usual median.

    Parameters
    ----------
    values
        float64, shape (S, B).
    w
        Weights that add up to 1, shape (S,).
    """
    if np.ptp(w) == 0:
        return np.asarray(np.median(values, axis=0))
    order = np.argsort(values, axis=0)
    reached = np.cumsum(w[order], axis=0)
    columns = np.arange(values.shape[1])
    low = (reached >= 0.5 - TIE).argmax(axis=0)
    high = (reached > 0.5 + TIE).argmax(axis=0)
    ends = [values[order[at, columns], columns] for at in (low, high)]
    return np.asarray((ends[0] + ends[1]) / 2)


def as_normal(t: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Return the size of the normal deviate with about the p-value of a t, any shape.

    It grows with the size of t at any df, so that the smallest p of several t with
    different df is where it is largest (Wallace 1959).
    """
    return np.asarray((8 * df + 1) / (8 * df + 3) * np.sqrt(df * np.log1p(t**2 / df)))


def own_p(t: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return the p-value of each specification by itself, from its own draws."""
    reached = np.abs(drawn) >= np.abs(t)[:, None] * (1 - TIE)
    return np.asarray((1 + reached.sum(axis=1)) / (1 + drawn.shape[1]))


def step_down(t: np.ndarray, df: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return p-values of each specification, adjusted for the search over all.

    The step-down of the smallest p: each is compared with the smallest p-value, in
    every draw, among itself and those less significant. Draws are joint, so that
    dependence between specifications counts; the family-wise error rate holds.

    Parameters
    ----------
    t, df
        float64, shape (S,).
    drawn
        float64, shape (S, B): t under the null.
    """
    size = as_normal(t, df)
    order = np.argsort(-size, kind="stable")
    largest = np.zeros(drawn.shape[1])
    reached = np.empty(len(t))
    for i in order[::-1]:
        np.maximum(largest, as_normal(drawn[i], df[i]), out=largest)
        reached[i] = (largest >= size[i] * (1 - TIE)).sum()
    p = (1 + reached[order]) / (1 + drawn.shape[1])
    adjusted = np.empty(len(t))
    adjusted[order] = np.maximum.accumulate(p)
    return adjusted


def effective_number(drawn: np.ndarray) -> float:
    """Return how many independent specifications vary as much as these under the null.

    S^2 over the sum of their squared correlations.

    Parameters
    ----------
    drawn
        float64, shape (S, B): t under the null, finite.
    """
    centred = drawn - drawn.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    centred /= np.where(length > 0, length, 1.0)
    few = centred if len(centred) < centred.shape[1] else centred.T
    return float(len(drawn) ** 2 / ((few @ few.T) ** 2).sum())


def average_interval(judged: Judged, level: float) -> tuple[float, float]:
    """Return an interval of the average estimate that counts all dependence.

    It reaches as far around the average as all but ``level`` of the draws do around
    zero: what is outside would be rejected by the test of the average.
    """
    average = float(judged.plausibility @ judged.estimates)
    null = np.abs(judged.plausibility @ judged.drawn)
    reach = float(np.quantile(null, 1 - level, method="higher"))
    return average - reach, average + reach
