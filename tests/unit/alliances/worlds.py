"""Small random worlds in the shape of the canonical tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

CLASSES = ["customer", "product", "function", "geography", "mixed"]
FLAGS = [
    "marketing",
    "research",
    "licensing",
    "manufacturing",
    "supply",
    "joint_venture",
    "cross_border",
    "technology_transfer",
]
ITEMS = [
    "at",
    "sale",
    "ib",
    "ni",
    "oibdp",
    "xrd",
    "xad",
    "xsga",
    "emp",
    "dltt",
    "dlc",
    "che",
    "act",
    "lct",
    "capx",
    "prcc_f",
    "csho",
    "ceq",
    "oancf",
]
FIRST, LAST = 1998, 2006


@dataclass(frozen=True)
class World:
    alliances: pd.DataFrame
    participants: pd.DataFrame
    units: pd.DataFrame
    firm_years: pd.DataFrame
    segments: pd.DataFrame


def text(values: list[object] | np.ndarray) -> pd.Series:
    return pd.Series(pd.array(list(values), dtype="string"))


def random_world(seed: int, firms: int = 14, deals: int = 70) -> World:
    rng = np.random.default_rng(seed)
    return World(
        alliances=draw_alliances(rng, deals),
        participants=draw_participants(rng, firms, deals),
        units=draw_units(rng, firms),
        firm_years=draw_firm_years(rng, firms),
        segments=draw_segments(rng, firms),
    )


def draw_alliances(rng: np.random.Generator, deals: int) -> pd.DataFrame:
    start = np.datetime64("1993-01-01")
    announced = start + rng.integers(0, 365 * 14, deals).astype("timedelta64[D]")
    lasting = rng.integers(1, 2500, deals).astype("timedelta64[D]")
    ended = pd.Series((announced + lasting).astype("datetime64[s]"))
    # deals at the very edges of a five-year life that ends with 2004 and with February
    edges = ["1999-12-31", "2000-01-01", "2004-12-31", "2005-01-01", "2000-02-29"]
    announced[: len(edges)] = np.array(edges, dtype="datetime64[D]")
    ended[: len(edges)] = pd.NaT
    table = pd.DataFrame(
        {
            "alliance": text([f"a{k:03d}" for k in range(deals)]),
            "announced": announced.astype("datetime64[s]"),
            "announced_estimated": False,
            "effective": announced.astype("datetime64[s]"),
            "terminated": ended.where(rng.random(deals) < 0.4),
            "status": text(["Completed/Signed"] * deals),
            "sic": text(["3570"] * deals),
        }
    )
    for flag in FLAGS:
        table[flag] = rng.random(deals) < 0.35
    return table


def draw_participants(rng: np.random.Generator, firms: int, deals: int) -> pd.DataFrame:
    rows = []
    for deal in range(deals):
        size = rng.choice([2, 2, 2, 3, 4])
        for position, k in enumerate(rng.choice(firms + 6, size, replace=False)):
            own = f"c{k:05d}"
            # parties 0 and 1 belong to the group of party 0
            parent = "c00000" if k == 1 else own
            rows.append(
                {
                    "alliance": f"a{deal:03d}",
                    "position": position,
                    "name": f"Party {k}",
                    "cusip6": own,
                    "parent_cusip6": parent,
                    "parent_name": f"Parent {parent}",
                    "sic": ["3570", "3571", "7372", "2834"][k % 4],
                    "nation": "United States",
                    "state": "CA",
                    "firm": f"f{k:02d}" if k < firms else None,
                }
            )
    table = pd.DataFrame(rows)
    names = [c for c in table.columns if c != "position"]
    return table.astype({n: "string" for n in names})


def draw_units(rng: np.random.Generator, firms: int) -> pd.DataFrame:
    rows = []
    for k in range(firms):
        for year in range(FIRST - 1, LAST + 1):
            if rng.random() < 0.25:
                continue
            lag = np.timedelta64(int(rng.integers(0, 60)), "D")
            filed = np.datetime64(f"{year + 1}-03-01") + lag
            for unit in range(int(rng.integers(1, 6))):
                true = str(rng.choice(CLASSES, p=[0.45, 0.3, 0.1, 0.1, 0.05]))
                seen = {
                    c: true if rng.random() < 0.85 else str(rng.choice(CLASSES))
                    for c in ("A", "B")
                }
                if seen["A"] != seen["B"] and rng.random() < 0.7:
                    seen["adjudicated"] = true
                for coder, unit_class in seen.items():
                    rows.append(
                        {
                            "firm": f"f{k:02d}",
                            "fiscal_year": year,
                            "filed": pd.Timestamp(filed),
                            "accession": f"{k:04d}-{year}",
                            "unit_name": f"Unit {unit}",
                            "unit_class": unit_class,
                            "coder": coder,
                            "confidence": 0.9,
                            "sales": float(10 * (unit + 1)),
                        }
                    )
    names = ["firm", "accession", "unit_name", "unit_class", "coder"]
    return pd.DataFrame(rows).astype({n: "string" for n in names})


def draw_firm_years(rng: np.random.Generator, firms: int) -> pd.DataFrame:
    rows = []
    for k in range(firms):
        month = [12, 12, 6, 2][k % 4]
        for year in range(FIRST, LAST + 1):
            if rng.random() < 0.08:
                continue
            end = np.datetime64(f"{year}-{month:02d}") + np.timedelta64(1, "M")
            items = np.exp(rng.normal(4, 1, len(ITEMS)))
            rows.append(
                {
                    "firm": f"f{k:02d}",
                    "fiscal_year": year,
                    "datadate": pd.Timestamp(
                        end.astype("datetime64[D]") - np.timedelta64(1, "D")
                    ),
                    "sic": ["3570", "3571", "7372", "0100"][k % 4],
                    **dict(zip(ITEMS, items, strict=True)),
                }
            )
    return pd.DataFrame(rows).astype({"firm": "string", "sic": "string"})


def draw_segments(rng: np.random.Generator, firms: int) -> pd.DataFrame:
    rows = [
        {
            "firm": f"f{k:02d}",
            "fiscal_year": year,
            "segment": str(s),
            "sic": "3570",
            "sales": float(rng.normal(100, 60)),
        }
        for k in range(firms)
        for year in range(FIRST, LAST + 1)
        for s in range(int(rng.integers(1, 5)))
    ]
    return pd.DataFrame(rows).astype({n: "string" for n in ("firm", "segment", "sic")})


def shuffled(table: pd.DataFrame, seed: int = 9) -> pd.DataFrame:
    order = np.random.default_rng(seed).permutation(len(table))
    return table.iloc[order].reset_index(drop=True)
