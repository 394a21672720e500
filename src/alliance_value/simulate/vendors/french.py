"""Factors -> Kenneth French's daily layout: compact dates, percent."""

from __future__ import annotations

import pandas as pd

from alliance_value.simulate.vendors.text import day

COLUMNS = {
    "mktrf": "Mkt-RF",
    "smb": "SMB",
    "hml": "HML",
    "rmw": "RMW",
    "cma": "CMA",
    "rf": "RF",
    "umd": "Mom",
}


def factors(table: pd.DataFrame) -> pd.DataFrame:
    """Print daily factors in percent, dates as YYYYMMDD."""
    out = pd.DataFrame({"date": day(table["date"], "%Y%m%d")})
    for name, header in COLUMNS.items():
        places = 3 if name == "rf" else 2
        out[header] = [f"{100 * value:.{places}f}" for value in table[name]]
    return out
