"""Events with several groupings -> one event study with the groups of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from alliance_value.events.study import EVERY, EventStudy, event_study


def grouped_study(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    factors: pd.DataFrame | None,
    groupings: Sequence[str],
    settings: Mapping[str, Any],
) -> EventStudy:
    """Run the event study once per grouping and put the groups' tables together.

    Abnormal returns are the same each time; only who is averaged differs.

    Parameters
    ----------
    returns, events, factors
        As for `event_study`.
    groupings
        Columns of ``events`` with names of groups; may be empty.
    settings
        Further arguments of `event_study`.
    """
    first, *others = [
        event_study(
            returns,
            events.drop(columns="group", errors="ignore").assign(
                **({"group": events[column]} if column else {})
            ),
            factors,
            **settings,
        )
        for column in (list(groupings) or [""])
    ]
    parts = {
        name: [getattr(first, name)]
        + [t[t["group"] != EVERY] for t in (getattr(o, name) for o in others)]
        for name in ("event_tests", "caar", "calendar_time")
    }
    return replace(
        first, **{n: pd.concat(p, ignore_index=True) for n, p in parts.items()}
    )
