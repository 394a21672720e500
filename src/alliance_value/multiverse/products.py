"""The rows of a set of specifications -> its columns and their cross-products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from alliance_value.contracts.firm_years import FIRM
from alliance_value.models.collinearity import absorbed_terms
from alliance_value.models.columns import standardized
from alliance_value.models.covariance import Sample as Covered
from alliance_value.models.covariance import counted, intersections
from alliance_value.models.engine.blocks import dense_codes, effect_rank
from alliance_value.models.engine.grams import cells_by_rows, cross_products
from alliance_value.models.engine.regress import Regression, Rows
from alliance_value.models.within import demean, deviations
from alliance_value.multiverse.rows import Frame, RowSet, Specification
from alliance_value.study.spec import Model

WITHIN = "within "
"""What stands before the name of a product of deviations."""


class Products:
    """Columns of a set of specifications, effects out, and all sums made of them.

    Parameters
    ----------
    frame, shared
        The panel, and the rows and effects.
    specifications
        Those of the set.
    by
        The column whose groups stay whole.

    Attributes
    ----------
    grams
        Cross-products by group of ``by``, with the dummies of effects that reach across
        groups where these are few enough (``exact``).
    inside
        Outcomes and terms, standardized, effects out, shape (n, p).
    absorbed
        Columns of which the effects leave nothing.
    rank
        Parameters of the effects.
    """

    def __init__(
        self,
        frame: Frame,
        shared: RowSet,
        specifications: Sequence[Specification],
        by: str,
    ) -> None:
        self.frame, self.shared, self.by = frame, shared, by
        rows = shared.rows
        names, values = columns_of(frame, rows, specifications)
        self.effects = frame.grouped(shared.effects, rows)
        raw = standardized(values, names)
        groups = frame.codes(by)[rows]
        self.inside = raw.with_values(demean(raw.values, self.effects))
        self.absorbed = frozenset(absorbed_terms(raw, self.inside))
        self.rank = effect_rank(self.effects)[0]
        self.grams = cross_products(raw.values, names, self.effects, groups)
        self.rows = Rows(self.inside.values, groups)
        self.sums: dict[str, list[Sum]] = {}
        self.counts: dict[tuple[tuple[str, ...], str], int] = {}

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.shared.rows)

    def unit(self, regression: Regression) -> np.ndarray:
        """Return what turns coefficients into those of raw columns, shape (k,)."""
        scale = self.inside.scale
        return np.asarray(scale[regression.outcome] / scale[regression.place])

    def counted(self, model: Model) -> int:
        """Return how many parameters beside terms a model's clustered errors count."""
        if not self.shared.effects:
            return 1
        key = (model.clusters, model.count_effects)
        if key not in self.counts:
            clusters = self.frame.grouped(model.clusters, self.shared.rows)
            covered = Covered(model, clusters, self.effects, self.rank)
            self.counts[key] = counted(covered)
        return self.counts[key]

    def clusters(self, names: tuple[str, ...]) -> list[Sum]:
        """Return sums by every combination of cluster dimensions, computed once."""
        key = " ".join(names)
        if key not in self.sums:
            several = self.frame.grouped(names, self.shared.rows)
            self.sums[key] = [
                Sum.by(self.inside.values, sign, code)
                for sign, code in intersections(several)
            ]
        return self.sums[key]

    def cluster_counts(self, names: tuple[str, ...]) -> list[int]:
        """Return the number of clusters of each dimension."""
        codes = self.frame.grouped(names, self.shared.rows).T
        return [len(dense_codes(code)[1]) for code in codes]


@dataclass(frozen=True)
class Sum:
    """Cross-products by cluster, in the smaller of two forms.

    Parameters
    ----------
    sign
        How it enters the covariance by several dimensions.
    groups
        Clusters.
    cells
        float64, shape (groups, p, p); or None where rows are fewer numbers.
    columns, code
        float64, shape (n, p), and the cluster of each row.
    """

    sign: int
    groups: int
    cells: np.ndarray | None
    columns: np.ndarray
    code: np.ndarray

    @classmethod
    def by(cls, columns: np.ndarray, sign: int, code: np.ndarray) -> Sum:
        """Sum columns by the codes of clusters, from 0."""
        groups = int(code.max(initial=-1)) + 1
        cells = None
        if groups * columns.shape[1] <= len(columns):
            cells = cells_by_rows(columns, np.empty(0), code, groups)
        return cls(sign, groups, cells, columns, code)

    def scores(self, regression: Regression) -> np.ndarray:
        """Return X_g'u_g of a regression by cluster, shape (groups, k)."""
        k, y, b = regression.place, regression.outcome, regression.coefficients
        if self.cells is not None:
            return np.asarray(self.cells[:, k, y] - self.cells[:, k[:, None], k] @ b)
        x = self.columns[:, k]
        rows = x * (self.columns[:, y] - x @ b)[:, None]
        return np.array([np.bincount(self.code, s, self.groups) for s in rows.T]).T


def columns_of(
    frame: Frame, rows: np.ndarray, specifications: Sequence[Specification]
) -> tuple[list[str], np.ndarray]:
    """Return outcomes and terms of a set, raw, shape (n, p).

    Products of deviations from the entity's means in these rows are columns beside
    ordinary products.
    """
    columns: dict[str, np.ndarray] = {}
    firms = dense_codes(frame.codes(FIRM)[rows])[0]
    for specification in specifications:
        outcome = specification.model.outcome
        columns.setdefault(f"= {outcome}", frame.values(outcome)[rows])
        for name, term in zip(
            names_of(specification), specification.terms, strict=True
        ):
            if name in columns:
                continue
            parts = [frame.values(factor)[rows] for factor in term.factors]
            if name.startswith(WITHIN):
                parts = [*deviations(np.column_stack(parts), firms).T]
            columns[name] = prod(parts[1:], start=parts[0])
    return list(columns), np.column_stack([*columns.values()])


def names_of(specification: Specification) -> list[str]:
    """Return the columns of a specification's terms, in their order."""
    within = specification.model.interactions == "within"
    return [
        f"{WITHIN if within and len(term.factors) > 1 else ''}{term.name}"
        for term in specification.terms
    ]
