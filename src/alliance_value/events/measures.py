"""Returns and shares traded -> what is studied around events: their measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.events.arrays import ratio
from alliance_value.events.normal_returns import Abnormal
from alliance_value.study.measures import RETURN
from alliance_value.vocabulary.collect import entries, implementation
from alliance_value.vocabulary.entries import Measure, measure

# Added to turnover in percent, so that a day without trading has a logarithm.
LEAST_TURNOVER = 0.000255


@measure(
    "return",
    label="return",
    plural="returns",
    cumulated="CAR",
    words="Total returns.",
)
def total_return(ret: np.ndarray) -> np.ndarray:
    """Take returns as they are."""
    return ret


@measure(
    "turnover",
    label="log turnover",
    plural="log turnovers",
    cumulated="cumulative abnormal log turnover",
    unit="logarithm",
    column="turnover",
    takes=("volume", "shares"),
    models=("mean", "market", "market_adjusted"),
    words="R is the logarithm of turnover, the shares traded (n) in percent of the "
    "shares outstanding (S), with a small constant for days without trading; the "
    "market's is the mean over all securities of the daily file.",
    equation="R_(i t) = log(100 n_(i t) \\/ S_(i t) + 0.000255), quad R_(m t) = 1 / "
    '"N" sum_i R_(i t)',
    source="Ajinkya and Jain (1989), Journal of Accounting and Economics 11; Campbell "
    "and Wasley (1996), Review of Quantitative Finance and Accounting 6",
)
def log_turnover(percent: np.ndarray) -> np.ndarray:
    """Take the logarithm of turnover in percent and the usual constant."""
    return np.log(np.where(percent < 0, np.nan, percent) + LEAST_TURNOVER)


@measure(
    "volume",
    label="log volume",
    plural="log volumes",
    cumulated="cumulative abnormal log volume",
    unit="logarithm",
    column="volume",
    takes=("volume",),
    models=("mean", "market", "market_adjusted"),
    words="R is the logarithm of one plus the shares traded (n); the market's is the "
    "mean over all securities of the daily file. A split of shares moves it: turnover "
    "is free of that.",
    equation='R_(i t) = log(1 + n_(i t)), quad R_(m t) = 1 / "N" sum_i R_(i t)',
    source="Ajinkya and Jain (1989), Journal of Accounting and Economics 11",
)
def log_volume(shares: np.ndarray) -> np.ndarray:
    """Take the logarithm of one plus the shares traded."""
    return np.log1p(np.where(shares < 0, np.nan, shares))


@measure(
    "variance",
    label="variance",
    plural="variances",
    cumulated="cumulative abnormal variance",
    unit="ratio",
    derived=True,
    without=("sign", "corrado_zivney", "generalized_rank", "variance_ratio"),
    leading="corrado",
    words="The abnormal variance of a day is its squared abnormal return over its "
    "forecast-error variance, scaled to a mean of one by the d degrees of freedom, "
    "less one; tests take its variance from the estimation days. Information shows in "
    "it whatever its sign.",
    equation='"AV"_(i t) = (d - 2) / d dot "AR"_(i t)^2 / ("Var" "AR"_(i t)) - 1',
    source="Beaver (1968), Journal of Accounting Research 6 (supplement); Patell "
    "(1976), Journal of Accounting Research 14",
)
def abnormal_variance(part: slice, abnormal: Abnormal) -> Abnormal:
    """Make abnormal variances of abnormal returns.

    On event days ``AR^2 / variance`` is F(1, d) if returns are normal, with the mean
    ``d / (d - 2)``. On estimation days squared residuals are set in relation to their
    own mean; their variance stands for that of event days, whatever the distribution.
    """
    df = np.where(abnormal.df > 2, abnormal.df, np.nan)
    event = ratio(abnormal.event**2, abnormal.day_variance())
    squares = abnormal.estimation**2
    known = ~np.isnan(squares)
    count = known.sum(axis=1)
    mean = ratio(np.where(known, squares, 0.0).sum(axis=1), count)
    relative = ratio(squares, mean[:, None]) - 1
    spread = np.where(known, relative, 0.0)
    variance = ratio((spread**2).sum(axis=1), count - 1)
    variance[np.isnan(mean)] = np.nan
    event = event * ((df - 2) / df)[:, None] - 1
    event[np.isnan(variance)] = np.nan
    return replace(
        abnormal,
        estimation=relative,
        event=event,
        variance=variance,
        df=count - 1.0,
        bread=np.zeros_like(abnormal.bread),
    )


def measured(returns: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table in whose column ``ret`` stands what is studied.

    Parameters
    ----------
    returns
        As for `study.event_study`.
    name
        The measure.

    Raises
    ------
    UserError
        The returns are not long, or lack the measure's column.
    """
    entry = entries(Measure)[name]
    if entry.derived or name == RETURN:
        return returns
    lacking = {"security", "date", entry.column} - {*returns.columns}
    raise_if(
        [
            Problem(
                f"the measure {name} needs {', '.join(sorted(lacking))}",
                "give long returns with these columns",
                "returns",
            )
        ]
        if lacking
        else [],
        "the event study",
    )
    values = returns[entry.column].to_numpy("float64", na_value=np.nan)
    return returns.assign(ret=implementation(entry)(values))


def derivation(name: str) -> Callable[[slice, Abnormal], Abnormal] | None:
    """Return what makes a measure of abnormal returns; None where nothing does."""
    entry = entries(Measure)[name]
    return implementation(entry) if entry.derived else None
