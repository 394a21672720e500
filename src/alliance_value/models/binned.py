"""The panel -> an outcome along a regressor, both less effects, in bins."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.models.within import demean

BINS = 20


def binned(
    panel: pd.DataFrame, of: str, over: str, by: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return means of bins, and the line through the rows, of each group.

    Outcome and regressor are residuals of the effects of entity and time, as far as
    rows share them, their grand means put back; bins hold equally many rows. Groups
    with fewer rows than bins are left out.

    Parameters
    ----------
    panel
        The analysis panel; rows with a missing value are left out.
    of, over
        Outcome and regressor.
    by
        A variable whose values are groups; empty for one group of all rows, value 0.

    Returns
    -------
    bins : pandas.DataFrame
        The regressor, the outcome, group (value of ``by``).
    lines : pandas.DataFrame
        group, slope (outcome per regressor) and level (outcome at zero).
    """
    names = [of, over]
    used = panel.dropna(subset=[*names, *([by] if by else [])])
    shared = [key for key in (FIRM, YEAR) if used[key].duplicated().any()]
    shared = [key for key in shared if (used[key] != used[key].iloc[0]).any()]
    codes = np.zeros((len(used), len(shared)), dtype="int64")
    for place, key in enumerate(shared):
        codes[:, place] = pd.factorize(used[key])[0]
    within = demean(used[names].to_numpy("float64"), codes)
    frame = pd.DataFrame(within + used[names].mean().to_numpy(), columns=names)
    groups = used[by].to_numpy() if by else np.zeros(len(used))
    parts, lines = [frame.head(0).assign(group=[])], []
    for value in np.unique(groups):
        one = frame[groups == value]
        if len(one) < BINS:
            continue
        place = np.floor(one[over].rank(method="first").sub(1) * BINS / len(one))
        parts.append(one.groupby(place)[[over, of]].mean().assign(group=value))
        slope, level = np.polyfit(one[over], one[of], 1)
        lines.append({"group": value, "slope": slope, "level": level})
    bins = pd.concat(parts[1:] or parts, ignore_index=True)
    return bins, pd.DataFrame(lines, columns=["group", "slope", "level"])
