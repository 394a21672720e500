"""Real rows of a panel -> a copula of its columns -> rows of invented firms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.columns import Column
from alliance_value.sharing.twin.copula import Components, components, draw
from alliance_value.sharing.twin.marginals import Marginal, marginal
from alliance_value.sharing.twin.spells import Rows, drawn_rows
from alliance_value.study.expressions import evaluate, names_in

SAME_GAPS = 0.995  # columns whose gaps agree in this share of rows have them together
MODELLED = ("number", "day", "category")


@dataclass(frozen=True)
class Layer:
    """One score of the copula: a column's values, or the gaps of several columns."""

    columns: tuple[str, ...]
    gaps: bool
    marginal: Marginal


@dataclass(frozen=True)
class PanelModel:
    """What is drawn from.

    Parameters
    ----------
    rows
        Real firms and slots.
    columns
        Real columns by name; categories stand in the order of their levels' scores.
    layers
        One per score.
    copula
        The copula of the scores.
    scales
        Column -> formula of other columns by which it is divided before it is scored,
        and what stands in for a divisor that is not positive.
    """

    rows: Rows
    columns: Mapping[str, Column]
    layers: tuple[Layer, ...]
    copula: Components
    scales: Mapping[str, tuple[str, float]]

    def draw(self, rng: np.random.Generator) -> tuple[Rows, np.ndarray]:
        """Return rows of as many invented firms and their scores, shape (n, k)."""
        rows = drawn_rows(self.rows, rng)
        return rows, draw(self.copula, rows, rng)

    def values(
        self, scores: np.ndarray, names: Collection[str] | None = None
    ) -> dict[str, np.ndarray]:
        """Return columns' values as they will be written, float64, NaN missing.

        Parameters
        ----------
        scores
            Shape (n, k).
        names
            The columns wanted; all when absent.
        """
        out: dict[str, np.ndarray] = {}
        wanted = {*self.columns} if names is None else self.with_divisors(names)
        layers = [
            (j, layer)
            for j, layer in enumerate(self.layers)
            if not layer.gaps and layer.columns[0] in wanted
        ]
        late = {c: i for i, c in enumerate(self.scales)}
        for j, layer in sorted(layers, key=lambda x: late.get(x[1].columns[0], -1)):
            name = layer.columns[0]
            x = layer.marginal.quantiles(scores[:, j])
            if name in self.scales:
                x = x * divisor(self.scales[name], out)
            column = self.columns[name]
            out[name] = (
                np.round(x) if column.kind != "number" else (column.written.rounded(x))
            )
        for j, layer in enumerate(self.layers):
            if layer.gaps:
                gap = layer.marginal.quantiles(scores[:, j]) >= 0.5
                for name in wanted.intersection(layer.columns):
                    out[name] = np.where(gap, np.nan, out[name])
        return out

    def with_divisors(self, names: Collection[str]) -> set[str]:
        """Return columns and all columns that they are divided by."""
        wanted = {*names} & {*self.columns}
        for name in reversed(list(self.scales)):
            if name in wanted:
                wanted |= {*names_in(self.scales[name][0])}
        return wanted


def panel_model(
    columns: Mapping[str, Column], rows: Rows, scales: Mapping[str, str] | None = None
) -> PanelModel:
    """Fit the copula of a panel's columns.

    Parameters
    ----------
    columns
        Columns of real rows, by the name that formulas have for them.
    rows
        Firm and slot of each.
    scales
        Column -> formula of others by which it is divided before it is scored: the
        denominator of a ratio of the study. Those of a formula come first.
    """
    used = {name: c for name, c in columns.items() if c.kind in MODELLED}
    plain = {name: c.values for name, c in used.items()}
    fixed = {
        name: (formula, typical(evaluated(formula, plain)))
        for name, formula in (scales or {}).items()
        if name in used
    }
    scaled = {
        name: x / divisor(fixed[name], plain) if name in fixed else x
        for name, x in plain.items()
    }
    used, scaled = ordered(used, scaled, rows)
    layers = [
        Layer((n,), False, marginal(x, rows.firm, used[n].kind == "category"))
        for n, x in scaled.items()
    ]
    scores = [x.marginal.scores(scaled[x.columns[0]]) for x in layers]
    steady = [used[x.columns[0]].steady for x in layers]
    for names in alike(scaled):
        gap = np.isnan(scaled[names[0]]).astype("float64")
        own = marginal(gap, rows.firm, codes=True)
        layers.append(Layer(names, True, own))
        scores.append(own.scores(gap))
        steady.append(keeps(gap, rows.firm))
    table = np.column_stack(scores) if scores else np.empty((len(rows.firm), 0))
    copula = components(table, rows, np.array(steady, dtype=bool))
    return PanelModel(rows, used, tuple(layers), copula, fixed)


def keeps(gap: np.ndarray, firms: np.ndarray) -> bool:
    """Whether a firm has a gap in all of its rows or in none."""
    share = np.bincount(firms, gap) / np.bincount(firms).clip(1)
    return bool(np.isin(share[np.unique(firms)], (0.0, 1.0)).all())


def alike(values: Mapping[str, np.ndarray]) -> list[tuple[str, ...]]:
    """Return groups of columns that have gaps, and have them in the same rows."""
    groups: list[tuple[np.ndarray, list[str]]] = []
    for name, x in values.items():
        gap = np.isnan(x)
        if not gap.any():
            continue
        for other, names in groups:
            if (gap == other).mean() >= SAME_GAPS:
                names.append(name)
                break
        else:
            groups.append((gap, [name]))
    return [tuple(names) for _, names in groups]


def ordered(
    columns: Mapping[str, Column], values: Mapping[str, np.ndarray], rows: Rows
) -> tuple[dict[str, Column], dict[str, np.ndarray]]:
    """Put the levels of categories in the order of their rows' first component.

    The component is that of the ranks of the columns that are no categories.
    """
    numbers = [n for n, c in columns.items() if c.kind != "category"]
    ranks = pd.DataFrame({n: values[n] for n in numbers}).rank(pct=True) - 0.5
    first = np.zeros(len(rows.firm))
    if numbers:
        filled = ranks.fillna(0.0).to_numpy()
        first = filled @ np.linalg.svd(filled, full_matrices=False)[2][0]
    columns, values = dict(columns), dict(values)
    for name, column in list(columns.items()):
        if column.kind != "category":
            continue
        known = np.isfinite(column.values)
        code = column.values[known].astype(int)
        k = len(column.levels)
        count = np.bincount(code, minlength=k).clip(1)
        mean = np.bincount(code, first[known], k) / count
        order = np.argsort(mean, kind="stable")
        rank = np.empty(k)
        rank[order] = np.arange(k)
        new = np.full(len(known), np.nan)
        new[known] = rank[code]
        columns[name] = replace(
            column,
            values=new,
            levels=tuple(column.levels[i] for i in order),
            firms_of_level=tuple(column.firms_of_level[i] for i in order),
        )
        values[name] = new
    return columns, values


def evaluated(formula: str, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return a formula of columns, shape (n,)."""
    series = {name: pd.Series(x) for name, x in values.items()}
    return evaluate(formula, series).to_numpy("float64")


def typical(values: np.ndarray) -> float:
    """Return the median of the positive values, rounded to one digit."""
    good = values[np.isfinite(values) & (values > 0)]
    return float(f"{np.median(good):.0e}") if len(good) else 1.0


def divisor(scale: tuple[str, float], values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return what a column is divided by, positive in every row."""
    formula, stand_in = scale
    below = evaluated(formula, values)
    return np.where(np.isfinite(below) & (below > 0), below, stand_in)
