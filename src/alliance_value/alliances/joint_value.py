"""Dyads -> the value that partners create together, by type of deal and symmetry."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

TYPES = ("marketing", "R&D", "marketing and R&D", "other")
SYMMETRY = ("symmetric", "asymmetric")
COLUMNS = ["type", "symmetry", "n", "mean", "ci_low", "ci_high"]


def joint_value(dyads: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return the mean combined abnormal return of each class of deals.

    Parameters
    ----------
    dyads
        One row per deal: deal_class, combined_car.
    confidence
        Level of the intervals (decimal).

    Returns
    -------
    pandas.DataFrame
        type, symmetry, n, mean, ci_low and ci_high (normal quantiles); classes of two
        deals or more.
    """
    z = float(stats.norm.ppf((1 + confidence) / 2))
    rows = []
    for kind in TYPES:
        for side in SYMMETRY:
            values = dyads.combined_car[dyads.deal_class == f"{kind} {side}"].dropna()
            if len(values) > 1:
                mean, half = values.mean(), z * values.std() / np.sqrt(len(values))
                rows.append((kind, side, len(values), mean, mean - half, mean + half))
    return pd.DataFrame(rows, columns=COLUMNS)
