"""CARs of a group -> the cross-sectional t with a bootstrapped distribution."""

from __future__ import annotations

import numpy as np

from alliance_value.events.samples import Group, Sample
from alliance_value.events.tests.statistic import Statistic, t_of_mean
from alliance_value.vocabulary.entries import event_test

BLOCK = 1 << 21


@event_test(
    "bootstrap",
    label="Bootstrap t",
    order=12,
    estimation=False,
    words="The cross-sectional t with its distribution from B samples of centred CARs.",
    equation='p = (1 + "#"{abs(t^*_r) >= abs(t)}) / (1 + B)',
    source="Davison and Hinkley (1997), Bootstrap Methods and their Application",
)
def bootstrap(sample: Sample) -> Statistic:
    """Return the statistic of the sample among those of its group."""
    return sample.group.once(of_group)[sample.column]


def of_group(group: Group) -> list[Statistic]:
    """Bootstrap all models' windows of a group on the same draws."""
    return bootstrapped(group.cars, group.draws, group.seed)


def bootstrapped(cars: np.ndarray, draws: int, seed: int) -> list[Statistic]:
    """Bootstrap the cross-sectional t of several columns of CARs.

    Events are drawn with replacement from CARs less their mean, which puts the null
    into the sample; ``p = (1 + #{|t*| >= |t|}) / (1 + draws)`` (Efron and Tibshirani
    1993, chapter 16; Davison and Hinkley 1997, equation 4.11). Columns with the same
    missing events share their draws.

    Parameters
    ----------
    cars
        float64, shape (n, c): one column per model and window, NaN where missing.
    draws
        Number of bootstrap samples.
    seed
        Seed of the generator.
    """
    there = ~np.isnan(cars)
    known = [cars[there[:, c], c] for c in range(cars.shape[1])]
    plain = [t_of_mean(car, len(car)) for car in known]
    result = list(plain)
    _, codes = np.unique(there, axis=1, return_inverse=True)
    for code in np.unique(codes):
        columns = [
            c for c in np.flatnonzero(codes.ravel() == code) if not plain[c].reason
        ]
        if not columns:
            continue
        kept = cars[there[:, columns[0]]][:, columns]
        observed = np.array([plain[c].value for c in columns])
        beyond = exceedances(kept - kept.mean(axis=0), observed, draws, seed)
        for c, counts in zip(columns, beyond.T, strict=True):
            p, greater, less = ((1 + int(count)) / (1 + draws) for count in counts)
            result[c] = Statistic(plain[c].n, plain[c].value, p, greater, less)
    return result


def exceedances(
    centred: np.ndarray, observed: np.ndarray, draws: int, seed: int
) -> np.ndarray:
    """Count bootstrap samples whose t is beyond the observed one.

    Returns
    -------
    numpy.ndarray
        int64, shape (3, c): samples with a t at least as large in size, at least as
        high, at most as high.
    """
    n, width = centred.shape
    rng = np.random.default_rng(seed)
    scaled = centred / centred.std(axis=0)
    moments = np.column_stack([scaled, scaled**2])
    beyond = np.zeros((3, width), dtype="int64")
    block = max(1, BLOCK // n)
    for first in range(0, draws, block):
        rows = min(block, draws - first)
        drawn = rng.integers(0, n, size=(rows, n))
        drawn += np.arange(rows)[:, None] * n
        times = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        sums = times.astype("float64") @ moments / n
        mean, square = sums[:, :width], sums[:, width:]
        variance = np.maximum(square - mean**2, 0) * n / (n - 1)
        # a sample that drew one event again and again is beyond any size
        error = np.sqrt(variance / n)
        beyond[0] += (np.abs(mean) >= np.abs(observed) * error).sum(axis=0)
        beyond[1] += (mean >= observed * error).sum(axis=0)
        beyond[2] += (mean <= observed * error).sum(axis=0)
    return beyond
