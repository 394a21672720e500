"""Buy-and-hold abnormal returns of groups -> their means and tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from alliance_value.contracts.events import Bhars
from alliance_value.contracts.storage import arrange
from alliance_value.events.battery import samples_of
from alliance_value.events.samples import Group
from alliance_value.events.tests.statistic import Statistic, t_of_mean


def bhar_table(
    groups: Sequence[Group], models: Sequence[str], labels: Sequence[tuple[str, str]]
) -> pd.DataFrame:
    """Return `Bhars`, by sample, group, model and window.

    Parameters
    ----------
    groups
        The groups of an event study, each named by ``labels``: sample and group.
    models
        Names of the models of normal returns.
    """
    rows = []
    for group, (sample, name) in zip(groups, labels, strict=True):
        for one in samples_of(group):
            bhar = one.result.windows[one.window].bhar[group.members]
            bhar = bhar[~np.isnan(bhar)]
            plain, adjusted = t_of_mean(bhar, len(bhar)), skewness_adjusted(bhar)
            rows.append(
                {
                    "sample": sample,
                    "group": name,
                    "model": models[one.model],
                    "window": group.task.window_name(one.window),
                    "n": len(bhar),
                    "mean": bhar.mean() if len(bhar) else np.nan,
                    "median": np.median(bhar) if len(bhar) else np.nan,
                    "t": plain.value,
                    "p": plain.p,
                    "t_skewness": adjusted.value,
                    "p_skewness": adjusted.p,
                }
            )
    return arrange(pd.DataFrame(rows), Bhars)


def skewness_adjusted(values: np.ndarray) -> Statistic:
    """Return Johnson's (1978) t, adjusted for the skewness of long-run returns.

    ``sqrt(n) (S + g S^2 / 3 + g / (6 n))`` with S the mean over the standard deviation
    (n - 1) and ``g = sum (x - mean)^3 / (n sd^3)``; t with n - 1 degrees of freedom
    (Lyon, Barber and Tsai 1999, Journal of Finance 54, equation 5).

    Parameters
    ----------
    values
        float64, shape (n,): no value missing.
    """
    n = len(values)
    plain = t_of_mean(values, n)
    if plain.reason:
        return plain
    sd = values.std(ddof=1)
    size = values.mean() / sd
    skewness = ((values - values.mean()) ** 3).sum() / (n * sd**3)
    t = float(np.sqrt(n) * (size + skewness * size**2 / 3 + skewness / (6 * n)))
    both, greater, less = special.stdtr(n - 1, [-abs(t), -t, t])
    return Statistic(n, t, float(2 * both), float(greater), float(less))
