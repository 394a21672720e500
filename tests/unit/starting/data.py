"""Simulated files of which first studies are made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def panel(entities: int = 12, years: int = 8) -> pd.DataFrame:
    """Return a panel whose two numbers vary within entities and years."""
    draws = np.random.default_rng(7)
    index = pd.MultiIndex.from_product(
        [[f"{n:06d}" for n in range(11, 11 + entities)], range(2001, 2001 + years)],
        names=["gvkey", "fyear"],
    )
    table = pd.DataFrame(index=index).reset_index()
    table["sales"] = draws.uniform(1000, 90000, len(table)).round(2)
    table["margin"] = draws.normal(0.1, 0.05, len(table)).round(4)
    return table


def german(path: Path) -> Path:
    """Write numbers with decimal commas, two rows of one key and one bad cell."""
    table = panel().rename(columns={"gvkey": "Firma-Nr.", "fyear": "Jahr (FY)"})
    table = pd.concat([table, table.tail(1)])
    table["Umsatz Mio."] = [
        f"{v:,.2f}".translate(str.maketrans(",.", ".,")) for v in table.pop("sales")
    ]
    table["Marge %"] = [f"{v:.4f}".replace(".", ",") for v in table.pop("margin")]
    table.iloc[5, 3] = "k.A."
    table.to_csv(path, sep=";", index=False)
    return path


def quarters(path: Path) -> Path:
    """Write quarters as 2001Q3 to a Stata file."""
    table = panel(years=12)
    number = table.pop("fyear") - 2001
    table["quarter"] = [f"{2001 + n // 4}Q{n % 4 + 1}" for n in number]
    table.to_stata(path, write_index=False)
    return path


def days(path: Path) -> Path:
    """Write a typed day per row, one a year, to Parquet."""
    table = panel()
    table["period"] = pd.to_datetime(table.pop("fyear").astype("str") + "-12-31")
    table.to_parquet(path, index=False)
    return path


def event_files(folder: Path, days_before: int = 300) -> list[Path]:
    """Write events, long returns and factors, all with names of their own."""
    draws = np.random.default_rng(3)
    calendar = pd.bdate_range("2010-01-04", periods=days_before + 60)
    names = [f"S{n:02d}" for n in range(24)]
    market = draws.normal(0, 0.01, len(calendar))
    factors = pd.DataFrame({"day": calendar, "mktrf": market, "rf": 0.0001})
    returns = pd.DataFrame(
        {
            "ticker": np.tile(names, len(calendar)),
            "date": np.repeat(calendar, len(names)),
            "ret": np.repeat(market, len(names))
            + draws.normal(0, 0.02, len(calendar) * len(names)),
        }
    )
    events = pd.DataFrame(
        {
            "symbol": names,
            "announced": calendar[days_before + draws.integers(0, 30, len(names))],
            "kind": ["merger", "alliance"] * 12,
        }
    )
    paths = [folder / f"{name}.csv" for name in ("events", "returns", "factors")]
    for path, table in zip(paths, (events, returns, factors), strict=True):
        table.to_csv(path, index=False)
    return paths
