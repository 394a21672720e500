"""Real-looking panels with planted effects, and their twins."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.files import twin_files
from alliance_value.sharing.twin.parts import TwinFiles
from alliance_value.sharing.twin.period_days import dated_source
from alliance_value.sharing.twin.request import Request
from alliance_value.sharing.twin.study_panel import panel_recipe
from alliance_value.sharing.twin.synthetic import firm_years
from alliance_value.sharing.twin.utility import side_by_side
from alliance_value.study.needs import source_files
from alliance_value.study.resolve import resolve
from alliance_value.study.spec import Model
from tests.unit.models import alone

SCHEMA = Path(__file__).parents[4] / "workflow/schemas/study.schema.yaml"
NAMES = "Acme Bolt Crane Dune Echo Fern Gate Hill Iris Jade Kite Lime".split()
STUDY: dict[str, Any] = {
    "study": "s",
    "title": "A study",
    "sources": {
        "firm_years": {
            "file": "data/raw/s/firm_years.csv",
            "entity": "code",
            "time": "year",
        }
    },
    "variables": {
        "roa": {
            "numerator": "income",
            "denominator": "assets",
            "winsorize": {"lower": 0.02, "upper": 0.98},
        },
        "size": {"value": "log(assets)"},
        "x_before": {"value": "x", "lag": 1},
    },
    "models": [
        {"name": "main", "outcome": "y", "terms": ["x*z"], "controls": ["size"]},
        {"name": "lagged", "outcome": "y", "terms": ["x", "x_before"]},
        {"name": "ratio", "outcome": "roa", "terms": ["x", "z"], "controls": ["size"]},
    ],
}


def panel(firms: int, years: int, seed: int) -> pd.DataFrame:
    """Draw an unbalanced panel with firm effects, products and lagged effects."""
    rng = np.random.default_rng(seed)
    shape = (firms, years)

    def path(level: np.ndarray) -> np.ndarray:
        out = rng.standard_normal(shape)
        for t in range(1, years):
            out[:, t] = 0.5 * out[:, t - 1] + 0.87 * out[:, t]
        return out + level[:, None]

    own = rng.standard_normal(firms)
    x, z = path(own), path(rng.standard_normal(firms))
    before = np.concatenate([np.zeros((firms, 1)), x[:, :-1]], axis=1)
    y = 0.5 * x - 0.3 * z + 0.4 * x * z + 0.3 * before + own[:, None]
    y = y + rng.standard_normal(shape)
    assets = np.exp(5 + own[:, None] + 0.3 * rng.standard_normal(shape))
    income = assets * (0.05 + 0.02 * x + 0.05 * rng.standard_normal(shape))
    firm = np.repeat(np.arange(firms), years)
    name = [NAMES[i] if i < 12 else f"{NAMES[i % 12]}{i}" for i in range(firms)]
    table = pd.DataFrame(
        {
            "code": [f"{i + 1:06d}" for i in firm],
            "year": np.tile(np.arange(2001, 2001 + years), firms),
            "x": x.ravel().round(4),
            "z": z.ravel().round(3),
            "y": y.ravel().round(4),
            "assets": assets.ravel().round(2),
            "income": income.ravel().round(2),
            "ticker": [f"TK{i:02d}Q" for i in firm],
            "name": [name[i] for i in firm],
            "sector": [("mining", "steel")[i % 2] for i in firm],
            "owner": ["Smith family" if i == 3 else "dispersed" for i in firm],
        }
    )
    table.loc[rng.random(len(table)) < 0.1, "z"] = np.nan
    table["staff"] = np.where(rng.random(len(table)) < 0.4, 0.0, assets.ravel().round())
    table.loc[(firm % 3 == 0) & (table.year < 2003), "staff"] = np.nan
    entry = 2001 + rng.integers(0, 3, firms)
    return table[table.year >= entry[firm]].reset_index(drop=True)


def request(
    table: pd.DataFrame, study: dict[str, Any], folder: Path, **more: pd.DataFrame
) -> Request:
    """Write a study's files into a folder, go there and estimate its models."""
    os.chdir(folder)
    raw = Path("data/raw/s")
    raw.mkdir(parents=True, exist_ok=True)
    for name, part in {"firm_years": table, **more}.items():
        part.to_csv(raw / f"{name}.csv", index=False)
    resolved = resolve(study, SCHEMA)
    paths = source_files(resolved, {})
    closed = [s for s in paths if not resolved["rights"].get(s, {}).get("open")]
    return Request(
        study, dict(resolved), closed, paths, real_estimates(resolved, paths)
    )


def real_estimates(study: Any, paths: Any) -> pd.DataFrame:
    source = dated_source(study, paths)
    recipe = panel_recipe(study, list(source.names))
    values = {name: c.values for name, c in source.columns.items()}
    rows = firm_years(source, source.rows, values)
    return estimates(recipe.panel(rows), recipe.models)


def estimates(table: pd.DataFrame, models: Iterable[Model]) -> pd.DataFrame:
    parts = [alone.estimates(table, model).reset_index() for model in models]
    return pd.concat(parts, ignore_index=True)


def compared(made: TwinFiles, wanted: Request) -> pd.DataFrame:
    """Return the estimates of a study and of its twin side by side."""
    assert made.twin is not None and made.recipe is not None
    found = estimates(made.twin.panel(made.recipe), made.recipe.models)
    return side_by_side(wanted.estimates, found)


def read(made: TwinFiles, name: str = "firm_years.csv") -> pd.DataFrame:
    return made.tables[name].reset_index(drop=True)


__all__ = ["STUDY", "compared", "panel", "read", "request", "twin_files"]
