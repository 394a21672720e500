"""Events with columns of groups -> the members of every group that is tested."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from alliance_value.contracts.events import GROUPING, SAMPLES

# All events, and the column of groups where no other is named.
EVERY = "all"
GROUP = "group"


def group_members(
    groupings: pd.DataFrame, confounded: np.ndarray | None = None
) -> dict[tuple[str, str], np.ndarray]:
    """Return the members of every sample and group.

    Parameters
    ----------
    groupings
        One row per event and one column of names per grouping. A name that several
        groupings have is told apart by its column.
    confounded
        bool, shape (n,): whether other news confounds the event; None where no such
        news are listed.

    Returns
    -------
    dict
        (sample, group) -> bool, shape (n,); all events before the groups of the first
        grouping in each sample, then those of the others.
    """
    n = len(groupings)
    samples = {SAMPLES[0]: np.ones(n, bool)}
    if confounded is not None:
        samples[SAMPLES[1]] = ~confounded
    named = [
        groupings[column].astype("string").rename(str(column).removeprefix(GROUPING))
        for column in groupings
    ]
    uses = Counter(name for column in named for name in column.dropna().unique())
    result: dict[tuple[str, str], np.ndarray] = {}
    blocks: list[dict[str, np.ndarray]] = [
        {
            name if uses[name] == 1 and name != EVERY else f"{column.name} {name}": (
                column.eq(name).fillna(False).to_numpy(bool)
            )
            for name in sorted(column.dropna().unique())
        }
        for column in named
    ]
    blocks = blocks or [{}]
    blocks[0] = {EVERY: np.ones(n, bool), **blocks[0]}
    for block in blocks:
        for sample, inside in samples.items():
            for group, members in block.items():
                result[sample, group] = inside & members
    return result
