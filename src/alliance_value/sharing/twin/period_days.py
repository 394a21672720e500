"""Days in a panel's rows -> days counted from the period that they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.columns import Column, firms_of
from alliance_value.sharing.twin.labels import PERIOD_END
from alliance_value.sharing.twin.source import PanelSource, panel_source
from alliance_value.sharing.twin.written import day_form, days
from alliance_value.sources.keys import PLAUSIBLE_YEARS
from alliance_value.sources.raw_table import RawTable

NEAR = 2.0 * 366  # a day belongs to its period where it is mostly this near


def dated_source(
    study: dict[str, Any], paths: Mapping[str, Sequence[str]]
) -> PanelSource:
    """Read a study's real rows, their days counted from the begin of their periods.

    Parameters
    ----------
    study, paths
        As `panel_source` has them.
    """
    source, raw = panel_source(study, paths)
    return with_relative_days(with_period_ends(source, raw))


def with_period_ends(source: PanelSource, raw: RawTable) -> PanelSource:
    """Add the last day of the period as a category: years after it, month and day."""
    name = source.layout.period_end
    if not name:
        return source
    stamps = pd.to_datetime(pd.Series(days(raw.cells[name])), unit="D")
    after = stamps.dt.year - np.array(source.periods)[source.rows.slot]
    text = after.astype("Int64").astype("string") + stamps.dt.strftime("-%m-%d")
    level, levels = pd.factorize(text, sort=True)
    holders = firms_of(level, source.rows.firm, len(levels))
    shown = Column(
        name,
        "category",
        np.where(level >= 0, level, np.nan),
        levels=tuple(map(str, levels)),
        firms_of_level=tuple(map(int, holders)),
        pattern=day_form(raw.cells[name]) or "%Y-%m-%d",
    )
    return replace(source, columns={**source.columns, PERIOD_END: shown})


def with_relative_days(source: PanelSource) -> PanelSource:
    """Count days that lie near their row's period from its begin."""
    low, high = PLAUSIBLE_YEARS
    if not all(low <= period <= high for period in source.periods):
        return source
    begin = source.begins(source.rows.slot)
    near = {
        name: c
        for name, c in source.columns.items()
        if c.kind == "day" and np.nanmedian(np.abs(c.values - begin)) <= NEAR
    }
    moved = {
        name: replace(c, values=c.values - begin, steady=False)
        for name, c in near.items()
    }
    return replace(
        source, columns={**source.columns, **moved}, relative=frozenset(near)
    )
