"""Real rows and a twin's rows -> what the twin tells of a real row.

References
----------
Raab et al. (2024), and ``disclosure`` of R's synthpop: UiO, repU, Dorig, DiSCO. Platzer
and Reutterer (2021): distances to the closest record of rows that a synthesizer saw,
against those of rows that it did not. `page` lists them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.columns import Column
from alliance_value.sharing.twin.marginals import Marginal, marginal

MOST_ROWS = 2_000  # rows of which the nearest is looked for
BLOCK = 500
APART = 2.0  # distance of two categories, or of a gap and a value, in normal scores
TARGET_GROUPS = 20


@dataclass(frozen=True)
class Space:
    """Where rows lie: normal scores of their numbers, flags of gaps and categories."""

    places: Mapping[str, Marginal]
    columns: Mapping[str, Column]

    def points(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return rows as points, float32, shape (n, d)."""
        parts = []
        for name, place in self.places.items():
            x = values[name]
            known = np.isfinite(x)
            if self.columns[name].kind == "category":
                k = len(self.columns[name].levels)
                for level in range(k):
                    parts.append((x == level) * APART / np.sqrt(2))
                continue
            parts.append(np.where(known, place.place(np.nan_to_num(x)), 0.0))
            parts.append(~known * APART)
        return np.column_stack(parts).astype("float32")


def space(columns: Mapping[str, Column], firms: np.ndarray) -> Space:
    """Return the space of a table's modelled columns, its scales those of all rows."""
    return Space(
        {
            name: marginal(c.values, firms, c.kind == "category")
            for name, c in columns.items()
            if np.isfinite(c.values).any() and len(c.levels) <= MOST_ROWS // 10
        },
        columns,
    )


def nearest(
    points: np.ndarray,
    others: np.ndarray,
    firms: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """Return the distance of each point to the nearest of others, shape (n,).

    Parameters
    ----------
    points, others
        Shapes (n, d) and (m, d).
    firms
        Of points and others, where those of the same firm do not count.
    """
    out = np.empty(len(points))
    norm = (others**2).sum(axis=1)
    for begin in range(0, len(points), BLOCK):
        part = points[begin : begin + BLOCK]
        squares = (part**2).sum(axis=1)[:, None] + norm - 2 * part @ others.T
        if firms is not None:
            same = firms[0][begin : begin + BLOCK, None] == firms[1]
            squares = np.where(same, np.inf, squares)
        out[begin : begin + BLOCK] = np.sqrt(squares.min(axis=1).clip(0))
    return np.asarray(out / np.sqrt(points.shape[1]))


def some(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the numbers of at most 2,000 of n rows."""
    return np.sort(rng.permutation(n)[:MOST_ROWS])


@dataclass(frozen=True)
class Nearness:
    """Distances to the nearest real row, in mean normal scores per column.

    Parameters
    ----------
    twin, real
        5 % quantile and median: of the twin's rows; of real rows to other firms' rows.
    copies
        Rows of the twin that are a real row, number for number.
    closer
        Of a second twin, drawn from half of the firms, the share of rows nearer to
        that half than to the other; 0.5 where no row is remembered, missing where
        there are too few firms.
    """

    twin: tuple[float, float]
    real: tuple[float, float]
    copies: int
    closer: float = float("nan")


def share_closer(points: np.ndarray, seen: np.ndarray, held_out: np.ndarray) -> float:
    """Return the share of points nearer to rows that were seen than to others.

    Both kinds of rows count equally many; a tie counts half.
    """
    a, b = nearest(points, seen), nearest(points, held_out)
    return float((a < b).mean() + (a == b).mean() / 2)


def quantiles(distances: np.ndarray) -> tuple[float, float]:
    """Return the 5 % quantile and the median."""
    low, middle = np.quantile(distances, [0.05, 0.5])
    return float(low), float(middle)


def copied_rows(real: Mapping[str, np.ndarray], twin: Mapping[str, np.ndarray]) -> int:
    """Return how many of the twin's rows have all numbers of one real row.

    Columns count in which most values differ; rows with fewer than two of them known
    do not.
    """
    names = [
        name
        for name, x in real.items()
        if len(np.unique(x[np.isfinite(x)])) > np.isfinite(x).sum() / 10
    ]
    if not names:
        return 0
    a = np.column_stack([real[n] for n in names])
    b = np.column_stack([twin[n] for n in names])
    known = {row.tobytes() for row in a[np.isfinite(a).sum(axis=1) >= 2]}
    return sum(row.tobytes() in known for row in b[np.isfinite(b).sum(axis=1) >= 2])


@dataclass(frozen=True)
class Uniques:
    """Rare combinations of keys that someone may know of a firm-year.

    Parameters
    ----------
    unique
        UiO: share of real rows whose keys no other real row has.
    replicated
        repU: share of real rows that are unique and whose keys one row of the twin has.
    """

    unique: float
    replicated: float


def uniques(real: pd.Series, twin: pd.Series) -> Uniques:
    """Return how many rows are alone with their keys, and are so in the twin too."""
    a, b = real.value_counts(), twin.value_counts()
    alone = a.index[a == 1]
    again = b.reindex(alone).eq(1)
    return Uniques(len(alone) / len(real), float(again.sum()) / len(real))


@dataclass(frozen=True)
class Attribution:
    """What keys tell of another column.

    Parameters
    ----------
    original
        Dorig: share of real rows whose keys determine the column among real rows.
    synthetic
        DiSCO: share of real rows whose keys determine it in the twin, and rightly.
    """

    original: float
    synthetic: float


def attribution(
    real: tuple[pd.Series, np.ndarray], twin: tuple[pd.Series, np.ndarray]
) -> Attribution:
    """Return what an intruder learns of a column from rows' keys.

    Parameters
    ----------
    real, twin
        Keys and groups of the column, shape (n,) each.
    """
    tables = [pd.DataFrame({"key": k, "group": g}) for k, g in (real, twin)]
    own = tables[0].groupby("key").group.nunique()
    by_key = tables[1].groupby("key").group.agg(["nunique", "first"])
    certain = by_key.loc[by_key["nunique"] == 1, "first"]
    guess = tables[0].key.map(certain)
    right = guess.eq(tables[0].group) & guess.notna()
    return Attribution(float(tables[0].key.map(own).eq(1).mean()), float(right.mean()))


def shown_identities(
    tables: Mapping[str, pd.DataFrame],
    texts: Mapping[str, Collection[str]],
    real: set[str],
) -> list[str]:
    """Return the columns of names, codes and categories with a real identity in them.

    Parameters
    ----------
    tables
        The twin's tables by file.
    texts
        Their columns that hold no numbers and no days.
    real
        Identities of the real files as they are written there, in small letters.
    """
    return [
        f"{file}: {name}"
        for file, table in tables.items()
        for name in texts[file]
        if table[name].astype(str).str.strip().str.casefold().isin(real).any()
    ]
