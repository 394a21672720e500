"""Panels and grids for tests of the multiverse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

MODEL: dict[str, Any] = {
    "name": "main",
    "outcome": "y",
    "terms": ["x*z"],
    "controls": ["a", "b"],
    "effects": ["firm", "fiscal_year"],
    "clusters": ["firm"],
    "where": [],
    "standard_errors": "clustered",
    "estimator": "fixed_effects",
    "interactions": "product",
    "count_effects": "none",
    "weights": "",
}
GRID: dict[str, Any] = {
    "name": "all",
    "title": "",
    "model": "main",
    "term": "x",
    "choices": {
        "variable": {
            "plain": {},
            "other": {"replace": {"x": "x_other"}},
        },
        "rule": {"lax": {}, "strict": {"replace": {"x": "*_strict"}}},
        "outcome": {"y": {}, "y_late": {"outcome": "y_late"}},
        "effects": {
            "two": {},
            "crossed": {"effects": ["firm", "industry:fiscal_year"]},
            "none": {"effects": []},
        },
        "products": {"ordinary": {}, "within": {"interactions": "within"}},
        "sample": {
            "all": {},
            "covered": {"where": ["a > -1 or x > 0"]},
        },
        "clusters": {
            "firm": {},
            "both": {"clusters": ["firm", "fiscal_year"]},
            "industry": {"clusters": ["industry"]},
        },
        "counting": {"none": {}, "all": {"count_effects": "all"}},
    },
    "subsets": ["a", "b"],
    "exclude": [{"effects": "none", "products": "within"}],
    "preregistered": {},
    "plausibility": {},
    "by": "firm",
    "ratio": False,
    "draws": 199,
    "permutations": 0,
}


def panel(firms: int = 60, years: int = 8, seed: int = 0) -> pd.DataFrame:
    """Return a panel with gaps, missing values, firms alone and four regressors."""
    rng = np.random.default_rng(seed)
    firm, year = np.divmod(np.arange(firms * years), years)
    n = len(firm)
    table = pd.DataFrame(
        {
            "firm": pd.array([f"F{i:03d}" for i in firm], dtype="string"),
            "fiscal_year": 2000 + year,
            "industry": pd.array([f"I{i % 7}" for i in firm], dtype="string"),
        }
    )
    table["z"] = (rng.random(firms) < 0.5)[firm] * 1.0 + (rng.random(n) < 0.2)
    for name in ("x", "a", "b", "noise"):
        table[name] = rng.normal(size=n) + rng.normal(size=firms)[firm]
    table["x_other"] = table.x + 0.3 * rng.normal(size=n)
    table["x_strict"] = table.x.round(1)
    table["x_other_strict"] = table.x_other.round(1)
    table["y"] = 0.2 * table.x + 0.1 * table.a + table.noise + 0.1 * year
    table["y_late"] = table.y + rng.normal(size=n)
    for name, share in (("a", 0.05), ("y_late", 0.1), ("x_strict", 0.04)):
        table.loc[rng.random(n) < share, name] = np.nan
    keep = rng.random(n) < 0.9
    return table[keep].reset_index(drop=True)
