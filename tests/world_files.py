"""What several folders of tests read of the simulated worlds, once in each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alliance_value.alliances.sources.sdc import Deals, read_deals


@cache
def world_deals(folder: Path) -> Deals:
    """Read a world's deals; to be left as they are."""
    return read_deals(sorted(folder.glob("sdc_alliances_*.csv")))
