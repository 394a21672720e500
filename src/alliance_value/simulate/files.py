"""Settings of a world -> the names of the files that it is written as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LAST_YEAR = 2014
# First and last year of announcement in each download file of alliances.
CHUNKS = (
    (1990, 1997),
    (1998, 2000),
    (2001, 2004),
    (2005, 2009),
    (2010, LAST_YEAR),
    (LAST_YEAR + 1, 2018),
)
TABLES = (
    "compustat_funda",
    "compustat_segments",
    "crsp_dsenames",
    "crsp_dsedelist",
    "crsp_dsi",
    "ccm_lnkhist",
    "factors_daily",
    "structures",
    "confounding_events",
    "dirt_ledger",
)

OF_CONSTRUCTS = (
    "input_output",
    "firm_classes",
    "alliance_function",
    "major_customers",
)

# The files for each source of a study, as a pattern.
OF_SOURCES = {
    "firm_years": "compustat_funda.csv",
    "links": "ccm_lnkhist.csv",
    "security_names": "crsp_dsenames.csv",
    "segments": "compustat_segments.csv",
    "structures": "structures.csv",
    "returns": "crsp_dsf.parquet",
    "delistings": "crsp_dsedelist.csv",
    "market": "crsp_dsi.csv",
    "confounds": "confounding_events.csv",
    "factors": "factors_daily.csv",
    "alliances": "sdc_alliances_*.csv",
}
OF_LIVES = ("ownership", "terminations", "acquisitions")
# The quarters in which the world's annual reports are filed.
QUARTERS = tuple(f"{n // 4}q{n % 4 + 1}" for n in range(4 * 1993 + 2, 4 * 2016 + 3))
OF_EDGAR = (
    *(f"edgar_{quarter}.zip" for quarter in QUARTERS),
    "edgar_8k_items.zip",
    "edgar_tickers.csv",
    "edgar_prices.parquet",
    "edgar_annual.zip",
    "edgar_reviewed.csv",
)
# Sources that are read as a vendor prints them alone.
VENDORS_OWN = ("alliances",)


def files_of_world(settings: Mapping[str, Any]) -> list[str]:
    """Return the file names, in a fixed order.

    Parameters
    ----------
    settings
        The ``simulate`` section of a resolved study.
    """
    stata = settings.get("stata", ())
    names = [f"{name}.{'dta' if name in stata else 'csv'}" for name in TABLES]
    names += [
        f"sdc_alliances_{first}_{last}.csv"
        for first, last in CHUNKS
        if last <= LAST_YEAR
    ]
    names += OF_EDGAR if settings.get("edgar") else []
    if settings.get("constructs"):
        names += [f"{name}.csv" for name in OF_CONSTRUCTS]
    names += [f"{name}.csv" for name in OF_LIVES if settings.get("lives")]
    return [*names, f"crsp_dsf.{settings['daily_format']}", "truth.json"]


def files_of_ledger() -> list[str]:
    """Return the names of the files that a simulated ledger is written as."""
    return ["ledger.csv", "truth.json"]


def files_of_overlay() -> list[str]:
    """Return the names of the files that an overlay over real firms is written as."""
    chunks = [f"sdc_alliances_{first}_{last}.csv" for first, last in CHUNKS]
    tables = ["overlay_firms.csv", "structures.csv", "overlay_roa.csv"]
    return [*chunks, *tables, "overlay_returns.csv", "overlay_truth.json"]
