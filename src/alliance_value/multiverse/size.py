"""Simulated panels without an effect -> how often each reading of a grid finds one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from alliance_value.models.coverage import persistent
from alliance_value.multiverse.judge import PATHS, WILD, judge
from alliance_value.multiverse.solve import Settings
from alliance_value.study.multiverse import complete_grid

YEARS = 8
RHO = 0.6
LEVEL = 0.05
PANELS = {40: 500, 400: 200}
"""Panels by their firms."""
MODEL: dict[str, Any] = {
    "name": "null",
    "outcome": "y",
    "terms": ["x"],
    "controls": ["a", "b", "c"],
    "effects": ["firm", "fiscal_year"],
    "clusters": ["firm"],
    "where": [],
    "confidence": 1 - LEVEL,
}
GRID: dict[str, Any] = {
    "name": "null",
    "term": "x",
    "choices": {
        "outcome": {"one": {}, "other": {"outcome": "y_other"}},
        "variable": {
            "one": {},
            "noisy": {"replace": {"x": "x_noisy"}},
            "coarse": {"replace": {"x": "x_coarse"}},
        },
        "sample": {
            "all": {},
            "one_half": {"where": ["half == 0"]},
            "other_half": {"where": ["half == 1"]},
        },
    },
    "subsets": ["a", "b", "c"],
    "exclude": [],
    "preregistered": {},
    "plausibility": {},
    "by": "firm",
    "ratio": False,
}
READINGS = (
    ("preregistered, t test", ""),
    ("best of the grid, t test", ""),
    ("any that stands, adjusted p", ""),
    *((name, WILD) for name in ("average effect", "median effect", "median t")),
    *((name, WILD) for name in ("share significant", "largest t")),
    *((name, PATHS) for name in ("median t", "share significant", "largest t")),
)


def null_panel(rng: np.random.Generator, firms: int) -> pd.DataFrame:
    """Return a panel of 8 years in which no variable moves the outcome.

    Variables and errors are AR(1) within firms; errors are larger where x is.
    """
    x, a, b, c, error, other, noise = (
        persistent(rng, firms, YEARS, RHO) for _ in range(7)
    )
    error = error * (0.5 + np.abs(x))
    firm, year = np.indices(x.shape)
    columns = {
        "x": x,
        "x_noisy": x + 0.5 * noise,
        "x_coarse": np.round(x),
        "a": a + 0.5 * x,
        "b": b - 0.3 * x,
        "c": c,
        "y": error,
        "y_other": error + 0.7 * other,
        "half": firm % 2.0,
    }
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    table["firm"] = pd.array([f"{f:04d}" for f in firm.ravel()], dtype="string")
    return table.assign(fiscal_year=2000 + year.ravel())


def rejections(firms: int, panels: int, draws: int, seed: int) -> pd.DataFrame:
    """Return how often each reading of a grid rejects at 5 %, a row each.

    Parameters
    ----------
    firms
        Firms of each panel.
    panels
        Panels.
    draws
        Draws and permutations for each.
    seed
        Of all.

    Returns
    -------
    pandas.DataFrame
        firms, reading, method, rejected (decimal).
    """
    grid = complete_grid(GRID)
    counts = {reading: 0 for reading in READINGS}
    generators = np.random.default_rng(seed).spawn(panels)
    for number, rng in enumerate(generators):
        settings = Settings(draws=draws, permutations=draws, seed=seed + number)
        tables = judge(null_panel(rng, firms), grid, MODEL, settings)
        every = tables.multiverse
        tests = tables.multiverse_tests.set_index(["statistic", "method"]).p
        p = {reading: float(tests[reading]) for reading in READINGS[3:]}
        p[READINGS[0]] = float(every.p[every.preregistered].iloc[0])
        p[READINGS[1]], p[READINGS[2]] = every.p.min(), every.p_adjusted.min()
        for reading in READINGS:
            counts[reading] += int(p[reading] <= LEVEL)
    return pd.DataFrame(
        [
            {"firms": firms, "reading": name, "method": method, "rejected": n / panels}
            for (name, method), n in counts.items()
        ]
    )


def size_table(table: pd.DataFrame) -> str:
    """Write rejections as a table in Markdown, in percent."""
    wide = table.pivot(index=["reading", "method"], columns="firms", values="rejected")
    heads = " | ".join(f"{n} firms" for n in wide.columns)
    lines = [f"| reading | {heads} |", "|---" * (1 + len(wide.columns)) + "|"]
    for name, method in READINGS:
        label = f"{name}, {method}" if method else name
        cells = " | ".join(
            f"{100 * value:.1f}" for value in wide.loc[[(name, method)]].to_numpy()[0]
        )
        lines.append(f"| {label} | {cells} |")
    return "\n".join(lines) + "\n"
