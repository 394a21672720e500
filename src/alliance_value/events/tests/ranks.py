"""Abnormal returns of estimation and event days -> rank test statistics.

Each test needs the events' ranks only as sums by relative day, so that events can be
ranked in chunks. Formulas and their sources are in docs/methods.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance_value.events.engine import ModelResult
from alliance_value.events.samples import Sample
from alliance_value.events.tests.statistic import (
    TOO_FEW,
    Statistic,
    normal,
    spread,
    student,
    undefined,
)
from alliance_value.vocabulary.entries import event_test

NO_SPREAD = "the mean ranks of the days do not vary"


@event_test(
    "corrado",
    label="Corrado rank",
    order=6,
    aligned=True,
    words="Rank test of Corrado (1989): K is the mean over events of a day's rank less "
    "the middle rank, S its standard deviation over all days.",
    equation="z = (sum_t K_t) / (sqrt(d) S)",
    source="Corrado (1989), Journal of Financial Economics 23",
)
def corrado(sample: Sample) -> Statistic:
    """Return Corrado's (1989) rank statistic, cumulated as Cowan (1992) does.

    ``sum over window days of Kbar_t / (sqrt(d) S)``, Kbar the mean centred rank of a
    day and ``S^2 = mean over all days of Kbar_t^2``.
    """
    total = sample.result.once(corrado_sums)[sample.group.place]
    used = total.counts > 0
    means = np.divide(
        total.sums, total.counts, out=np.zeros_like(total.sums), where=used
    )
    return days_over_spread(means, used, sample.days, total.n)


@event_test(
    "corrado_zivney",
    label="Corrado-Zivney rank",
    order=7,
    aligned=True,
    words="Rank test of Corrado and Zivney (1992): V is Corrado's K of standardized "
    "returns, those of event days divided by their cross-sectional deviation.",
    equation="z = (sum_t V_t) / (sqrt(d) S)",
    source="Corrado and Zivney (1992), Journal of Financial and Quantitative Analysis "
    "27",
)
def corrado_zivney(sample: Sample) -> Statistic:
    """Return Corrado and Zivney's (1992) rank statistic for missing returns.

    ``sum over window days of V_t / (sqrt(d) S)`` with ``V_t = sum_i U_it / sqrt(N_t)``
    and ``S^2 = mean over all days of V_t^2``.
    """
    if sample.n < 2:
        return undefined(sample.n, TOO_FEW)
    total = sample.result.once(zivney_sums)[sample.group.place]
    used = total.counts > 0
    scaled = np.divide(
        total.sums, np.sqrt(total.counts), out=np.zeros_like(total.sums), where=used
    )
    return days_over_spread(scaled, used, sample.days, total.n)


@event_test(
    "generalized_rank",
    label="Generalized rank",
    order=8,
    words="Generalized rank test of Kolari and Pynnönen (2011) on T days, Z the mean "
    "rank of the event's standardized CAR over its standard deviation.",
    equation="t = Z sqrt((T - 2) / (T - 1 - Z^2))",
    source="Kolari and Pynnönen (2011), Journal of Empirical Finance 18",
)
def generalized_rank(sample: Sample) -> Statistic:
    """Return Kolari and Pynnonen's (2011) GRANK-T.

    ``Z sqrt((T-2) / (T-1-Z^2))`` with ``Z = Ubar_0 / S`` and
    ``S^2 = mean over the T days of (n_t/n) Ubar_t^2``; t with T - 2 degrees of
    freedom.
    """
    if sample.n < 2:
        return undefined(sample.n, TOO_FEW)
    total = sample.result.once(generalized_sums)[sample.group.place][sample.window]
    used = total.counts > 0
    n, days = total.n, int(used.sum())
    if n < 2 or days < 3:
        return undefined(n, "fewer than two events or three days to rank")
    means = total.sums[used] / total.counts[used]
    scale = np.sqrt((total.counts[used] / n * means**2).mean())
    if scale == 0:
        return undefined(n, NO_SPREAD)
    z = means[-1] / scale
    rest = days - 1 - z**2
    if rest <= 0:
        return undefined(n, "the event day alone varies")
    return student(n, float(z * np.sqrt((days - 2) / rest)), days - 2)


def ranks(values: np.ndarray) -> np.ndarray:
    """Rank each row's values in ascending order; ties share their mean rank.

    Parameters
    ----------
    values
        float64, shape (n, T); NaN is not ranked.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, T), NaN where the value is.
    """
    n, width = values.shape
    order = np.argsort(values, axis=1)
    result = np.empty((n, width))
    place = np.broadcast_to(np.arange(1.0, width + 1), (n, width))
    np.put_along_axis(result, order, place, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    same = ordered[:, 1:] == ordered[:, :-1]
    tied = np.flatnonzero(same.any(axis=1))
    if len(tied):
        index = np.arange(width)
        starts = np.ones((len(tied), width), bool)
        starts[:, 1:] = ~same[tied]
        ends = np.ones((len(tied), width), bool)
        ends[:, :-1] = ~same[tied]
        first = np.maximum.accumulate(np.where(starts, index, 0), axis=1)
        last = np.where(ends, index, width)[:, ::-1]
        last = np.minimum.accumulate(last, axis=1)[:, ::-1]
        shared = np.empty((len(tied), width))
        np.put_along_axis(shared, order[tied], (first + last) / 2 + 1.0, axis=1)
        result[tied] = shared
    result[np.isnan(values)] = np.nan
    return result


@dataclass(frozen=True)
class RankSums:
    """Centred ranks summed over events by relative day.

    Parameters
    ----------
    sums, counts
        float64, shape (T,): sum of the events' centred ranks and number of events
        that have a rank on the day.
    n
        Number of events.
    """

    sums: np.ndarray
    counts: np.ndarray
    n: int

    def __add__(self, other: RankSums) -> RankSums:
        return RankSums(
            self.sums + other.sums, self.counts + other.counts, self.n + other.n
        )


def nothing(days: int) -> RankSums:
    """Return the sums of no event."""
    return RankSums(np.zeros(days), np.zeros(days), 0)


def sum_over(centred: np.ndarray, members: np.ndarray) -> RankSums:
    """Sum the centred ranks of a group's members, shape (n, T), by day."""
    there = ~np.isnan(centred)
    weights = members.astype("float64")
    return RankSums(
        weights @ np.where(there, centred, 0.0),
        weights @ there,
        int((members & there.any(axis=1)).sum()),
    )


def corrado_ranks(estimation: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Return ``K - (M+1)/2``, ranks over estimation and event days together.

    Parameters
    ----------
    estimation, event
        float64, shapes (n, L) and (n, m): abnormal returns, NaN where missing.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, L + m); M is the event's number of abnormal returns.
    """
    place = ranks(np.concatenate([estimation, event], axis=1))
    count = (~np.isnan(place)).sum(axis=1)
    result: np.ndarray = place - (count[:, None] + 1) / 2
    return result


def corrado_sums(result: ModelResult) -> list[RankSums]:
    """Sum each group's `corrado_ranks`."""
    members = result.task.members
    totals = [nothing(result.task.all_days) for _ in members]
    for part, abnormal in result.chunks():
        place = corrado_ranks(abnormal.estimation, abnormal.event)
        totals = [
            total + sum_over(place, group)
            for total, group in zip(totals, members[:, part], strict=True)
        ]
    return totals


def zivney_ranks(standardized: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Return ``K / (1+M) - 1/2`` of standardized abnormal returns.

    Parameters
    ----------
    standardized
        float64, shape (n, L): estimation residuals over their standard deviation.
    event
        float64, shape (n, m): abnormal returns over their forecast-error standard
        deviation and over the cross-sectional standard deviation of that ratio on
        the day, so that variance that the event induces does not move ranks.
    """
    place = ranks(np.concatenate([standardized, event], axis=1))
    count = (~np.isnan(place)).sum(axis=1)
    result: np.ndarray = place / (count[:, None] + 1) - 0.5
    return result


def zivney_sums(result: ModelResult) -> list[RankSums]:
    """Sum each group's `zivney_ranks`, event days made comparable within it."""
    variance = np.where(result.variance > 0, result.variance, np.nan)
    standard = result.event / np.sqrt(variance)
    members = result.task.members
    day_sds = [
        np.array([cross_section(day) for day in standard[group].T]) for group in members
    ]
    totals = [nothing(result.task.all_days) for _ in members]
    for part, abnormal in result.chunks():
        for g, group in enumerate(members):
            able = group[part] & (abnormal.variance > 0)
            scale = np.sqrt(abnormal.variance[able])[:, None]
            place = zivney_ranks(
                abnormal.estimation[able] / scale, standard[part][able] / day_sds[g]
            )
            totals[g] = totals[g] + sum_over(place, np.ones(len(place), bool))
    return totals


def days_over_spread(
    means: np.ndarray, used: np.ndarray, columns: slice, n: int
) -> Statistic:
    """Return the window's mean ranks over their time-series standard deviation."""
    inside = np.zeros(len(means), bool)
    inside[columns] = True
    inside &= used
    if n < 1 or not inside.any():
        return undefined(n, "no event has an abnormal return in the window")
    scale = np.sqrt((means[used] ** 2).mean())
    if scale == 0:
        return undefined(n, NO_SPREAD)
    return normal(n, float(means[inside].sum() / (np.sqrt(inside.sum()) * scale)))


def generalized_ranks(
    estimation_ranks: np.ndarray, estimation: np.ndarray, event: np.ndarray
) -> np.ndarray:
    """Return ``K / (T_i+1) - 1/2`` of estimation days and one cumulated event day.

    Parameters
    ----------
    estimation_ranks, estimation
        float64, shape (n, L): residuals over their standard deviation, and `ranks`.
    event
        float64, shape (n,): the event's value among them: its standardized CAR over
        the cross-sectional standard deviation of standardized CARs.

    Returns
    -------
    numpy.ndarray
        float64, shape (n, L + 1), the event last; NaN rows where it is missing.
    """
    value = event[:, None]
    above = (estimation > value) + 0.5 * (estimation == value)
    known = ~np.isnan(estimation)
    count = known.sum(axis=1)
    below = count - above.sum(axis=1)
    full = np.column_stack([estimation_ranks + above, below + 1])
    result: np.ndarray = full / (count[:, None] + 2) - 0.5
    result[np.isnan(event)] = np.nan
    return result


def generalized_sums(result: ModelResult) -> list[list[RankSums]]:
    """Sum `generalized_ranks` by group and window."""
    task, windows = result.task, result.windows
    days = task.estimation_days + 1
    totals = [[nothing(days) for _ in windows] for _ in task.members]
    sds = [[cross_section(w.scar[group]) for w in windows] for group in task.members]
    for part, abnormal in result.chunks():
        able = abnormal.variance > 0
        scale = np.sqrt(np.where(able, abnormal.variance, np.nan))[:, None]
        residuals = abnormal.estimation / scale
        place = ranks(residuals)
        for g, group in enumerate(task.members):
            members = group[part] & able
            for w, window in enumerate(windows):
                value = window.scar[part][members] / sds[g][w]
                one = generalized_ranks(place[members], residuals[members], value)
                totals[g][w] = totals[g][w] + sum_over(one, np.ones(len(one), bool))
    return totals


def cross_section(values: np.ndarray) -> float:
    """Return the cross-sectional standard deviation; NaN where it says nothing."""
    values = values[~np.isnan(values)]
    sd = spread(values) if len(values) > 1 else 0.0
    return sd if sd > 0 else np.nan
