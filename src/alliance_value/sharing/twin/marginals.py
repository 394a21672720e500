"""A column's values -> normal scores, and scores -> values of a smoothed distribution.

Only values that several firms share come back as they are. All others are means of
groups of values, with straight lines between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

# A group whose mean is a knot has at least so many values, of so many firms.
LEAST_VALUES = 5
LEAST_FIRMS = 3
# A value that repeats is a mass point from this share of the values on.
MASS = 0.01
# Whole numbers with at most so many different values are codes: none is smoothed.
CODES = 10
# Groups grow from the tails to the middle, up to this share of the values.
LARGEST_GROUP = 1 / 200


@dataclass(frozen=True)
class Marginal:
    """The smoothed distribution of a column's values that are there.

    Parameters
    ----------
    probability, value
        Knots of the quantile function, shape (k,), both increasing; between two knots
        it is a straight line, at a mass point it is flat.
    masses, low, high
        Mass points and the probabilities between which each lies, shape (m,).
    """

    probability: np.ndarray
    value: np.ndarray
    masses: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def quantiles(self, scores: np.ndarray) -> np.ndarray:
        """Return the values of normal scores."""
        return np.asarray(np.interp(special.ndtr(scores), self.probability, self.value))

    def place(self, values: np.ndarray) -> np.ndarray:
        """Return where values stand in this distribution, as normal scores."""
        at = np.interp(values, self.value, self.probability).clip(0.001, 0.999)
        return np.asarray(special.ndtri(at))

    def scores(self, values: np.ndarray) -> np.ndarray:
        """Return normal scores of values, at a mass point the mean score of its range.

        Ranks of the values themselves are used, not the smoothed distribution.
        """
        out = np.full(len(values), np.nan)
        known = np.isfinite(values)
        n = int(known.sum())
        if n:
            out[known] = special.ndtri((stats.rankdata(values[known]) - 0.5) / n)
        if len(self.masses):
            place = np.searchsorted(self.masses, values).clip(0, len(self.masses) - 1)
            there = known & (self.masses[place] == values)
            out[there] = mean_scores(self.low, self.high)[place[there]]
        return out


def mean_scores(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the mean of a standard normal variable between two probabilities."""
    below, above = (stats.norm.pdf(special.ndtri(end)) for end in (low, high))
    return np.asarray((below - above) / (high - low))


def marginal(values: np.ndarray, firms: np.ndarray, codes: bool = False) -> Marginal:
    """Smooth the distribution of a column.

    Parameters
    ----------
    values
        float64, shape (n,); NaN is missing and counts nowhere.
    firms
        int64 codes of the rows' firms, shape (n,).
    codes
        Whether every value is a mass point, as those of categories are.

    Raises
    ------
    ValueError
        There is no value.
    """
    known = np.isfinite(values)
    values, firms = values[known], firms[known]
    if not len(values):
        raise ValueError("a column without values has no distribution")
    order = np.argsort(values, kind="stable")
    values, firms = values[order], firms[order]
    distinct, first, count = np.unique(values, return_index=True, return_counts=True)
    least = min(LEAST_FIRMS, len(np.unique(firms)))
    whole = len(distinct) <= CODES and bool((distinct == distinct.round()).all())
    ends = first + count
    shared = np.array(
        [
            codes
            or whole
            or (n >= max(2, MASS * len(values)) and len(np.unique(firms[a:b])) >= least)
            for a, b, n in zip(first, ends, count, strict=True)
        ]
    )
    spans = [(a, b, True) for a, b in zip(first[shared], ends[shared], strict=True)]
    begin = 0
    for a, b, _ in [*spans, (len(values), len(values), True)]:
        if a > begin:
            spans += groups(firms, begin, a, least, not shared.any())
        begin = b
    return from_spans(values, sorted(spans))


def groups(
    firms: np.ndarray, begin: int, end: int, least: int, all_of_it: bool
) -> list[tuple[int, int, bool]]:
    """Cut sorted values between two mass points into groups of several firms' values.

    Values between two mass points that are too few for a group are left out.
    """
    n = end - begin
    sizes = LEAST_VALUES * 2.0 ** np.arange(12)
    limit = max(LEAST_VALUES, LARGEST_GROUP * n)
    half = np.cumsum(np.minimum(np.repeat(sizes, 2), limit)).astype(int)
    steps = np.arange(half[-1], n, max(int(limit), LEAST_VALUES))
    cuts = np.unique(np.concatenate([half, steps]))
    cuts = np.unique(np.concatenate([cuts[cuts <= n / 2], n - cuts[cuts <= n / 2]]))
    spans: list[tuple[int, int, bool]] = []
    start = begin
    for cut in [*(begin + cuts[cuts < n]), end]:
        enough = cut - start >= LEAST_VALUES
        if enough and len(np.unique(firms[start:cut])) >= least:
            spans.append((start, int(cut), False))
            start = int(cut)
    if start < end and spans:  # what is left joins the last group
        spans[-1] = (spans[-1][0], end, False)
    elif start < end and all_of_it:
        spans.append((start, end, False))
    return spans


def from_spans(values: np.ndarray, spans: list[tuple[int, int, bool]]) -> Marginal:
    """Turn spans of sorted values, mass points and groups, into a quantile function."""
    weight = np.array([b - a for a, b, _ in spans], dtype="float64")
    high = np.cumsum(weight) / weight.sum()
    low = high - weight / weight.sum()
    probability: list[float] = []
    value: list[float] = []
    for (a, b, mass), from_, to in zip(spans, low, high, strict=True):
        mean = float(values[a:b].mean()) if not mass else float(values[a])
        probability += [from_, to] if mass else [(from_ + to) / 2]
        value += [mean, mean] if mass else [mean]
    p, v = np.array(probability), np.array(value)
    p, v = with_tails(p, v, bounded(values))
    is_mass = np.array([mass for _, _, mass in spans])
    points = np.array([values[a] for a, _, mass in spans if mass])
    return Marginal(p, v, points, low[is_mass], high[is_mass])


def bounded(values: np.ndarray) -> tuple[float, float]:
    """Return the bounds that a distribution has by its nature: its sign, or 0 to 1."""
    positive = bool((values >= 0).all())
    share = positive and bool((values <= 1).all())
    return (0.0 if positive else -np.inf, 1.0 if share else np.inf)


def with_tails(
    p: np.ndarray, v: np.ndarray, bounds: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Continue the outer lines to the probabilities 0 and 1, within the bounds."""
    if len(p) == 1:
        return np.array([0.0, 1.0]), np.array([v[0], v[0]])
    if p[0] > 0:
        slope = (v[1] - v[0]) / (p[1] - p[0])
        p = np.concatenate([[0.0], p])
        v = np.concatenate([[max(v[0] - slope * p[1], bounds[0])], v])
    if p[-1] < 1:
        slope = (v[-1] - v[-2]) / (p[-1] - p[-2])
        p = np.concatenate([p, [1.0]])
        v = np.concatenate([v, [min(v[-1] + slope * (1 - p[-2]), bounds[1])]])
    return p, v
