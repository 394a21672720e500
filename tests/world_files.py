"""What several folders of tests read of the simulated worlds, once in each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alliance_value.alliances.sources.sdc import Deals, read_deals
from alliance_value.sources.firm_years import Needed, SourceTables, firm_years
from alliance_value.study.spec import TableFile


@cache
def world_deals(folder: Path) -> Deals:
    """Read a world's deals; to be left as they are."""
    return read_deals(sorted(folder.glob("sdc_alliances_*.csv")))


@cache
def world_statements(folder: Path, *items: str) -> SourceTables:
    """Read some items of a world's statements; to be left as they are."""
    layout = TableFile(
        entity="gvkey",
        time="fyear",
        file="",
        reader="compustat",
        period_end="datadate",
    )
    needed = Needed({item: [] for item in items})
    return firm_years([str(folder / "compustat_funda.csv")], layout, needed)
