"""Panels that tests of the engine share."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from alliance_value.models.engine.grams import Grams, cross_products

REFERENCE = Path(__file__).parents[3] / "reference"
CASES = {
    "Grunfeld": ("inv", ("value", "capital")),
    "PetersenCL": ("y", ("x",)),
    "EmplUK": ("log(emp)", ("log(wage)", "log(capital)", "log(output)")),
}
EFFECTS = {"pooled": [], "entity": [0], "time": [1], "entity_time": [0, 1]}


class Panel(NamedTuple):
    columns: np.ndarray
    names: tuple[str, ...]
    firm: np.ndarray
    year: np.ndarray

    @property
    def terms(self) -> tuple[str, ...]:
        return self.names[1:]

    @property
    def effects(self) -> np.ndarray:
        return np.column_stack([self.firm, self.year])


def simulated(
    firms: int = 40, years: int = 7, p: int = 4, seed: int = 0, share: float = 0.8
) -> Panel:
    """Return an unbalanced panel, rows shuffled, outcome first."""
    rng = np.random.default_rng(seed)
    firm, year = np.divmod(np.arange(firms * years), years)
    columns = rng.normal(size=(len(firm), p)) + rng.normal(size=(firms, p))[firm]
    columns += rng.normal(size=(years, p))[year]
    columns[:, 0] += 0.3 * columns[:, 1] + columns[:, 1] * rng.normal(size=firms)[firm]
    rows = rng.permutation(np.flatnonzero(rng.random(len(firm)) < share))
    names = ("y", *(f"x{j}" for j in range(1, p)))
    return Panel(columns[rows], names, firm[rows], year[rows] + 2000)


def stored(dataset: str) -> Panel:
    table = pd.read_csv(REFERENCE / "data" / f"{dataset}.csv")
    outcome, terms = CASES[dataset]
    columns = [
        np.log(table[n[4:-1]]) if n.startswith("log(") else table[n]
        for n in (outcome, *terms)
    ]
    return Panel(
        np.column_stack(columns).astype(float),
        (outcome, *terms),
        table["firm"].to_numpy(),
        table["year"].to_numpy(),
    )


def r_results(dataset: str, effects: str, software: str, se_type: str) -> pd.Series:
    """Return R's standard errors by term."""
    table = pd.read_csv(REFERENCE / "r_results" / f"{dataset}.csv")
    rows = table[
        (table.case == f"{dataset}_main_{effects}")
        & (table.software == software)
        & (table.se_type == se_type)
    ].set_index("term")
    assert len(rows), (dataset, effects, software, se_type)
    return rows.drop(index="(Intercept)", errors="ignore").se


def r_value(dataset: str, quantity: str) -> pd.Series:
    table = pd.read_csv(REFERENCE / "r_results" / "engine.csv")
    rows = table[(table.dataset == dataset) & (table.quantity == quantity)]
    return rows.set_index("term").value


def grams(panel: Panel, effects: str = "entity_time", **options: object) -> Grams:
    return cross_products(
        panel.columns,
        panel.names,
        panel.effects[:, EFFECTS[effects]],
        options.pop("clusters", panel.firm),
        **options,
    )


def with_dummies(panel: Panel, effects: str = "entity_time") -> np.ndarray:
    """Return terms and dummies, one left out per effect but the first."""
    parts = [panel.columns[:, 1:]]
    columns = EFFECTS[effects]
    for number, e in enumerate(columns):
        codes = np.unique(panel.effects[:, e])[int(number > 0) :]
        parts.append((panel.effects[:, [e]] == codes).astype(float))
    if not columns:
        parts.append(np.ones((len(panel.firm), 1)))
    return np.hstack(parts)
